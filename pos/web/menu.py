"""web/menu.py — the desk's menu. Each room adds its own lines when it registers; nothing here knows a room."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from flask import Flask, current_app, g, request
from flask_babel import lazy_gettext as _l

from ..kernel.actor import Role
from ..kernel.text import fold_text

MANAGER = frozenset({Role.MANAGER})
READERS = frozenset({Role.MANAGER, Role.VIEWER})
CASHIER = frozenset({Role.CASHIER})
EVERYONE = frozenset(Role)


class MenuGroup(IntEnum):
    """The five groups, in the order in which they are shown."""

    SELLING = 1
    GOODS = 2
    STOCK = 3
    MONEY = 4
    SHOP = 5


GROUPS = {  # what each is called, and its sign
    MenuGroup.SELLING: (_l("Selling"), "store"),
    MenuGroup.GOODS: (_l("Goods & papers"), "package"),
    MenuGroup.STOCK: (_l("Store room"), "boxes"),
    MenuGroup.MONEY: (_l("Producers & money"), "wallet"),
    MenuGroup.SHOP: (_l("Manage"), "settings"),
}


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the menu. `place`: where it is within its group, the least first."""

    endpoint: str
    label: Any
    icon: str
    roles: frozenset[Role]
    group: MenuGroup
    place: int
    by_policy: bool = False  # cashiers see it only where the policy lets them receive


@dataclass(frozen=True, slots=True)
class Menu:
    """All lines, and for pages of another line than their room's the endpoint of that line."""

    entries: list[MenuEntry]
    parents: dict[str, str]


def _menu(app: Flask) -> Menu:
    menu: Menu = app.extensions.setdefault("ocop_menu", Menu([], {}))
    return menu


def add_to_menu(app: Flask, *entries: MenuEntry, parents: Mapping[str, str] | None = None) -> None:
    """Add a room's lines; `parents` names the line under which some of its pages belong ("": none)."""
    menu = _menu(app)
    menu.entries.extend(entries)
    menu.parents.update(parents or {})


@dataclass(frozen=True, slots=True)
class MenuSection:
    """A group with the lines that whoever is signed in may see."""

    label: Any
    icon: str
    entries: list[MenuEntry]

    @property
    def is_current(self) -> bool:
        return any(is_current_entry(entry) for entry in self.entries)


def list_menu_sections() -> list[MenuSection]:
    """The groups for whoever is signed in; none that is empty."""
    role = g.actor.role if g.get("actor") else None
    is_shut = role is Role.CASHIER and not g.cashiers_receive()
    visible = [
        entry
        for entry in _menu(current_app).entries
        if role in entry.roles and not (is_shut and entry.by_policy)
    ]
    sections = [
        MenuSection(
            *GROUPS[group],
            sorted((entry for entry in visible if entry.group is group), key=lambda entry: entry.place),
        )
        for group in MenuGroup
    ]
    return [section for section in sections if section.entries]


def find_entries(words: str) -> list[MenuEntry]:
    """The lines for whoever is signed in that every typed word is in, accents or none."""
    wanted = fold_text(words).split()
    entries = [entry for section in list_menu_sections() for entry in section.entries]
    return [
        entry for entry in entries if wanted and all(word in fold_text(str(entry.label)) for word in wanted)
    ]


def is_current_entry(entry: MenuEntry) -> bool:
    """Is this the menu's line that the page belongs to?"""
    menu, endpoint = _menu(current_app), str(request.endpoint)
    if any(line.endpoint == endpoint for line in menu.entries):
        return entry.endpoint == endpoint
    parents = menu.parents
    if endpoint in parents:
        return entry.endpoint == parents[endpoint]
    room = entry.endpoint.split(".")[0]
    return room == request.blueprint and entry.endpoint not in parents
