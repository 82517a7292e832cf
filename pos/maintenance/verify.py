"""maintenance/verify.py — prove that the books add up: chain, seals, sums, triggers. Names the first row that differs."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from ..files.models import StoredFile
from ..files.store import file_path, file_sha256
from ..identity.second_person import NEW_PERSON, SETTLED_AFTER
from ..journal.models import JournalRow
from ..journal.payload import read_payload
from ..journal.record import GENESIS, chained_hash, digest_all_columns, ledger_digest, row_name
from ..kernel.money import amount_vnd
from ..kernel.tables import Base
from ..sales.models import Discount, Sale, SaleLine, Tender, TenderKind
from ..sales.refund import get_sale, sum_tenders
from ..shifts.models import DrawerKind, DrawerMove, Shift, ShiftClose
from .finding import BATCH, Finding
from .payloads import list_payloads
from .verify_cash import check_cash_documents, check_cash_moves, check_drawer_books
from .verify_closings import check_closings
from .verify_money import (
    check_buyers,
    check_discounts,
    check_exchanges,
    check_roundings,
    check_takings,
    check_vouchers,
)
from .verify_prices import check_asked_prices
from .verify_proofs import (
    check_database_file,
    check_head_file,
    check_numbers,
    check_sealed_states,
    check_triggers,
)
from .verify_settlement import check_payouts, check_producer_entries, check_statements
from .verify_stock import (
    check_counts,
    check_kits,
    check_on_hand,
    check_sold_moves,
    check_whole_pieces,
    check_write_offs,
)
from .verify_sums import check_sold_sums
from .verify_transfers import (
    check_payment_codes,
    check_transfer_takings,
    check_transfer_tenders,
    check_transfers,
)


def verify_books(session: Session, folder: Path | None = None) -> list[Finding]:
    """Every check of the house; with the data folder, the kept files and the head, too. Empty: the books add up.

    A check that the database itself breaks off is a finding, and the others go on.
    """
    checks: list[Callable[[Session], Iterator[Finding]]] = [
        check_database_file, check_triggers, check_chain, check_sealed_rows, check_sealed_states, check_versioned_rows, check_on_hand, check_sale_sums, check_asked_prices, check_refunds, check_carried, check_whole_pieces,
        check_write_offs, check_counts, check_kits, check_sold_moves, check_drawer, check_cash_documents, check_cash_moves, check_drawer_books, check_discounts, check_vouchers, check_takings, check_transfers, check_payment_codes, check_transfer_takings, check_transfer_tenders, check_exchanges, check_buyers, check_roundings, check_closings, check_numbers, check_sold_sums, check_statements, check_producer_entries, check_payouts,
    ]  # fmt: skip
    if folder is not None:
        checks += [partial(check_stored_files, folder=folder), partial(check_head_file, folder=folder)]
    return [finding for check in checks for finding in _run_check(check, session)]


def _run_check(check: Callable[[Session], Iterator[Finding]], session: Session) -> Iterator[Finding]:
    """Its findings. What can't be read (a damaged page, a text that is no date) is one more of them."""
    try:
        yield from check(session)
    except (DBAPIError, ValueError, TypeError, KeyError, LookupError) as broken:
        session.rollback()
        name = getattr(check, "func", check).__name__
        cause = broken.orig if isinstance(broken, DBAPIError) else broken
        yield Finding("integrity", name, f"the books can't be read here: {type(broken).__name__}: {cause}")


def check_stored_files(session: Session, folder: Path) -> Iterator[Finding]:
    """Each scan and picture is there, and is the one that was kept."""
    for stored in session.scalars(select(StoredFile).order_by(StoredFile.id)):
        path = file_path(folder, stored.sha256)
        if not path.is_file():
            yield Finding("file", row_name(stored), f"{stored.name} is not there any more")
        elif file_sha256(path) != stored.sha256:
            yield Finding("file", row_name(stored), f"{stored.name} is another file than was kept")


def check_chain(session: Session) -> Iterator[Finding]:
    """Sequence without gaps, each hash over the one before. Rows are read as plain values: as objects they take three times as long."""
    previous, expected = GENESIS, 1
    columns = list(JournalRow.__table__.columns)
    rows = select(*columns).order_by(JournalRow.seq).execution_options(yield_per=BATCH)
    names = [column.name for column in columns]
    for values in session.connection().execute(rows):
        facts = dict(zip(names, values, strict=True))
        seq, row_hash = facts["seq"], facts["hash"]
        if seq != expected:
            yield Finding("chain", f"journal:{seq}", f"row {expected} is missing")
            return
        if facts["previous_hash"] != previous or row_hash != chained_hash(previous, facts):
            yield Finding("chain", f"journal:{seq}", "its hash does not fit what it says")
            return
        previous, expected = row_hash, seq + 1


def _read_journal(session: Session) -> Iterator[JournalRow]:
    return iter(
        session.scalars(select(JournalRow).order_by(JournalRow.seq).execution_options(yield_per=BATCH))
    )


def check_sealed_rows(session: Session) -> Iterator[Finding]:
    """Each ledger row is exactly as it was sealed in the journal, and none is there without a seal."""
    seals: dict[str, str] = {}
    for payload in list_payloads(session):
        seals.update(payload.get("seals", {}))
    for model in _list_ledger_models():
        for row in session.scalars(select(model).execution_options(yield_per=BATCH)):
            name = row_name(row)
            seal = seals.pop(name, None)
            if seal is None:
                yield Finding("seal", name, "the journal knows nothing of it")
            elif seal not in {ledger_digest(row.facts()), _find_first_seal(row)}:
                yield Finding("seal", name, "it was changed after it was written")
        session.expunge_all()
    yield from (Finding("seal", name, "it was written once and is not there any more") for name in seals)


ADDED_LATER = {  # columns that came after 0001
    "sale": {"is_void", "carried_vnd", "vat_method", "exchange_of"},
    "drawer_move": {"by_name", "approved_by"},
    "sale_line": {"extra_id"},
    "tender": {"reference", "voucher_number", "buyer_id", "taking_number"},
    "price": {"change_id"},
    "hold": {"batch"},
    "shift_close": {"stays_vnd"},
    "receiving": {"announced_id"},
    "receiving_line": {"n", "noted_milli"},
    "terms": {
        "discount_borne_by",
        "promotion_borne_by",
        "count_borne_by",
        "sample_borne_by",
        "fee_borne_by",
        "period",
        "least_payout_vnd",
        "days_to_pay",
    },
}


def _find_first_seal(row: Base) -> str | None:
    """The seal as revision 0001 made it: over all its columns, null ones too. None for a row that says more."""
    later = ADDED_LATER.get(row.__tablename__, set())
    facts = row.facts()
    if any(facts[name] is not None for name in later):
        return None
    return digest_all_columns({name: value for name, value in facts.items() if name not in later})


def _list_ledger_models() -> list[type[Base]]:
    mappers = (mapper.class_ for mapper in Base.registry.mappers)
    return sorted((m for m in mappers if m.__ledger__ and m is not JournalRow), key=lambda m: m.__tablename__)


# Every row of these was written with its facts from the first version on: one that the journal doesn't know was planted.
ALWAYS_JOURNALED = {
    "product", "paper", "lot", "producer", "shop", "fact_change", "announced_delivery", "proposed_paper", "proposed_price",
    "quality_check", "cooler", "extra", "place", "person",
}  # fmt: skip


def check_versioned_rows(session: Session) -> Iterator[Finding]:
    """Products, papers, lots, producers, the shop: as their newest journal entry says."""
    newest: dict[str, Any] = {}
    for payload in list_payloads(session):
        newest.update(payload.get("facts", {}))
    tables = {name.split(":")[0] for name in newest} | ALWAYS_JOURNALED
    models = {m.class_.__tablename__: m.class_ for m in Base.registry.mappers}
    for table in sorted(tables):
        for row in session.scalars(select(models[table]).execution_options(yield_per=BATCH)):
            name = row_name(row)
            journaled = newest.pop(name, None)
            now = json.loads(json.dumps(row.facts()))
            if journaled is None:
                yield Finding("version", name, "the journal knows nothing of it")
            elif differ := sorted(key for key in now if not _is_same(journaled, now, key)):
                yield Finding("version", name, f"differs from the journal in {', '.join(differ)}")
    yield from (Finding("version", name, "it is not there any more") for name in newest)


def _is_same(journaled: dict[str, Any], now: dict[str, Any], key: str) -> bool:
    """A column that the journal's entry didn't know yet must be empty, as its migration left it."""
    return journaled[key] == now[key] if key in journaled else not now[key]


def check_carried(session: Session) -> Iterator[Finding]:
    """Only refunds carry what wasn't handed over; of a sale never less than none, and nothing once all came back."""
    for sale in session.scalars(select(Sale).where(Sale.carried_vnd.is_not(None), Sale.refunds.is_(None))):
        yield Finding("refund", f"sale:{sale.number}", "carries something over, and is no refund")
    back = (
        select(Sale.refunds, func.sum(SaleLine.quantity_milli).label("milli"))
        .join(SaleLine, SaleLine.sale_number == Sale.number)
        .where(Sale.refunds.is_not(None))
        .group_by(Sale.refunds)
        .subquery()
    )
    sold = (
        select(SaleLine.sale_number, func.sum(SaleLine.quantity_milli).label("milli"))
        .group_by(SaleLine.sale_number)
        .subquery()
    )
    rows = session.execute(
        select(Sale.refunds, func.sum(Sale.carried_vnd), back.c.milli, sold.c.milli)
        .join(back, back.c.refunds == Sale.refunds)
        .join(sold, sold.c.sale_number == Sale.refunds)
        .where(Sale.refunds.is_not(None))
        .group_by(Sale.refunds, back.c.milli, sold.c.milli)
    )
    for number, carried_vnd, back_milli, sold_milli in rows:
        left = int(carried_vnd or 0)
        if left < 0 or (left and back_milli + sold_milli == 0):
            yield Finding("refund", f"sale:{number}", f"{left} are carried over")


def check_sale_sums(session: Session) -> Iterator[Finding]:
    """Lines less discounts add up to their sale, what was paid to its tenders, and each line is price × quantity."""
    lines: dict[int, tuple[int, int]] = {}
    for line in session.scalars(select(SaleLine).execution_options(yield_per=BATCH)):
        amount, paid = lines.get(line.sale_number, (0, 0))
        lines[line.sale_number] = (amount + line.amount_vnd, paid + line.paid_vnd)
        sign = -1 if line.quantity_milli < 0 else 1
        if line.amount_vnd != sign * amount_vnd(line.price_vnd, abs(line.quantity_milli)):
            yield Finding(
                "sale", f"sale_line:{line.sale_number}.{line.n}", "its amount is not price × quantity"
            )
    tenders = dict(
        session.execute(
            select(Tender.sale_number, func.sum(Tender.amount_vnd)).group_by(Tender.sale_number)
        ).all()
    )
    off = dict(
        session.execute(
            select(Discount.sale_number, func.sum(Discount.amount_vnd)).group_by(Discount.sale_number)
        ).all()
    )
    for sale in session.scalars(select(Sale).execution_options(yield_per=BATCH)):
        amount, paid = lines.get(sale.number, (0, 0))
        amount -= int(off.get(sale.number, 0))
        due = sale.due_vnd - (sale.carried_vnd or 0)
        if (amount, paid) != (sale.total_vnd, due):
            yield Finding(
                "sale",
                f"sale:{sale.number}",
                f"lines say {amount} and {paid}, the sale {sale.total_vnd} and {due}",
            )
        if int(tenders.get(sale.number, 0)) != sale.due_vnd:
            yield Finding("sale", f"sale:{sale.number}", "its tenders do not add up to what was due")


def check_refunds(session: Session) -> Iterator[Finding]:
    """No more came back of a line than was sold, no more was given back than was paid; change is right."""
    sold = aliased(SaleLine)
    rows = session.execute(
        select(Sale.refunds, SaleLine.refunds_line, func.sum(SaleLine.quantity_milli), func.sum(SaleLine.paid_vnd),
               func.max(sold.quantity_milli), func.max(sold.paid_vnd))
        .join(Sale, Sale.number == SaleLine.sale_number)
        .outerjoin(sold, (sold.sale_number == Sale.refunds) & (sold.n == SaleLine.refunds_line))
        .where(Sale.refunds.is_not(None))
        .group_by(Sale.refunds, SaleLine.refunds_line)
    )  # fmt: skip
    for number, n, back_milli, back_vnd, sold_milli, paid_vnd in rows:
        if sold_milli is None or -back_milli > sold_milli or -back_vnd > paid_vnd:
            yield Finding("refund", f"sale_line:{number}.{n}", "more came back than was sold")
    yield from _check_tenders_back(session)
    odd = select(Tender).where(Tender.given_vnd - Tender.change_vnd != Tender.amount_vnd)
    for tender in session.scalars(odd):
        yield Finding(
            "sale", f"tender:{tender.sale_number}.{tender.n}", "given less change is not what was paid"
        )


def _check_tenders_back(session: Session) -> Iterator[Finding]:
    """No tender gave back more than it paid for the sale, as corrected; cash may pay what others paid, with approval."""
    sold = func.coalesce(Sale.refunds, Sale.number)
    left = func.sum(Tender.amount_vnd)
    doubtful = (
        select(sold)
        .select_from(Tender)
        .join(Sale, Sale.number == Tender.sale_number)
        .group_by(sold, Tender.kind, Tender.voucher_number)
        .having(left < 0)
    )
    for number in sorted(set(session.scalars(doubtful))):
        paid, back = sum_tenders(session, get_sale(session, number))
        over = [key for key, vnd in back.items() if key != TenderKind.CASH and vnd > paid.get(key, 0)]
        if over or sum(back.values()) > sum(paid.values()):
            yield Finding(
                "refund", f"sale:{number}", f"{', '.join(over) or 'cash'} gave back more than it paid"
            )


@dataclass(frozen=True, slots=True)
class Notice:
    """Nothing wrong, but worth a look: an act that its own maker approved, in a shop of one, or an account younger than a week."""

    seq: int
    said: str


def list_notices(session: Session) -> list[Notice]:
    """What was approved by the person who did it, as a sole manager may, or by somebody whose account or PIN was new then."""
    found = []
    new_since: dict[str, datetime] = {}  # by the person's row
    for row in _read_journal(session):
        if row.kind in NEW_PERSON and row.subject:
            new_since[row.subject] = row.at
        if '"approver_id"' not in row.payload:
            continue
        approver = read_payload(row.payload).get("approver_id")
        since = new_since.get(f"person:{approver}")
        is_new = since is not None and timedelta() <= row.at - since < SETTLED_AFTER
        if approver is not None and (approver == row.actor_id or is_new):
            found.append(Notice(row.seq, f"{row.kind}: {row.actor}"))
    return found


def check_drawer(session: Session) -> Iterator[Finding]:
    """Cash of sales and refunds equals their tenders; a closed shift expected what its moves say."""
    by_document = dict(
        session.execute(
            select(DrawerMove.document, func.sum(DrawerMove.amount_vnd))
            .where(DrawerMove.kind.in_((DrawerKind.SALE, DrawerKind.REFUND)))
            .group_by(DrawerMove.document)
        ).all()
    )
    for number, amount in session.execute(
        select(Tender.sale_number, Tender.amount_vnd).where(Tender.kind == "cash")
    ):
        if int(by_document.pop(f"sale:{number}", 0)) != amount:
            yield Finding("drawer", f"sale:{number}", "its cash is not in the drawer's moves")
    yield from (Finding("drawer", document, "a drawer move without its sale") for document in by_document)
    moves = dict(
        session.execute(
            select(DrawerMove.shift_number, func.sum(DrawerMove.amount_vnd)).group_by(DrawerMove.shift_number)
        ).all()
    )
    for shift, close in session.execute(select(Shift, ShiftClose).join(ShiftClose)):
        if close.expected_vnd != shift.float_vnd + int(moves.get(shift.number, 0)):
            yield Finding("drawer", f"shift:{shift.number}", "it expected something else than its moves say")


def count_rows(session: Session) -> dict[str, int]:
    """Rows by table: what a restored backup must have as its source."""
    names = sorted(inspect(session.get_bind()).get_table_names())
    return {name: int(session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0) for name in names}  # noqa: S608
