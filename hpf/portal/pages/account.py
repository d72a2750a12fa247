"""One's own account: change the password, which a one-time one demands before anything else."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_security import login_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import PasswordField
from wtforms.validators import DataRequired

from hpf.portal.access import me, oneself
from hpf.portal.accounts import LEAST, Account
from hpf.portal.database import desk, writing
from hpf.portal.language import say
from hpf.storage.audit import record
from hpf.storage.models import User
from hpf.storage.passwords import check_password, hash_password
from hpf.storage.people import end_sessions

pages = Blueprint("account", __name__)


class Change(FlaskForm):  # type: ignore[misc]
    """The old password once, the new one twice."""

    old = PasswordField(validators=[DataRequired()], render_kw={"autocomplete": "current-password"})
    new = PasswordField(validators=[DataRequired()], render_kw={"autocomplete": "new-password"})
    again = PasswordField(validators=[DataRequired()], render_kw={"autocomplete": "new-password"})

    def __init__(self) -> None:
        super().__init__()
        self.old.label.text = say(("现在的口令", "Present password"))
        self.new.label.text = say(("新口令", "New password"))
        self.again.label.text = say(("再输一遍新口令", "New password again"))

    def wrong(self, user: User) -> bool:
        """Whether anything is wrong; what it is stands beside its field."""
        old, new = self.old.data or "", self.new.data or ""
        found: list[tuple[Any, tuple[str, str]]] = []
        if not check_password(old, user.password_hash):
            found.append((self.old, ("现在的口令不对", "This is not the present password")))
        if len(new) < LEAST:
            found.append((self.new, (f"至少 {LEAST} 位", f"At least {LEAST} characters")))
        elif new == old:
            found.append((self.new, ("要与现在的不同", "It has to differ from the present one")))
        elif user.login.lower() in new.lower() and len(user.login) > 2:
            found.append((self.new, ("不要包含账号名", "It must not contain the account's name")))
        elif len(set(new)) < 5:
            found.append((self.new, ("字符重复太多", "Too few different characters")))
        if new != (self.again.data or ""):
            found.append((self.again, ("两遍不一样", "The two differ")))
        for field, words in found:
            field.errors = [*field.errors, say(words)]
        return bool(found)


@pages.route("/password", methods=["GET", "POST"])
@oneself
def password() -> Any:
    """Change the password; all other sessions of the account end."""
    who, form = me(), Change()
    if form.validate_on_submit():
        with writing() as session:
            user = session.scalars(select(User).where(User.login == who.login)).one()
            wrong = form.wrong(user)
            if not wrong:
                user.password_hash, user.must_change = hash_password(form.new.data), False
                end_sessions(user)
                code = desk().settings.home.hospital_code
                record(session, who.login, "user.password_changed", f"user:{who.login}", {},
                       hospital=code)  # fmt: skip
        if not wrong:
            login_user(Account(user), authn_via=["password"])
            flash(
                say(
                    (
                        "口令已更改，别处的登录已退出。",
                        "The password is changed; you are logged out elsewhere.",
                    )
                ),
                "ok",
            )
            return redirect(url_for("home.index"))
    status = 422 if form.errors else 200
    return render_template(
        "account/password.html", form=form, forced=who.must_change, least=LEAST
    ), status
