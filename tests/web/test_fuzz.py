"""Every route × every field it reads × hostile values: an answer below 500; in the long run, within a second of work."""

import os
import re
import time
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from pos.demo.build import TOLD_PINS
from pos.identity.models import Person
from pos.identity.pins import hash_pin
from pos.kernel.actor import Role
from pos.kernel.database import unit_of_work
from pos.web.rights import PUBLIC, find_roles
from tests.conftest import Shop
from tests.web.fuzzing import HOSTILE, addresses, fields_of, plausible

pytestmark = pytest.mark.long

ALL = bool(
    os.environ.get("FUZZ_ALL")
)  # `sh tests/run fuzz`; everyday each field gets a share of the values, in turn
SHARE = 5
PARTS = 8
LEAVES = {"identity.sign_out", "identity.lock"}  # they end what the others need; tried last, once
SLOW_BY_NATURE = {  # they draw or read the whole shop; their inputs are tried, their work isn't an answer to a mad input
    "inspection.as_pdf", "inspection.prices_as_pdf", "importing.download_export", "importing.download_template", "tags.batch_pdf",
    "recall.notice", "recall.as_workbook", "tracing.as_workbook",
}  # fmt: skip


def roles_for(view: Any) -> list[Role | None]:
    roles = find_roles(view)
    if roles is PUBLIC:
        return [None, Role.MANAGER]
    for role in (Role.MANAGER, Role.PRODUCER, Role.CASHIER, Role.VIEWER):
        if roles and role in roles:
            return [role]
    return []


class Fuzzer:
    """Sends one request after the other, each as somebody who may; keeps what fell."""

    def __init__(self, village: Shop) -> None:
        self.village = village
        self.clients: dict[Role | None, FlaskClient] = {None: village.app.test_client()}
        self.tried = 0
        self.fallen: list[str] = []

    def client(self, role: Role | None) -> FlaskClient:
        if role not in self.clients:
            self._let_in_again(role)
            self.clients[role] = self.village.client(role.value if role else None)
            if role is Role.MANAGER:
                self.clients[role].post("/till/shift/open", data={"float": "500000"})
        return self.clients[role]

    def _let_in_again(self, role: Role | None) -> None:
        """Wrong PINs and new ones were typed on the way: the person signs in as at first."""
        with unit_of_work() as session:
            for person in session.scalars(select(Person).where(Person.role == role)):
                person.pin_hash, person.active = hash_pin(TOLD_PINS[person.role]), True
                person.failed, person.locked_until = 0, None

    def send(self, role: Role | None, method: str, path: str, data: dict[str, str], what: str) -> None:
        client = self.client(role)
        began = time.thread_time()
        if method == "GET":
            answer = client.get(path, query_string=MultiDict(data))
        else:
            answer = client.post(path, data=data)
        took = time.thread_time() - began
        self.tried += 1
        if answer.status_code >= 500:
            self.fallen.append(f"{answer.status_code} {what}")
        elif ALL and took > 1 and what.split(" ")[1] not in SLOW_BY_NATURE:
            self.fallen.append(f"{took:.1f} s {what}")
        if role is not None and answer.headers.get("Location", "").startswith("/sign-in"):
            del self.clients[role]  # signed out, locked, or a PIN was changed on the way


def path_for(rule: Any, mad: str | None = None) -> str | None:
    """The rule's address with plausible arguments, all of them `mad` if one is given; None where it has none or can't be built."""
    if not rule._converters:
        return rule.rule if mad is None else None
    path = rule.rule
    for name in rule._converters:
        value = quote(mad, safe="") if mad is not None else _argument(rule, name)
        path = re.sub(rf"<(?:[^<>:]+:)?{name}>", lambda _found, text=value: text, path)
    return path


def _argument(rule: Any, name: str) -> str:
    converter = rule._converters[name]
    if hasattr(converter, "items"):
        return str(converter.items[0]) if isinstance(converter.items, (list, tuple)) else min(converter.items)
    return "1"


@pytest.fixture(autouse=True)
def no_long_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that waits for a scan answers at once here."""
    monkeypatch.setattr("pos.till.device_views.HELD_SECONDS", 0.0)
    monkeypatch.setattr("pos.station.agent_views.HELD_SECONDS", 0.0, raising=False)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_request_breaks_the_server(village: Shop, part: int) -> None:
    fuzzer = Fuzzer(village)
    village.app.config["PROPAGATE_EXCEPTIONS"] = False
    village.app.testing = False
    turn = 0
    for rule, method in addresses(village.app)[part::PARTS]:
        view = village.app.view_functions[rule.endpoint]
        if rule.endpoint in LEAVES:
            continue
        fields = fields_of(view)
        base = {name: plausible(name) for name in fields}
        for role in roles_for(view):
            path = path_for(rule)
            fuzzer.send(
                role, method, path, base if method == "POST" else {}, f"{method} {rule.endpoint} (plausible)"
            )
            for value in HOSTILE if ALL else HOSTILE[::4]:
                mad = path_for(rule, value)
                if mad is not None:
                    fuzzer.send(role, method, mad, base, f"{method} {rule.endpoint} address={value[:30]!r}")
            for name in fields:
                turn += 1
                values = (
                    HOSTILE
                    if ALL
                    else [HOSTILE[(turn + n * len(HOSTILE) // SHARE) % len(HOSTILE)] for n in range(SHARE)]
                )
                for value in values:
                    what = f"{method} {rule.endpoint} {name}={value[:30]!r}"
                    fuzzer.send(role, method, path, base | {name: value}, what)
    print(f"part {part}: {fuzzer.tried} requests")
    assert fuzzer.tried > 100
    assert not fuzzer.fallen, "\n".join([f"{len(fuzzer.fallen)} of {fuzzer.tried}", *fuzzer.fallen[:60]])


def test_every_route_is_fuzzed_by_somebody(village: Shop) -> None:
    untried = [
        rule.endpoint
        for rule, _method in addresses(village.app)
        if rule.endpoint not in LEAVES and not roles_for(village.app.view_functions[rule.endpoint])
    ]
    assert untried == []
    assert {rule.endpoint for rule, _ in addresses(village.app)} >= SLOW_BY_NATURE | LEAVES
    read = {
        rule.endpoint: fields_of(village.app.view_functions[rule.endpoint])
        for rule, _ in addresses(village.app)
    }
    assert {"basket_id", "version", "given"} <= set(read["till.pay"])
    assert {"quantity_milli", "login", "pin"} <= set(read["storeroom.write_lot_off"])
    assert "lines-0-lot_number" in read["storeroom.new"]
