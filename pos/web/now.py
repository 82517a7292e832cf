"""web/now.py — the clock and the settings of the running application."""

from datetime import date, datetime

from flask import current_app

from ..config import Config
from ..kernel.clock import Clock, business_day


def clock() -> Clock:
    found: Clock = current_app.extensions["ocop_clock"]
    return found


def now() -> datetime:
    return clock().now()


def today() -> date:
    return business_day(now())


def config() -> Config:
    found: Config = current_app.extensions["ocop_config"]
    return found
