"""The attacked server in a process of its own: `python -m tests.attacks.server FOLDER`; says its ports, one line."""

import json
import sys
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from pos.app import create_app, has_signed_cookie, start_printing
from pos.kernel.clock import ShiftedClock
from pos.lan.certificate import prepare_certificate
from pos.lan.door import PlainDoor, TlsDoor
from pos.lan.http_server import DoorLimits
from tests.faults.server import leave_with_parent
from tests.faults.shop import config_for, seconds_to_morning

THREADS = 16


def serve(folder: Path) -> None:
    """The tills' own door and the shop's https door over one application, as `ocop-pos run --lan` has them."""
    app = create_app(config_for(folder), ShiftedClock(timedelta(seconds=seconds_to_morning())))
    app.config["WTF_CSRF_ENABLED"] = False  # the browsers of this test are scripts
    start_printing(app)
    chain, key = prepare_certificate(folder, ["127.0.0.1"], at=datetime.now(UTC))
    limits = DoorLimits(is_signed_in=partial(has_signed_cookie, app))
    plain = PlainDoor(app, "127.0.0.1", 0, threads=THREADS, limits=limits).open()
    tls = TlsDoor(app, "127.0.0.1", 0, chain, key, threads=THREADS, limits=limits).open()
    print(json.dumps({"plain": plain.port, "tls": tls.port}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    threading.Thread(target=leave_with_parent, daemon=True).start()
    serve(Path(sys.argv[1]))
