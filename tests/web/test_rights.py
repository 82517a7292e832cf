"""Who may use a route: every rule of the application × every role, and a producer's rows are a producer's own."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from pos.catalog.models import Product
from pos.demo.build import TOLD_PINS
from pos.kernel.actor import Role
from pos.kernel.database import reading
from pos.producers.models import Producer
from pos.sales.models import Sale, SaleLine
from pos.stock.models import Lot
from pos.web.rights import EVERYONE, PUBLIC, roles_of
from tests.conftest import STATION, Shop

MANAGER_ONLY, TILL, LOOK = {"manager"}, {"manager", "cashier"}, {"manager", "viewer"}
EXPECTED = {  # the rights table of domain.md §1, by room: who may use its routes
    "till": TILL, "portal": {"producer"}, "journal": MANAGER_ONLY, "importing": MANAGER_ONLY, "storeroom": MANAGER_ONLY,
    "reports": MANAGER_ONLY, "printing": MANAGER_ONLY, "shifts": MANAGER_ONLY,
    "producers": MANAGER_ONLY, "catalog": MANAGER_ONLY, "admission": MANAGER_ONLY, "stock": MANAGER_ONLY,
    "identity": MANAGER_ONLY, "files": {"manager", "cashier", "viewer"},
}  # fmt: skip
EXCEPTIONS = {
    "catalog.list_products": LOOK, "admission.show_product": LOOK, "admission.list_papers": LOOK, "stock.list_lots": LOOK,
    "stock.show_lot": LOOK, "producers.list_producers": LOOK, "identity.lock": TILL, "till.display": set(),
    "identity.sign_in": set(), "identity.sign_out": set(), "identity.set_language": set(), "trace.receipt": set(), "front": set(),
}  # fmt: skip
FILLED = {"int": "99999", "default": "x"}  # ids of nothing: the walk asks for rights and changes no row


def rules(shop: Shop) -> list[tuple[str, str, str]]:
    """Endpoint, method, an address with its blanks filled in."""
    found = []
    for rule in shop.app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        address = re.sub(r"<any\(([^,)]*)[^>]*>", r"\1", rule.rule)
        address = re.sub(r"<(?:(\w+):)?\w+>", lambda m: FILLED[m.group(1) or "default"], address)
        found += [
            (rule.endpoint, method, address) for method in sorted((rule.methods or set()) & {"GET", "POST"})
        ]
    return found


def expected(endpoint: str) -> set[str]:
    return EXCEPTIONS.get(endpoint, EXPECTED.get(endpoint.split(".", maxsplit=1)[0], set()))


def test_each_route_says_who_may_use_it_as_the_table_does(village: Shop) -> None:
    for endpoint, _method, address in rules(village):
        roles = roles_of(village.app.view_functions[endpoint])
        assert roles is not None, f"{endpoint} ({address}) says nobody may use it"
        assert set(roles) == expected(endpoint), endpoint
        assert roles is PUBLIC or roles <= EVERYONE


@pytest.mark.parametrize("role", [*[role.value for role in Role], None])
def test_each_route_times_each_role(village: Shop, role: str | None) -> None:
    """A stranger is sent to sign in; the wrong role is told no; the right one gets in, whatever it then finds."""
    client = village.client(role)
    for endpoint, method, address in rules(village):
        if endpoint in {"identity.sign_out", "identity.lock"}:
            continue
        answer = client.open(address, method=method)
        allowed = expected(endpoint)
        if not allowed or role in allowed:
            assert answer.status_code != 403, (endpoint, role)
            assert answer.status_code < 500, (endpoint, role)
        elif role is None:
            assert answer.status_code == 302, endpoint
            assert "/sign-in" in answer.location
        else:
            assert answer.status_code == 403, (endpoint, method, role)


def test_a_producer_sees_own_rows_and_nobody_elses(village: Shop) -> None:
    """Walk every page a producer can open, with every other producer's ids: none of their words appear."""
    with reading() as session:
        makers = session.scalars(select(Producer).order_by(Producer.id)).all()
        others = [m for m in makers if m.id != makers[0].id]
        foreign = {
            p.name for p in session.scalars(select(Product).where(Product.producer_id != makers[0].id))
        }
        foreign -= {
            p.name for p in session.scalars(select(Product).where(Product.producer_id == makers[0].id))
        }
        own = session.scalars(select(SaleLine.name).where(SaleLine.producer_id == makers[0].id)).first()
        ids = (
            [m.id for m in others]
            + list(session.scalars(select(Lot.id)))[:20]
            + list(session.scalars(select(Sale.number)))[:20]
        )
    login = next(login for role, name, login, _ in village.village.pins if name == makers[0].name)
    client = village.app.test_client()
    client.post("/sign-in", data={"login": login, "pin": TOLD_PINS["producer"], "station": STATION})
    seen = []
    for rule in village.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in {"static", "trace.receipt"}:
            continue
        for id_ in ids if "<" in rule.rule else [0]:
            address = re.sub(r"<any\(([^,)]*)[^>]*>", r"\1", rule.rule)
            answer = client.get(
                re.sub(r"<(?:\w+:)?\w+>", str(id_), address), query_string={"producer": id_, "before": 10**6}
            )
            if answer.status_code == 200 and "html" in answer.content_type:
                seen.append(answer.text)
    assert len(seen) >= 3
    whole = "\n".join(seen)
    assert own is not None
    assert own in whole
    assert [name for name in foreign if name in whole] == []
    assert [m.name for m in others if m.name in whole] == []


def test_a_locked_screen_shows_nothing(village: Shop) -> None:
    client = village.client("cashier")
    client.post("/lock")
    answer = client.get("/till")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location
    assert client.post("/till/shift/open", data={"float": "1"}, headers={"HX-Request": "true"}).headers[
        "HX-Redirect"
    ]


def test_wrong_pins_slow_down_and_lock(village: Shop) -> None:
    client = village.app.test_client()
    manager = next(login for role, _, login, _ in village.village.pins if role == "manager")
    for _ in range(6):
        assert client.post("/sign-in", data={"login": manager, "pin": "000001"}).status_code == 422
    assert client.post("/sign-in", data={"login": manager, "pin": TOLD_PINS["manager"]}).status_code == 422
    village.clock.advance(minutes=16)
    assert client.post("/sign-in", data={"login": manager, "pin": TOLD_PINS["manager"]}).status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(village: Shop, target: str) -> None:
    client = village.app.test_client()
    login = next(login for role, _, login, _ in village.village.pins if role == "cashier")
    answer = client.post("/sign-in", data={"login": login, "pin": TOLD_PINS["cashier"], "next": target})
    assert answer.location == "/till"


def test_every_answer_carries_its_headers(village: Shop) -> None:
    answer = village.client("manager").get("/today")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_state_change_without_its_token_is_refused(village: Shop) -> None:
    village.app.config["WTF_CSRF_ENABLED"] = True
    answer = village.app.test_client().post("/sign-in", data={"login": "x", "pin": "y"})
    assert answer.status_code == 400


def test_templates_hold_no_inline_script_or_style() -> None:
    for template in Path("pos/templates").rglob("*.html"):
        text = template.read_text("utf-8")
        assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|style=|hx-on", text), template
