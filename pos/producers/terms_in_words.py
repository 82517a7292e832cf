"""producers/terms_in_words.py — terms as people read them: on the producer's page, before they are recorded, in the annex."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..kernel.formats import Translate, format_percent, format_vnd
from ..web.deal_terms import COSTS, PERIODS
from .models import Bearer, Cost, Deal, ProducerTerms, TermsBand


@dataclass(frozen=True, slots=True)
class TermsInWords:
    """`deal`: whose the goods are and who gets what; `steps`: (of which part of a month's sales, what the shop keeps of it), where
    there is more than one; `facts`: (what is settled, how).
    """

    deal: str
    steps: Sequence[tuple[str, str]]
    facts: Sequence[tuple[str, str]]


def describe_terms(terms: ProducerTerms, bands: Sequence[TermsBand], translate: Translate) -> TermsInWords:
    """`bands`: those above the first commission, rising."""
    return TermsInWords(
        _describe_deal(terms, bands, translate),
        list_steps(terms, bands, translate) if bands else (),
        [*_list_bearers(terms, translate), *_list_payment(terms, translate)],
    )


def name_deal(terms: ProducerTerms, bands: Sequence[TermsBand], translate: Translate) -> str:
    """The deal in a few words, for lists: "for a commission of 20 %, above 10.000.000 ₫: 15 %"."""
    _ = translate
    if terms.deal == Deal.FIXED_PRICE:
        return _("at a fixed sum")
    if terms.deal == Deal.FIRM:
        return _("firm purchase")
    first = _("for a commission of %(percent)s") % {"percent": _percent(terms.commission_bp)}
    above = [
        _("above %(sum)s: %(percent)s")
        % {"sum": format_vnd(band.from_vnd), "percent": _percent(band.commission_bp)}
        for band in bands
    ]
    return ", ".join([first, *above])


def list_steps(
    terms: ProducerTerms, bands: Sequence[TermsBand], translate: Translate
) -> list[tuple[str, str]]:
    """Of which part of a month's sales the shop keeps how much."""
    _ = translate
    starts = [0, *(band.from_vnd for band in bands)]
    rates = [terms.commission_bp, *(band.commission_bp for band in bands)]
    steps = []
    for start, end, rate_bp in zip(starts, [*starts[1:], None], rates, strict=True):
        low, high = format_vnd(start), format_vnd(end or 0)
        if end is None:
            part = _("above %(sum)s") % {"sum": low} if start else _("all")
        elif not start:
            part = _("up to %(sum)s") % {"sum": high}
        else:
            part = _("above %(low)s, up to %(high)s") % {"low": low, "high": high}
        steps.append((part, _percent(rate_bp)))
    return steps


def _percent(basis_points: int) -> str:
    return f"{format_percent(basis_points)} %"


def _describe_deal(terms: ProducerTerms, bands: Sequence[TermsBand], translate: Translate) -> str:
    _ = translate
    if terms.deal == Deal.FIRM:
        return _(
            "Firm purchase: the shop buys the goods at the price on the delivery note; they are the shop's from then on."
        )
    if terms.deal == Deal.FIXED_PRICE:
        return _(
            "Consignment at a fixed price: the goods are the producer's until they are sold; for each unit sold the "
            "producer gets the sum on the delivery note."
        )
    if bands:
        return _(
            "Consignment for a commission: the goods are the producer's until they are sold. The shop keeps a part of the "
            "price with tax, by steps of a month's sales of goods under these terms; each rate holds for what is sold within its step. The producer gets the rest."
        )
    text = _(
        "Consignment for a commission: the goods are the producer's until they are sold. The shop keeps %(percent)s of the "
        "price with tax, the producer gets the rest."
    )
    return text % {"percent": _percent(terms.commission_bp)}


def _list_bearers(terms: ProducerTerms, translate: Translate) -> list[tuple[str, str]]:
    """Of goods that the shop bought, it bears everything: nothing is said."""
    if terms.deal == Deal.FIRM:
        return []
    _ = translate
    borne = {
        bearer: ", ".join(str(COSTS[cost]) for cost in Cost if terms.find_bearer(cost) is bearer)
        for bearer in Bearer
    }
    return [
        (_("The producer bears"), borne[Bearer.PRODUCER] or _("nothing")),
        (_("The shop bears"), borne[Bearer.SHOP] or _("nothing")),
    ]


def _list_payment(terms: ProducerTerms, translate: Translate) -> list[tuple[str, str]]:
    _ = translate
    facts = []
    if terms.period:
        facts.append((_("Statement"), str(PERIODS[terms.period])))
    if terms.days_to_pay is not None:
        facts.append((_("Payment"), _name_days_to_pay(terms.days_to_pay, translate)))
    if terms.least_payout_vnd:
        least = _("%(sum)s; what is less waits for the next statement")
        facts.append((_("Least payout"), least % {"sum": format_vnd(terms.least_payout_vnd)}))
    return facts


def _name_days_to_pay(days: int, translate: Translate) -> str:
    _ = translate
    if not days:
        return _("on the day on which the statement is approved")
    if days == 1:
        return _("at the latest one day after the statement is approved")
    return _("at the latest %(num)s days after the statement is approved") % {"num": days}
