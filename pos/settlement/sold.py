"""settlement/sold.py — what sales, and what came back of them, are worth to a producer."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..kernel.clock import business_day
from ..kernel.keys import split_keys
from ..kernel.money import apportion
from ..producers.models import Cost, Deal, ProducerTerms
from ..sales.models import Discount, DiscountKind, Sale, SaleLine
from ..stock.models import KitLotPart, Lot
from .fees import LineKey, list_line_fees
from .fill import Fill, find_first_open_day, load_fill
from .lot_facts import LotBook, LotFacts, load_lots, load_terms
from .meant import MeantPasts, find_put_right, list_put_right
from .models import StatementRow
from .rows import AFTER_ALL, LeftOutRow, OwedKind, OwedRow, Scope, parse_parts, to_milli
from .worth import (
    AgreedTerms,
    Parts,
    SoldGoods,
    Worth,
    find_base_vnd,
    find_worth,
    keep_part,
    split_goods,
)

_COLUMNS = (
    SaleLine.sale_number, SaleLine.n, SaleLine.producer_id, SaleLine.product_id, SaleLine.lot_id, SaleLine.name, SaleLine.unit,
    SaleLine.quantity_milli, SaleLine.amount_vnd, SaleLine.terms_id, SaleLine.refunds_line, SaleLine.vat_category,
    Sale.at, Sale.business_day, Sale.refunds, Sale.is_void,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """One lot's part of a sold line, as the whole line was sold: its goods, terms, the bands it filled, its fixed price."""

    lot_id: int
    producer_id: int
    name: str
    unit: str
    each: Fraction | int
    goods: SoldGoods
    terms: AgreedTerms | None
    vat_category: str
    agreed_price_vnd: int | None = None
    parts: Parts = ()

    @property
    def is_unsettled(self) -> bool:
        """Nobody can say what it is worth: it is under no terms, or at a fixed price that was never stated."""
        return self.terms is None or (self.terms.deal is Deal.FIXED_PRICE and self.agreed_price_vnd is None)


def list_sold(session: Session, scope: Scope, pasts: MeantPasts) -> tuple[list[OwedRow | LeftOutRow], Fill]:
    """A producer's sold and returned lines within a scope, in the order of the sales; and how far the months' bands are filled."""
    lines = _load_lines(session, scope)
    sources = _load_refunded(session, [line for line in lines if line.refunds is not None])
    book = load_lots(
        session, {line.lot_id for line in (*lines, *sources.lines.values()) if line.lot_id}, scope
    )
    reader = _SoldReader(session, scope, book, lines, sources, pasts)
    return list(reader.list_rows()), reader.fill


def _load_lines(session: Session, scope: Scope) -> list[Any]:
    """Lines of the producer's own goods, and of gift sets that hold some, in the order of the sales."""
    own_lots = (
        select(Lot.id)
        .join(Product, Product.id == Lot.product_id)
        .where(Product.producer_id == scope.producer_id)
    )
    kit_lots = list(
        session.scalars(select(KitLotPart.kit_lot_id).where(KitLotPart.part_lot_id.in_(own_lots)).distinct())
    )
    wanted = [SaleLine.producer_id == scope.producer_id]
    wanted += [SaleLine.lot_id.in_(ids) for ids in split_keys(kit_lots)]
    again = {
        int(source.removeprefix("sale_line:").partition(".")[0])
        for source, _lot in scope.again if source.startswith("sale_line:")
    }  # fmt: skip
    limits = [Sale.at <= scope.until] if scope.until else []
    limits += [Sale.business_day <= scope.last_day] if scope.last_day else []
    found: dict[LineKey, Any] = {}
    for condition in wanted:
        for more in (
            SaleLine.sale_number > scope.above.sale,
            *(SaleLine.sale_number.in_(ids) for ids in split_keys(again)),
        ):
            for line in _select_lines(session, condition, more, *limits):
                found[line.sale_number, line.n] = line
    return [found[key] for key in sorted(found)]


def _select_lines(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Any]:
    query = select(*_COLUMNS).join(Sale, Sale.number == SaleLine.sale_number).where(*conditions)
    return session.execute(query.order_by(SaleLine.sale_number, SaleLine.n)).all()


@dataclass(frozen=True, slots=True)
class _Refunded:
    """The sold lines that refunds are of, and everything that ever came back of them: (refund's number, thousandths)."""

    lines: Mapping[LineKey, Any]
    back: Mapping[LineKey, Sequence[tuple[int, int]]]


def _load_refunded(session: Session, refunds: Sequence[Any]) -> _Refunded:
    numbers = {line.refunds for line in refunds}
    wanted = {(line.refunds, line.refunds_line) for line in refunds}
    lines: dict[LineKey, Any] = {}
    back: dict[LineKey, list[tuple[int, int]]] = defaultdict(list)
    for ids in split_keys(numbers):
        for line in _select_lines(session, Sale.number.in_(ids)):
            if (line.sale_number, line.n) in wanted:
                lines[line.sale_number, line.n] = line
        for line in _select_lines(session, Sale.refunds.in_(ids)):
            back[line.refunds, line.refunds_line].append((line.sale_number, -line.quantity_milli))
    return _Refunded(lines, back)


class _SoldReader:
    """Reckons the lines of a scope one after the other; it knows what the months sold before."""

    def __init__(
        self,
        session: Session,
        scope: Scope,
        book: LotBook,
        lines: Sequence[Any],
        refunded: _Refunded,
        pasts: MeantPasts,
    ) -> None:
        self._session, self._scope, self._book, self._pasts = session, scope, book, pasts
        self._lines, self._refunded = lines, refunded
        whole = [line for line in lines if line.refunds is None]
        self._off = _load_discounts(
            session, {line.sale_number for line in (*whole, *refunded.lines.values())}
        )
        self._service_terms = _load_service_terms(session, scope)
        days = [line.business_day for line in lines]
        put_right = list_put_right(session, scope)
        changed = load_terms(session, {id_ for each in put_right for id_ in (each.terms_id, each.before_id)})
        agreed = [
            *book.terms.values(),
            *(terms for _row, terms in self._service_terms),
            *changed.values(),
        ]
        self._fees = list_line_fees(session, {line.sale_number for line in whole}, agreed, scope.until)
        self._shares: dict[LineKey, list[Share]] = {}
        self._frozen = self._load_frozen_parts()
        self.fill = load_fill(session, scope, agreed, days)
        first_day = find_first_open_day(scope.settled_to, days) if scope.settled_to else date.min
        self._banded = {id_ for id_, terms in changed.items() if len(terms.bands) > 1}
        self._put_right = [
            change
            for change in reversed(put_right)
            if business_day(change.at) >= first_day
            and not self._banded.isdisjoint((change.terms_id, change.before_id))
        ]

    def list_rows(self) -> Iterator[OwedRow | LeftOutRow]:
        for line in self._lines:
            self._count_put_right(line.at)
            sold = line if line.refunds is None else self._refunded.lines[line.refunds, line.refunds_line]
            for share in self._find_shares(sold):
                key = f"sale_line:{line.sale_number}.{line.n}", share.lot_id
                is_own = share.producer_id == self._scope.producer_id
                if is_own and self._scope.has(
                    line.sale_number, self._scope.above.sale, key, line.at, line.business_day
                ):
                    yield from self._list_row(line, self._apply_right_terms(line, sold, share))
        self._count_put_right(AFTER_ALL)

    def _count_put_right(self, at: datetime) -> None:
        """What lots had sold whose terms were put right by a moment fills the bands of the right ones, and of the wrong ones no more."""
        while self._put_right and self._put_right[-1].at <= at:
            change = self._put_right.pop()
            for terms_id, day, base_vnd in self._pasts.list_moved(change, self._banded):
                self.fill.count(terms_id, day, change.at, base_vnd)

    def _apply_right_terms(self, line: Any, sold: Any, share: Share) -> Share:
        """What comes back after its lot's terms were put right goes by the right ones, as the entry did that put the sale right."""
        if line is sold or not share.lot_id:
            return share
        change = find_put_right(self._book.lots[share.lot_id], sold.at, line.at)
        if change is None:
            return share
        meant = self._pasts.find(change).sold.get((f"sale_line:{sold.sale_number}.{sold.n}", share.lot_id))
        return replace(share, terms=self._book.terms[change.terms_id], parts=meant.parts if meant else ())

    def _list_row(self, line: Any, share: Share) -> Iterator[OwedRow | LeftOutRow]:
        """The row of one lot's part of a line; none for firm goods, which are the shop's own."""
        source = f"sale_line:{line.sale_number}.{line.n}"
        milli = to_milli(line.quantity_milli * share.each)
        kind = _find_kind(line)
        if share.terms is None or share.is_unsettled:
            if share.lot_id and find_put_right(self._book.lots[share.lot_id], line.at, AFTER_ALL):
                return  # the entry that put its terms right holds it
            gross_vnd = share.goods.gross_vnd if line.refunds is None else -share.goods.gross_vnd
            yield LeftOutRow(
                source,
                share.lot_id,
                kind,
                line.at,
                line.business_day,
                share.name,
                share.unit,
                milli,
                gross_vnd,
            )
        elif share.terms.deal is not Deal.FIRM:
            worth = self._find_worth(line, share, share.terms)
            is_sale = line.refunds is None
            yield OwedRow(
                source, share.lot_id, kind, line.at, line.business_day, share.name, share.unit, milli, worth,
                fee_vnd=self._find_fee(line, share) if is_sale else 0, terms_id=share.terms.id, parts=share.parts if is_sale else (),
                vat_category=share.vat_category, back_to=None if is_sale else f"sale_line:{line.refunds}.{line.refunds_line}",
            )  # fmt: skip

    def _find_worth(self, line: Any, share: Share, terms: AgreedTerms) -> Worth:
        """Of a sale the whole; of what came back the difference between what was left before and after it."""
        if line.refunds is None:
            return find_worth(share.goods, terms, share.parts, share.agreed_price_vnd)
        whole = self._refunded.lines[line.refunds, line.refunds_line].quantity_milli
        back = self._refunded.back[line.refunds, line.refunds_line]
        before = sum(milli for number, milli in back if number < line.sale_number)
        after = before - line.quantity_milli
        left_before, left_after = (
            find_worth(
                self._find_left(line, share, Fraction(whole - milli, whole)),
                terms,
                share.parts,
                share.agreed_price_vnd,
            )
            for milli in (before, after)
        )
        return left_after - left_before

    def _find_left(self, line: Any, share: Share, kept: Fraction) -> SoldGoods:
        """A lot's part of what is left of a line: the line is lowered first and split then, so that its lots add up to it."""
        shares = self._find_shares(self._refunded.lines[line.refunds, line.refunds_line])
        if len(shares) == 1:
            return keep_part(share.goods, kept)
        sold = self._refunded.lines[line.refunds, line.refunds_line]
        split = self._split(sold, keep_part(self._make_goods(sold), kept))
        return dict(zip((each.lot_id for each in shares), split, strict=True))[share.lot_id]

    def _find_shares(self, line: Any) -> list[Share]:
        """Each lot's part of a sold line, with the bands that it filled when it was sold."""
        key = line.sale_number, line.n
        if key not in self._shares:
            self._shares[key] = self._make_shares(line)
        return self._shares[key]

    def _fill_bands(
        self, line: Any, lot_id: int, producer_id: int, goods: SoldGoods, terms: AgreedTerms | None
    ) -> Parts:
        """Into which bands a lot's part of a line falls: as a statement froze it, else as it fills them now."""
        if terms is None or producer_id != self._scope.producer_id:
            return ()
        frozen = self._frozen.get((f"sale_line:{line.sale_number}.{line.n}", lot_id))
        if frozen is not None:
            return frozen
        return self.fill.add(terms, line.business_day, line.at, find_base_vnd(goods, terms))

    def _make_goods(self, line: Any) -> SoldGoods:
        return SoldGoods(line.quantity_milli, line.amount_vnd, self._off.get((line.sale_number, line.n), {}))

    def _make_shares(self, line: Any) -> list[Share]:
        goods = self._make_goods(line)
        if line.lot_id is None:
            terms = self._find_service_terms(line)
            parts = self._fill_bands(line, 0, line.producer_id, goods, terms)
            return [
                Share(
                    0, line.producer_id, line.name, line.unit, 1, goods, terms, line.vat_category, parts=parts
                )
            ]
        lot = self._book.lots[line.lot_id]
        if not lot.parts:
            return [self._make_share(line, lot, 1, goods)]
        return [
            self._make_share(line, self._book.lots[part.lot_id], part.each, split)
            for part, split in zip(lot.parts, self._split(line, goods), strict=True)
        ]

    def _make_share(self, line: Any, lot: LotFacts, each: Fraction | int, goods: SoldGoods) -> Share:
        terms, price_vnd = self._book.find_terms(lot, line.at), lot.find_agreed_price_vnd(line.at)
        parts = self._fill_bands(line, lot.id, lot.producer_id, goods, terms)
        return Share(
            lot.id,
            lot.producer_id,
            lot.name,
            lot.unit,
            each,
            goods,
            terms,
            lot.vat_category,
            price_vnd,
            parts,
        )

    def _split(self, line: Any, goods: SoldGoods) -> list[SoldGoods]:
        parts = self._book.lots[line.lot_id].parts
        return split_goods(goods, [part.weight for part in parts], [part.each for part in parts])

    def _find_service_terms(self, line: Any) -> AgreedTerms | None:
        """Terms in force on the day of a service: as they were known then; else the first that were agreed for that day later."""
        in_force = [
            (terms, agreed) for terms, agreed in self._service_terms if terms.starts <= line.business_day
        ]
        known = [pair for pair in in_force if pair[0].at <= line.at]
        if known:
            return max(known, key=lambda pair: (pair[0].starts, pair[0].id))[1]
        return min(in_force, key=lambda pair: pair[0].id)[1] if in_force else None

    def _find_fee(self, line: Any, share: Share) -> int:
        """What the bank took of the sale's money for this lot's part of the line, where the producer bears it."""
        fee_vnd = self._fees.get((line.sale_number, line.n), 0)
        if not fee_vnd or share.terms is None or Cost.FEE not in share.terms.borne_by_producer:
            return 0
        shares = self._find_shares(line)
        split = apportion(fee_vnd, [each.goods.gross_vnd or 1 for each in shares])
        return dict(zip((each.lot_id for each in shares), split, strict=True))[share.lot_id]

    def _load_frozen_parts(self) -> dict[tuple[str, int], Parts]:
        """Into which bands the refunded lines fell that stand on a statement already."""
        keys = {f"sale_line:{number}.{n}" for number, n in self._refunded.lines}
        return {
            (source, lot_id): parse_parts(parts)
            for sources in split_keys(keys)
            for source, lot_id, parts in self._session.execute(
                select(StatementRow.source, StatementRow.lot_id, StatementRow.parts).where(
                    StatementRow.statement_number <= self._scope.settled_by, StatementRow.source.in_(sources)
                )
            )
        }


def _find_kind(line: Any) -> OwedKind:
    if line.refunds is None:
        return OwedKind.SOLD
    return OwedKind.VOIDED if line.is_void else OwedKind.REFUNDED


def _load_discounts(session: Session, numbers: Collection[int]) -> dict[LineKey, dict[DiscountKind, int]]:
    """What was taken off each line of these sales, by kind."""
    found: dict[LineKey, dict[DiscountKind, int]] = defaultdict(lambda: defaultdict(int))
    for ids in split_keys(numbers):
        for number, n, kind, vnd in session.execute(
            select(Discount.sale_number, Discount.line_n, Discount.kind, Discount.amount_vnd).where(
                Discount.sale_number.in_(ids)
            )
        ):
            found[number, n][DiscountKind(kind)] += vnd
    return found


def _load_service_terms(session: Session, scope: Scope) -> list[tuple[ProducerTerms, AgreedTerms]]:
    """All terms of the producer: a service has no lot that would keep its own."""
    query = select(ProducerTerms).where(ProducerTerms.producer_id == scope.producer_id)
    rows = session.scalars(query.where(ProducerTerms.at <= scope.until) if scope.until else query).all()
    agreed = load_terms(session, [row.id for row in rows])
    return [(row, agreed[row.id]) for row in rows]
