"""Who asks: every page says which act it needs, and a page that says nothing is shut.

@pages.get("/pay/")
@needs(Act.PAY)
def index(): …
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.portal.database import desk, session
from hpf.portal.rights import Act, Viewer, load, may
from hpf.storage.models import User

F = TypeVar("F", bound=Callable[..., Any])
OPEN = "open"  # for nobody in particular: log-in, static files
SELF = "self"  # for whoever is logged in, with or without a role
_ATTRIBUTE = "hpf_needs"
_CHANGING = frozenset({"account.password", "security.logout", "home.language", "static"})


def needs(act: Act) -> Callable[[F], F]:
    """The act that a page needs."""

    def mark(view: F) -> F:
        setattr(view, _ATTRIBUTE, act.value)
        return view

    return mark


def oneself(view: F) -> F:
    """A page about one's own account, which needs no role."""
    setattr(view, _ATTRIBUTE, SELF)
    return view


def anybody(view: F) -> F:
    """A page for whoever comes, logged in or not."""
    setattr(view, _ATTRIBUTE, OPEN)
    return view


def needed(app: Flask, endpoint: str) -> str:
    """What an endpoint needs: an act, `open`, `self`, or '' where it says nothing: it is shut."""
    if endpoint in ("static", "security.login", "security.logout"):
        return OPEN
    blueprint = endpoint.rpartition(".")[0]
    acts: dict[str, str] = app.extensions["hpf_admin"]
    if blueprint in acts:
        return acts[blueprint]
    return str(getattr(app.view_functions[endpoint], _ATTRIBUTE, ""))


def viewer() -> Viewer | None:
    """Who asks; None for nobody. Read once a request."""
    if "hpf_viewer" not in g:
        g.hpf_viewer = None
        if current_user.is_authenticated:
            home = desk().settings.home
            user = session().get(User, current_user.id)
            if user is not None and user.active:
                plans = {plan.scheme for plan in desk().declared.assessments}
                g.hpf_viewer = load(session(), desk().hospital, user, home.language, plans)
    found: Viewer | None = g.hpf_viewer
    return found


def me() -> Viewer:
    """Who asks, on a page that is for somebody."""
    found = viewer()
    if found is None:
        abort(401)
    return found


def still(changing: Session, act: Act) -> None:
    """403 where the viewer may not do it any more by what the transaction sees: the right may have
    been taken between the question and the deed."""
    user = changing.scalar(select(User).where(User.login == me().login))
    if user is None or not user.active or not may(load(changing, desk().hospital, user), act):
        abort(403)


def guard() -> Any:
    """Before every request: log in, change a one-time password, and only then what one may."""
    if request.endpoint is None:
        return None  # the 404 page
    wanted = needed(current_app._get_current_object(), request.endpoint)  # type: ignore[attr-defined]
    if wanted == OPEN:
        return None
    who = viewer()
    if who is None:
        if request.method != "GET" or request.headers.get("HX-Request"):
            abort(401)
        back = request.full_path.rstrip("?")
        return redirect(url_for("security.login", next=None if back == "/" else back))
    if who.must_change and request.endpoint not in _CHANGING:
        return redirect(url_for("account.password"))
    if not opens(wanted, who):
        abort(403)
    return None


def opens(wanted: str, who: Viewer | None) -> bool:
    """Whether what a page needs is there: an act, `open`, `self`, or '' for a page that is shut."""
    if wanted in (OPEN, SELF):
        return wanted == OPEN or who is not None
    return bool(wanted) and may(who, Act(wanted))
