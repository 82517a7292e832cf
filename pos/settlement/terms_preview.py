"""settlement/terms_preview.py — what new terms change before anybody records them: which lots keep theirs, and an example."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalog.models import GoodsKind, Product
from ..kernel.formats import Translate
from ..kernel.quantity import ONE
from ..producers.models import Deal, ProducerTerms, TermsBand
from ..producers.terms import DraftedTerms, find_next_start, find_terms, list_bands_of
from ..producers.terms_in_words import TermsInWords, describe_terms, list_steps, name_deal
from ..stock.lot_terms import list_lot_terms
from ..stock.models import Lot, OnHand
from .lot_facts import make_agreed_terms
from .worth import Band, SoldGoods, find_worth, split_over_bands

EXAMPLE_VND = 100_000


@dataclass(frozen=True, slots=True)
class OpenLot:
    """A lot that is in the shop, under which deal, agreed from which day on; `deal` "" for none."""

    lot: Lot
    product: Product
    on_hand_milli: int
    deal: str
    agreed_from: date | None


@dataclass(frozen=True, slots=True)
class TermsSide:
    """Terms in words, and what the producer gets of one pack at `EXAMPLE_VND`: (of which part of a month's sales, đồng)."""

    starts: date
    words: TermsInWords
    example: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class TermsPreview:
    """What new terms change. `holds_from`: deliveries from this day on come under them; `until`: when other terms take over."""

    before: TermsSide | None
    after: TermsSide
    open_lots: Sequence[OpenLot]
    holds_from: date
    until: date | None


def preview_terms(session: Session, drafted: DraftedTerms, today: date, translate: Translate) -> TermsPreview:
    terms = drafted.terms
    before = find_terms(session, terms.producer_id, terms.starts)
    bands = list_bands_of(session, [before.id])[before.id] if before else ()
    return TermsPreview(
        before=_describe_side(before, bands, translate) if before else None,
        after=_describe_side(terms, drafted.bands, translate),
        open_lots=list_open_lots(session, terms.producer_id, translate),
        holds_from=max(terms.starts, today),
        until=find_next_start(session, terms.producer_id, terms.starts),
    )


def list_open_lots(session: Session, producer_id: int, translate: Translate) -> list[OpenLot]:
    """The producer's lots that are in the shop, with the terms that each is under. A gift set is settled by its components' lots."""
    rows = session.execute(
        select(Lot, Product, func.sum(OnHand.quantity_milli))
        .join(Product, Product.id == Lot.product_id)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .where(Product.producer_id == producer_id, Product.kind != GoodsKind.KIT, OnHand.quantity_milli > 0)
        .group_by(Lot.id, Product.id)
        .order_by(Product.name_vi, Lot.id)
    ).all()
    under = list_lot_terms(session, [lot.id for lot, _product, _milli in rows])
    query = select(ProducerTerms).where(ProducerTerms.id.in_(set(under.values())))
    terms = {each.id: each for each in session.scalars(query)}
    bands = list_bands_of(session, terms)
    found = []
    for lot, product, milli in rows:
        its_terms = terms.get(under.get(lot.id, 0))
        deal = name_deal(its_terms, bands[its_terms.id], translate) if its_terms else ""
        found.append(OpenLot(lot, product, int(milli), deal, its_terms.starts if its_terms else None))
    return found


def list_example(
    terms: ProducerTerms, bands: Sequence[TermsBand], translate: Translate
) -> list[tuple[str, int]]:
    """What the producer gets of one pack at `EXAMPLE_VND`, in each step; nothing where the delivery note says the sum."""
    if terms.deal != Deal.CONSIGNMENT:
        return []
    steps = [Band(band.from_vnd, band.commission_bp) for band in bands]
    agreed = make_agreed_terms(terms, steps)
    goods = SoldGoods(Fraction(ONE), EXAMPLE_VND)
    return [
        (part, find_worth(goods, agreed, split_over_bands(agreed.bands, band.from_vnd, EXAMPLE_VND)).owed_vnd)
        for (part, _rate), band in zip(list_steps(terms, bands, translate), agreed.bands, strict=True)
    ]


def _describe_side(terms: ProducerTerms, bands: Sequence[TermsBand], translate: Translate) -> TermsSide:
    return TermsSide(
        terms.starts, describe_terms(terms, bands, translate), list_example(terms, bands, translate)
    )
