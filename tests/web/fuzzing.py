"""Which fields each route reads, found in the code itself, so that a new route is fuzzed without a word."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from wtforms import Form as AnyForm
from wtforms import FormField
from wtforms.fields.core import UnboundField

ROOT = Path(__file__).parents[2]
DEPTH = 4  # a view, its helpers, theirs, and the form at their end
HOSTILE = (
    "1" + "0" * 30, "-1", "²", "١٢٣", "", "a\x00b", "A" * 10_240, "1" + "+" * 10_000, "9999999999999999999", "9223372036854775808",
    "1/1/99999999999", "31/02/2026", "NaN", "1e400", "product:abc", "place:", "../../etc/passwd", "<script>alert(1)</script>", "%s%n{0}",
    "\u202e\u200b🍃", "=1+1", "0", "99999999999999999999-1", "1.000", "null", "a" * 300, "Infinity", "-0", "0x1F", "٣٫٥", "1." * 25_000, " " * 50_000 + "x", " ", "\t", "\u3000\n",
)  # fmt: skip


@cache
def known_fields() -> frozenset[str]:
    """Every name that a template gives to a control or that code reads from a request."""
    names: set[str] = set()
    for path in (ROOT / "pos").rglob("*.html"):
        names |= set(re.findall(r'name="([a-z_][a-z_0-9-]*)"', path.read_text("utf-8")))
    reads = r'(?:args|form|values|files|said|asked)(?:\.get(?:list)?\(|\[)\s*f?"([a-z_][a-z_0-9-]*)'
    for path in (ROOT / "pos").rglob("*.py"):
        names |= set(re.findall(reads, path.read_text("utf-8")))
    return frozenset(names)


def fields_of(view: Callable[..., Any]) -> list[str]:
    """The fields that a view, or what it calls in this project, may read."""
    found: set[str] = set()
    for function in _reached(inspect.unwrap(view)):
        found |= _named_in(function)
    return sorted(found)


def _reached(view: Any) -> Iterator[Any]:
    noticed: set[int] = set()
    level = [view]
    for _ in range(DEPTH):
        following = []
        for function in level:
            if id(function) in noticed:
                continue
            noticed.add(id(function))
            yield function
            following += _mentioned(function)
        level = following


@cache
def _source(function: Any) -> ast.AST:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return ast.Module([], [])


def _mentioned(function: Any) -> list[Any]:
    """The project's functions and forms that a function names."""
    if not isinstance(function, FunctionType):
        return []
    names = {node.id for node in ast.walk(_source(function)) if isinstance(node, ast.Name)}
    things = (function.__globals__.get(name) for name in sorted(names))
    closure = [cell.cell_contents for cell in function.__closure__ or ()]
    ours = [
        inspect.unwrap(thing) if isinstance(thing, FunctionType) else thing
        for thing in (*things, *closure)
        if isinstance(thing, (FunctionType, type))
        and str(getattr(thing, "__module__", "")).startswith("pos.")
    ]
    return [thing for thing in ours if isinstance(thing, FunctionType) or issubclass(thing, AnyForm)]


def _named_in(thing: Any) -> set[str]:
    if isinstance(thing, type):
        return _form_fields(thing)
    texts = {
        node.value
        for node in ast.walk(_source(thing))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if text in known_fields()}


def _form_fields(form: type) -> set[str]:
    names: set[str] = set()
    for name in dir(form):
        field = getattr(form, name, None)
        if isinstance(field, UnboundField):
            names.add(name)
            inner = field.args[0] if field.args else None
            if isinstance(inner, UnboundField) and inner.field_class is FormField:  # lines of a delivery
                names |= {f"{name}-0-{each}" for each in _form_fields(inner.args[0])}
    return names


def plausible(name: str) -> str:
    """What a person might type there, so that the code behind a field is reached while another one is mad."""
    last = name.rsplit("-", 1)[-1]
    if last in {"pin", "old", "new", "again"}:
        return "480271"
    if last == "login":
        return "quan-ly"
    if re.search(r"(^|_)(on|day|starts|ends|issued|until|made|made_on|expires_on|note_date|comes_on)$", last):
        return "24/11/2026"
    if re.search(r"vnd|price|amount|given|float|counted$", last):
        return "45000"
    if re.search(r"_id$|^page$|^n$|number$|version|quantity|sets|copies|stars|milli|before|seen", last):
        return "1"
    if last == "output":
        return "printer:Máy in quầy"
    if last == "of":
        return "changed"
    if last == "design":
        return "shelf"
    return "x"


def addresses(app: Flask) -> list[tuple[Rule, str]]:
    """Every rule with each method that a browser sends."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
        if rule.endpoint != "static"
    ]
