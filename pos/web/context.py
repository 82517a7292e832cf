"""web/context.py — the clock and the settings of the running application."""

from datetime import date, datetime

from flask import current_app

from ..config import Config
from ..kernel.clock import Clock, business_day


def current_clock() -> Clock:
    found: Clock = current_app.extensions["ocop_clock"]
    return found


def current_time() -> datetime:
    return current_clock().now()


def current_day() -> date:
    return business_day(current_time())


def current_config() -> Config:
    found: Config = current_app.extensions["ocop_config"]
    return found
