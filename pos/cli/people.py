"""The commands about people who may sign in."""

import json

import click

from ..config import Config
from ..kernel.clock import Clock
from .shared import (
    fail,
    open_books,
    shop_command,
)


@click.group()
def people() -> None:
    """People who may sign in."""


@people.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["cashier", "manager", "producer", "viewer"]), required=True)
@click.option("--producer", default="", help="The producer's name, for a producer's person.")
@shop_command
def people_add(config: Config, name: str, role: str, producer: str) -> None:
    """Add a person and say their PIN once.

    Example: ocop-pos people add "Thu ngân 2" --role cashier
    """
    from ..identity.people import add_person
    from ..kernel.actor import SYSTEM, Role
    from ..kernel.database import unit_of_work
    from ..producers.terms import find_producer

    with open_books(config), unit_of_work() as session:
        theirs = find_producer(session, producer) if producer else None
        person, pin = add_person(
            session, name, Role(role), by=SYSTEM, at=Clock().now(), producer_id=theirs.id if theirs else None
        )
    click.echo(f"{person.login}  PIN {pin}")


@people.command("reset-pin")
@click.argument("login")
@shop_command
def people_reset_pin(config: Config, login: str) -> None:
    """Give a person a new PIN and say it once.

    Example: ocop-pos people reset-pin thu-ngan-2
    """
    from ..identity.people import list_persons as everybody
    from ..identity.people import reset_pin
    from ..kernel.actor import SYSTEM
    from ..kernel.database import unit_of_work

    with open_books(config), unit_of_work() as session:
        person = next((p for p in everybody(session) if p.login == login), None)
        if person is None:
            fail(f"nobody signs in as {login}: ocop-pos people list")
        pin = reset_pin(session, person, by=SYSTEM, at=Clock().now())
    click.echo(f"{login}  PIN {pin}")


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@shop_command
def people_list(config: Config, as_json: bool) -> None:
    """List people, never their PINs.

    Example: ocop-pos people list --json
    """
    from ..identity.people import list_persons as everybody
    from ..kernel.database import open_reading

    with open_books(config), open_reading() as session:
        rows = [
            {"login": p.login, "name": p.name, "role": p.role, "active": p.active} for p in everybody(session)
        ]
    click.echo(
        json.dumps(rows, ensure_ascii=False)
        if as_json
        else "\n".join(f"{r['role']:9} {r['login']:20} {r['name']}" for r in rows)
    )


COMMANDS = (people,)
