"""Two hospitals in one database: of the other one nothing is there, by whatever number, for
whatever role, and nothing of it can be changed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import portal_homes as homes
import pytest
from flask import Flask
from flask.testing import FlaskClient
from portal_forms import send, token
from portal_posted import put_at
from sqlalchemy import func, select

from hpf.portal import PortalSettings, create_app
from hpf.portal.access import OPEN, needed
from hpf.portal.rights import Role
from hpf.storage.engine import connect, reading, writing
from hpf.storage.home import Home, write_toml
from hpf.storage.models import (
    Adjustment,
    Appeal,
    AuditEntry,
    Cycle,
    Department,
    Evidence,
    Filing,
    Hospital,
    Import,
    Job,
    PayoutBatch,
    Staff,
    StoredRun,
    User,
)
from hpf.storage.passwords import hash_password
from hpf.storage.people import create_user, grant
from hpf.storage.runs import latest_run, payouts_of

pytestmark = pytest.mark.slow
TABLES = (Adjustment, Appeal, Cycle, Department, Evidence, Filing, Import, Job, PayoutBatch,
          Staff, StoredRun)  # fmt: skip
KEYS = ("run", "runs", "number", "id", "unit", "person", "rowid", "of", "department", "login")


@pytest.fixture(scope="module")
def county(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The portal of a second hospital, which has accounts and nothing else, in the database of
    the first one, whose September is final."""
    folder = tmp_path_factory.mktemp("two") / "home"
    shutil.copytree(made_home, folder)
    first = Home.open(folder)
    put_at(first, "final")
    beside = folder.parent / "other"
    beside.mkdir()
    shutil.copytree(folder / "keys", beside / "keys")
    other = Home(
        beside, "H2", "另一家卫生院（合成数据）", ("township",), first.url, beside / "keys"
    )
    other.file.write_text(write_toml(other, first.url), "utf-8")
    engine = connect(first.url)
    kept = hash_password(homes.PASSWORD)
    with writing(engine) as session:
        session.add(Hospital(code="H2", name=other.hospital_name))
        session.flush()
        number = other.hospital(session)
        unit = Department(hospital_id=number, code="Z01", name="本科室", opened=homes.SINCE)
        session.add(unit)
        person = Staff(hospital_id=number, code="Z01-1", name="本人", joined=homes.SINCE)
        session.add(person)
        session.flush()
        for login, role in homes.ROLES.items():
            own = person.id if login == "nurse" else None
            user, _ = create_user(session, f"z-{login}", login, by="seed", hospital="H2", staff=own)
            user.password_hash, user.must_change = kept, False
            if role is not None:
                where = "Z01" if role is Role.HEAD else ""
                grant(session, user, role.value, hospital=number, department=where, by="seed")
        session.commit()
    engine.dispose()
    settings = PortalSettings.of(Home.open(beside))
    app = create_app(replace(settings, page_rate="100000/minute", door_rate="100000/minute"))
    yield app
    app.extensions["hpf"].engine.dispose()


@pytest.fixture(scope="module")
def foreign(county: Flask) -> re.Pattern[str]:
    """Whatever gives the first hospital away: codes and names of people, amounts, its own name."""
    with reading(county.extensions["hpf"].engine) as session:
        first = session.scalar(select(Hospital.id).where(Hospital.code == "H1"))
        people = session.execute(
            select(Staff.code, Staff.name).where(Staff.hospital_id == first)
        ).all()
        run = latest_run(session, first, "township", homes.PERIOD)
        amounts = {f"{v:.2f}" for v in payouts_of(session, run).values() if v}
        words = {*(code for code, _ in people), *amounts, "示例乡镇卫生院", run.seal[:16]}
    assert len(words) > 100
    return re.compile("|".join(rf"(?<![\w.-]){re.escape(w)}(?![\w-])" for w in sorted(words)))


def entered(county: Flask, name: str) -> FlaskClient:
    client = county.test_client()
    data = {"login": f"z-{name}", "password": homes.PASSWORD}
    assert send(client, "/login", data).status_code == 302
    return client


def addresses(county: Flask) -> Iterator[str]:
    """Every address, with the first hospital's numbers and codes in each of its places."""
    for rule in sorted(county.url_map.iter_rules(), key=lambda r: r.rule):
        if "GET" not in rule.methods or rule.endpoint == "static":
            continue
        if "<" not in rule.rule:
            yield from (rule.rule, f"{rule.rule}?period=2026-09&scheme=township&unit=K02&run=1")
            if rule.rule.endswith("/details/"):
                yield from (f"{rule.rule}?id={n}" for n in range(1, 6))
            continue
        for number, code in (("1", "K02-1"), ("1", "K02"), ("2", "K01"), ("1", "1")):
            path = re.sub(r"<int:\w+>", number, rule.rule)
            path = path.replace("<run>", "1").replace("<entity>", "staff").replace("<rule>", "paid")
            path = path.replace("<scheme>", "township").replace("<period>", "2026-09")
            path = path.replace("<export_type>", "csv")
            yield re.sub(r"<(path:)?\w+>", code, path)


@pytest.mark.parametrize("name", list(homes.ROLES))
def test_nothing_of_another_hospital_is_anywhere(county, foreign, name: str) -> None:
    client, shown = entered(county, name), []
    for path in addresses(county):
        answer = client.get(path)
        assert answer.status_code < 500, path
        body = answer.data.decode("utf-8", "replace").replace(",", "")
        asked = {w for w in ("K02-1", "K02", "K01") if w in path}
        shown += [(path, w) for w in set(foreign.findall(body)) - asked]
    assert not shown


def test_nothing_of_another_hospital_is_changed(county) -> None:
    """Every form, sent by every role, with the first hospital's numbers and codes in it."""
    engine = county.extensions["hpf"].engine

    def state() -> dict[str, object]:
        with reading(engine) as session:
            first = session.scalar(select(Hospital.id).where(Hospital.code == "H1"))
            found: dict[str, object] = {
                t.__name__: session.execute(
                    select(t.__table__).where(t.__table__.c.hospital_id == first)
                ).all()
                for t in TABLES
            }
            mine = User.login.not_like("z-%")
            found["users"] = session.execute(
                select(User.login, User.password_hash, User.active, User.fs_uniquifier).where(mine)
            ).all()
            found["audit"] = session.scalar(select(func.count()).where(AuditEntry.hospital == "H1"))
            return found

    before, sent = state(), 0
    clients = {name: entered(county, name) for name in homes.ROLES}
    tokens = {name: token(client, "/password") for name, client in clients.items()}
    for rule in sorted(county.url_map.iter_rules(), key=lambda r: r.rule):
        if "POST" not in rule.methods or rule.endpoint.startswith(("security.", "account.")):
            continue
        if needed(county, rule.endpoint) == OPEN:
            continue
        path = re.sub(r"<int:\w+>", "1", rule.rule).replace("<scheme>", "township")
        path = re.sub(r"<(path:)?\w+>", "K02", path)
        for name, client in clients.items():
            data = {
                **dict.fromkeys(KEYS, "1"), "csrf_token": tokens[name], "sure": "1",
                "deed": "reset", "login": "office", "person": "K02-1", "department": "K02",
                "unit": "department:K02", "period": "2026-09", "scheme": "township",
                "reason": "x", "text": "x", "state": "upheld", "choice": "yes", "kind": "release",
            }  # fmt: skip
            answer = client.post(path, data=data)
            assert answer.status_code < 500, (name, path)
            sent += 1
    assert sent > 400
    assert state() == before
