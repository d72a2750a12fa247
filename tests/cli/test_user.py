"""`hpf user`: accounts are kept by IT, passwords shown once, nobody stands for everything."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from homes import copy_of
from sqlalchemy import select

from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import AuditEntry, User
from hpf.storage.passwords import check_password


@pytest.fixture
def home(township_home: Path, tmp_path: Path) -> Path:
    return copy_of(township_home, tmp_path / "home")


def password_in(output: str) -> str:
    found = re.search(r"(\w{5}-){3}\w{5}", output)
    assert found is not None, output
    return found.group(0)


def kept(home: Path, login: str) -> User:
    engine = Home.open(home).engine()
    with reading(engine) as session:
        user = session.scalars(select(User).where(User.login == login)).one()
    engine.dispose()
    return user


def test_a_password_is_shown_once_and_only_its_hash_is_kept(hpf: Any, home: Path) -> None:
    made = hpf("user", "add", "office", "--home", home, "--as", "admin", lang="en")
    assert made.exit_code == 0, made.output
    first = password_in(made.output)
    user = kept(home, "office")
    assert check_password(first, user.password_hash)
    assert user.must_change
    again = hpf("user", "reset", "office", "--home", home, "--as", "admin", lang="en")
    second = password_in(again.output)
    assert check_password(second, kept(home, "office").password_hash)
    assert not check_password(first, kept(home, "office").password_hash)
    engine = Home.open(home).engine()
    with reading(engine) as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.object == "user:office")).all()
    engine.dispose()
    assert [e.action for e in told] == ["user.created", "user.password_reset"]
    assert all(e.who == "admin" and e.detail["os_user"] for e in told)
    assert all(first not in str(e.detail) and second not in str(e.detail) for e in told)
    taken = hpf("user", "add", "office", "--home", home, "--as", "admin", lang="en")
    assert (taken.exit_code, "already" in taken.output) == (2, True)


def test_roles_are_given_by_it_alone_and_never_all_four(hpf: Any, home: Path) -> None:
    def roles(*words: str, who: str = "admin") -> Any:
        return hpf("user", "roles", *words, "--home", home, "--as", who, lang="en")

    assert hpf("user", "add", "office", "--home", home, "--as", "admin").exit_code == 0
    assert "HR" in roles("office", "--add", "hr").output
    assert roles("office", "--add", "it", who="office").exit_code == 2
    assert "There is no role" not in roles("office").output
    wrong = roles("office", "--add", "hrr")
    assert (wrong.exit_code, "no role 'hrr'" in wrong.output) == (2, True)
    unit = roles("office", "--add", "departments:X")
    assert (unit.exit_code, "no department 'X'" in unit.output) == (2, True)
    loose = roles("office", "--add", "departments")
    assert (loose.exit_code, "for none by name" in loose.output) == (2, True)
    assert "management" in roles("office", "--add", "management", "--remove", "hr").output
    own = roles("admin", "--add", "management")
    assert (own.exit_code, "your own account" in own.output) == (2, True)
    shown = hpf("user", "list", "--home", home, lang="en").output
    assert "nobody stands for the HR" in shown


def test_a_shut_account_does_nothing_until_it_is_opened(hpf: Any, home: Path) -> None:
    def user(*words: str, who: str = "admin") -> Any:
        return hpf("user", *words, "--home", home, "--as", who, lang="en")

    assert user("add", "it2").exit_code == 0
    assert user("roles", "it2", "--add", "it").exit_code == 0
    assert user("shut", "it2").exit_code == 0
    refused = user("add", "other", who="it2")
    assert (refused.exit_code, "is shut" in refused.output) == (2, True)
    assert user("open", "it2").exit_code == 0
    assert user("add", "other", who="it2").exit_code == 0
    own = user("shut", "admin")
    assert (own.exit_code, "your own" in own.output) == (2, True)
    assert "no account 'nobody'" in user("shut", "nobody").output
