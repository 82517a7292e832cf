"""demo/bank_views.py — the strip's buttons for the fake bank. `ocop-pos demo` alone registers them."""

from pathlib import Path

import msgspec
from flask import Blueprint, Flask, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from ..config import Config
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..payments.accounts import find_account_of
from ..payments.secret_store import SecretStore
from ..payments.signals import Direction
from ..settlement.payouts import get_order
from ..till.action import AT_TILL
from ..web.context import current_config, current_time
from ..web.rights import current_actor, requires_role
from .bank_buyer import BuyerWay, plan_payment, send_payment
from .playing_bank import PlayingBank
from .village_bank import find_money_at_bank_vnd

WAYS = {  # how the buyer pays, and what the shop then sees
    BuyerWay.PAYS: (_l("The buyer pays"), _l("the sale completes by itself")),
    BuyerWay.SHORT: (_l("20.000 ₫ too little"), _l("the till says what is missing")),
    BuyerWay.TWICE: (_l("Twice"), _l("one sale; the second is to give back")),
    BuyerWay.LATE: (_l("An hour later"), _l("the basket was given up; all is to give back")),
    BuyerWay.NO_CODE: (_l("Without a code"), _l("waits on the page Bank for a person")),
}

blueprint = Blueprint("fake_bank", __name__)


def with_fake_bank(config: Config, bank: PlayingBank) -> Config:
    """The configuration of a shop whose provider is this bank: asked as any other, but sooner."""
    settings = msgspec.structs.replace(config.bank, sepay_url=bank.sepay_url, sepay_quick_seconds=1, slow_seconds=3)  # fmt: skip
    return msgspec.structs.replace(config, bank=settings)


def start_fake_bank(app: Flask, bank: PlayingBank) -> None:
    """The village's account is at this bank, whose token is pasted; the strip of the till gets the buttons that act on it."""
    config: Config = app.extensions["ocop_config"]
    with app.app_context(), open_reading() as session:
        account = find_account_of(session, config.stations[0].name)
        assert account is not None  # noqa: S101  the village has one
        bank.books.opening_vnd = find_money_at_bank_vnd(session)
    SecretStore(Path(config.data.folder)).write(account.id, "sepay_token", bank.books.keys.sepay_token)
    app.extensions["ocop_fake_bank"] = bank
    app.config["FAKE_BANK_WAYS"] = WAYS
    app.register_blueprint(blueprint)


@blueprint.post("/demo/bank/payouts/<int:order_id>")
@requires_role(Role.MANAGER)
def send_payout(order_id: int) -> ResponseReturnValue:
    """The manager's bank sends a transfer to a producer; the shop hears of it from the bank."""
    bank: PlayingBank = current_app.extensions["ocop_fake_bank"]
    with open_reading() as session:
        order = get_order(session, order_id)
        account = find_account_of(session, current_config().stations[0].name)
    if account is not None:
        note = f"CT den {order.masked[-4:]} noi dung {order.code}"
        bank.add_transfer(order.amount_vnd, note, account=account.number, direction=Direction.OUT)
    return redirect(url_for("settlement.show_order", order_id=order_id))


@blueprint.post("/demo/bank/<way>")
@requires_role(*AT_TILL)
def pay(way: str) -> ResponseReturnValue:
    """The buyer pays in this way; the till hears of it from the bank, as it would of a real one."""
    if way not in {each.value for each in BuyerWay}:
        abort(404)
    with unit_of_work() as session:
        payment = plan_payment(session, BuyerWay(way), current_actor().station, at=current_time())
    if payment is not None:
        send_payment(current_app.extensions["ocop_fake_bank"], payment)
    return render_template("till/fake_bank_told.html", payment=payment)
