"""cashbook/pdf.py — a document of the cash book as an A4 paper to be signed: phiếu thu, phiếu chi, phiếu chuyển quỹ."""

from reportlab.lib.units import mm
from reportlab.platypus import Spacer

from ..documents.pdf import make_paragraph, make_table, render_document
from ..kernel.amount_words import spell_vnd
from ..kernel.formats import Translate, format_moment, format_vnd
from ..kernel.own_codes import format_document_number
from ..shifts.models import CashDocument
from ..shop.models import Shop
from ..web.cash_terms import CASH_CATEGORIES, CASH_KINDS, name_cash_place


def render_cash_document(
    shop: Shop, document: CashDocument, person: str, translate: Translate, *, in_words: bool
) -> bytes:
    """`in_words`: the amount in Vietnamese words, too. Below it there is room for four to sign."""
    _ = translate
    number = format_document_number(document.number, shop.code)
    title = _("%(kind)s no. %(number)s") % {"kind": CASH_KINDS[document.kind], "number": number}
    rows = [
        (_("Who paid or was paid"), person),
        (_("For"), str(CASH_CATEGORIES[document.category])),
        (_("Reason"), document.reason),
        (_("From"), name_cash_place(document.from_place)),
        (_("To"), name_cash_place(document.to_place)),
        (_("Amount"), format_vnd(document.amount_vnd)),
        *([(_("In words"), spell_vnd(document.amount_vnd))] if in_words else []),
        (_("Written by"), document.by_name),
        (_("Agreed by"), document.approved_by or ""),
    ]
    kept = [row for row in rows if row[1] or row[0] == _("Who paid or was paid")]
    space_to_sign = "\n\n\n\n" + _("(signature, name)")
    signers = (_("Written by"), _("Paid or received by"), _("Keeper of the cash"), _("Head of the shop"))
    story = [
        make_table((_("Entry"), ""), kept, (1, 3)),
        Spacer(0, 10 * mm),
        make_table(signers, [[space_to_sign] * len(signers)], [1] * len(signers)),
        Spacer(0, 4 * mm),
        make_paragraph(_("This voucher is in the shop's sealed books."), soft=True),
    ]
    return render_document(title, f"{shop.name} · {format_moment(document.at)}", story, foot=shop.name)
