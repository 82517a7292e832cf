"""setup/views.py — the five steps, each on the way to the first sale; they can be left and come back to."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from hardware.devices import LABEL_LANGUAGES
from hardware.slip import Barcode, Cut, Feed, Pair, Rule, Slip, Stars, Text

from ..identity.people import add_person
from ..identity.told import take_told_pin, tell_pin
from ..journal.record import record
from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import ShopError
from ..kernel.words import moment, vnd
from ..printing.queue import queue, recent
from ..shop.models import Shop, get_shop
from ..web.now import config, now, today
from ..web.rights import actor, allowed
from .forms import CashierForm, ShopForm
from .progress import TEST_SLIP, progress

pages = Blueprint("setup", __name__, url_prefix="/setup")


@pages.get("")
@allowed(Role.MANAGER)
def steps() -> ResponseReturnValue:
    """Where the shop stands, and what is next."""
    with reading() as books:
        shop = get_shop(books)
        tests = [job for job in recent(books) if job.subject == TEST_SLIP]
        return render_template(
            "setup/steps.html", progress=progress(books, today()), shop=shop, form=ShopForm(obj=shop),
            cashier=CashierForm(), told=take_told_pin(), printers=config().printers, tests=tests[:3],
        )  # fmt: skip


@pages.post("/shop")
@allowed(Role.MANAGER)
def name_shop() -> ResponseReturnValue:
    form: Any = ShopForm()
    if not form.validate_on_submit():
        flash(_("The shop's name and address are needed: they stand on every slip."))
        return redirect(url_for("setup.steps"))
    with unit_of_work() as books:
        shop = get_shop(books)
        form.populate_obj(shop)
        record(books, "policy_changed", by=actor(), at=now(), subject=shop, facts=[shop])
    return redirect(url_for("setup.steps"))


@pages.post("/cashier")
@allowed(Role.MANAGER)
def new_cashier() -> ResponseReturnValue:
    form: Any = CashierForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as books:
                person, pin = add_person(books, form.name.data, Role.CASHIER, by=actor(), at=now())
            tell_pin(person.name, person.login, pin)
        except ShopError:
            flash(_("Somebody signs in by that name already: type another."))
    return redirect(url_for("setup.steps"))


@pages.post("/print-test")
@allowed(Role.MANAGER)
def print_test() -> ResponseReturnValue:
    """A test receipt on every printer: letters, columns, stars, cut."""
    with unit_of_work() as books:
        with force_locale(config().till.language):
            slip = _test_slip(get_shop(books))
        for printer in (each for each in config().printers if each.profile not in LABEL_LANGUAGES):
            queue(books, printer.name, _("Test"), TEST_SLIP, slip, at=now())
    if worker := current_app.extensions.get("ocop_printing"):
        worker.wake()
    flash(_("The test receipt is on its way. Look at the paper."))
    return redirect(url_for("setup.steps"))


def _test_slip(shop: Shop) -> Slip:
    return Slip((
        Text(shop.name, size="large", bold=True, align="center"), Text(shop.address, size="small", align="center"), Feed(8),
        Text(_("Test receipt"), bold=True, align="center"), Text(moment(now()), size="small", align="center"), Rule(),
        Stars("Ă Â Đ Ê Ô Ơ Ư ắ ằ ẳ ẵ ặ ế ề ể ễ ệ ộ ỗ ợ ữ ỵ", 5), Pair(_("Left"), _("right")), Pair("1 × 45.000", vnd(45_000)),
        Rule(), Text(_("If all letters are right and nothing is cut, the printer is ready."), align="center"),
        Barcode("PT-000000"), Cut(),
    ))  # fmt: skip


@pages.post("/finish")
@allowed(Role.MANAGER)
def finish() -> ResponseReturnValue:
    """The manager says that it is enough; the steps can still be opened."""
    with unit_of_work() as books:
        shop = get_shop(books)
        shop.is_set_up = True
        record(books, "set_up", by=actor(), at=now(), subject=shop, facts=[shop])
    return redirect(url_for("reports.home"))
