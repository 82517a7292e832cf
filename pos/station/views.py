"""station/views.py — the Devices page: how each device is, with what to do, tests, and how they are set up."""

from collections import Counter

import msgspec
from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hardware.decode import missing
from hardware.devices import LABEL_LANGUAGES
from hardware.labels.cards import TEST_CARD
from hardware.ports import DeviceError
from hardware.printers.profiles import profile, profiles
from hardware.printers.test_page import LETTERS_PAGE, TEST_PAGE
from hardware.slip import Kick, Slip

from ..config import Printer
from ..journal.record import record
from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import NotFound
from ..lan.certificate import own_addresses
from ..printing.queue import move_all, queue, waiting
from ..printing.send import wake_printers
from ..printing.worker import PrintWorker
from ..web.now import config, now
from ..web.pages import wants_fragment
from ..web.rights import actor, allowed
from .choice import choose, chosen, driver_or_fault
from .choice import forget as forget_choice
from .habit import SAMPLES, forget, habit_of, learnt, teach
from .key import end_keys, key_of, new_key
from .sample import RECEIPT, bars
from .state import devices_of, hub, printer_states

pages = Blueprint("station", __name__)


@pages.app_context_processor
def _with_habit() -> dict[str, object]:
    """For pages that hear a scanner: what that of their station puts around a code, and whether it has a line of its own."""

    def scanner_habit() -> dict[str, object]:
        station = config().station(actor().station)
        with reading() as session:
            return {
                "habit": habit_of(session, actor().station),
                "listens": station is not None and bool(station.scanner),
            }

    return {"scanner_habit": scanner_habit}


def _printer() -> Printer:
    """The printer that the request names. Raises NotFound."""
    printer = config().printer(request.values.get("printer", ""))
    if printer is None:
        raise NotFound.because("printer_not_found")
    return printer


def _station(name: str) -> str:
    if config().station(name) is None:
        raise NotFound.because("station_not_found")
    return name


@pages.get("/devices")
@allowed(Role.MANAGER)
def list_devices() -> ResponseReturnValue:
    """Each device's state as of this moment, with what to do; what decoding lacks on this computer."""
    with reading() as session:
        waits = Counter(job.printer for job in waiting(session))
        stations = [
            (each, devices_of(config(), each.name), key_of(session, each.name)) for each in config().stations
        ]
    states = printer_states(config())
    template = "station/live.html" if wants_fragment() else "station/devices.html"
    return render_template(
        template, states=states, stations=stations, waits=waits, missing=missing(),
        names=[one.printer.name for one in states],
    )  # fmt: skip


@pages.post("/devices/test")
@allowed(Role.MANAGER)
def test_page() -> ResponseReturnValue:
    """A page with all letters, stars and codes, on the printer that was named."""
    printer = _printer()
    with unit_of_work() as session:
        page = TEST_CARD if chosen(session, printer).profile in LABEL_LANGUAGES else TEST_PAGE
        queue(session, printer.name, _("Test page"), "test", page, at=now())
    flash(_("The test page is on its way."))
    return redirect(url_for("station.list_devices"))


@pages.post("/devices/letters")
@allowed(Role.MANAGER)
def print_letters() -> ResponseReturnValue:
    """All Vietnamese letters in each way that the printer may know them."""
    printer = _printer()
    with unit_of_work() as session:
        queue(session, printer.name, _("Letters"), "test", LETTERS_PAGE, at=now())
    flash(_("The letters are on their way."))
    return redirect(url_for("station.show_printer", printer=printer.name))


@pages.post("/devices/drawer")
@allowed(Role.MANAGER)
def test_drawer() -> ResponseReturnValue:
    """Open the drawer that hangs on a printer; the journal tells."""
    printer = _printer()
    with unit_of_work() as session:
        queue(session, printer.name, _("Drawer"), "test", Slip((Kick(),)), at=now())
        record(session, "drawer_tested", by=actor(), at=now(), printer=printer.name)
    flash(_("The drawer should be open now."))
    return redirect(url_for("station.list_devices"))


@pages.post("/devices/display")
@allowed(Role.MANAGER)
def test_display() -> ResponseReturnValue:
    """Both lines full, so that a wrong width shows."""
    hub().show(_station(request.form.get("station", "")), "12345678901234567890", "Kiem tra man hinh")
    flash(_("The display shows a test."))
    return redirect(url_for("station.list_devices"))


@pages.post("/devices/move")
@allowed(Role.MANAGER)
def move_queue() -> ResponseReturnValue:
    """What waits for a dead printer comes out of another."""
    names = {printer.name for printer in config().printers}
    source, target = request.form.get("from", ""), request.form.get("to", "")
    if not {source, target} <= names or source == target:
        raise NotFound.because("printer_not_found")
    with unit_of_work() as session:
        moved = move_all(session, source, target, at=now())
        record(
            session, "slips_moved", by=actor(), at=now(), from_printer=source, to_printer=target, slips=moved
        )
    flash(ngettext("%(num)s slip goes to %(to)s.", "%(num)s slips go to %(to)s.", moved, to=target))
    return redirect(url_for("station.list_devices"))


@pages.get("/devices/printer")
@allowed(Role.MANAGER)
def show_printer() -> ResponseReturnValue:
    """How a printer is spoken to, and how long a receipt then takes."""
    with reading() as session:
        printer = chosen(session, _printer())
    charsets = _charsets(printer)
    return render_template(
        "station/printer.html", printer=printer, profiles=[*profiles(), *LABEL_LANGUAGES], takes=_seconds(printer),
        charsets=charsets if printer.charset in {"", *charsets} else [*charsets, printer.charset],
    )  # fmt: skip


def _charsets(printer: Printer) -> list[str]:
    """The letters that its model may have; of a model that nobody knows those of any."""
    try:
        return profile(printer.profile).candidates()
    except DeviceError:
        return profile("generic").candidates()


def _seconds(printer: Printer) -> dict[str, float]:
    """How long a receipt of ten lines takes on a slow line, by mode; nothing where the line is no bottleneck."""
    took = {
        mode: driver_or_fault(msgspec.structs.replace(printer, mode=mode)).seconds(RECEIPT)
        for mode in ("picture", "text")
    }
    return {mode: seconds for mode, seconds in took.items() if seconds is not None}


@pages.post("/devices/printer")
@allowed(Role.MANAGER)
def choose_printer() -> ResponseReturnValue:
    form = request.form
    with unit_of_work() as session:
        choose(
            session, _printer(), profile=form.get("profile", ""), mode=form.get("mode", ""),
            charset=form.get("charset", ""), by=actor(), at=now(),
        )  # fmt: skip
    _speak_anew()
    flash(_("Its next slip is printed so."))
    return redirect(url_for("station.show_printer", printer=form.get("printer")))


@pages.post("/devices/printer/forget")
@allowed(Role.MANAGER)
def forget_printer() -> ResponseReturnValue:
    """As in config.toml again."""
    with unit_of_work() as session:
        forget_choice(session, _printer(), by=actor(), at=now())
    _speak_anew()
    flash(_("Its next slip is printed so."))
    return redirect(url_for("station.show_printer", printer=_printer().name))


def _speak_anew() -> None:
    """The running driver is exchanged; a station apart hears of it by itself."""
    worker: PrintWorker | None = current_app.extensions.get("ocop_printing")
    with reading() as session:
        printer = chosen(session, _printer())
    if worker is not None:
        worker.replace(driver_or_fault(printer))


@pages.get("/devices/teach")
@allowed(Role.MANAGER, Role.CASHIER)
def teach_scanner() -> ResponseReturnValue:
    """Two samples to scan from the screen; what is around and between them is the scanner's own."""
    with reading() as session:
        habit = habit_of(session, actor().station)
    return render_template("station/teach.html", habit=habit)


@pages.get("/devices/teach/<any(plain, gs1):sample>.png")
@allowed(Role.MANAGER, Role.CASHIER)
def sample(sample: str) -> ResponseReturnValue:
    return Response(bars(SAMPLES[sample]), mimetype="image/png")


@pages.post("/devices/teach")
@allowed(Role.MANAGER, Role.CASHIER)
def take_samples() -> ResponseReturnValue:
    habit = learnt(request.form.get("plain", ""), request.form.get("gs1", ""))
    with unit_of_work() as session:
        teach(session, actor().station, habit, by=actor(), at=now())
    hub().forget(actor().station)  # the till's page, opened next, is not to sell the samples
    flash(_("The scanner is understood from now on."))
    return redirect(url_for("station.teach_scanner"))


@pages.post("/devices/teach/forget")
@allowed(Role.MANAGER, Role.CASHIER)
def forget_scanner() -> ResponseReturnValue:
    with unit_of_work() as session:
        forget(session, actor().station, by=actor(), at=now())
    return redirect(url_for("station.teach_scanner"))


@pages.post("/devices/key")
@allowed(Role.MANAGER)
def make_key() -> ResponseReturnValue:
    """A token for a station's own computer, shown this once, with the line to type there."""
    station = _station(request.form.get("station", ""))
    if not _is_apart(station):
        raise NotFound.because("station_not_apart")
    with unit_of_work() as session:
        token = new_key(session, station, by=actor(), at=now())
    lan = config().lan
    server = f"https://{own_addresses()[0]}:{lan.port}"
    return render_template(
        "station/key.html", station=station, token=token, server=server, has_lan=lan.enabled
    )


def _is_apart(station: str) -> bool:
    known = config().station(station)
    return known is not None and known.apart


@pages.post("/devices/key/end")
@allowed(Role.MANAGER)
def end_key() -> ResponseReturnValue:
    station = _station(request.form.get("station", ""))
    with unit_of_work() as session:
        end_keys(session, station, by=actor(), at=now())
    flash(_("That computer is let in no longer."))
    return redirect(url_for("station.list_devices"))


pages.after_request(wake_printers)
