"""settlement/lost.py — what goods that left unsold, or that a count missed or found again, are worth to a producer."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.clock import business_day
from ..kernel.keys import split_keys
from ..kernel.money import apportion
from ..producers.models import Bearer, Cost, Deal
from .fill import Fill
from .losses import Loss, Stop, load_counts, load_stops, load_write_offs
from .lot_facts import LotBook, LotFacts, load_prices
from .meant import MeantPasts, find_put_right
from .models import StatementRow
from .rows import AFTER_ALL, LeftOutRow, OwedKind, OwedRow, Scope, to_milli
from .worth import AgreedTerms, Worth, find_loss_worth, round_half_up


def list_lost(
    session: Session, scope: Scope, book: LotBook, fill: Fill, pasts: MeantPasts
) -> list[OwedRow | LeftOutRow]:
    """A producer's goods within a scope that left unsold or differed at a count, in the order in which it happened."""
    losses = [*load_write_offs(session, scope), *load_counts(session, scope)]
    book.add_lots(loss.lot_id for loss in losses)
    reader = _LossReader(session, scope, book, _list_lots(book, losses), fill, pasts)
    rows = list(reader.list_rows(sorted(losses, key=lambda loss: (loss.at, loss.source))))
    return [*rows, *reader.list_faults(losses)]


def _list_lots(book: LotBook, losses: Sequence[Loss]) -> list[LotFacts]:
    """Those that were lost, and what those of gift sets held."""
    lost = [book.lots[id_] for id_ in {loss.lot_id for loss in losses}]
    return [*lost, *(book.lots[part.lot_id] for lot in lost for part in lot.parts)]


@dataclass(frozen=True, slots=True)
class LostPart:
    """A lot of the producer's in what was lost, and how much of it one of the lost goods holds.

    Of a gift set `weights` share its price among its lots; the `n`th share is this one's.
    """

    loss: Loss
    lot: LotFacts
    each: Fraction = Fraction(1)
    weights: tuple[int, ...] = (1,)
    n: int = 0

    @property
    def quantity_milli(self) -> Fraction:
        return self.loss.quantity_milli * self.each


@dataclass(slots=True)
class _Missed:
    """What a count missed, what it was worth, and how much of it no later count found again."""

    part: LostPart
    worth: Worth
    left_milli: int


class _LossReader:
    """Reckons losses one after the other; it knows what counts missed before, so that what is found again takes it back."""

    def __init__(
        self,
        session: Session,
        scope: Scope,
        book: LotBook,
        lots: Sequence[LotFacts],
        fill: Fill,
        pasts: MeantPasts,
    ) -> None:
        self._session, self._scope, self._book = session, scope, book
        self._fill, self._pasts = fill, pasts
        self._stops = load_stops(session, lots, scope.until)
        self._prices = load_prices(session, {lot.product_id for lot in lots})
        self._missed: dict[tuple[int, int], list[_Missed]] = defaultdict(list)

    def list_rows(self, losses: Sequence[Loss]) -> Iterator[OwedRow | LeftOutRow]:
        counts = [loss.source for loss in losses if loss.borne_by is None]
        frozen = _load_frozen(self._session, counts, self._scope.settled_by)
        for loss in losses:
            if self._scope.until is not None and loss.at > self._scope.until:
                continue
            above = self._scope.above.count if loss.borne_by is None else self._scope.above.write_off
            for part in self._list_parts(loss):
                key = loss.source, part.lot.id
                row = self._make_row(part, frozen.get(key))
                is_by_entry = isinstance(row, LeftOutRow) and find_put_right(part.lot, loss.at, AFTER_ALL)
                if row is None or is_by_entry:
                    continue
                if self._scope.has(loss.number, above, key, loss.at, business_day(loss.at)):
                    yield row

    def list_faults(self, losses: Sequence[Loss]) -> Iterator[OwedRow | LeftOutRow]:
        """What was owed nothing because of a recall that turned out to be the shop's own fault: a row a lot."""
        for stop in self._stops:
            if stop.fault_id is None or stop.fault_at is None:
                continue
            found: dict[int, list[OwedRow | LeftOutRow]] = defaultdict(list)
            for row in self._list_stopped(stop, stop.fault_at, losses):
                found[row.lot_id].append(row)
            source, day = f"recall_fault:{stop.fault_id}", business_day(stop.fault_at)
            for lot_id, rows in found.items():
                key = source, lot_id
                if self._scope.has(stop.fault_id, self._scope.above.fault, key, stop.fault_at, day):
                    yield _sum_fault_rows(source, rows, stop.fault_at)

    def _list_stopped(
        self, stop: Stop, until: datetime, losses: Sequence[Loss]
    ) -> Iterator[OwedRow | LeftOutRow]:
        """What was thrown away under a stop until a moment, as if the shop bore it; goods that were bought are the shop's anyhow."""
        for loss in losses:
            if loss.kind not in {OwedKind.WRITTEN_OFF, OwedKind.DESTROYED} or loss.at >= until:
                continue
            for part in self._list_parts(loss):
                terms, fill = self._find_right_terms(part, until)
                is_firm = terms is not None and terms.deal is Deal.FIRM
                if not is_firm and self._find_stop(part) == stop:
                    yield self._make_loss_row(part, Bearer.SHOP, terms, fill, is_fault=True)

    def _list_parts(self, loss: Loss) -> Iterator[LostPart]:
        """The producer's lots in what was lost: the lot itself, or those of a gift set."""
        lot = self._book.lots[loss.lot_id]
        if not lot.parts:
            yield LostPart(loss, lot)
            return
        weights = tuple(part.weight for part in lot.parts)
        for n, part in enumerate(lot.parts):
            if self._book.lots[part.lot_id].producer_id == self._scope.producer_id:
                yield LostPart(loss, self._book.lots[part.lot_id], part.each, weights, n)

    def _make_row(self, part: LostPart, frozen: Worth | None) -> OwedRow | LeftOutRow | None:
        """None for what is no row of an account: loss of goods that were bought, goods found that were never missed."""
        loss, terms = part.loss, self._book.find_terms(part.lot, part.loss.at)
        if loss.kind is OwedKind.TO_PRODUCER and self._is_back_with_producer(part):
            return self._make_sent_back_row(part, terms)
        if loss.kind is OwedKind.COUNT_FOUND:
            return self._make_found_row(part, terms)
        is_firm = terms is not None and terms.deal is Deal.FIRM
        row = (
            None if is_firm else self._make_loss_row(part, self._find_bearer(part, terms), terms, self._fill)
        )
        if loss.kind is OwedKind.COUNT_LOSS:
            worth = frozen or (row.worth if isinstance(row, OwedRow) else Worth())
            self._missed[loss.lot_id, part.lot.id].append(_Missed(part, worth, loss.quantity_milli))
        return row

    def _is_back_with_producer(self, part: LostPart) -> bool:
        """A gift set that went to its own producer took other producers' goods along: to these it is a loss."""
        return self._book.lots[part.loss.lot_id].producer_id == part.lot.producer_id

    def _find_right_terms(self, part: LostPart, at: datetime) -> tuple[AgreedTerms | None, Fill]:
        """The terms by which a loss counts at a later moment, and the bands as they would be filled, had its lot come under them."""
        change = find_put_right(part.lot, part.loss.at, at)
        if change is None:
            return self._book.find_terms(part.lot, part.loss.at), self._fill
        return self._book.terms[change.terms_id], self._pasts.find(change).fill

    def _find_bearer(self, part: LostPart, terms: AgreedTerms | None) -> Bearer:
        """As the write-off froze it, by the lot's terms then; of a gift set by each lot's own terms, like a count's difference."""
        loss, lot = part.loss, part.lot
        is_of_these = lot.own_terms_id and (self._scope.as_if is None or self._scope.as_if[0] != lot.id)
        if loss.borne_by is not None and loss.lot_id == lot.id and is_of_these:
            return loss.borne_by
        cost = {OwedKind.COUNT_LOSS: Cost.COUNT, OwedKind.TASTED: Cost.SAMPLE}.get(loss.kind, Cost.SPOILAGE)
        return Bearer.PRODUCER if terms is not None and cost in terms.borne_by_producer else Bearer.SHOP

    def _find_stop(self, part: LostPart) -> Stop | None:
        """The stop that held for goods when they were written off."""
        lots = [part.lot, self._book.lots[part.loss.lot_id]]
        return next((stop for stop in self._stops if stop.is_in_force_for(lots, part.loss.at)), None)

    def _make_loss_row(
        self,
        part: LostPart,
        borne_by: Bearer,
        terms: AgreedTerms | None,
        fill: Fill,
        *,
        is_fault: bool = False,
    ) -> OwedRow | LeftOutRow:
        """`is_fault`: a stop that held for it was the shop's own fault, so that it is owed all the same."""
        loss, lot, quantity = part.loss, part.lot, part.quantity_milli
        day, price_vnd = business_day(loss.at), lot.find_agreed_price_vnd(loss.at)
        gross_vnd = self._find_gross_vnd(part, day)
        if terms is None or (terms.deal is Deal.FIXED_PRICE and price_vnd is None):
            return LeftOutRow(
                loss.source, lot.id, loss.kind, loss.at, day, lot.name, lot.unit, -to_milli(quantity), gross_vnd
            )  # fmt: skip
        kind, worth = loss.kind, Worth()
        stop = self._find_stop(part) if kind in {OwedKind.WRITTEN_OFF, OwedKind.DESTROYED} else None
        if stop is not None and stop.fault_at is not None and stop.fault_at <= loss.at:
            borne_by = Bearer.SHOP
        if not is_fault and stop is not None and (stop.fault_at is None or loss.at < stop.fault_at):
            kind = OwedKind.RECALLED
        elif borne_by is Bearer.SHOP:
            worth = find_loss_worth(gross_vnd, quantity, terms, fill.find(terms, day, loss.at), price_vnd)
        return OwedRow(
            loss.source, lot.id, kind, loss.at, day, lot.name, lot.unit, -to_milli(quantity), worth,
            terms_id=terms.id, borne_by=borne_by,
        )  # fmt: skip

    def _find_gross_vnd(self, part: LostPart, day: date) -> int:
        """That day's list price of what was lost or found; of a gift set the lot's share of it."""
        lost = self._book.lots[part.loss.lot_id]
        price_vnd = self._prices.find(lost.product_id, day, part.loss.at) or 0
        whole_vnd = round_half_up(Fraction(price_vnd * abs(part.loss.quantity_milli), 1000))
        return apportion(whole_vnd, part.weights)[part.n]

    def _make_found_row(self, part: LostPart, terms: AgreedTerms | None) -> OwedRow | LeftOutRow | None:
        """What a count found again takes back what counts missed before, the last first, at its own amounts; more is owed nothing."""
        loss, lot = part.loss, part.lot
        left, worth, last = -loss.quantity_milli, Worth(), None
        missed = self._missed[loss.lot_id, lot.id]
        while left and missed:
            last = missed[-1]
            taken, whole = min(left, last.left_milli), last.part.loss.quantity_milli
            own = self._find_right_worth(last, loss.at)
            before, after = (Fraction(milli, whole) for milli in (last.left_milli, last.left_milli - taken))
            worth -= own.keep_part(before) - own.keep_part(after)
            left, last.left_milli = left - taken, last.left_milli - taken
            if not last.left_milli:
                missed.pop()
        if last is None or (terms is not None and terms.deal is Deal.FIRM):
            return None
        if terms is None:
            gross_vnd = -self._find_gross_vnd(part, business_day(loss.at))
            return LeftOutRow(
                loss.source,
                lot.id,
                loss.kind,
                loss.at,
                business_day(loss.at),
                lot.name,
                lot.unit,
                to_milli(-part.quantity_milli),
                gross_vnd,
            )
        found = to_milli(-part.quantity_milli)
        return OwedRow(loss.source, lot.id, loss.kind, loss.at, business_day(loss.at), lot.name, lot.unit, found, worth,
                       terms_id=terms.id, back_to=last.part.loss.source)  # fmt: skip

    def _find_right_worth(self, missed: _Missed, at: datetime) -> Worth:
        """What a loss was worth: by the right terms, where its lot's were put right since."""
        part = missed.part
        if find_put_right(part.lot, part.loss.at, at) is None:
            return missed.worth
        terms, fill = self._find_right_terms(part, at)
        row = self._make_loss_row(part, self._find_bearer(part, terms), terms, fill)
        return row.worth if isinstance(row, OwedRow) else Worth()

    def _make_sent_back_row(self, part: LostPart, terms: AgreedTerms | None) -> OwedRow:
        """The producer's goods are theirs again; goods that were bought are given back at what they cost."""
        loss, lot, worth = part.loss, part.lot, Worth()
        if terms is not None and terms.deal is Deal.FIRM:
            cost_vnd = round_half_up(lot.find_cost_vnd(loss.at) * part.quantity_milli / 1000)
            worth = Worth(-cost_vnd, 0, 0, -cost_vnd)
        return OwedRow(
            loss.source, lot.id, loss.kind, loss.at, business_day(loss.at), lot.name, lot.unit, -to_milli(part.quantity_milli), worth,
            terms_id=terms.id if terms else None, borne_by=Bearer.PRODUCER,
        )  # fmt: skip


def _sum_fault_rows(source: str, rows: Sequence[OwedRow | LeftOutRow], at: datetime) -> OwedRow | LeftOutRow:
    """What was lost of a lot under a recall as one row; left out as a whole where something of it is under no terms."""
    first, day = rows[0], business_day(at)
    quantity_milli = sum(row.quantity_milli for row in rows)
    owed = [row for row in rows if isinstance(row, OwedRow)]
    if len(owed) < len(rows):
        gross_vnd = sum(row.worth.gross_vnd if isinstance(row, OwedRow) else row.gross_vnd for row in rows)
        return LeftOutRow(
            source, first.lot_id, OwedKind.RECALL_FAULT, at, day, first.name, first.unit, quantity_milli, gross_vnd
        )  # fmt: skip
    worth = sum((row.worth for row in owed), Worth())
    return OwedRow(
        source, first.lot_id, OwedKind.RECALL_FAULT, at, day, first.name, first.unit, quantity_milli, worth,
        terms_id=owed[0].terms_id, borne_by=Bearer.SHOP, back_to=first.source,
    )  # fmt: skip


def _load_frozen(session: Session, sources: Sequence[str], settled_by: int) -> dict[tuple[str, int], Worth]:
    """What earlier counts' differences were worth that stand on a statement already."""
    return {
        (row.source, row.lot_id): Worth(row.gross_vnd, row.borne_vnd, row.commission_vnd, row.owed_vnd)
        for keys in split_keys(set(sources))
        for row in session.scalars(
            select(StatementRow).where(
                StatementRow.source.in_(keys), StatementRow.statement_number <= settled_by
            )
        )
    }
