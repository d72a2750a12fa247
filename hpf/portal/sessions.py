"""How a session begins and ends, beside its idle end, which the cookie's own age brings.

It begins afresh: what a form's token was before the log-in counts for nothing after it. It ends so
many hours after the log-in, however busy it was, and for good with the log-out: the cookie names
the account's mark, which changes then, so that a copy of the cookie opens nothing either.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import current_user, user_logged_in, user_logged_out
from sqlalchemy import select

from hpf.portal.clock import now
from hpf.portal.database import desk, writing
from hpf.portal.granted import told_since
from hpf.storage.models import User
from hpf.storage.people import end_sessions

SINCE = "since"  # the second of the log-in
_KEPT = ("lang", "scheme", "period")  # what outlives a session: where one was


class Cookies(SecureCookieSessionInterface):
    """No session goes with a static file: caches on the way may keep those."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether an answer carries the cookie."""
        return request.endpoint != "static" and super().should_set_cookie(app, session)


def install(app: Flask) -> None:
    """Watch log-ins, log-outs and the age of sessions."""
    app.session_interface = Cookies()
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    app.before_request(_age)


def _begin(_app: Flask, user: Any, **_more: Any) -> None:
    cookie.pop("csrf_token", None)
    g.pop("csrf_token", None)
    cookie.permanent = True
    cookie[SINCE] = int(now().timestamp())
    g.pop("hpf_viewer", None)  # nobody, until now
    told_since(getattr(user, "before", None))


def _end(_app: Flask, user: Any, **_more: Any) -> None:
    number = getattr(user, "id", None)
    if number is None:
        return  # nobody was logged in
    with writing() as changing:
        found = changing.scalar(select(User).where(User.id == number))
        if found is not None:
            end_sessions(found)


def _age() -> None:
    """Before a request: whoever logged in too long ago is nobody."""
    if "_user_id" not in cookie or request.endpoint == "static":
        return
    since, moment = cookie.get(SINCE), now().timestamp()
    most = desk().settings.longest_hours * 3600
    if isinstance(since, int) and 0 <= moment - since <= most and current_user.is_authenticated:
        return
    kept = {name: cookie[name] for name in _KEPT if name in cookie}
    cookie.clear()
    cookie.update(kept)
    g.pop("csrf_token", None)
    g._login_user = desk_nobody()


def desk_nobody() -> Any:
    """Who asks where nobody is logged in."""
    from flask import current_app

    return current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
