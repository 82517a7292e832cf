"""Who may use a route: every rule of the application × every role, and a producer's rows are a producer's own."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from pos.catalog.models import Product
from pos.demo.build import TOLD_PINS
from pos.journal.models import JournalRow
from pos.kernel.actor import Role
from pos.kernel.database import open_reading, unit_of_work
from pos.producers.models import Producer
from pos.sales.basket import find_open_basket
from pos.sales.models import Sale, SaleLine
from pos.shop.models import get_shop
from pos.stock.models import Lot
from pos.web.rights import EVERYONE, PUBLIC, find_roles
from tests.conftest import STATION, Shop

SELL, APPROVED, STORE, SETTINGS, MONEY, LOOK = range(6)  # the rows of the table, in its order
ROW_OF = {  # each route belongs to one act of the table: by its room, or (below) by itself
    "till": SELL, "scanning": SELL, "storeroom": STORE, "counting": STORE, "catalog": SETTINGS, "admission": SETTINGS, "pricing": SETTINGS, "producers": SETTINGS,
    "stock": SETTINGS, "identity": SETTINGS, "importing": SETTINGS, "printing": SETTINGS, "onboarding": SETTINGS, "journal": SETTINGS, "station": SETTINGS, "tags": SETTINGS, "tags.overview": LOOK, "tags.preview": LOOK,
    "sales": SETTINGS, "reports": MONEY, "shifts": MONEY, "closings": MONEY, "accounts": SETTINGS, "cashbook": MONEY, "messages": SETTINGS, "settlement": SETTINGS, "banking": SETTINGS, "inspection": LOOK, "recall": LOOK, "tracing": LOOK,
    "identity.lock": SELL, "identity.show_clock": SELL, "till.void_sale": APPROVED, "till.open_without_sale": APPROVED,
    "catalog.list_products": LOOK, "admission.show_product": LOOK, "admission.list_papers": LOOK, "admission.outlook": LOOK, "admission.show_dossier": LOOK, "admission.show_calendar": LOOK, "files.show_page": LOOK, "stock.list_lots": LOOK,
    "stock.show_lot": LOOK, "producers.list_producers": LOOK, "reports.find": LOOK, "reports.past_stock": LOOK, "files.show": LOOK, "storeroom.add_scan": SETTINGS, "storeroom.list_ends": SETTINGS, "maintenance": SETTINGS, "storeroom.write_lot_off": SETTINGS, "storeroom.write_expired_off": SETTINGS,
    "recall.release_together": SETTINGS, "recall.write_fault": SETTINGS, "terms": SETTINGS, "recall.stop_producer": SETTINGS, "recall.stop_paper": SETTINGS, "recall.begin_drill_of": SETTINGS, "recall.found_in_drill": SETTINGS,
    "recall.end_of_drill": SETTINGS, "storeroom.pack_sets": SETTINGS, "storeroom.apart": SETTINGS, "storeroom.edit_checks": SETTINGS, "storeroom.archive_check": SETTINGS, "counting.new": SETTINGS, "counting.result": SETTINGS, "counting.as_workbook": SETTINGS, "counting.drop_count": SETTINGS,
}  # fmt: skip
CASHIERS_TOO = {  # where the table's last row says "on refusal panel", and what the floor needs every day
    "files.show", "stock.list_lots", "stock.show_lot", "inspection.prices", "inspection.prices_as_pdf",
}  # fmt: skip
BY_POLICY = {
    "storeroom",
    "stock",
    "counting",
}  # rooms that a cashier enters only where the policy lets them receive
BEYOND = {  # what the table doesn't speak of: one's own rows, one's own PIN, the handbook, the house book, strangers' pages
    "portal": {"producer"}, "portal.show_manifest": set(), "portal.send_worker": set(), "handbook": {"cashier", "manager", "producer", "viewer"}, "identity.own_pin": {"cashier", "manager", "producer", "viewer"}, "identity.note_presence": {"cashier", "manager", "producer", "viewer"},
    "days.write_out": {"cashier", "manager", "producer", "viewer"},
    **{f"tags.{act}": {"cashier", "manager"} for act in ("choose_walk", "walk", "walk_scan", "take_tag_down", "weigh", "print_lot")},
    "station_agent": set(), "bank_hooks": set(), "station.teach_scanner": {"cashier", "manager"}, "station.sample": {"cashier", "manager"},
    "station.take_samples": {"cashier", "manager"}, "station.forget_scanner": {"cashier", "manager"},
    "logbooks": {"cashier", "manager"}, "logbooks.show_log": {"cashier", "manager", "viewer"}, "logbooks.book": {"cashier", "manager", "viewer"},
    "logbooks.edit_cooler": {"manager"}, "logbooks.answer_complaint": {"manager"},
    "till.display": set(), "customer_display": set(), "identity.sign_in": set(), "identity.sign_out": set(), "identity.set_language": set(), "trace": set(), "invitation": set(),
    "lan": set(), "front": set(),
}  # fmt: skip


def table() -> list[dict[str, str]]:
    """The rows of tests/data/rights.md: act, then a cell a role."""
    lines = (Path(__file__).parents[1] / "data" / "rights.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [
        dict(zip(("act", "cashier", "manager", "producer", "viewer"), row, strict=True)) for row in cells[2:]
    ]


TABLE = table()
FILLED = {
    "int": "99999",
    "default": "x",
    "path": "x",
    "lot_number": "x",
}  # ids of nothing: the walk asks for rights and changes no row


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


def found_in(table_: dict[str, object], endpoint: str) -> object | None:
    return table_.get(endpoint, table_.get(endpoint.split(".", maxsplit=1)[0]))


def expected(endpoint: str) -> set[str]:
    """Who may use a route, by the table: ● and ○ (with approval). A producer's own rows have routes of their own."""
    if endpoint not in ROW_OF and (beyond := found_in(BEYOND, endpoint)) is not None:
        return set(beyond)
    row = TABLE[found_in(ROW_OF, endpoint)]
    roles = {role for role in ("cashier", "manager", "viewer") if row[role][:1] in {"●", "○"}}
    return roles | ({"cashier"} if endpoint in CASHIERS_TOO else set())


def test_the_table_is_the_trades_and_names_every_route(village: Shop) -> None:
    assert [row["act"] for row in TABLE][SELL].startswith("sell")
    assert TABLE[LOOK]["viewer"] == TABLE[SETTINGS]["manager"] == "●"
    for endpoint, _method, _address in rules(village):
        assert found_in(ROW_OF, endpoint) is not None or found_in(BEYOND, endpoint) is not None, endpoint


def test_each_route_says_who_may_use_it_as_the_table_does(village: Shop) -> None:
    written = ["| route | cashier | manager | producer | viewer |", "|---|---|---|---|---|"]
    for endpoint, method, address in rules(village):
        roles = find_roles(village.app.view_functions[endpoint])
        assert roles is not None, f"{endpoint} ({address}) says nobody may use it"
        assert set(roles) == expected(endpoint), endpoint
        assert roles is PUBLIC or roles <= EVERYONE
        cells = [
            "open to all" if roles is PUBLIC else "●" if role in roles else ""
            for role in ("cashier", "manager", "producer", "viewer")
        ]
        written.append(f"| {method} {endpoint} | {' | '.join(cells)} |")
    out = Path(".artifacts/rights.md")
    out.parent.mkdir(exist_ok=True)
    out.write_text("\n".join(written) + "\n", "utf-8")


@pytest.fixture(autouse=True)
def nobody_waits_for_a_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos.till.device_views.HELD_SECONDS", 0.0)


def walk(village: Shop, role: str | None, *, policy: bool) -> None:
    client = village.client(role)
    for endpoint, method, address in rules(village):
        if endpoint in {"identity.sign_out", "identity.lock"}:
            continue
        answer = client.open(address, method=method)
        allowed = expected(endpoint)
        shut = role == "cashier" and endpoint.split(".")[0] in BY_POLICY and not policy
        if (not allowed or role in allowed) and not shut:
            assert answer.status_code < 500, (endpoint, role)
            if (
                TABLE[found_in(ROW_OF, endpoint) or 0] is not TABLE[APPROVED]
            ):  # without an approval that is a no, too
                assert answer.status_code != 403, (endpoint, role)
        elif role is None:
            assert answer.status_code == 302, endpoint
            assert "/sign-in" in answer.location
        else:
            assert answer.status_code == 403, (endpoint, method, role)


@pytest.mark.parametrize("role", [*[role.value for role in Role], None])
def test_each_route_times_each_role(village: Shop, role: str | None) -> None:
    """A stranger is sent to sign in; the wrong role is told no; the right one gets in, whatever it then finds."""
    walk(village, role, policy=False)


def test_cashiers_enter_the_store_room_by_the_shops_policy_alone(village: Shop) -> None:
    with unit_of_work() as session:
        shop = get_shop(session)
        shop.cashiers_receive = True
    walk(village, "cashier", policy=True)


def a_delivery_typed(**more: str) -> dict[str, str]:
    line = {
        "product_id": "1",
        "lot_number": "NEW1",
        "made_on": "23/11/2026",
        "expires_on": "31/12/2026",
        "quantity_milli": "5",
    }
    return {
        "delivery_note": "PG-T",
        "note_date": "24/11/2026",
        **{f"lines-0-{k}": v for k, v in line.items()},
    } | more


def test_a_cashier_receives_with_a_managers_word_only(village: Shop) -> None:
    with unit_of_work() as session:
        get_shop(session).cashiers_receive = True
    client = village.client("cashier")
    boss = next(login for role, _, login, _ in village.village.pins if role == "manager")
    assert "Việc này cần quản lý duyệt" in client.post("/receiving/new/1", data=a_delivery_typed()).text
    wrong = client.post("/receiving/new/1", data=a_delivery_typed(login=boss, pin="000001"))
    assert wrong.status_code == 200
    assert "PIN" in wrong.text
    done = client.post("/receiving/new/1", data=a_delivery_typed(login=boss, pin=TOLD_PINS["manager"]))
    assert done.status_code == 302
    with open_reading() as session:
        row = session.scalars(
            select(JournalRow).where(JournalRow.kind == "received").order_by(JournalRow.seq.desc())
        ).first()
        assert row is not None
        assert (row.role, '"approved_by":"Quản lý mẫu"' in row.payload) == ("cashier", True)


@pytest.mark.parametrize("address", ["/till/void/{last}", "/till/drawer"])
def test_what_asks_for_approval_gets_none_from_a_cashier_alone(village: Shop, address: str) -> None:
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "500000"})
    client.post("/till/scan", data={"code": next(iter(village.village.codes.values()))})
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
    client.post("/till/pay", data={"basket_id": basket.id, "version": basket.version, "given": "45000"})
    with open_reading() as session:
        last = session.scalars(select(Sale.number).order_by(Sale.number.desc())).first()
    address = address.format(last=last)
    assert client.post(address, data={"reason": "thử"}).status_code == 403
    by_cashier = {"reason": "thử", "login": "thu-ngan-2", "pin": TOLD_PINS["cashier"]}
    assert client.post(address, data=by_cashier).status_code == 403  # another cashier is no manager
    boss = next(login for role, _, login, _ in village.village.pins if role == "manager")
    approved = {"reason": "thử", "login": boss, "pin": TOLD_PINS["manager"]}
    assert client.post(address, data=approved).status_code == 200


def test_a_producer_sees_own_rows_and_nobody_elses(village: Shop) -> None:
    """Walk every page a producer can open, with every other producer's ids: none of their words appear."""
    with open_reading() as session:
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
    noticed = []
    for rule in village.app.url_map.iter_rules():
        if (
            "GET" not in (rule.methods or ())
            or rule.endpoint == "static"
            or rule.endpoint.startswith(("trace.", "lan.", "handbook."))
        ):
            continue
        for id_ in ids if "<" in rule.rule else [0]:
            address = re.sub(r"<any\(([^,)]*)[^>]*>", r"\1", rule.rule)
            answer = client.get(
                re.sub(r"<(?:\w+:)?\w+>", str(id_), address), query_string={"producer": id_, "before": 10**6}
            )
            if answer.status_code == 200 and "html" in answer.content_type:
                noticed.append(answer.text)
    assert len(noticed) >= 3
    whole = "\n".join(noticed)
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


@pytest.mark.parametrize("who", ["producer", "signed out producer"])
def test_a_tills_basket_is_no_producers_business(village: Shop, who: str) -> None:
    """On another computer of the shop's network, signed in or by a browser that only a producer has used."""
    far = {"REMOTE_ADDR": "192.168.1.77"}
    producer = village.client("producer")
    if who != "producer":
        producer.post("/sign-out")
    answer = producer.get("/till/display/X", environ_base=far)
    assert (answer.status_code, answer.headers["Location"].rsplit("/", 1)[-1]) == (302, "sign-in")
    cashier = village.client("cashier")
    assert cashier.get("/till/display/X", environ_base=far).status_code == 200
    cashier.post("/sign-out")
    assert cashier.get("/till/display/X", environ_base=far).status_code == 200, "the browser is the shop's"
