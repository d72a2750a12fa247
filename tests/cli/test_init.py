"""`hpf init`: a hospital from nothing, asking nothing, and nothing is left where it fails."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tomllib
from base64 import b64encode
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from hpf.core.kit.manager import installed_names
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import AuditEntry, Hospital, User, UserRole
from hpf.storage.passwords import check_password, hash_password, outdated, random_password


def password_of(output: str) -> str:
    found = re.search(r"[a-zA-Z0-9]{5}(?:-[a-zA-Z0-9]{5}){3}", output)
    assert found, output
    return found[0]


def test_nothing_has_to_be_said(hpf: Any, tmp_path: Path) -> None:
    place = tmp_path / "医院"
    result = hpf("init", place)
    assert result.exit_code == 0, result.output
    settings = tomllib.loads((place / "hpf.toml").read_text("utf-8"))
    assert settings["plugins"] == installed_names()
    assert settings["database"]["url"] == "sqlite:///hpf.db", "so that the folder can be moved"
    if os.name == "posix":
        assert stat.S_IMODE((place / "keys").stat().st_mode) == 0o700
        assert {stat.S_IMODE(p.stat().st_mode) for p in (place / "keys").iterdir()} == {0o600}
        assert stat.S_IMODE((place / "hpf.db").stat().st_mode) == 0o600


def test_the_administrators_password_is_shown_once_and_kept_nowhere(
    hpf: Any, tmp_path: Path
) -> None:
    result = hpf("init", tmp_path / "h", "--plugin", "township", "--code", "X1", "--name", "甲院")
    password = password_of(result.output)
    home = Home.open(tmp_path / "h")
    engine = home.engine()
    with reading(engine) as session:
        (user,) = session.scalars(select(User))
        (hospital,) = session.scalars(select(Hospital))
        (role,) = session.scalars(select(UserRole))
        entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))
    engine.dispose()
    assert check_password(password, user.password_hash)
    assert not check_password(password + "x", user.password_hash)
    assert user.must_change
    assert role.role == "it", "whoever keeps the accounts decides nothing about pay"
    assert (hospital.code, hospital.name) == ("X1", "甲院")
    assert [e.action for e in entries] == [
        "hospital.created", "user.created", "user.role_granted",
    ]  # fmt: skip
    for file in (tmp_path / "h").rglob("*"):
        if file.is_file():
            assert password.encode() not in file.read_bytes(), file


def test_the_workbook_lists_every_required_parameter(hpf: Any, tmp_path: Path) -> None:
    result = hpf("init", tmp_path / "h", "--plugin", "township")
    programs = Home.open(tmp_path / "h").programs().values()
    required = {n: p for one in programs for n, p in one.parameters.items() if p.required}
    book = openpyxl.load_workbook(tmp_path / "h" / "参数.xlsx")
    listed: dict[str, dict[str, Any]] = {}
    for sheet in (book["parameters"], book["scales"]):
        heads = [c.value for c in sheet[1]]
        for row in sheet.iter_rows(min_row=3, values_only=True):
            line = dict(zip(heads, row, strict=True))
            listed[line["parameter"]] = line
    assert set(listed) == set(required)
    for name, line in listed.items():
        parameter = required[name]
        assert line["clause"] == parameter.clause
        assert line["name"] == parameter.names.zh
        assert (line["unit"] or "") == parameter.unit.say("zh")
        assert line["value"] is None, "a value that the hospital decides has no default"
    assert f"{len(required)} 项" in result.output


def test_a_hospital_that_is_there_is_left_alone(hpf: Any, tmp_path: Path) -> None:
    hpf("init", tmp_path / "h", "--plugin", "township")
    before = {p: p.read_bytes() for p in (tmp_path / "h").rglob("*") if p.is_file()}
    result = hpf("init", tmp_path / "h", lang="en")
    assert result.exit_code == 2
    assert "already" in result.output
    assert {p: p.read_bytes() for p in (tmp_path / "h").rglob("*") if p.is_file()} == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--plugin", "townshp"], "township"),
        (["--database", "mysql://x/y"], "mysql"),
        (["--database", "sqlite:////nowhere/at/all.db"], "nowhere"),
    ],
)
def test_a_failed_attempt_leaves_nothing_behind(
    hpf: Any, tmp_path: Path, options: list[str], said: str
) -> None:
    result = hpf("init", tmp_path / "h", *options, lang="en")
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert not (tmp_path / "h").exists()


def test_a_failure_at_the_very_end_leaves_nothing_behind(
    hpf: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hpf.intake.decision_sheets.write_decisions", full)
    result = hpf("init", tmp_path / "h", "--plugin", "township")
    assert result.exit_code == 1
    assert not (tmp_path / "h").exists()


def test_passwords_are_checked_by_whatever_hashed_them() -> None:
    made = random_password()
    kept = hash_password(made)
    assert kept != hash_password(made), "salted"
    assert check_password(made, kept)
    assert not outdated(kept)
    salt, digest = b"saltsalt", hashlib.scrypt(made.encode(), salt=b"saltsalt", n=1024, r=8, p=1)
    old = "$".join(["scrypt", "1024", "8", "1", *(b64encode(x).decode() for x in (salt, digest))])
    assert check_password(made, old), "made with fewer rounds"
    assert outdated(old)
    for broken in ("", "x", "scrypt$1$2$3", "scrypt$a$8$1$b$c", "$argon2id$v=19$m=1"):
        assert not check_password(made, broken)
    with pytest.raises(ValueError, match="empty"):
        hash_password("")
