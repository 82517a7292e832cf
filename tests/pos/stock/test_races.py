"""Two or three people after the same last pieces, on SQLite and PostgreSQL: one of them gets them, the books add up."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos.kernel.actor import Approval
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.sales.basket import add_goods
from pos.sales.pay import pay_basket
from pos.stock.lots import end_hold, place_hold
from pos.stock.models import Hold, Lot, MoveKind, Place, StockMove, Zone
from pos.stock.queries import get_hold, get_lot
from pos.storeroom.models import Receiving
from pos.storeroom.move import move_stock
from pos.storeroom.receive import ReceivedLine, get_receiving, receive_delivery, reverse_receiving
from pos.storeroom.write_off import write_off
from tests.builders import a_delivery, a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

WITNESS = Approval(CASHIER, "thấy", MORNING)
PIECES = 3


@dataclass
class Wish:
    """The last pieces of a lot, lying on the shelf and in a basket."""

    lot_id: int
    shelf: int
    store: int
    basket: tuple[int, int]
    receiving: int


def the_last_pieces(session: Session) -> Wish:
    maker = a_maker(session)
    product = a_product(session, maker)
    lot = a_delivery(session, maker, product, PIECES * ONE)
    an_open_shift(session)
    basket = add_goods(session, STATION, product.id, PIECES * ONE, at=MORNING)
    return Wish(
        lot.id, product.shelf_place_id or 0, session.scalars(select(Place.id).where(Place.zone == Zone.STORE)).one(),
        (basket.id, basket.version), session.scalars(select(Receiving.number)).one(),
    )  # fmt: skip


def carry(session: Session, it: Wish) -> None:
    move_stock(session, get_lot(session, it.lot_id), it.shelf, it.store, PIECES * ONE, by=MANAGER, at=MORNING)


def spoil(session: Session, it: Wish) -> None:
    write_off(session, get_lot(session, it.lot_id), it.shelf, PIECES * ONE, MoveKind.DESTROYED, reason="ẩm", photo=None,
              approval=WITNESS, by=MANAGER, at=MORNING)  # fmt: skip


def pay(session: Session, it: Wish) -> None:
    pay_basket(session, *it.basket, PIECES * 45_000, station=STATION, by=CASHIER, at=MORNING)


def take_back(session: Session, it: Wish) -> None:
    reverse_receiving(session, get_receiving(session, it.receiving), why="nhầm", by=MANAGER, at=MORNING)


Hand = Callable[[Session, Wish], None]


def at_once(shop: Shop, hands: Sequence[Hand], it: Wish) -> list[set[str]]:
    """All of them at the same moment, each in a session of its own; the codes of each refusal, none for who got them."""
    outcome: list[set[str]] = []
    barrier = threading.Barrier(len(hands))

    def reach(hand: Hand) -> None:
        with shop.app.app_context():
            barrier.wait()
            try:
                with unit_of_work() as session:
                    hand(session, it)
                outcome.append(set())
            except Refused as no:
                outcome.append({reason.code for reason in no.reasons})

    threads = [threading.Thread(target=reach, args=(hand,)) for hand in hands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcome, key=len)


@pytest.mark.parametrize(
    "hands",
    [(carry, carry), (spoil, spoil), (carry, spoil), (carry, pay), (spoil, pay), (take_back, pay), (carry, spoil, pay)],
    ids=lambda hands: "-".join(hand.__name__ for hand in hands),
)  # fmt: skip
def test_the_last_pieces_go_to_one_of_them(any_shop: Shop, hands: tuple[Hand, ...]) -> None:
    with unit_of_work() as session:
        it = the_last_pieces(session)
    winner, *losers = at_once(any_shop, hands, it)
    assert not winner
    # Who pays for what was just taken back hears of its broken trace besides.
    assert all(codes - {"trace_broken"} == {"not_on_hand"} for codes in losers)
    with open_reading() as session:
        on_shelf = select(func.sum(StockMove.quantity_milli)).where(StockMove.place_id == it.shelf)
        assert session.scalar(on_shelf) == 0
        assert verify_books(session) == []


def test_two_lines_of_one_lot_are_taken_back_only_while_both_lie_there(any_shop: Shop) -> None:
    """A note with the same lot on two lines: each line by itself is still there after one piece of all was sold."""
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker)
        shelf = product.shelf_place_id or 0
        line = ReceivedLine(product.id, "L1", TODAY, TODAY, 5 * ONE, shelf)
        number = receive_delivery(
            session, maker, delivery_note="PG1", note_date=TODAY, arrived=[line, line], by=MANAGER, at=MORNING
        ).number
        lot = session.scalars(select(Lot)).one()
        write_off(session, lot, shelf, ONE, MoveKind.TASTED, reason="mời", photo=None, approval=WITNESS, by=MANAGER,
                  at=MORNING)  # fmt: skip
    with pytest.raises(Refused) as caught, unit_of_work() as session:
        reverse_receiving(session, get_receiving(session, number), why="nhầm", by=MANAGER, at=MORNING)
    (reason,) = caught.value.reasons
    assert (reason.code, reason.facts) == ("not_on_hand", {"line": 2, "on_hand": 9 * ONE, "asked": 10 * ONE})
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_stop_is_released_once(any_shop: Shop) -> None:
    """Two managers with the same page before them: the second is told, and nothing is written twice."""
    with unit_of_work() as session:
        lot = a_delivery(session, maker := a_maker(session), a_product(session, maker))
        hold = place_hold(session, lot_id=lot.id, reason="phồng", by=MANAGER, at=MORNING)
        end = end_hold(session, hold, reason="ổn", by=MANAGER, approval=WITNESS, at=MORNING)
    for hold_id in (hold.id, end.id):
        with pytest.raises(Refused, match="already_released"), unit_of_work() as session:
            end_hold(
                session, get_hold(session, hold_id), reason="ổn", by=MANAGER, approval=WITNESS, at=MORNING
            )
    with open_reading() as session:
        assert session.scalar(select(func.count()).select_from(Hold)) == 2
        assert verify_books(session) == []
