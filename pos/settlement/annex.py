"""settlement/annex.py — terms as the annex of a contract on A4 (phụ lục hợp đồng), to be signed by both."""

from dataclasses import dataclass
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer

from ..documents.pdf import make_heading, make_paragraph, make_table, render_document
from ..kernel.formats import Translate, format_day
from ..producers.models import Producer, ProducerTerms
from ..producers.terms_in_words import TermsInWords
from ..shop.models import Shop

DOTS = "………………………"


@dataclass(frozen=True, slots=True)
class Annex:
    """`number`: the producer's code, and which of their terms these are."""

    number: str
    shop: Shop
    producer: Producer
    terms: ProducerTerms
    words: TermsInWords


def render_annex(annex: Annex, translate: Translate) -> bytes:
    _ = translate
    starts = format_day(annex.terms.starts)
    title = _("Annex to the contract no. %(number)s") % {"number": annex.number}
    story = [
        make_paragraph(_("To the contract no. %(dots)s of %(dots)s") % {"dots": DOTS}, size=10),
        *make_heading(_("The parties")),
        make_table(["", _("Party A: the shop"), _("Party B: the producer")], _list_parties(annex, translate), [2, 5, 5]),
        *make_heading(_("What is agreed from %(day)s on") % {"day": starts}),
        *_list_terms(annex.words, translate),
        Spacer(0, 3 * mm),
        *_list_counting(annex.words, translate),
        make_paragraph(
            _("This holds for goods that are delivered from that day on. Goods that came earlier keep the terms under which they came."),
            size=10,
        ),
        KeepTogether(_list_signatures(translate)),
    ]  # fmt: skip
    foot = f"{annex.shop.name} · {annex.producer.name}"
    return render_document(title, _("Terms for taking and selling goods"), story, foot=foot)


def _list_parties(annex: Annex, translate: Translate) -> list[tuple[str, str, str]]:
    _, shop, producer = translate, annex.shop, annex.producer
    return [
        (_("Name"), shop.name, f"{producer.name} ({producer.code})"),
        (_("Address"), shop.address or DOTS, producer.address or DOTS),
        (_("Phone"), shop.hotline or DOTS, producer.phone or DOTS),
        (_("Tax code or identity number"), DOTS, DOTS),
        (_("Represented by, position"), DOTS, DOTS),
    ]


def _list_terms(words: TermsInWords, translate: Translate) -> list[Any]:
    _ = translate
    story = [make_paragraph(words.deal, size=11), Spacer(0, 3 * mm)]
    if words.steps:
        heads = [_("Of a month's sales of goods under these terms"), _("The shop keeps")]
        story += [make_table(heads, words.steps, [2, 1]), Spacer(0, 3 * mm)]
    if words.facts:
        story.append(make_table([_("Entry"), _("Agreed")], words.facts, [1, 2]))
    return story


def _list_counting(words: TermsInWords, translate: Translate) -> list[Any]:
    """How a month's sales are counted, where there are steps."""
    if not words.steps:
        return []
    _ = translate
    text = _(
        "The steps count what is sold in a month of goods that came under these terms; goods under earlier terms are not counted. "
        "Each month begins at 0."
    )
    return [make_paragraph(text, size=10), Spacer(0, 3 * mm)]


def _list_signatures(translate: Translate) -> list[Any]:
    _ = translate
    space_to_sign = "\n\n\n\n\n" + _("(signature, name)")
    heads = [_("For party A"), _("For party B")]
    return [
        Spacer(0, 10 * mm),
        make_paragraph(_("%(dots)s, day ……… month ……… year …………") % {"dots": DOTS}, size=10),
        Spacer(0, 3 * mm),
        make_table(heads, [[space_to_sign] * len(heads)], [1, 1]),
    ]
