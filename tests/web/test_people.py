"""Letting somebody go is asked first, and there is a way back."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.identity.models import Person
from pos.kernel.actor import Role
from pos.kernel.database import open_reading
from tests.conftest import Shop


@pytest.fixture
def manager(village: Shop) -> FlaskClient:
    return village.client("manager")


def find_person(role: Role) -> Person:
    with open_reading() as session:
        return session.scalars(select(Person).where(Person.role == role, Person.active).limit(1)).one()


def find_question(page: str, person: Person, button: str, address: str) -> str:
    """What unfolds under a person's button, with the form that does it."""
    (folded,) = re.findall(
        rf'<details name="asked-{person.id}">\s*<summary[^>]*>{button}</summary>\s*<form method="post" action="{address}".*?</form>',
        page,
        re.DOTALL,
    )
    return str(folded)


def test_nobody_is_let_go_by_one_click_and_everybody_can_come_back(manager: FlaskClient) -> None:
    person = find_person(Role.CASHIER)
    page = manager.get("/people").text
    address = f"/people/{person.id}/active/0"
    folded = find_question(page, person, "Cho nghỉ", address)
    assert f"Cho {person.name} nghỉ?" in folded
    assert page.count(address) == 1, "nothing else lets them go"
    assert "Người đã nghỉ" not in page
    assert manager.post(address).status_code == 302
    page = manager.get("/people").text
    staying, left = page.split("Người đã nghỉ: 1")
    assert f"<strong>{person.name}</strong>" not in staying
    assert f"<strong>{person.name}</strong>" in left
    assert f"/people/{person.id}/active/1" in left
    assert manager.post(f"/people/{person.id}/active/1").status_code == 302
    assert "Người đã nghỉ" not in manager.get("/people").text


def test_the_last_manager_is_told_on_the_page(manager: FlaskClient) -> None:
    boss = find_person(Role.MANAGER)
    answer = manager.post(f"/people/{boss.id}/active/0")
    assert answer.status_code == 422
    assert f'id="leave-{boss.id}-no"' in answer.text
    assert f'<details name="asked-{boss.id}" open>' in answer.text


def test_a_new_pin_is_asked_about_first(manager: FlaskClient) -> None:
    person = find_person(Role.CASHIER)
    page = manager.get("/people").text
    address = f"/people/{person.id}/pin"
    folded = find_question(page, person, "PIN mới", address)
    assert f"Cấp PIN mới cho {person.name}?" in folded
    assert page.count(address) == 1, "nothing else makes one"
