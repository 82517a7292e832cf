"""tags/find.py — a tag's own code, as it is scanned: TG-123, or the address in its QR code."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from .models import Tag

_NUMBER = re.compile(r"TG-?(\d{1,15})", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+/g/([\w-]{8,24})")


def format_tag_code(tag_id: int) -> str:
    """'TG-123': short enough for a small label, and no product's number."""
    return f"TG-{tag_id}"


def format_tag_address(base_url: str, tag_id: int, trace_code: str) -> str:
    """What the QR code of a tag holds: its page for buyers; without a public address its code, for the shop's own phones."""
    return f"{base_url.rstrip('/')}/g/{trace_code}" if base_url else format_tag_code(tag_id)


def find_tag(session: Session, text: str) -> Tag | None:
    """The tag whose code this is; None for any other code."""
    if found := _NUMBER.fullmatch(text.strip()):
        return session.get(Tag, int(found.group(1)))
    found = _ADDRESS.fullmatch(text.strip())
    return find_by_trace_code(session, found.group(1)) if found else None


def find_by_trace_code(session: Session, trace_code: str) -> Tag | None:
    return session.scalars(select(Tag).where(Tag.trace_code == trace_code)).first()


def find_goods_code(session: Session, text: str) -> str:
    """A scan at the till: a tag stands for its product, and everything else for itself."""
    tag = find_tag(session, text)
    return session.get_one(Product, tag.product_id).sku if tag else text
