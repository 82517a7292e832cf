"""counting/post.py — put the books right by a count, with a second person's word."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..kernel.text import normalize_text
from ..stock.models import MoveKind
from ..stock.moves import StockStep, post_moves
from .differences import CountDifference, list_differences, list_on_hand
from .models import CountEnd, CountResult, StockCount
from .tally import require_open


def post_count(
    session: Session,
    count: StockCount,
    *,
    is_missing_gone: bool,
    reason: str,
    approval: Approval,
    by: Actor,
    at: datetime,
) -> Sequence[CountResult]:
    """Add each lot's difference to its stock, whatever was sold since it was counted.

    `is_missing_gone`: what should be there and nobody found is taken out of the books; else it stays as it is.
    Raises Refused (`count_over`, `reason_missing`, `second_person_needed`, `nothing_counted`, and by lot
    `count_moved`, `count_impossible`), NotAllowed (`manager_needed`).
    """
    require_manager(by, approval)
    require_second(session, by, approval)
    require_open(session, count)
    if not reason.strip():
        raise Refused.because("reason_missing")
    counted = [item for item in list_differences(session, count) if item.is_found or is_missing_gone]
    if not counted:
        raise Refused.because("nothing_counted")
    on_hand = list_on_hand(session, [(item.lot.id, item.place.id) for item in counted])
    if faults := [fault for item in counted if (fault := _find_fault(item, on_hand))]:
        raise Refused(*faults)
    results = [_make_result(count, item) for item in counted]
    end = CountEnd(
        count_number=count.number, is_posted=True, reason=normalize_text(reason), by_name=by.name, witness=approval.by.name, at=at
    )  # fmt: skip
    session.add_all([*results, end])
    steps = [
        StockStep(
            item.lot.id, item.place.id, MoveKind.COUNTED, item.difference_milli, count_document(count.number)
        )
        for item in counted
        if item.difference_milli
    ]
    seals = post_moves(session, steps, at)
    record(session, "count_posted", by=by, at=at, subject=count, seals=[*results, end], sealed=seals,
           reason=end.reason, **describe_approval(approval))  # fmt: skip
    return results


def count_document(number: int) -> str:
    """What a stock move names as its cause."""
    return f"stock_count:{number}"


def _find_fault(item: CountDifference, on_hand: Mapping[tuple[int, int], int]) -> Reason | None:
    """Why this lot must be looked at again before anything is posted."""
    facts = {"product": item.product.name, "lot": item.lot.number, "place": item.place.name}
    if item.has_moved_meanwhile:
        return Reason.make("count_moved", **facts)
    if on_hand.get((item.lot.id, item.place.id), 0) + item.difference_milli < 0:
        return Reason.make("count_impossible", **facts)
    return None


def _make_result(count: StockCount, item: CountDifference) -> CountResult:
    return CountResult(
        count_number=count.number, lot_id=item.lot.id, place_id=item.place.id, counted_milli=item.counted_milli,
        expected_milli=item.expected_milli, after_move=item.after_move,
    )  # fmt: skip
