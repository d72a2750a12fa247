"""What surrounds every answer: headers, a policy for scripts, tokens in forms, limits."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from hpf.portal.settings import PortalSettings

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_MEGABYTE = 1024 * 1024


def install(app: Flask, settings: PortalSettings) -> None:
    """Headers, CSRF, limits, trusted hosts, the bound on uploads."""
    app.config.update(
        SECRET_KEY=settings.key,
        TRUSTED_HOSTS=list(settings.hosts),
        SESSION_COOKIE_NAME="hpf",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=settings.session_hours * 3600,
        MAX_CONTENT_LENGTH=settings.upload_mb * _MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * _MEGABYTE,
        MAX_FORM_PARTS=5_000,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SSL_STRICT=settings.https,
        RATELIMIT_HEADERS_ENABLED=False,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    CSRFProtect(app)
    Talisman(
        app,
        force_https=settings.https,
        session_cookie_secure=settings.https,
        strict_transport_security=settings.https,
        content_security_policy=POLICY,
        content_security_policy_nonce_in=["script-src"],
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy={"camera": "()", "geolocation": "()", "microphone": "()"},
    )
    _limits(app, settings)
    app.after_request(_private)


def _limits(app: Flask, settings: PortalSettings) -> None:
    limiter = Limiter(
        key_func=_who,
        app=app,
        storage_uri="memory://",
        default_limits=[lambda: settings.page_rate if _somebody() else settings.door_rate],
        default_limits_exempt_when=lambda: request.endpoint == "static",
    )
    app.extensions["hpf_limiter"] = limiter
    app.extensions["hpf_login_limit"] = limiter.shared_limit(
        settings.login_rate, scope="login", key_func=get_remote_address, methods=["POST"],
        deduct_when=_refused,
    )  # fmt: skip


def limit_login(app: Flask) -> None:
    """Bound attempts to log in from one address, once the page is there."""
    view: Any = app.view_functions["security.login"]
    app.view_functions["security.login"] = app.extensions["hpf_login_limit"](view)


def _refused(answer: Response) -> bool:
    """Whether a log-in was refused. A right one leads on and is not counted: on pay day a whole
    hospital comes from one address within minutes."""
    return not 300 <= answer.status_code < 400


def _somebody() -> bool:
    return bool(current_user and current_user.is_authenticated)


def _who() -> str:
    """Whom a limit counts: an account, or the address of whoever has not logged in."""
    if _somebody():
        return f"account:{current_user.get_id()}"
    return f"address:{get_remote_address()}"


def _private(response: Response) -> Response:
    """No page stays in a shared browser's cache, so `back` after log-out shows nothing."""
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    if number := g.get("hpf_error"):
        response.headers["X-Error-Number"] = number
    return response
