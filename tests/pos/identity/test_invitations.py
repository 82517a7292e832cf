"""A producer's people come in by a link that is used once and a PIN that is told besides; the manager lets them go."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.identity.invitations import invite_person, list_open_invitations, withdraw_invitation
from pos.identity.models import Invitation, Person
from pos.journal.models import JournalRow
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotFound, Stale
from pos.maintenance.verify import verify_books
from tests.builders import a_maker
from tests.conftest import MANAGER, Shop

OWN_PIN = "258036"


@pytest.fixture
def producer_id(village: Shop) -> int:
    with unit_of_work() as session:
        return a_maker(session, "Hộ mẫu mời người").id


@pytest.fixture
def invited(village: Shop, manager: FlaskClient, producer_id: int) -> tuple[str, str]:
    """The path of the link and the PIN, as the manager's page shows them."""
    manager.post(f"/producers/{producer_id}/invitations")
    page = manager.get(f"/producers/{producer_id}/people").text
    (path,) = re.findall(r'href="https://trace\.example\.com(/invited/[\w-]+)"', page)
    (pin,) = re.findall(r'<strong class="figure">(\d{6})</strong>', page)
    return path, pin


def take_up(browser: FlaskClient, path: str, pin: str, *, name: str = "Nguyễn Thị Lan", own: str = OWN_PIN):  # noqa: ANN201
    assert browser.get(path).location == "/invited"
    return browser.post("/invited", data={"told": pin, "name": name, "new": own, "again": own})


def test_the_invited_person_comes_in_once(village: Shop, producer_id: int, invited: tuple[str, str]) -> None:
    browser = village.app.test_client()
    assert "Hộ mẫu mời người" in browser.get(invited[0], follow_redirects=True).text
    answer = take_up(browser, *invited)
    assert answer.location == "/mine"
    assert "Hộ mẫu mời người" in browser.get("/mine").text
    again = village.app.test_client()
    assert take_up(again, *invited).status_code == 404
    with open_reading() as session:
        (person,) = session.scalars(select(Person).where(Person.producer_id == producer_id))
        assert (person.name, person.login) == ("Nguyễn Thị Lan", "nguyen-thi-lan")
        assert verify_books(session) == []
    signed_in = village.app.test_client().post("/sign-in", data={"login": "Nguyễn Thị Lan", "pin": OWN_PIN})
    assert signed_in.location == "/mine"


def test_several_people_of_one_name_each_sign_in_by_their_own(
    village: Shop, manager: FlaskClient, producer_id: int
) -> None:
    for _nth in range(2):
        with unit_of_work() as session:
            made = invite_person(session, producer_id, by=MANAGER, at=village.clock.now())
        assert take_up(village.app.test_client(), f"/invited/{made.token}", made.pin).location == "/mine"
    with open_reading() as session:
        logins = session.scalars(select(Person.login).where(Person.producer_id == producer_id)).all()
    assert sorted(logins) == ["nguyen-thi-lan", "nguyen-thi-lan-2"]


def test_the_secrets_are_in_no_journal_row_and_no_printed_sheet(
    village: Shop, manager: FlaskClient, producer_id: int, invited: tuple[str, str]
) -> None:
    path, pin = invited
    with open_reading() as session:
        invitation = session.scalars(select(Invitation).where(Invitation.producer_id == producer_id)).one()
    sheet = manager.get(f"/producers/{producer_id}/invitations/{invitation.id}").text
    assert path in sheet
    assert pin not in re.sub(r"<svg.*?</svg>", "", sheet, flags=re.DOTALL)
    take_up(village.app.test_client(), path, "111222")
    take_up(manager, path, pin, own="123456")  # even where somebody is signed in who is refused
    take_up(village.app.test_client(), path, pin)
    with open_reading() as session:
        journal = "\n".join(session.scalars(select(JournalRow.payload)))
    for secret in (path.rsplit("/", 1)[1], pin, OWN_PIN, invitation.token_hash, invitation.pin_hash):
        assert secret not in journal
    assert '"failed":1' in journal


def test_a_wrong_pin_is_said_at_its_field_keeps_what_was_typed_and_is_counted(
    village: Shop, producer_id: int, invited: tuple[str, str]
) -> None:
    path, pin = invited
    browser = village.app.test_client()
    for _nth in range(4):
        answer = take_up(browser, path, "111222")
        assert answer.status_code == 200
        assert 'value="Nguyễn Thị Lan"' in answer.text
        assert 'id="told-no"' in answer.text
    village.clock.advance(seconds=1)
    take_up(browser, path, "111222")  # the fifth shuts the door for half a minute, even for the right one
    assert take_up(browser, path, pin).status_code == 200
    village.clock.advance(minutes=16)
    assert take_up(browser, path, pin).location == "/mine"


def test_ten_wrong_pins_end_it_whoever_starts_the_computer_anew(
    village: Shop, producer_id: int, invited: tuple[str, str]
) -> None:
    path, pin = invited
    for _nth in range(10):
        village.clock.advance(minutes=16)
        village.app.extensions["ocop_guesses"].__init__(village.clock)
        assert take_up(village.app.test_client(), path, "111222").status_code == 200
    village.app.extensions["ocop_guesses"].__init__(village.clock)
    assert take_up(village.app.test_client(), path, pin).status_code == 404


def test_a_weak_pin_of_ones_own_leaves_the_invitation_open(village: Shop, invited: tuple[str, str]) -> None:
    browser = village.app.test_client()
    answer = take_up(browser, *invited, own="111111")
    assert answer.status_code == 200
    assert 'id="new-no"' in answer.text
    assert take_up(browser, *invited).location == "/mine"


def test_withdrawn_and_old_ones_lead_nowhere(
    village: Shop, producer_id: int, invited: tuple[str, str]
) -> None:
    with unit_of_work() as session:
        withdrawn = invite_person(session, producer_id, by=MANAGER, at=village.clock.now())
        withdraw_invitation(session, producer_id, withdrawn.invitation_id, by=MANAGER, at=village.clock.now())
        with pytest.raises(Stale):
            withdraw_invitation(
                session, producer_id, withdrawn.invitation_id, by=MANAGER, at=village.clock.now()
            )
        with pytest.raises(NotFound):
            withdraw_invitation(
                session, producer_id + 1, withdrawn.invitation_id, by=MANAGER, at=village.clock.now()
            )
    assert take_up(village.app.test_client(), f"/invited/{withdrawn.token}", withdrawn.pin).status_code == 404
    village.clock.advance(days=7)
    assert take_up(village.app.test_client(), *invited).status_code == 404
    with open_reading() as session:
        assert list_open_invitations(session, producer_id, village.clock.now()) == []
        first = session.scalars(select(Invitation).where(Invitation.producer_id == producer_id)).first()
        assert first is not None
        assert list_open_invitations(session, producer_id, first.at + timedelta(days=6)) != []


def test_the_manager_lets_one_go_who_is_signed_out_at_once(
    village: Shop, manager: FlaskClient, producer_id: int, invited: tuple[str, str]
) -> None:
    browser = village.app.test_client()
    take_up(browser, *invited)
    with open_reading() as session:
        person = session.scalars(select(Person).where(Person.producer_id == producer_id)).one()
    assert manager.post(f"/producers/{producer_id + 999}/people/{person.id}/leave").status_code == 404
    manager.post(f"/producers/{producer_id}/people/{person.id}/leave")
    assert "/sign-in" in browser.get("/mine").location


def test_the_public_door_lets_invited_people_in(village: Shop, invited: tuple[str, str]) -> None:
    public = {"ocop.door": "public"}
    browser = village.app.test_client()
    assert browser.get(invited[0], environ_overrides=public).status_code == 302
    assert browser.get("/invited", environ_overrides=public).status_code == 200
    assert browser.get("/people", environ_overrides=public).status_code == 404
