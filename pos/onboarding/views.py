"""onboarding/views.py — the six steps, each on the way to the first sale; they can be left and come back to."""

from typing import Any

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from hardware.devices import LABEL_LANGUAGES
from hardware.slips.slip import Barcode, Cut, Feed, Pair, Rule, Slip, Stars, Text

from ..identity.new_pins import keep_new_pin, list_new_pins
from ..identity.people import add_person
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.formats import format_moment, format_vnd
from ..kernel.own_codes import format_receipt_code
from ..law.taxpayers import TaxStatus
from ..payments.accounts import list_accounts
from ..printing.queue import list_recent, queue_print
from ..shop.change_shop import finish_set_up
from ..shop.models import Shop, get_shop
from ..shop.taxes import list_tax_registrations
from ..web.context import current_config, current_day, current_time
from ..web.forms import answer_form
from ..web.rights import current_actor, requires_role
from .describe_shop import ShopDescription, describe_shop, get_description
from .forms import CashierForm, ShopForm
from .progress import TEST_SLIP, get_progress

blueprint = Blueprint("onboarding", __name__, url_prefix="/setup")


SHOP_FIELDS = {
    "shop_code_odd": "code", "shop_code_fixed": "code", "tax_status_past": "starts", "turnover_odd": "turnover_vnd",
}  # fmt: skip


@blueprint.get("")
@requires_role(Role.MANAGER)
def steps() -> ResponseReturnValue:
    """Where the shop stands, and what is next."""
    return _steps_page()


def _steps_page(form: Any = None, cashier: Any = None) -> str:
    """`form`, `cashier`: those that were sent and refused; their step is open."""
    with open_reading() as books:
        tests = [job for job in list_recent(books) if job.subject == TEST_SLIP]
        progress = get_progress(books, current_day())
        return render_template(
            "onboarding/steps.html", progress=progress, opened=1 if form else 2 if cashier else progress.next,
            form=form or ShopForm(formdata=None, data=get_description(books, current_day())), cashier=cashier or CashierForm(formdata=None),
            new_pins=list_new_pins(), printers=current_config().printers, tests=tests[:3], registered=list_tax_registrations(books),
            accounts=len(list_accounts(books)),
        )  # fmt: skip


@blueprint.post("/shop")
@requires_role(Role.MANAGER)
def save_shop() -> ResponseReturnValue:
    form: Any = ShopForm()

    def save() -> ResponseReturnValue:
        values = {name: value for name, value in form.data.items() if name != "csrf_token"}
        description = ShopDescription(**values | {"status": TaxStatus(form.status.data)})
        with unit_of_work() as books:
            describe_shop(books, description, by=current_actor(), at=current_time())
        flash(_("Saved."))
        return redirect(url_for("onboarding.steps"))

    return answer_form(form, save, SHOP_FIELDS) or _steps_page(form=form)


@blueprint.post("/cashier")
@requires_role(Role.MANAGER)
def new_cashier() -> ResponseReturnValue:
    form: Any = CashierForm()

    def save() -> ResponseReturnValue:
        with unit_of_work() as books:
            person, pin = add_person(
                books, form.name.data, Role.CASHIER, by=current_actor(), at=current_time()
            )
        keep_new_pin(person.name, person.login, pin)
        return redirect(url_for("onboarding.steps"))

    return answer_form(form, save, {"login_taken": "name"}) or _steps_page(cashier=form)


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


def _is_being_set_up() -> bool:
    """Is this a manager of a shop whose six steps aren't finished? Once they are it is never asked again."""
    if (
        current_app.extensions.get("ocop_set_up")
        or g.get("actor") is None
        or g.actor.role is not Role.MANAGER
    ):
        return False
    with open_reading() as books:
        is_set_up = get_shop(books).is_set_up
    if is_set_up:
        current_app.extensions["ocop_set_up"] = True
    return not is_set_up


def register(app: Flask) -> None:
    """Add the room's pages, and the way back to them on every page of the desk, to the application."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["is_being_set_up"] = _is_being_set_up
