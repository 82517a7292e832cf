"""closings/sections.py — a closing's figures in words, section by section: for the page, the slip and the PDF alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..kernel.formats import Translate, format_percent, format_vnd
from ..reports.sold_lines import EXTRAS
from ..sales.debts import WRITTEN_OFF
from ..sales.models import TenderKind
from ..sales.money_models import AllocationKind
from ..sales.tenders.kinds import RULES
from ..sales.tenders.part import MoneyPlace
from ..shifts.queries import EMPTIED
from ..web.cash_terms import name_cash_category
from ..web.journal_terms import KINDS
from ..web.terms import DISCOUNTS, TENDERS
from .figures import Figures


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure with its name. `rows_of` says which of the shop's rows it is made of, for a link on a page.

    "sales": receipts (`fields`: of the filter of what was sold); "shift": the shift's page; else a kind of the journal.
    """

    name: str
    text: str
    is_strong: bool = False
    rows_of: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FigureSection:
    title: str
    rows: tuple[FigureRow, ...]


def list_sections(figures: Figures, groups: Mapping[str, str], translate: Translate) -> list[FigureSection]:
    """What stands on a closing, in its order; sections without any row are left out. `groups`: their names by code."""
    _ = translate
    sections = (
        (_("Sold"), _list_totals(figures, _)),
        (_("By tender"), _list_tenders(figures, _)),
        (_("Discounts, taken off already"), _list_discounts(figures, _)),
        (_("Received without a sale"), _list_money(figures, _)),
        (_("Bank transfers"), _list_transfers(figures, _)),
        (_("Corrected ways of paying"), _list_corrections(figures)),
        (_("Drawer"), _list_drawer(figures, _)),
        (_("Cash in / out"), _list_cash(figures)),
        (_("Counted by notes"), _list_notes(figures)),
        (_("Hand-overs"), _list_hand_overs(figures, _)),
        (_("By group"), _list_groups(figures, groups, _)),
        (_("By cashier"), _list_cashiers(figures, _)),
        (_("Value-added tax"), _list_vat(figures, _)),
        (_("Also in this shift"), _list_acts(figures, _)),
        (_("Carried over"), _list_carried(figures, _)),
    )
    return [FigureSection(title, tuple(rows)) for title, rows in sections if rows]


def _name_with_count(name: str, count: int) -> str:
    return f"{name} ({count})"


def _list_totals(figures: Figures, _: Translate) -> list[FigureRow]:
    sales, refunds, voids = figures["sales"], figures["refunds"], figures["voids"]
    rows = [
        FigureRow(_name_with_count(_("Sales"), sales["count"]), format_vnd(sales["total_vnd"]), rows_of="sales"),
        FigureRow(_name_with_count(_("Refunds"), refunds["count"]), format_vnd(refunds["total_vnd"]), rows_of="sales"),
        FigureRow(_name_with_count(_("Voids"), voids["count"]), format_vnd(voids["total_vnd"]), rows_of="sales"),
    ]  # fmt: skip
    rounding = -sum(kind["rounding_vnd"] for kind in (sales, refunds, voids))
    due = sum(kind["due_vnd"] for kind in (sales, refunds, voids))
    rows.append(FigureRow(_("Rounding of cash"), format_vnd(rounding)))
    rows.append(FigureRow(_("Taken in all"), format_vnd(due), is_strong=True))
    if figures["receipts"]:
        first, last = figures["receipts"]
        rows.append(FigureRow(_("Receipts"), f"{first:06} – {last:06}", rows_of="sales"))
    return rows


def _list_tenders(figures: Figures, _: Translate) -> list[FigureRow]:
    rows = []
    for tender in figures["tenders"]:
        name = str(TENDERS.get(tender["kind"], tender["kind"]))
        told = [(name, tender["taken"], tender["taken_vnd"])]
        if tender["back"]:
            given_back = _("%(tender)s given back") % {"tender": name}
            told.append((given_back, tender["back"], tender["given_back_vnd"]))
        rows += [
            FigureRow(
                _name_with_count(text, count),
                format_vnd(vnd),
                rows_of="sales",
                fields={"tender": tender["kind"]},
            )
            for text, count, vnd in told
        ]
    if any(not _is_received_now(tender["kind"]) for tender in figures["tenders"]):
        received = sum(
            tender["taken_vnd"] + tender["given_back_vnd"]
            for tender in figures["tenders"]
            if _is_received_now(tender["kind"])
        )
        rows.append(
            FigureRow(_("Received now: in cash, by card, by transfer"), format_vnd(received), is_strong=True)
        )
    if terminal := figures.get("terminal_vnd"):
        rows.append(FigureRow(_("On the card terminal in all"), format_vnd(terminal), is_strong=True))
    return rows


def _is_received_now(kind: str) -> bool:
    """Is it money that comes with the sale: not a debt, nor a voucher that was paid for before?"""
    return RULES[TenderKind(kind)].place in {MoneyPlace.IN_DRAWER, MoneyPlace.AT_BANK}


def _list_discounts(figures: Figures, _: Translate) -> list[FigureRow]:
    discounts = figures.get("discounts", [])
    rows = [
        FigureRow(_name_with_count(str(DISCOUNTS.get(row["kind"], row["kind"])), row["sales"]), format_vnd(-row["off_vnd"]), rows_of="sales",
                  fields={"discount": row["kind"]})
        for row in discounts
    ]  # fmt: skip
    if len(rows) > 1:
        whole = -sum(row["off_vnd"] for row in discounts)
        rows.append(FigureRow(_("Discounts in all"), format_vnd(whole), is_strong=True))
    return rows


def _list_money(figures: Figures, _: Translate) -> list[FigureRow]:
    """What was received without a sale, how much of it was given back, and what of a shift's is to give back still."""
    if count := figures.get("takings"):  # a Z of an earlier version says only how often
        name = _name_with_count(
            _("Vouchers, debts, parts, what is to give back: each in the day's closing"), count
        )
        return [FigureRow(name, format_vnd(figures.get("takings_vnd", 0)), rows_of="shift")]
    names = {
        "debt": _("Debts paid"), "voucher": _("Vouchers sold"), "basket": _("Received for baskets"),
        "surplus": _("Transfers over, late or unknown"), "refund": _("Owed for goods that came back"),
    }  # fmt: skip
    rows = []
    for row in sorted(figures.get("money", []), key=lambda row: bool(row["is_back"])):
        name = _("Debts let go") if row["kind"] == WRITTEN_OFF else names[row["for"]]
        name = _("Given back to buyers") if row["is_back"] else name
        if row["is_back"] or row["for"] not in {"surplus", "refund"}:  # those two are transfers alone
            name = f"{name} · {TENDERS.get(row['kind'], row['kind'])}"
        name = _name_with_count(name, row["count"])
        rows.append(FigureRow(name, format_vnd(row["amount_vnd"]), rows_of=_find_act(row)))
    if waiting := figures.get("to_give_back"):
        name = _name_with_count(_("Still to give back, of this shift"), waiting["count"])
        rows.append(FigureRow(name, format_vnd(waiting["amount_vnd"]), is_strong=True))
    if ended := figures.get("vouchers_ended_vnd"):
        rows.append(FigureRow(_("Vouchers ended"), format_vnd(ended), rows_of="voucher_expired"))
    return rows


def _find_act(row: Figures) -> str:
    """The journal's kind of what was received, given back or let go."""
    if row["is_back"]:
        return "money_given_back"
    if row["kind"] == WRITTEN_OFF:
        return "debt_written_off"
    if row["for"] == "basket" and row["kind"] == TenderKind.TRANSFER:
        return "transfer_taken"
    return {
        "debt": "debt_paid", "voucher": "voucher_sold", "basket": "money_taken", "surplus": "transfer_taken",
        "refund": "transfer_to_send_back",
    }[str(row["for"])]  # fmt: skip


def _list_transfers(figures: Figures, _: Translate) -> list[FigureRow]:
    """The accounts that the till showed; what people confirmed by hand, how that ended, and what nobody has proved yet."""
    rows = [
        FigureRow(_("Shown: %(account)s, %(holder)s") % each, str(each["codes"]))
        for each in figures.get("accounts", ())
    ]
    by_hand, claims = figures.get("by_hand"), figures.get("claims", {})
    act = "transfer_confirmed_by_hand"
    if by_hand:
        name = _name_with_count(_("Confirmed by hand"), by_hand["count"])
        rows.append(FigureRow(name, format_vnd(by_hand["amount_vnd"]), rows_of=act))
        if by_hand.get("unproved"):
            name = _name_with_count(_("of it not on the account yet"), by_hand["unproved"])
            rows.append(FigureRow(name, format_vnd(by_hand["unproved_vnd"]), is_strong=True))
    if claims:
        rows.append(FigureRow(_("Confirmed by hand"), format_vnd(claims["made_vnd"]), rows_of=act))
        rows += [
            FigureRow(_CLAIM_ENDS[ended["kind"]](_), format_vnd(ended["amount_vnd"]))
            for ended in claims["ended"]
        ]
        rows.append(
            FigureRow(_("Unproved at the end of the day"), format_vnd(claims["open_vnd"]), is_strong=True)
        )
    return rows


_CLAIM_ENDS: Mapping[str, Callable[[Translate], str]] = {
    AllocationKind.RECEIVED: lambda _: _("of it and of earlier ones: told of since"),
    AllocationKind.REFUNDED: lambda _: _("Goods came back before the money"),
    AllocationKind.OWED: lambda _: _("The buyer owes it"),
    AllocationKind.LOST: lambda _: _("Never came: let go"),
}


def _list_corrections(figures: Figures) -> list[FigureRow]:
    return [
        FigureRow(_name_with_count(f"{TENDERS.get(row['from'], row['from'])} → {TENDERS.get(row['to'], row['to'])}", row["count"]),
                  format_vnd(row["amount_vnd"]), rows_of="tender_corrected")
        for row in figures.get("corrections", [])
    ]  # fmt: skip


def _list_drawer(figures: Figures, _: Translate) -> list[FigureRow]:
    drawer = figures.get("drawer")
    if drawer is None:
        return []
    rows = [
        FigureRow(_("Float"), format_vnd(drawer["float_vnd"])),
        FigureRow(_("Cash of sales"), format_vnd(drawer["sales_vnd"])),
        FigureRow(_("Given back"), format_vnd(-drawer["refunds_vnd"])),
        FigureRow(_("Cash in"), format_vnd(drawer["cash_in_vnd"]), rows_of="shift"),
        FigureRow(_("Cash out"), format_vnd(-drawer["cash_out_vnd"]), rows_of="shift"),
        *_list_optional(drawer, "takings_vnd", _("Cash of vouchers and debts")),
        *_list_optional(drawer, "corrections_vnd", _("Cash of corrected ways of paying")),
        *_list_optional(drawer, "hand_over_difference_vnd", _("Missing or over at a hand-over")),
        FigureRow(_("Should be there"), format_vnd(drawer["expected_vnd"])),
    ]
    if "counted_vnd" in drawer:
        rows.append(FigureRow(_("Counted"), format_vnd(drawer["counted_vnd"])))
        rows.append(
            FigureRow(
                _("Missing or over"), format_vnd(drawer["difference_vnd"]), is_strong=True, rows_of="shift"
            )
        )
    rows += _list_optional(drawer, "to_safe_vnd", _("To the safe"))
    rows += _list_optional(drawer, "stays_vnd", _("Stays as the next float"))
    rows += _list_optional(drawer, "float_difference_vnd", _("Float over or short when it opened"))
    return rows


def _list_optional(drawer: Mapping[str, int], name: str, title: str) -> list[FigureRow]:
    """A figure that not every closing has; it leads to the shift's cash."""
    return [FigureRow(title, format_vnd(drawer[name]), rows_of="shift")] if name in drawer else []


def _list_cash(figures: Figures) -> list[FigureRow]:
    return [
        FigureRow(
            _name_with_count(name_cash_category(row["category"]), row["count"]), format_vnd(row["amount_vnd"]), rows_of="shift"
        )
        for row in figures.get("cash", ())
    ]  # fmt: skip


def _list_hand_overs(figures: Figures, _: Translate) -> list[FigureRow]:
    """What was counted, and what was missing or over."""
    return [
        FigureRow(
            text.format(**each), format_vnd(vnd), rows_of="shift",
        )
        for each in figures.get("hand_overs", ())
        for text, vnd in (
            ("{from} → {to}", each["counted_vnd"]), (_("Missing or over"), each["counted_vnd"] - each["expected_vnd"])
        )
    ]  # fmt: skip


def _list_notes(figures: Figures) -> list[FigureRow]:
    return [
        FigureRow(f"{format_vnd(int(note))} × {count}", format_vnd(int(note) * count))
        for note, count in sorted(figures.get("notes", {}).items(), key=lambda item: -int(item[0]))
    ]


def _list_groups(figures: Figures, groups: Mapping[str, str], _: Translate) -> list[FigureRow]:
    names = {EXTRAS: _("Bags, wrapping, shipping"), **groups}
    return [
        FigureRow(
            _name_with_count(names.get(row["group"], row["group"]), row["lines"]),
            format_vnd(row["paid_vnd"]),
            rows_of="sales",
            fields={"group": row["group"]},
        )
        for row in figures["groups"]
    ]


def _list_cashiers(figures: Figures, _: Translate) -> list[FigureRow]:
    rows = []
    for each in figures["cashiers"]:
        told = [(each["name"], each["sales"], each["sales_vnd"])]
        if each["refunds"]:
            told.append(
                (_("%(name)s, given back") % {"name": each["name"]}, each["refunds"], each["refunds_vnd"])
            )
        rows += [
            FigureRow(
                _name_with_count(text, count),
                format_vnd(vnd),
                rows_of="sales",
                fields={"cashier": each["name"]},
            )
            for text, count, vnd in told
        ]
    return rows


def _list_vat(figures: Figures, _: Translate) -> list[FigureRow]:
    return [
        FigureRow(_("%(rate)s within %(sum)s") % {"rate": format_percent(row["vat_bp"]), "sum": format_vnd(row["paid_vnd"])},
                  format_vnd(row["vat_vnd"]))
        for row in figures["vat"]
    ]  # fmt: skip


def _list_acts(figures: Figures, _: Translate) -> list[FigureRow]:
    acts: dict[str, Any] = figures.get("acts", {})
    return [
        FigureRow(
            str(_("basket emptied") if kind == EMPTIED else KINDS.get(kind, kind)),
            str(count),
            rows_of="shift",
        )
        for kind, count in acts.items()
    ]


def _list_carried(figures: Figures, _: Translate) -> list[FigureRow]:
    carried = figures.get("carried", {})
    rows = []
    if carried.get("parked"):
        rows.append(FigureRow(_("Parked baskets"), str(carried["parked"])))
    if carried.get("received_vnd"):
        rows.append(
            FigureRow(
                _("Received for baskets that wait"),
                format_vnd(carried["received_vnd"]),
                rows_of="money_taken",
            )
        )
    if carried.get("unproved_vnd"):
        rows.append(
            FigureRow(
                _("This till's transfers nobody has told of yet, all shifts"),
                format_vnd(carried["unproved_vnd"]),
            )
        )
    if carried.get("to_send_back_vnd"):
        rows.append(
            FigureRow(_("To give back by transfer, whole shop"), format_vnd(carried["to_send_back_vnd"]))
        )
    if carried.get("unprinted"):
        rows.append(FigureRow(_("Slips that wait for paper"), str(carried["unprinted"])))
    rows += [
        FigureRow(_("Numbers left out by a restore: %(series)s") % {"series": gap["series"]}, f"{gap['first']} – {gap['last']}")
        for gap in figures.get("left_out", ())
    ]  # fmt: skip
    if totals := figures.get("totals_left_out"):
        rows.append(
            FigureRow(_("Sold before the restore, not in these books"), format_vnd(totals["sales_vnd"]))
        )
        rows.append(
            FigureRow(
                _("Given back before the restore, not in these books"), format_vnd(totals["refunds_vnd"])
            )
        )
    return rows
