"""Accounts through Flask-Security-Too, over the framework's own table of users.

Log-in by name and password (argon2), lock-out after some wrong ones, sessions that end when the
password is reset. No mail server is assumed: passwords are reset at the counter
(`hpf.portal.pages.counter`), and changed at the first log-in (`hpf.portal.pages.account`). Whoever
has left by the register is shut out from that day on, without anybody's doing.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_limiter.util import get_remote_address
from flask_security import LoginForm, RoleMixin, Security, UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import select
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired

from hpf.core.errors import Text
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import say
from hpf.storage.audit import record
from hpf.storage.models import Staff, User
from hpf.storage.passwords import check_password, hash_password, outdated

log = logging.getLogger("hpf.portal")
LEAST = 10  # characters of a password
_NEVER = hash_password("nobody has this password")  # checked where there is no account: same time
_REFUSED = Text(
    "账号或口令不对。连续输错 {n} 次，账号锁定 {m} 分钟",
    "Wrong account or password. After {n} wrong ones in a row an account is locked for {m} minutes",
)


class Account(UserMixin):
    """What the log-in knows of a user; the row itself stays in its session."""

    fs_uniquifier: str = ""

    def __init__(self, user: User, gone: bool = False) -> None:
        self.id = user.id
        self.login = user.login
        self.password = user.password_hash
        self.active = user.active and not gone
        self.fs_uniquifier = user.fs_uniquifier
        self.locked_until = user.locked_until
        self.before = user.last_login  # the log-in before this one
        self.roles: list[Any] = []

    def locked(self, now: dt.datetime) -> bool:
        """Whether too many wrong passwords were tried of late."""
        return self.locked_until is not None and now < self.locked_until


class Accounts(UserDatastore):
    """Finds users for Flask-Security; what changes them is done elsewhere, with its audit entry."""

    def __init__(self) -> None:
        super().__init__(Account, RoleMixin)

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Account | None:
        """By login, id or what a session names."""
        names = {"login": User.login, "id": User.id, "fs_uniquifier": User.fs_uniquifier}
        ((name, value),) = by.items()
        found = session().scalar(select(User).where(names[name] == value))
        if found is None:
            return None
        left = None if found.staff_id is None else session().get_one(Staff, found.staff_id).left
        return Account(found, left is not None and left <= today())

    def find_role(self, role: str) -> None:
        """Roles are the viewer's affair (`hpf.portal.rights`)."""
        return

    def put(self, model: Account) -> Account:
        """Nothing to keep: an account that stands here is a copy."""
        return model

    def commit(self) -> None:
        """Nothing to keep."""


class Entry(LoginForm):
    """Account and password. Whatever is wrong, the answer is the same and takes as long."""

    email = None
    remember = None
    login = StringField(validators=[DataRequired()], render_kw={"autocomplete": "username"})
    password = PasswordField(
        validators=[DataRequired()], render_kw={"autocomplete": "current-password"}
    )

    def validate(self, **more: Any) -> bool:
        """Whether this is somebody; sets `user`."""
        self.ifield, self.user = self.login, None
        name, given = (self.login.data or "").strip(), self.password.data or ""
        found = desk_accounts().find_user(login=name) if name else None
        now = dt.datetime.now(dt.UTC)
        refused = found is None or found.locked(now) or not found.active
        right = check_password(given, _NEVER if found is None else found.password or "")
        if found is None or refused or not right or not given:
            if found is not None and not refused:
                missed(found.login, now)
            settings = desk().settings
            message = say(_REFUSED).format(n=settings.lock_after, m=settings.lock_minutes)
            self.form_errors.append(message)
            return False
        if not super(LoginForm, self).validate(**more):
            return False
        entered(found.login, given, now)
        self.user = found
        return True


def desk_accounts() -> Accounts:
    """The accounts of the application that answers now."""
    return Accounts()


def missed(login: str, now: dt.datetime) -> None:
    """Count a wrong password; at the bound the account is locked, and the audit says so."""
    settings = desk().settings
    with writing() as session:
        user = session.scalars(select(User).where(User.login == login).with_for_update()).one()
        user.failed_logins += 1
        if user.failed_logins >= settings.lock_after:
            user.failed_logins = 0
            user.locked_until = now + dt.timedelta(minutes=settings.lock_minutes)
            told = {"until": user.locked_until.isoformat(timespec="seconds"),
                    "from": get_remote_address()}  # fmt: skip
            log.warning("an account is locked after wrong passwords from %s", told["from"])
            code = settings.home.hospital_code
            record(session, login, "user.locked", f"user:{login}", told, hospital=code)


def entered(login: str, password: str, now: dt.datetime) -> None:
    """Note a log-in, and hash the password anew where there is a better way by now."""
    with writing() as session:
        user = session.scalars(select(User).where(User.login == login)).one()
        user.failed_logins, user.locked_until, user.last_login = 0, None, now
        if outdated(user.password_hash):
            user.password_hash = hash_password(password)


_CONFIG: Mapping[str, Any] = {
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"login": {"mapper": str, "case_insensitive": False}}],
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    "SECURITY_PASSWORD_NORMALIZE_FORM": None,
    "SECURITY_PASSWORD_SALT": "unused: argon2 salts each password itself",
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_LOGIN_URL": "/login",
    "SECURITY_LOGOUT_URL": "/logout",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_LOGIN_USER_TEMPLATE": "security/login_user.html",
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/login",
    "SECURITY_REDIRECT_VALIDATE_MODE": ["regex"],
    "SECURITY_FLASH_MESSAGES": False,
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "SECURITY_STATIC_FOLDER": None,
}


def install(app: Flask) -> None:
    """Log-in and log-out."""
    app.config.update(_CONFIG)
    Security(app, Accounts(), login_form=Entry)
