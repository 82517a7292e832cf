"""web/rights.py — who may use a route. Closed by default: a route without rights answers nobody."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ..kernel.actor import Actor, Role
from ..kernel.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., Any])
EVERYONE = frozenset(Role)
PUBLIC: frozenset[Role] = frozenset()
_MARK = "allowed_roles"


def requires_role(*roles: Role) -> Callable[[View], View]:
    """Mark a view as open to these roles (none named: to everyone who has signed in)."""
    return _mark_roles(frozenset(roles) or EVERYONE)


def open_to_strangers(view: View) -> View:
    """Mark a view as open to strangers."""
    return _mark_roles(PUBLIC)(view)


def _mark_roles(roles: frozenset[Role]) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _MARK, roles)
        return view

    return mark


def find_roles(view: Callable[..., Any]) -> frozenset[Role] | None:
    """Who may use a view; None where nobody said, which is nobody."""
    return getattr(view, _MARK, None)


def install_guard(app: Flask) -> None:
    """Check every request before its view runs. `g.actor` must have been set by then (None: a stranger)."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if request.endpoint in {None, "static"}:
            return None
        roles = find_roles(current_app.view_functions[str(request.endpoint)])
        if roles is PUBLIC:
            return None
        if g.actor is None:
            return _redirect_to_sign_in()
        if roles is None or g.actor.role not in roles:
            raise NotAllowed.because("not_your_page")
        return None


def _redirect_to_sign_in() -> ResponseReturnValue:
    address = url_for("identity.sign_in", next=request.path if request.method == "GET" else None)
    if request.headers.get("HX-Request"):
        return Response(status=200, headers={"HX-Redirect": address})
    return redirect(address)


def current_actor() -> Actor:
    """Who acts in this request. Only behind `requires_role`."""
    found: Actor = g.actor
    return found


def current_sign_in() -> str:
    """Which sign-in this request is of: no secret, and no two have the same. Only behind `requires_role`."""
    found: str = g.sign_in
    return found
