"""settlement/sold.py — what sales, and what came back of them, are worth to a producer."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.clock import business_day
from ..kernel.keys import split_keys
from ..kernel.money import apportion
from ..producers.models import Cost, Deal
from .fees import LineKey, list_line_fees
from .fill import Fill, find_first_open_day, load_fill
from .lot_facts import LotBook, LotFacts
from .meant import MeantPasts, find_put_right, list_put_right
from .models import StatementRow
from .rows import AFTER_ALL, LeftOutRow, OwedKind, OwedRow, Scope, parse_parts, to_milli
from .sold_lines import Line, Off, Refunded, list_conditions, load_discounts, load_lines, load_refunded
from .worth import (
    NOTHING_OFF,
    AgreedTerms,
    Parts,
    SoldGoods,
    Worth,
    find_base_vnd,
    find_worth,
    keep_part,
    split_goods,
)


class Share(NamedTuple):
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


def list_sold(
    session: Session, scope: Scope, pasts: MeantPasts, book: LotBook | None = None
) -> tuple[list[OwedRow | LeftOutRow], Fill]:
    """A producer's sold and returned lines within a scope, in the order of the sales; and how far the months' bands are filled.

    `book`: the scope's, where other parts of its reading use it too.
    """
    book = book or LotBook(session, scope)
    wanted = list_conditions(session, scope)
    lines = load_lines(session, scope, wanted)
    refunded = load_refunded(session, [line for line in lines if line.refunds is not None])
    off = load_discounts(session, wanted, {number for number, _n in refunded.lines})
    book.add_lots(line.lot_id for line in (*lines, *refunded.lines.values()) if line.lot_id)
    reader = _SoldReader(session, scope, book, lines, refunded, off, pasts)
    return list(reader.list_rows()), reader.fill


class _SoldReader:
    """Reckons the lines of a scope one after the other; it knows what the months sold before."""

    def __init__(
        self,
        session: Session,
        scope: Scope,
        book: LotBook,
        lines: Sequence[Line],
        refunded: Refunded,
        off: Off,
        pasts: MeantPasts,
    ) -> None:
        self._session, self._scope, self._book, self._pasts = session, scope, book, pasts
        self._lines, self._refunded, self._off = lines, refunded, off
        self._service_terms = [
            (row, book.terms[row.id])
            for row in book.own_terms
            if scope.until is None or row.at <= scope.until
        ]
        days = {line.business_day for line in lines}
        put_right = list_put_right(session, scope)
        book.add_terms({id_ for change in put_right for id_ in (change.terms_id, change.before_id)})
        agreed = list(book.terms.values())
        numbers = {line.sale_number for line in lines if line.refunds is None}
        self._fees = list_line_fees(session, numbers, agreed, scope.until)
        self._shares: dict[LineKey, list[Share]] = {}
        self._worths: dict[tuple[object, ...], Worth] = {}
        self._frozen = self._load_frozen_parts()
        self.fill = load_fill(session, scope, agreed, days)
        first_day = find_first_open_day(scope.settled_to, days) if scope.settled_to else date.min
        self._banded = {each.id for each in agreed if len(each.bands) > 1}
        self._put_right = [
            change
            for change in reversed(put_right)
            if business_day(change.at) >= first_day
            and not self._banded.isdisjoint((change.terms_id, change.before_id))
        ]

    def list_rows(self) -> Iterator[OwedRow | LeftOutRow]:
        scope, own, above = self._scope, self._scope.producer_id, self._scope.above.sale
        for line in self._lines:
            self._count_put_right(line.at)
            sold = line if line.refunds is None else self._refunded.lines[line.sold_key]
            source, shares = f"sale_line:{line.sale_number}.{line.n}", self._find_shares(sold)
            for share in shares:
                key = source, share.lot_id
                if share.producer_id == own and scope.has(
                    line.sale_number, above, key, line.at, line.business_day
                ):
                    right = (
                        share
                        if line is sold or not share.lot_id
                        else self._apply_right_terms(line, sold, share)
                    )
                    if (row := self._make_row(line, source, right, shares)) is not None:
                        yield row
        self._count_put_right(AFTER_ALL)

    def _count_put_right(self, at: datetime) -> None:
        """What lots had sold whose terms were put right by a moment fills the bands of the right ones, and of the wrong ones no more."""
        while self._put_right and self._put_right[-1].at <= at:
            change = self._put_right.pop()
            for terms_id, day, base_vnd in self._pasts.list_moved(change, self._banded):
                self.fill.count(terms_id, day, change.at, base_vnd)

    def _apply_right_terms(self, line: Line, sold: Line, share: Share) -> Share:
        """What comes back after its lot's terms were put right goes by the right ones, as the entry did that put the sale right."""
        change = find_put_right(self._book.lots[share.lot_id], sold.at, line.at)
        if change is None:
            return share
        meant = self._pasts.find(change).sold.get((f"sale_line:{sold.sale_number}.{sold.n}", share.lot_id))
        return share._replace(terms=self._book.terms[change.terms_id], parts=meant.parts if meant else ())

    def _make_row(
        self, line: Line, source: str, share: Share, shares: Sequence[Share]
    ) -> OwedRow | LeftOutRow | None:
        """The row of one lot's part of a line; none for firm goods, which are the shop's own."""
        terms, kind, is_sale = share.terms, _find_kind(line), line.refunds is None
        milli = line.quantity_milli if share.each == 1 else to_milli(line.quantity_milli * share.each)
        if terms is None or share.is_unsettled:
            if share.lot_id and find_put_right(self._book.lots[share.lot_id], line.at, AFTER_ALL):
                return None  # the entry that put its terms right holds it
            gross_vnd = share.goods.gross_vnd if is_sale else -share.goods.gross_vnd
            return LeftOutRow(
                source, share.lot_id, kind, line.at, line.business_day, share.name, share.unit, milli, gross_vnd
            )  # fmt: skip
        if terms.deal is Deal.FIRM:
            return None
        return OwedRow(
            source, share.lot_id, kind, line.at, line.business_day, share.name, share.unit, milli, self._find_worth(line, share, terms),
            fee_vnd=self._find_fee(line, share, shares) if is_sale else 0, terms_id=terms.id, parts=share.parts if is_sale else (),
            vat_category=share.vat_category, back_to=None if is_sale else f"sale_line:{line.refunds}.{line.refunds_line}",
        )  # fmt: skip

    def _find_worth(self, line: Line, share: Share, terms: AgreedTerms) -> Worth:
        """Of a sale the whole; of what came back the difference between what was left before and after it."""
        if line.refunds is None:
            return self._find_sold_worth(share, terms)
        whole = self._refunded.lines[line.sold_key].quantity_milli
        back = self._refunded.back[line.sold_key]
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

    def _find_sold_worth(self, share: Share, terms: AgreedTerms) -> Worth:
        """Goods are sold at one price again and again: what that is worth is reckoned once."""
        goods, price_vnd = share.goods, share.agreed_price_vnd
        if goods.off_vnd:
            return find_worth(goods, terms, share.parts, price_vnd)
        key = terms.id, goods.quantity_milli, goods.gross_vnd, share.parts, price_vnd
        worth = self._worths.get(key)
        if worth is None:
            worth = self._worths[key] = find_worth(goods, terms, share.parts, price_vnd)
        return worth

    def _find_left(self, line: Line, share: Share, kept: Fraction) -> SoldGoods:
        """A lot's part of what is left of a line: the line is lowered first and split then, so that its lots add up to it."""
        sold = self._refunded.lines[line.sold_key]
        shares = self._find_shares(sold)
        if len(shares) == 1:
            return keep_part(share.goods, kept)
        split = self._split(sold, keep_part(self._make_goods(sold), kept))
        return dict(zip((each.lot_id for each in shares), split, strict=True))[share.lot_id]

    def _find_shares(self, line: Line) -> list[Share]:
        """Each lot's part of a sold line, with the bands that it filled when it was sold; kept of a line that refunds ask for again."""
        if line.key not in self._refunded.lines:
            return self._make_shares(line)
        if line.key not in self._shares:
            self._shares[line.key] = self._make_shares(line)
        return self._shares[line.key]

    def _fill_bands(
        self, line: Line, lot_id: int, producer_id: int, goods: SoldGoods, terms: AgreedTerms | None
    ) -> Parts:
        """Into which bands a lot's part of a line falls: as a statement froze it, else as it fills them now."""
        if terms is None or producer_id != self._scope.producer_id:
            return ()
        if self._frozen:
            frozen = self._frozen.get((f"sale_line:{line.sale_number}.{line.n}", lot_id))
            if frozen is not None:
                return frozen
        return self.fill.add(terms, line.business_day, line.at, find_base_vnd(goods, terms))

    def _make_goods(self, line: Line) -> SoldGoods:
        return SoldGoods(line.quantity_milli, line.amount_vnd, self._off.get(line.key, NOTHING_OFF))

    def _make_shares(self, line: Line) -> list[Share]:
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

    def _make_share(self, line: Line, lot: LotFacts, each: Fraction | int, goods: SoldGoods) -> Share:
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

    def _split(self, line: Line, goods: SoldGoods) -> list[SoldGoods]:
        parts = self._book.lots[line.lot_id or 0].parts
        return split_goods(goods, [part.weight for part in parts], [part.each for part in parts])

    def _find_service_terms(self, line: Line) -> AgreedTerms | None:
        """Terms in force on the day of a service: as they were known then; else the first that were agreed for that day later."""
        in_force = [
            (terms, agreed) for terms, agreed in self._service_terms if terms.starts <= line.business_day
        ]
        known = [pair for pair in in_force if pair[0].at <= line.at]
        if known:
            return max(known, key=lambda pair: (pair[0].starts, pair[0].id))[1]
        return min(in_force, key=lambda pair: pair[0].id)[1] if in_force else None

    def _find_fee(self, line: Line, share: Share, shares: Sequence[Share]) -> int:
        """What the bank took of the sale's money for this lot's part of the line, where the producer bears it."""
        fee_vnd = self._fees.get(line.key, 0)
        if not fee_vnd or share.terms is None or Cost.FEE not in share.terms.borne_by_producer:
            return 0
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


def _find_kind(line: Line) -> OwedKind:
    if line.refunds is None:
        return OwedKind.SOLD
    return OwedKind.VOIDED if line.is_void else OwedKind.REFUNDED
