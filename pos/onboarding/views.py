"""onboarding/views.py — the five steps, each on the way to the first sale; they can be left and come back to."""

from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from hardware.devices import LABEL_LANGUAGES
from hardware.slips.slip import Barcode, Cut, Feed, Pair, Rule, Slip, Stars, Text

from ..identity.new_pins import keep_new_pin, take_new_pin
from ..identity.people import add_person
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import ShopError
from ..kernel.formats import format_moment, format_vnd
from ..kernel.own_codes import format_receipt_code
from ..printing.queue import list_recent, queue_print
from ..shop.change_shop import change_shop, finish_set_up
from ..shop.models import Shop, get_shop
from ..web.context import current_config, current_day, current_time
from ..web.rights import current_actor, requires_role
from .forms import CashierForm, ShopForm
from .progress import TEST_SLIP, get_progress

blueprint = Blueprint("onboarding", __name__, url_prefix="/setup")


@blueprint.get("")
@requires_role(Role.MANAGER)
def steps() -> ResponseReturnValue:
    """Where the shop stands, and what is next."""
    with open_reading() as books:
        shop = get_shop(books)
        tests = [job for job in list_recent(books) if job.subject == TEST_SLIP]
        return render_template(
            "onboarding/steps.html", progress=get_progress(books, current_day()), shop=shop, form=ShopForm(obj=shop),
            cashier=CashierForm(), told=take_new_pin(), printers=current_config().printers, tests=tests[:3],
        )  # fmt: skip


@blueprint.post("/shop")
@requires_role(Role.MANAGER)
def name_shop() -> ResponseReturnValue:
    form: Any = ShopForm()
    if not form.validate_on_submit():
        flash(_("The shop's name and address are needed: they stand on every receipt."))
        return redirect(url_for("onboarding.steps"))
    with unit_of_work() as books:
        values = {name: value for name, value in form.data.items() if name != "csrf_token"}
        change_shop(books, values, by=current_actor(), at=current_time())
    return redirect(url_for("onboarding.steps"))


@blueprint.post("/cashier")
@requires_role(Role.MANAGER)
def new_cashier() -> ResponseReturnValue:
    form: Any = CashierForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as books:
                person, pin = add_person(
                    books, form.name.data, Role.CASHIER, by=current_actor(), at=current_time()
                )
            keep_new_pin(person.name, person.login, pin)
        except ShopError:
            flash(_("Somebody signs in by that name already: type another."))
    return redirect(url_for("onboarding.steps"))


@blueprint.post("/print-test")
@requires_role(Role.MANAGER)
def print_test() -> ResponseReturnValue:
    """A test receipt on every printer: letters, columns, stars, cut."""
    with unit_of_work() as books:
        with force_locale(current_config().till.language):
            slip = _test_slip(get_shop(books))
        for printer in (each for each in current_config().printers if each.profile not in LABEL_LANGUAGES):
            queue_print(books, printer.name, _("Test"), TEST_SLIP, slip, at=current_time())
    if worker := current_app.extensions.get("ocop_printing"):
        worker.wake()
    flash(_("The test receipt is on its way. Look at the paper."))
    return redirect(url_for("onboarding.steps"))


def _test_slip(shop: Shop) -> Slip:
    return Slip((
        Text(shop.name, size="large", bold=True, align="center"), Text(shop.address, size="small", align="center"), Feed(8),
        Text(_("Test receipt"), bold=True, align="center"), Text(format_moment(current_time()), size="small", align="center"), Rule(),
        Stars("Ă Â Đ Ê Ô Ơ Ư ắ ằ ẳ ẵ ặ ế ề ể ễ ệ ộ ỗ ợ ữ ỵ", 5), Pair(_("Left"), _("right")), Pair("1 × 45.000", format_vnd(45_000)),
        Rule(), Text(_("If all letters are right and nothing is cut, the printer is ready."), align="center"),
        Barcode(format_receipt_code(0)), Cut(),
    ))  # fmt: skip


@blueprint.post("/finish")
@requires_role(Role.MANAGER)
def finish() -> ResponseReturnValue:
    """The manager says that it is enough; the steps can still be opened."""
    with unit_of_work() as books:
        finish_set_up(books, by=current_actor(), at=current_time())
    return redirect(url_for("reports.home"))


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    app.register_blueprint(blueprint)
