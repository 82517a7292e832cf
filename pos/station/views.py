"""station/views.py — the Devices page: how each device is, with what to do, tests, and how they are set up."""

from collections import Counter

import msgspec
from flask import Blueprint, Flask, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hardware.decode import list_missing_decoders
from hardware.devices import LABEL_LANGUAGES
from hardware.ports import DeviceError
from hardware.printers.card_printer import TEST_CARD
from hardware.printers.profiles import get_profile, list_profiles
from hardware.printers.test_page import LETTERS_PAGE, TEST_PAGE

from ..config import Printer
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import NotFound
from ..lan.certificate import list_own_addresses
from ..lan.phone_address import find_network_address
from ..printing.queue import list_waiting, move_jobs, queue_print, try_drawer
from ..printing.send import wake_printers
from ..printing.worker import PrintWorker
from ..web.address_code import draw_address_code
from ..web.context import current_config, current_time
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.pages import wants_fragment
from ..web.rights import current_actor, requires_role
from ..web.terms import PRINT_MODES
from .choice import apply_choice, forget_choice, make_driver_or_fault, save_choice
from .customer_display import find_display, make_display_key
from .habit import SAMPLES, find_habit, forget_habit, learn_habit, save_habit
from .key import create_key, end_keys, find_key
from .new_tokens import acknowledge_new_token, get_new_token, keep_new_token, list_new_tokens
from .sample import RECEIPT, render_sample
from .state import current_hub, list_device_states, list_printer_states

blueprint = Blueprint("station", __name__)


@blueprint.app_context_processor
def _scanner_context() -> dict[str, object]:
    """For pages that hear a scanner: what that of their station puts around a code, and whether it has a line of its own."""

    def scanner_habit() -> dict[str, object]:
        station = current_config().station(current_actor().station)
        with open_reading() as session:
            return {
                "habit": find_habit(session, current_actor().station),
                "listens": station is not None and bool(station.scanner),
            }

    return {"scanner_habit": scanner_habit}


def _requested_printer() -> Printer:
    """The printer that the request names. Raises NotFound."""
    printer = current_config().printer(request.values.get("printer", ""))
    if printer is None:
        raise NotFound.because("printer_not_found")
    return printer


def _require_station(name: str) -> str:
    if current_config().station(name) is None:
        raise NotFound.because("station_not_found")
    return name


@blueprint.get("/devices")
@requires_role(Role.MANAGER)
def list_devices() -> ResponseReturnValue:
    """Each device's state as of this moment, with what to do; what decoding lacks on this computer."""
    with open_reading() as session:
        waits = Counter(job.printer for job in list_waiting(session))
        stations = [
            (each, list_device_states(current_config(), each.name), find_key(session, each.name))
            for each in current_config().stations
        ]
    states = list_printer_states(current_config())
    template = "station/live.html" if wants_fragment() else "station/devices.html"
    return render_template(
        template, states=states, stations=stations, waits=waits, missing=list_missing_decoders(),
        names=[item.printer.name for item in states], new_tokens={each.station for each in list_new_tokens()},
    )  # fmt: skip


@blueprint.post("/devices/test")
@requires_role(Role.MANAGER)
def test_page() -> ResponseReturnValue:
    """A page with all letters, stars and codes, on the printer that was named."""
    printer = _requested_printer()
    with unit_of_work() as session:
        page = TEST_CARD if apply_choice(session, printer).profile in LABEL_LANGUAGES else TEST_PAGE
        queue_print(session, printer.name, _("Test page"), "test", page, at=current_time())
    flash(_("The test page is on its way."))
    return redirect(url_for("station.list_devices"))


@blueprint.post("/devices/letters")
@requires_role(Role.MANAGER)
def print_letters() -> ResponseReturnValue:
    """All Vietnamese letters in each way that the printer may know them."""
    printer = _requested_printer()
    with unit_of_work() as session:
        queue_print(session, printer.name, _("Letters"), "test", LETTERS_PAGE, at=current_time())
    flash(_("The letters are on their way."))
    return redirect(url_for("station.show_printer", printer=printer.name))


@blueprint.post("/devices/drawer")
@requires_role(Role.MANAGER)
def test_drawer() -> ResponseReturnValue:
    """Open the drawer that hangs on a printer; the journal tells."""
    printer = _requested_printer()
    with unit_of_work() as session:
        try_drawer(session, printer.name, _("Drawer"), by=current_actor(), at=current_time())
    flash(_("The drawer should be open now."))
    return redirect(url_for("station.list_devices"))


@blueprint.post("/devices/display")
@requires_role(Role.MANAGER)
def test_display() -> ResponseReturnValue:
    """Both lines full, so that a wrong width shows."""
    current_hub().show(
        _require_station(request.form.get("station", "")), "12345678901234567890", "Kiem tra man hinh"
    )
    flash(_("The display shows a test."))
    return redirect(url_for("station.list_devices"))


@blueprint.post("/devices/move")
@requires_role(Role.MANAGER)
def move_queue() -> ResponseReturnValue:
    """What waits for a dead printer comes out of another."""
    names = {printer.name for printer in current_config().printers}
    source, target = request.form.get("from", ""), request.form.get("to", "")
    if not {source, target} <= names or source == target:
        raise NotFound.because("printer_not_found")
    with unit_of_work() as session:
        moved = move_jobs(session, source, target, by=current_actor(), at=current_time())
    flash(ngettext("%(num)s print job goes to %(to)s.", "%(num)s print jobs go to %(to)s.", moved, to=target))
    return redirect(url_for("station.list_devices"))


@blueprint.get("/devices/printer")
@requires_role(Role.MANAGER)
def show_printer() -> ResponseReturnValue:
    """How a printer is spoken to, and how long a receipt then takes."""
    with open_reading() as session:
        printer = apply_choice(session, _requested_printer())
    charsets = _list_charsets(printer)
    return render_template(
        "station/printer.html", printer=printer, profiles=[*list_profiles(), *LABEL_LANGUAGES], takes=_list_seconds(printer),
        modes=PRINT_MODES, charsets=charsets if printer.charset in {"", *charsets} else [*charsets, printer.charset],
    )  # fmt: skip


def _list_charsets(printer: Printer) -> list[str]:
    """The letters that its model may have; of a model that nobody knows those of any."""
    try:
        return get_profile(printer.profile).candidates()
    except DeviceError:
        return get_profile("generic").candidates()


def _list_seconds(printer: Printer) -> dict[str, float]:
    """How long a receipt of ten lines takes on a slow line, by mode; nothing where the line is no bottleneck."""
    took = {
        mode: make_driver_or_fault(msgspec.structs.replace(printer, mode=mode)).seconds(RECEIPT)
        for mode in ("picture", "text")
    }
    return {mode: seconds for mode, seconds in took.items() if seconds is not None}


@blueprint.post("/devices/printer")
@requires_role(Role.MANAGER)
def choose_printer() -> ResponseReturnValue:
    form = request.form
    with unit_of_work() as session:
        save_choice(
            session, _requested_printer(), profile=form.get("profile", ""), mode=form.get("mode", ""),
            charset=form.get("charset", ""), by=current_actor(), at=current_time(),
        )  # fmt: skip
    _replace_driver()
    flash(_("The next one is printed so."))
    return redirect(url_for("station.show_printer", printer=form.get("printer")))


@blueprint.post("/devices/printer/forget")
@requires_role(Role.MANAGER)
def forget_printer() -> ResponseReturnValue:
    """As in config.toml again."""
    with unit_of_work() as session:
        forget_choice(session, _requested_printer(), by=current_actor(), at=current_time())
    _replace_driver()
    flash(_("The next one is printed so."))
    return redirect(url_for("station.show_printer", printer=_requested_printer().name))


def _replace_driver() -> None:
    """The running driver is exchanged; a station apart hears of it by itself."""
    worker: PrintWorker | None = current_app.extensions.get("ocop_printing")
    with open_reading() as session:
        printer = apply_choice(session, _requested_printer())
    if worker is not None:
        worker.replace(make_driver_or_fault(printer))


@blueprint.get("/devices/teach")
@requires_role(Role.MANAGER, Role.CASHIER)
def teach_scanner() -> ResponseReturnValue:
    """Two samples to scan from the screen; what is around and between them is the scanner's own."""
    with open_reading() as session:
        habit = find_habit(session, current_actor().station)
    return render_template("station/teach.html", habit=habit)


@blueprint.get("/devices/teach/<any(plain, gs1):sample>.png")
@requires_role(Role.MANAGER, Role.CASHIER)
def sample(sample: str) -> ResponseReturnValue:
    return Response(render_sample(SAMPLES[sample]), mimetype="image/png")


@blueprint.post("/devices/teach")
@requires_role(Role.MANAGER, Role.CASHIER)
def take_samples() -> ResponseReturnValue:
    habit = learn_habit(request.form.get("plain", ""), request.form.get("gs1", ""))
    with unit_of_work() as session:
        save_habit(session, current_actor().station, habit, by=current_actor(), at=current_time())
    current_hub().forget(current_actor().station)  # the till's page, opened next, is not to sell the samples
    flash(_("The scanner is understood from now on."))
    return redirect(url_for("station.teach_scanner"))


@blueprint.post("/devices/teach/forget")
@requires_role(Role.MANAGER, Role.CASHIER)
def forget_scanner() -> ResponseReturnValue:
    with unit_of_work() as session:
        forget_habit(session, current_actor().station, by=current_actor(), at=current_time())
    return redirect(url_for("station.teach_scanner"))


@blueprint.get("/devices/customer-display/<station>")
@requires_role(Role.MANAGER)
def show_customer_display(station: str) -> ResponseReturnValue:
    """The address of the screen that the station's buyers look at, with its code for a tablet."""
    with open_reading() as session:
        display = find_display(session, _require_station(station))
    path = url_for("customer_display.show_display", key=display.key) if display else ""
    network = find_network_address()
    address = f"{network}{path}" if network else ""
    code = draw_address_code(address) if address and display else ""
    return render_template(
        "station/customer_display.html", station=station, display=display, path=path, address=address, qr=code
    )


@blueprint.post("/devices/customer-display")
@requires_role(Role.MANAGER)
def change_display_address() -> ResponseReturnValue:
    """A new address; the one before is nobody's from now on."""
    station = _require_station(request.form.get("station", ""))
    with unit_of_work() as session:
        make_display_key(session, station, by=current_actor(), at=current_time())
    return redirect(url_for("station.show_customer_display", station=station))


@blueprint.post("/devices/key")
@requires_role(Role.MANAGER)
def make_key() -> ResponseReturnValue:
    """A token for a station's own computer; its page shows it until it is said to be written down."""
    station = _require_station(request.form.get("station", ""))
    if not _is_apart(station):
        raise NotFound.because("station_not_apart")
    with unit_of_work() as session:
        token = create_key(session, station, by=current_actor(), at=current_time())
    keep_new_token(station, token)
    return redirect(url_for("station.show_token", station=station))


@blueprint.get("/devices/key/<station>")
@requires_role(Role.MANAGER)
def show_token(station: str) -> ResponseReturnValue:
    """The token that waits to be written down, with the line to type there. Raises NotFound (`token_gone`)."""
    server = find_network_address() or f"https://{list_own_addresses()[0]}:{current_config().lan.port}"
    return render_template(
        "station/key.html",
        station=station,
        token=get_new_token(station).token,
        server=server,
        has_lan=bool(find_network_address()),
    )


@blueprint.post("/devices/key/written-down")
@requires_role(Role.MANAGER)
def acknowledge_token() -> ResponseReturnValue:
    acknowledge_new_token(request.form.get("station", ""))
    return redirect(url_for("station.list_devices"))


def _is_apart(station: str) -> bool:
    known = current_config().station(station)
    return known is not None and known.apart


@blueprint.post("/devices/key/end")
@requires_role(Role.MANAGER)
def end_key() -> ResponseReturnValue:
    station = _require_station(request.form.get("station", ""))
    with unit_of_work() as session:
        end_keys(session, station, by=current_actor(), at=current_time())
    acknowledge_new_token(station)
    flash(_("That computer is let in no longer."))
    return redirect(url_for("station.list_devices"))


blueprint.after_request(wake_printers)


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("station.list_devices", _l("Devices"), "printer", MANAGER, MenuGroup.SHOP, 3),
    )  # fmt: skip
