"""tags/queries.py — readings of the tags that were printed."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Tag, TagBatch, TagSeen


def list_newest_batches(session: Session, limit: int) -> Sequence[TagBatch]:
    return session.scalars(select(TagBatch).order_by(TagBatch.id.desc()).limit(limit)).all()


def list_noted_ids(session: Session, tag_ids: Collection[int]) -> set[int]:
    """Those of these tags that somebody saw hanging, or took down."""
    return set(session.scalars(select(TagSeen.tag_id).where(TagSeen.tag_id.in_(tag_ids))))


def list_unhung_tags(session: Session, batch: TagBatch) -> Sequence[Tag]:
    """The tags of a batch of which nobody has said yet that they hang, or were taken down."""
    return session.scalars(
        select(Tag).where(Tag.batch_id == batch.id, ~Tag.id.in_(select(TagSeen.tag_id)))
    ).all()
