"""admission/gate.py — may these goods be received, tagged, shelved, sold today? Pure and total.

No database, no clock, no request: the goods come as a value, `on` is a business day. The rules are
those of the Department's letter 28/SCT-QLCN (3/8/2020, point 2), of the OCOP programme (decision
148/QĐ-TTg, amended by 1489/QĐ-TTg) and of the shop's own policy, which is stricter where it says so.
There is no override: a manager mends the facts, never the verdict.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from ..catalog.models import GoodsClass, GoodsKind
from ..kernel.quantity import Unit
from ..kernel.reason import Reason
from ..kernel.text import fold_text, normalize_text
from ..stock.models import Zone
from .models import PaperKind


class Act(StrEnum):
    RECEIVE = "receive"
    TAG = "tag"
    SHELVE = "shelve"
    SELL = "sell"


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What the gate needs to know of one paper. Good on both `starts` and `ends`; no `ends`: no end stated."""

    kind: PaperKind
    number: str
    starts: date | None
    ends: date | None
    revoked_on: date | None = None
    producer_id: int | None = None
    stars: int | None = None
    name_written: str = ""

    def is_in_force(self, on: date) -> bool:
        return not self.ended(on) and not self.not_yet(on) and not self.revoked(on)

    def ended(self, on: date) -> bool:
        return self.ends is not None and self.ends < on

    def not_yet(self, on: date) -> bool:
        return self.starts is not None and on < self.starts

    def revoked(self, on: date) -> bool:
        return self.revoked_on is not None and self.revoked_on <= on


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot, its origin, and whether its way into the shop is known without a hole."""

    number: str
    producer_id: int | None
    origin_place: str
    made_on: date | None
    expires_on: date | None
    delivery_note: str
    chain_whole: bool = True
    held_because: str | None = None
    markdown_bp: int = 0  # how much less is asked for it


@dataclass(frozen=True, slots=True)
class Goods:
    """What stands before the gate, assembled alike for every act by `goods.py`."""

    name: str
    goods_class: GoodsClass
    kind: GoodsKind
    producer_id: int
    papers: tuple[PaperFacts, ...]
    lot: LotFacts | None
    price_vnd: int | None
    name_en: str = ""
    pack: str = ""
    unit: Unit = Unit.PIECE
    vat_category: str = "standard"
    zone: Zone | None = None
    known: bool = True
    producer_suspended: bool = False
    banned: bool = False
    held_because: str | None = None
    missing_label_entries: tuple[str, ...] = ()
    alcohol_permille: int = 0
    shelf_price_vnd: int | None = None
    on_hand_milli: int | None = None
    asked_milli: int = 0
    printed_ends_on: date | None = None  # the end that the pack's own code names, where one was scanned
    parts: tuple["Goods", ...] = ()  # of a gift set: the component lots that it was made of

    def at_most(self, most_vnd: int | None) -> "Goods":
        """The same goods, of which no more than this is asked; None: whatever the price is."""
        if most_vnd is None or self.price_vnd is None or self.price_vnd <= most_vnd:
            return self
        return replace(self, price_vnd=most_vnd)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the shop's manager has set. The default is the letter's strictest reading: OCOP of 3 stars and more."""

    classes: frozenset[GoodsClass] = frozenset({GoodsClass.OCOP})
    min_stars: int = 3
    warning_days: int = 30
    sell_only_at_shelf_price: bool = True
    papers: frozenset[tuple[GoodsClass, PaperKind]] = frozenset()  # asked of a class beyond the law


@dataclass(frozen=True, slots=True)
class Verdict:
    """Admitted when there is no refusal. Warnings never stop goods."""

    refusals: tuple[Reason, ...]
    warnings: tuple[Reason, ...] = ()

    @property
    def admitted(self) -> bool:
        return not self.refusals


@dataclass(frozen=True, slots=True)
class PaperNeeds:
    """The papers and dates that one kind of goods needs."""

    food_safety: PaperKind | None
    declaration: PaperKind | None
    licence: bool
    expiry: bool
    lot: bool


_FOOD = PaperKind.FOOD_SAFETY
NEEDS = {
    GoodsKind.PACKAGED_FOOD: PaperNeeds(_FOOD, PaperKind.DECLARATION, licence=False, expiry=True, lot=True),
    GoodsKind.FRESH_FOOD: PaperNeeds(_FOOD, None, licence=False, expiry=True, lot=True),
    GoodsKind.ALCOHOL: PaperNeeds(_FOOD, PaperKind.DECLARATION, licence=True, expiry=False, lot=True),
    GoodsKind.FUNCTIONAL_FOOD: PaperNeeds(
        _FOOD, PaperKind.REGISTRATION, licence=False, expiry=True, lot=True
    ),
    GoodsKind.COSMETIC: PaperNeeds(None, PaperKind.COSMETIC_NOTICE, licence=False, expiry=True, lot=True),
    GoodsKind.CRAFT: PaperNeeds(None, None, licence=False, expiry=False, lot=True),
    GoodsKind.LIVE_ANIMAL: PaperNeeds(PaperKind.QUARANTINE, None, licence=False, expiry=False, lot=True),
    GoodsKind.SERVICE: PaperNeeds(None, None, licence=False, expiry=False, lot=False),
    GoodsKind.KIT: PaperNeeds(None, None, licence=False, expiry=False, lot=True),
}

CLASS_PAPER = {
    GoodsClass.OCOP: PaperKind.RECOGNITION,
    GoodsClass.CNNTTB: PaperKind.CNNTTB,
    GoodsClass.CNCL: PaperKind.CNCL,
    GoodsClass.SPECIALITY: PaperKind.SPECIALITY,
    GoodsClass.SAFE_VEGETABLE: PaperKind.SAFE_VEGETABLE,
}

LICENSED_FROM_PERMILLE = 55  # alcohol from 5.5° needs both licences (decree 105/2017)


def judge(goods: Goods, act: Act, policy: Policy, on: date) -> Verdict:
    """Admit or refuse, with every reason at once, because a producer sent home twice doesn't come back.

    Judged anew at every act: a certificate good until yesterday stops the sale from today's first second.
    """
    if not goods.known:
        return Verdict((Reason.make("unknown_code", scanned=goods.name),))
    checks = (
        _reasons_of_goods(goods, act, policy, on), _reasons_of_parts(goods, act, policy, on), _reasons_of_price(goods, act, policy), _reasons_of_place(goods, act)
    )  # fmt: skip
    refusals = tuple(reason for check in checks for reason in check)
    return Verdict(refusals, tuple(_list_warnings(goods, policy, on)))


def at_asked_price(
    goods: Goods, policy: Policy, *, most_vnd: int | None = None, at_shelf_price: bool = False
) -> Goods:
    """The goods at the price that a buyer is asked: no more than `most_vnd`, which was shown to them already.

    Nor more than the tag on the shelf shows, where the cashier said so (`at_shelf_price`) or the policy stops nobody
    for a cheaper tag (law 16/2023, art. 29).
    """
    by_tag = at_shelf_price or not policy.sell_only_at_shelf_price
    return goods.at_most(most_vnd).at_most(goods.shelf_price_vnd if by_tag else None)


def _reasons_of_goods(goods: Goods, act: Act, policy: Policy, on: date) -> Iterator[Reason]:
    """What the goods are, whatever they cost and wherever they lie."""
    yield from _reasons_of_certificate(goods, policy, on)
    yield from _reasons_of_food_safety(goods, on)
    yield from _reasons_of_declaration(goods, policy, on)
    yield from _reasons_of_licences(goods, on)
    yield from _reasons_of_standing(goods)
    yield from _reasons_of_label(goods, act)
    yield from _reasons_of_lot(goods, on)


def _reasons_of_parts(goods: Goods, act: Act, policy: Policy, on: date) -> Iterator[Reason]:
    """A gift set is admissible only if each component lot is; under the OCOP sign only if each stands there by itself."""
    if goods.kind is GoodsKind.KIT and goods.lot is not None and not goods.parts:
        yield Reason.make("trace_broken", lot=goods.lot.number)
    for part in goods.parts:
        for reason in _reasons_of_goods(part, act, policy, on):
            yield replace(reason, facts={**reason.facts, "part": part.name})
        if zone_of(goods.goods_class) is Zone.OCOP and zone_of(part.goods_class) is not Zone.OCOP:
            yield Reason.make("wrong_zone", zone=Zone.OCOP.value, part=part.name)


def _reasons_of_certificate(goods: Goods, policy: Policy, on: date) -> Iterator[Reason]:
    if goods.goods_class not in policy.classes:
        yield Reason.make("class_not_admitted", goods_class=goods.goods_class.value)
    if goods.kind is GoodsKind.KIT:
        return  # its components have certificates, and are judged
    certificates = _list_of_kind(goods, CLASS_PAPER[goods.goods_class])
    if not certificates:
        yield Reason.make("no_certificate", goods_class=goods.goods_class.value)
        return
    faults = [list_paper_faults(goods, paper, policy, on) for paper in certificates]
    if all(faults):
        # the newest paper with the fewest faults is the one to talk about
        yield from min(faults, key=len)


def list_paper_faults(goods: Goods, paper: PaperFacts, policy: Policy, on: date) -> tuple[Reason, ...]:
    """Why one paper lets no goods in: what the gate has against a certificate of their class; of others, its days alone.

    Every page that says how a paper stands asks this, so that none says other than the till.
    """
    if paper.kind is CLASS_PAPER[goods.goods_class]:
        return tuple(_certificate_faults(goods, paper, policy, on))
    return tuple(list_faults_of_days(paper, on))


def list_faults_of_days(paper: PaperFacts, on: date) -> Iterator[Reason]:
    """Why a paper is not in force on a day, whatever goods it is of."""
    if paper.revoked(on):
        yield Reason.make("certificate_revoked", number=paper.number, revoked=paper.revoked_on)
    if paper.ended(on):
        yield Reason.make("certificate_ended", number=paper.number, ended=paper.ends)
    if paper.not_yet(on):
        yield Reason.make("certificate_not_yet", number=paper.number, starts=paper.starts)


def _certificate_faults(goods: Goods, paper: PaperFacts, policy: Policy, on: date) -> Iterator[Reason]:
    yield from list_faults_of_days(paper, on)
    if _names_other_goods(goods, paper):
        yield Reason.make("certificate_other_product", number=paper.number, written=paper.name_written)
    if goods.goods_class is GoodsClass.OCOP and (paper.stars or 0) < policy.min_stars:
        yield Reason.make("too_few_stars", stars=paper.stars or 0, least=policy.min_stars)


def _names_other_goods(goods: Goods, paper: PaperFacts) -> bool:
    """Another producer's paper, or a name whose words neither hold the product's nor lie within them.

    The pack is no part of the name. Accents count where both names have them: two products may differ in one.
    """
    if paper.producer_id is not None and paper.producer_id != goods.producer_id:
        return True
    return is_other_name(goods.name, goods.pack, paper.name_written)


def is_other_name(name: str, pack: str, name_written: str) -> bool:
    """Is what a paper writes another name than that of goods (`name`: with their pack)? An empty one is none."""
    core = name.removesuffix(pack).strip()
    with_accents = not (name_written.isascii() or core.isascii())
    written, named, whole = (_word_set(text, with_accents) for text in (name_written, core, name))
    return bool(written) and not (written <= whole or named <= written)


@lru_cache(maxsize=20_000)  # the same names are compared at every scan
def _word_set(text: str, with_accents: bool) -> frozenset[str]:
    return frozenset(
        (normalize_text(text).lower() if with_accents else fold_text(text)).replace(",", " ").split()
    )


def _list_of_kind(goods: Goods, kind: PaperKind) -> list[PaperFacts]:
    """Newest first, so that of equally faulty papers the newest is named."""
    found = [paper for paper in goods.papers if paper.kind is kind]
    return sorted(found, key=lambda paper: (paper.ends or date.max, paper.number), reverse=True)


def _has_paper_in_force(papers: Iterable[PaperFacts], on: date) -> bool:
    return any(paper.is_in_force(on) for paper in papers)


def _reasons_of_food_safety(goods: Goods, on: date) -> Iterator[Reason]:
    kind = NEEDS[goods.kind].food_safety
    if kind is None:
        return
    papers = _list_of_kind(goods, kind)
    if not papers or all(paper.not_yet(on) for paper in papers):
        yield Reason.make("no_food_safety")
    elif not _has_paper_in_force(papers, on):
        newest = next(paper for paper in papers if not paper.not_yet(on))
        yield Reason.make("food_safety_ended", number=newest.number, ended=newest.revoked_on or newest.ends)


def _reasons_of_declaration(goods: Goods, policy: Policy, on: date) -> Iterator[Reason]:
    """The paper that the law asks of its kind, and those that the shop asks of its class besides."""
    if goods.kind is GoodsKind.KIT:
        return
    lawful = NEEDS[goods.kind].declaration
    asked = sorted(kind for goods_class, kind in policy.papers if goods_class is goods.goods_class)
    for kind in dict.fromkeys((*((lawful,) if lawful else ()), *asked)):
        if not _has_paper_in_force(_list_of_kind(goods, kind), on):
            yield Reason.make("no_declaration", paper=kind.value)


def _reasons_of_licences(goods: Goods, on: date) -> Iterator[Reason]:
    if not NEEDS[goods.kind].licence or 0 < goods.alcohol_permille < LICENSED_FROM_PERMILLE:
        return  # a strength that nobody entered (0) counts as strong: what isn't known doesn't open the door
    for kind in (PaperKind.ALCOHOL_LICENCE, PaperKind.SHOP_ALCOHOL_LICENCE):
        if not _has_paper_in_force(_list_of_kind(goods, kind), on):
            yield Reason.make("no_licence", paper=kind.value)


def _reasons_of_standing(goods: Goods) -> Iterator[Reason]:
    if goods.banned:
        yield Reason.make("banned")
    if goods.producer_suspended:
        yield Reason.make("producer_suspended")
    because = goods.held_because or (goods.lot and goods.lot.held_because)
    if because:
        yield Reason.make("recalled", because=because)


def _reasons_of_label(goods: Goods, act: Act) -> Iterator[Reason]:
    if act is not Act.RECEIVE and goods.missing_label_entries:
        yield Reason.make("label_incomplete", missing=" ".join(goods.missing_label_entries))


def _reasons_of_lot(goods: Goods, on: date) -> Iterator[Reason]:
    needs, lot = NEEDS[goods.kind], goods.lot
    ends = [day for day in (goods.printed_ends_on, lot.expires_on if lot else None) if day is not None]
    if ends and min(ends) < on:
        yield Reason.make("expired", lot=lot.number if lot else "–", ended=min(ends))
    if lot is None:
        if needs.lot:
            yield Reason.make("no_lot")
        return
    if not lot.number.strip():
        yield Reason.make("no_lot")
    is_theirs = (
        lot.producer_id == goods.producer_id
    )  # a lot of nobody, or of another maker, has no known origin
    parts = {"maker": is_theirs, "place": lot.origin_place, "made_on": lot.made_on, "note": lot.delivery_note}
    if lacking := [name for name, told in parts.items() if not told]:
        yield Reason.make("no_origin", lot=lot.number, lacks=" ".join(lacking))
    if not lot.chain_whole:
        yield Reason.make("trace_broken", lot=lot.number)
    if lot.expires_on is None and needs.expiry:
        yield Reason.make("no_expiry", lot=lot.number)


def _reasons_of_price(goods: Goods, act: Act, policy: Policy) -> Iterator[Reason]:
    if goods.price_vnd is None:
        yield Reason.make("no_price")
        return
    shown = goods.shelf_price_vnd
    watched = act is Act.SELL and policy.sell_only_at_shelf_price
    if watched and shown is not None and shown < goods.price_vnd:
        yield Reason.make("not_shelf_price", shown=shown, asked=goods.price_vnd)


def _reasons_of_place(goods: Goods, act: Act) -> Iterator[Reason]:
    if act is Act.SELL and goods.on_hand_milli is not None and goods.asked_milli > goods.on_hand_milli:
        yield Reason.make("not_on_hand", on_hand=goods.on_hand_milli, asked=goods.asked_milli)
    if goods.zone is not None and goods.zone.on_floor and goods.zone is not zone_of(goods.goods_class):
        yield Reason.make("wrong_zone", zone=goods.zone.value)


def zone_of(goods_class: GoodsClass) -> Zone:
    """OCOP goods stand apart under their own sign (letter, point 2, third dash)."""
    return Zone.OCOP if goods_class is GoodsClass.OCOP else Zone.OTHER


def stars_in_force(goods: Goods, on: date) -> int:
    """The stars in force; 0 where there are none. Printed stars are recognised stars."""
    mine = (
        p
        for p in _list_of_kind(goods, PaperKind.RECOGNITION)
        if p.is_in_force(on) and not _names_other_goods(goods, p)
    )
    return max((p.stars or 0 for p in mine), default=0)


def _list_warnings(goods: Goods, policy: Policy, on: date) -> Iterator[Reason]:
    valid = [paper for paper in _list_of_kind(goods, CLASS_PAPER[goods.goods_class]) if paper.is_in_force(on)]
    if valid and valid[0].ends is not None and (valid[0].ends - on).days <= policy.warning_days:
        yield Reason.make("certificate_ends_soon", number=valid[0].number, ends=valid[0].ends)
    expires_on = goods.lot.expires_on if goods.lot else None
    if expires_on is not None and 0 <= (expires_on - on).days <= policy.warning_days:
        code = "expires_soon" if expires_on > on else "expires_today"
        yield Reason.make(code, ends=expires_on, days=(expires_on - on).days)
