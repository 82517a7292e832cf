"""tags/signs.py — sheets for the wall: the OCOP sign, the sign of the other shelves, the house rules, a recall."""

from collections.abc import Iterator, Sequence

from hardware.labels.label import Bar, Box, Frame, Label, Part, Picture, Stars, Words

from ..stock.models import Zone
from .designs import A4, A5, TagStyle

SIZES = {"a4": A4, "a5": A5}


def draw_zone_sign(zone: Zone, size: str, look: TagStyle, stars: int = 0) -> Label:
    """Over a shelf: what stands there. `stars`: the most that goods under the OCOP sign have."""
    width, height = SIZES[size]
    return Label(width, height, tuple(_zone(zone, width, height, look, stars)), look.brand)


def _zone(zone: Zone, width: float, height: float, look: TagStyle, stars: int) -> Iterator[Part]:
    _, is_ocop = look.translate, zone is Zone.OCOP
    colour = "brand" if is_ocop else "ink"
    edge, large = height * 0.05, height * 0.24
    yield Frame(Box(edge, edge, width - 2 * edge, height - 2 * edge), height * 0.012, colour)  # type: ignore[arg-type]
    if look.logo:
        yield Picture(look.logo, Box(edge * 2, edge * 2, height * 0.22, height * 0.18))
    title = _("OCOP goods") if is_ocop else _("Other goods")
    yield Words(title, Box(edge * 2, height * 0.27, width - 4 * edge, large * 1.2), large, large / 3, bold=True,
                align="center", colour=colour)  # type: ignore[arg-type]  # fmt: skip
    if is_ocop:
        span = height * 0.16 * stars
        yield Stars(stars, Box((width - span) / 2, height * 0.58, span, height * 0.15))
        under = _("Rated from three to five stars by the One Commune One Product programme")
    else:
        under = _("No OCOP goods: with papers, a known origin and a listed price all the same")
    yield Words(under, Box(edge * 2, height * 0.75, width - 4 * edge, height * 0.09), height * 0.055, height * 0.02,
                lines=2, align="center")  # fmt: skip
    yield Words(look.shop, Box(edge * 2, height * 0.86, width - 4 * edge, height * 0.06), height * 0.04, height * 0.015,
                align="center")  # fmt: skip


def draw_house_rules(rules: Sequence[str], look: TagStyle) -> Label:
    """An upright A4 sheet: what holds in this shop, one rule a paragraph."""
    height, width = A4
    return Label(width, height, tuple(_rules(rules, width, height, look)), look.brand)


def _rules(rules: Sequence[str], width: float, height: float, look: TagStyle) -> Iterator[Part]:
    _ = look.translate
    yield Bar(Box(0, 0, width, 8), "brand")
    yield Words(_("House rules"), Box(20, 22, width - 40, 20), 15, 8, bold=True, align="center")
    yield Words(look.shop, Box(20, 42, width - 40, 8), 5, 3, align="center")
    room = (height - 80) / max(1, len(rules))
    for n, rule in enumerate(rules):
        yield Words(f"{n + 1}. {rule}", Box(24, 60 + n * room, width - 48, room - 2), 9, 2.6, lines=12)


def draw_recall_notice(goods: str, lots: Sequence[str], reason: str, look: TagStyle) -> Label:
    """An upright A4 sheet for the door: what is called back, why, and what a buyer does."""
    height, width = A4
    return Label(width, height, tuple(_recall(goods, lots, reason, width, look)), look.brand)


def _recall(goods: str, lots: Sequence[str], reason: str, width: float, look: TagStyle) -> Iterator[Part]:
    _ = look.translate
    yield Bar(Box(0, 0, width, 42), "stop")
    yield Words(_("Recall"), Box(15, 8, width - 30, 26), 22, 12, bold=True, align="center", colour="paper")
    yield Words(goods, Box(18, 54, width - 36, 34), 13, 6, lines=2, bold=True)
    numbers = _("Lots: %(numbers)s") % {"numbers": ", ".join(lots)} if lots else _("All lots")
    yield Words(numbers, Box(18, 92, width - 36, 40), 9, 3, lines=6)
    yield Words(_("Because: %(reason)s") % {"reason": reason}, Box(18, 136, width - 36, 40), 8, 3, lines=6)
    what = _(
        "Please don’t use these goods. Bring them back, with or without the receipt: you get your money back."
    )
    yield Words(what, Box(18, 182, width - 36, 60), 9, 4, lines=6, bold=True)
    foot = " · ".join(filter(None, (look.shop, look.hotline)))
    yield Words(foot, Box(18, 270, width - 36, 10), 5, 2.5, align="center")


__all__ = ["A5", "SIZES", "draw_house_rules", "draw_recall_notice", "draw_zone_sign"]
