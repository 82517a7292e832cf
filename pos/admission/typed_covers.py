"""admission/typed_covers.py — the products that a paper names, as people type them: one a line, with stars and the name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ..catalog.products import find_by_own_code, get_product
from ..kernel.errors import Refused
from ..kernel.reason import Reason
from .models import Paper, PaperCover, PaperKind
from .papers import CoveredProduct, find_paper_faults

_BETWEEN = r"[\s,;:|]+"
_NUMBER_AND_REST = re.compile(rf"([^\s,;:|]+)(?:{_BETWEEN}(.*))?")
# '4', '4*', '4★', '4 sao', '★★★★', or '-' and '…' for none; then the name. No name begins so: 'Trà 5 vị' has no stars.
_STARS = re.compile(rf"(?:([0-9]+) ?(?:\*|★|⭐|sao\b)?|([★⭐*]+)|[-–—…])(?:{_BETWEEN}(.*)|$)", re.IGNORECASE)


def read_covers(session: Session, typed: str) -> list[CoveredProduct]:
    """'SP00012 4 Chè lam gừng' a line, with spaces, commas or semicolons between.

    Raises Refused with a reason for each line that is wrong (`covered_product_not_found`, `covered_stars_odd`).
    """
    covers, reasons = [], []
    for n, line in enumerate(typed.splitlines(), 1):
        parts = _NUMBER_AND_REST.fullmatch(line.strip(" \t,;:|"))
        if parts is None:
            continue
        stars, name = _split_stars((parts[2] or "").strip())
        product = find_by_own_code(session, parts[1])
        if product is None:
            reasons.append(Reason.make("covered_product_not_found", line=n, number=parts[1][:40]))
        elif stars is not None and not 1 <= stars <= 5:
            reasons.append(Reason.make("covered_stars_odd", line=n))
        else:
            covers.append(CoveredProduct(product.id, stars, name))
    if reasons:
        raise Refused(*reasons)
    return covers


@dataclass(frozen=True, slots=True)
class TypedPaper:
    """The products that a typed paper names, and all that is wrong with it."""

    covers: Sequence[CoveredProduct]
    faults: Sequence[Reason]


def read_paper(session: Session, fields: Mapping[str, object], typed: str, on: date) -> TypedPaper:
    """A paper of these fields and products as typed, judged whole, so that nobody mends one box at a time.

    A kind that is none is no fault here: it is said at its own box.
    """
    covers: list[CoveredProduct] = []
    faults: list[Reason] = []
    try:
        covers = read_covers(session, typed)
        if fields["kind"] == PaperKind.RECOGNITION and any(cover.stars is None for cover in covers):
            faults.append(Reason.make("stars_missing"))
    except Refused as no:
        faults += no.reasons
    if fields["kind"] in set(PaperKind):
        faults += find_paper_faults(fields, covers, on)
    return TypedPaper(covers, faults)


def _split_stars(rest: str) -> tuple[int | None, str]:
    """The stars, where any are said, and the name as written."""
    found = _STARS.fullmatch(rest)
    if found is None:  # no stars: all of it is the name
        return None, rest
    figures, drawn, name = found.groups()
    stars = int(figures[:4]) if figures else len(drawn) if drawn else None
    return stars, (name or "").strip()


def format_covered_products(session: Session, paper: Paper, *, with_stars: bool = True) -> str:
    """The products that a paper names, as they are typed. A paper that renews it gives stars of its own."""
    return "\n".join(
        " ".join(
            filter(
                None, (get_product(session, c.product_id).sku, _format_stars(c, with_stars), c.name_written)
            )
        )
        for c in paper.covers
    )


def _format_stars(cover: PaperCover, with_stars: bool) -> str:
    """A dash for none stands only before a name that would be read as stars."""
    if not with_stars:
        return "…"
    if cover.stars:
        return str(cover.stars)
    return "" if _split_stars(cover.name_written) == (None, cover.name_written) else "-"
