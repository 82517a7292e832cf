"""What a page asks for by itself, again and again, is no sign that somebody stands before the till."""

import re
from pathlib import Path

from pos.identity.idle import BACKGROUND, BACKGROUND_FRAGMENTS

TEMPLATES = Path("pos/templates")
ASKED = re.compile(r"""hx-get="\{\{ url_for\(['"]([\w.]+)['"][^"]*?"\s*hx-trigger="every""", re.DOTALL)


def test_what_is_asked_again_and_again_keeps_no_till_unlocked() -> None:
    asked = {
        endpoint for path in TEMPLATES.rglob("*.html") for endpoint in ASKED.findall(path.read_text("utf-8"))
    }
    assert {"till.list_transfers", "till.devices_now"} <= asked
    assert asked <= BACKGROUND | BACKGROUND_FRAGMENTS
    assert {
        "portal.follow_sales",
        "portal.show_offline",
    } <= BACKGROUND  # asked for by scripts (mine.js, mine_worker.js)
