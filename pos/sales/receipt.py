"""sales/receipt.py — the receipt (phiếu tính tiền) as a slip, from committed rows alone."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from hardware.slips.slip import Barcode, Cut, Feed, Kick, Pair, Qr, Row, Rule, Slip, Stars, Text

from ..kernel.formats import Translate, format_day, format_moment, format_percent, format_quantity, format_vnd
from ..kernel.own_codes import format_receipt_code, format_receipt_number
from ..kernel.quantity import Unit
from ..law.taxpayers import VatMethod
from ..shop.models import Shop, get_shop
from .models import Discount, DiscountKind, Sale, Tender, TenderKind
from .money_models import Buyer
from .queries import (
    find_cash,
    find_left_vnd,
    find_sale_fingerprint,
    list_discounts,
    list_receipt_lines,
    list_tenders,
    sum_by_kind,
)


def make_receipt(
    session: Session,
    sale: Sale,
    *,
    base_url: str,
    translate: Translate,
    copy: int = 0,
    english: bool = False,
    tenders: Sequence[Tender] = (),
) -> Slip:
    """The receipt of a sale or refund; `copy` numbers a reprint, which says so and leaves the drawer shut.

    The drawer stays shut, too, where no cash moves: a bag at 1 đồng must not open it.

    `english` adds the goods' English names under their own, for tourists (`translate` gives the rest).

    Without a public address (`base_url`) no QR is printed: a code that leads nowhere helps nobody.

    `tenders`: the sale's, where they are read already.
    """
    _ = translate
    shop, tenders = get_shop(session), tenders or list_tenders(session, sale.number)
    lines = list_receipt_lines(session, sale.number)
    has_discounts = sum(row.SaleLine.amount_vnd for row in lines) != sale.total_vnd
    discounts = list_discounts(session, sale.number) if has_discounts else ()
    rows = [
        *_header_rows(shop, sale, copy, _),
        *_line_rows(lines, discounts, _, english=english),
        *_total_rows(
            session,
            sale,
            tenders,
            sum(row.SaleLine.paid_vnd for row in lines),
            sum(off.amount_vnd for off in discounts),
            _,
        ),
        *_exchange_rows(session, sale, shop, tenders, _),
        *_left_rows(find_left_vnd(session, sale), sale, _),
        Rule(),
        *_footer_rows(shop, sale, base_url, find_sale_fingerprint(session, sale), _, english=english),
    ]
    cash = find_cash(tenders)
    opens_drawer = cash is not None and cash.amount_vnd != 0 and not copy
    return Slip((*rows, Cut(), Kick()) if opens_drawer else (*rows, Cut()))


def make_packing_slip(session: Session, sale: Sale, translate: Translate) -> Slip:
    """What is to be put into the bag, by whoever packs it elsewhere: goods, lots and how many, and no money."""
    _ = translate
    number = format_receipt_number(sale.number, get_shop(session).code)
    rows: list[Row] = [
        Text(_("To pack"), size="large", bold=True, align="center"),
        Pair(_("No. %(number)s") % {"number": number}, format_moment(sale.at)), Rule(),
    ]  # fmt: skip
    for line, lot_number, *_rest in list_receipt_lines(session, sale.number):
        rows.append(Pair(line.name, format_quantity(line.quantity_milli, Unit(line.unit)), bold=True))
        if lot_number:
            rows.append(Text(_("Lot %(number)s") % {"number": lot_number}, size="small"))
    return Slip((*rows, Rule(), Text(sale.cashier_name, size="small"), Cut()))


def _header_rows(shop: Shop, sale: Sale, copy: int, _: Translate) -> Iterator[Row]:
    yield Text(shop.name, size="large", bold=True, align="center")
    if shop.address:
        yield Text(shop.address, size="small", align="center")
    if shop.hotline:
        yield Text(shop.hotline, size="small", align="center")
    yield Feed(8)
    title = (
        _("Void receipt")
        if sale.is_void
        else _("Sales receipt")
        if sale.refunds is None
        else _("Refund receipt")
    )
    yield Text(title, bold=True, align="center")
    if copy:
        yield Text(_("REPRINT no. %(copy)s") % {"copy": copy}, bold=True, align="center")
    number = format_receipt_number(sale.number, shop.code)
    yield Pair(_("No. %(number)s") % {"number": number}, format_moment(sale.at), size="small")
    if sale.refunds is not None:
        refunded = format_receipt_number(sale.refunds, shop.code)
        yield Text(_("For receipt no. %(number)s") % {"number": refunded}, size="small")
    yield Text(_("Cashier: %(name)s") % {"name": sale.cashier_name}, size="small")
    yield Rule()


def _line_rows(
    lines: Iterable[Any], discounts: Sequence[Discount], _: Translate, *, english: bool
) -> Iterator[Row]:
    for line, lot_number, expires_on, _code, producer, name_en in lines:
        yield Stars(line.name, line.stars, bold=True) if line.stars else Text(line.name, bold=True)
        if english and name_en:
            yield Text(name_en, size="small")
        amount = format_quantity(line.quantity_milli, Unit(line.unit), english=english)
        yield Pair(
            f"{amount} × {format_vnd(line.price_vnd, sign=False)}", format_vnd(line.amount_vnd, sign=False)
        )
        for off in discounts:
            if off.line_n == line.n:
                yield Pair(_name_discount(off, _), format_vnd(-off.amount_vnd, sign=False), size="small")
        if lot_number:
            lot = _("Lot %(number)s") % {"number": lot_number}
            ends = _("best before %(day)s") % {"day": format_day(expires_on)} if expires_on else ""
            yield Text(" · ".join(filter(None, (lot, ends))), size="small")
        if producer:
            yield Text(producer, size="small")
    yield Rule()


def _name_discount(off: Discount, _: Translate) -> str:
    """'Discount 10 %', without who gave it."""
    name = _("Gift voucher") if off.kind == DiscountKind.VOUCHER else _("Discount")
    return f"{name} {format_percent(off.rate_bp)} %" if off.rate_bp is not None else name


def _total_rows(
    session: Session, sale: Sale, tenders: Iterable[Tender], value_vnd: int, off_vnd: int, _: Translate
) -> Iterator[Row]:
    if sale.refunds is not None:
        yield from _back_rows(sale, value_vnd, _)
    elif sale.rounding_vnd or off_vnd:
        yield Pair(_("Goods in all"), format_vnd(sale.total_vnd + off_vnd, sign=False))
        if off_vnd:
            yield Pair(_("Discounts"), format_vnd(-off_vnd, sign=False))
        if sale.rounding_vnd:
            yield Pair(_("Rounded in your favour"), format_vnd(-sale.rounding_vnd, sign=False))
    yield Pair(_("Total"), format_vnd(sale.due_vnd), size="large", bold=True)
    paired_vnd = (
        sum_by_kind(list_tenders(session, sale.exchange_of)).get(TenderKind.CASH, 0)
        if sale.exchange_of
        else 0
    )
    for tender in tenders:
        yield from _tender_rows(sale, tender, -paired_vnd, _)
    if (
        sale.refunds is None
        and (buyer_id := next((t.buyer_id for t in tenders if t.buyer_id), None)) is not None
    ):
        yield Text(_("Buyer: %(name)s") % {"name": session.get_one(Buyer, buyer_id).name or "–"})
        yield Text(_("Signature: ______________________"))


def _tender_rows(sale: Sale, tender: Tender, paired_vnd: int, _: Translate) -> Iterator[Row]:
    """`paired_vnd`: what goods that were exchanged paid of the cash."""
    if tender.kind == TenderKind.CARD:
        name = _("Card") if sale.refunds is None else _("Given back on the card")
        yield Pair(name, format_vnd(abs(tender.amount_vnd), sign=False))
        if tender.reference:
            yield Text(_("Slip no. %(number)s") % {"number": tender.reference}, size="small")
    elif tender.kind == TenderKind.TRANSFER:
        name = _("Bank transfer") if sale.refunds is None else _("Goes back by transfer")
        yield Pair(name, format_vnd(abs(tender.amount_vnd), sign=False))
    elif tender.kind == TenderKind.VOUCHER:
        name = (
            _("Gift voucher no. %(number)s") if sale.refunds is None else _("Back on voucher no. %(number)s")
        )
        yield Pair(name % {"number": tender.voucher_number}, format_vnd(abs(tender.amount_vnd), sign=False))
    elif tender.kind == TenderKind.ACCOUNT:
        name = _("On account, to be paid") if sale.refunds is None else _("Taken off the debt")
        yield Pair(name, format_vnd(abs(tender.amount_vnd), sign=False))
    elif sale.refunds is None:
        paired_vnd = min(paired_vnd, tender.amount_vnd)
        yield Pair(_("Cash"), format_vnd(tender.given_vnd - paired_vnd, sign=False))
        yield Pair(_("Change"), format_vnd(tender.change_vnd, sign=False))
    else:
        yield Pair(_("Cash given back"), format_vnd(-tender.amount_vnd, sign=False))


def _exchange_rows(
    session: Session, sale: Sale, shop: Shop, tenders: Sequence[Tender], _: Translate
) -> Iterator[Row]:
    """The goods that came back in the same act, what they paid of these, and what was given out or is still paid."""
    if sale.exchange_of is None:
        return
    returned = session.get_one(Sale, sale.exchange_of)
    yield Rule()
    number = format_receipt_number(returned.refunds or 0, shop.code)
    yield Text(_("Exchanged: goods back from no. %(number)s") % {"number": number}, bold=True)
    for line, *_rest in list_receipt_lines(session, returned.number):
        quantity = format_quantity(line.quantity_milli, Unit(line.unit))
        yield Pair(f"{quantity} {line.name}", format_vnd(line.paid_vnd, sign=False), size="small")
    worth_vnd = -returned.due_vnd
    difference_vnd = sum(tender.amount_vnd for tender in tenders) - worth_vnd
    yield Pair(_("Paid by what came back"), format_vnd(min(worth_vnd, sale.due_vnd), sign=False))
    name = _("Still to pay") if difference_vnd >= 0 else _("Given to you")
    yield Pair(name, format_vnd(abs(difference_vnd)), bold=True)


def _back_rows(sale: Sale, value_vnd: int, _: Translate) -> Iterator[Row]:
    """From what the goods cost to what is handed over (all below 0): less what was rounded off when they were sold, and what
    no note pays yet, or with what none paid before. `value_vnd`: what was paid for these goods.
    """
    carried_vnd = sale.carried_vnd or 0
    carried = _("Given with the next goods back") if carried_vnd > 0 else _("Left from the return before")
    parts = ((_("Rounded at the sale"), value_vnd - sale.total_vnd), (carried, carried_vnd))
    if any(amount for _text, amount in parts):
        yield Pair(_("Goods that came back"), format_vnd(sale.total_vnd, sign=False))
        yield from (Pair(text, format_vnd(amount, sign=False)) for text, amount in parts if amount)


def _left_rows(left_vnd: int, sale: Sale, _: Translate) -> Iterator[Row]:
    """What the buyer still has to get, where the lines above don't say it."""
    if left_vnd > 0 and left_vnd != sale.carried_vnd:
        yield Pair(_("Still to be given with the next goods"), format_vnd(left_vnd, sign=False))


def _footer_rows(
    shop: Shop, sale: Sale, base_url: str, fingerprint: str, _: Translate, *, english: bool
) -> Iterator[Row]:
    no_invoice = (
        _("This receipt is not a tax invoice.")
        if sale.vat_method == VatMethod.NONE
        else _("Prices include tax. This receipt is not a tax invoice.")
    )
    yield Text(no_invoice, size="small", align="center")
    if shop.returns_rule and sale.refunds is None:
        # The shop's rule is in Vietnamese alone.
        rule = (
            _("To give goods back, ask at the counter with this receipt.") if english else shop.returns_rule
        )
        yield Text(rule, size="small", align="center")
    yield Feed(8)
    if base_url:
        yield Qr(
            f"{base_url.rstrip('/')}/r/{sale.receipt_code}", _("Scan: who made it, which lot, which papers")
        )
    yield Barcode(format_receipt_code(sale.number))
    if fingerprint:
        yield Text(_("Fingerprint: %(text)s") % {"text": fingerprint}, size="small", align="center")
