"""Two at once, on both databases: the same deed is done once, the second one is told so in words,
nothing is lost, and nobody ever reads that a database is locked."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import portal_homes as homes
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from portal_forms import send, token
from portal_posted import put_at
from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).parents[2] / "storage"))  # a server of PostgreSQL

from servers import new_database, postgresql

from hpf.portal import PortalSettings, create_app
from hpf.storage.engine import reading, writing
from hpf.storage.home import Home
from hpf.storage.models import AuditEntry, Import, PayoutBatch, StoredRun, User, UserRole, Vote
from hpf.storage.replay import verify_run

pytestmark = pytest.mark.slow
WAIT = 120  # seconds


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture(scope="module")
def built(server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled home on PostgreSQL, whose database is a template for others."""
    url = new_database(server, "portal")
    return homes.build(tmp_path_factory.mktemp("pg") / "home", url).folder


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, made_home: Path, tmp_path: Path) -> Home:
    """A copy of the filled home, on a database of each kind."""
    if request.param == "sqlite":
        shutil.copytree(made_home, tmp_path / "home")
        return Home.open(tmp_path / "home")
    built, server = (request.getfixturevalue(n) for n in ("built", "server"))
    shutil.copytree(built, tmp_path / "home")
    name = f"copy{abs(hash(request.node.name)) % 10**9}"
    url = new_database(server, name, "portal")
    file = tmp_path / "home" / "hpf.toml"
    file.write_text(file.read_text("utf-8").replace("/portal?", f"/{name}?"), "utf-8")
    assert Home.open(tmp_path / "home").url == url
    return Home.open(tmp_path / "home")


@pytest.fixture
def app(home: Home) -> Iterator[Flask]:
    made = create_app(PortalSettings.of(home))
    made.config.update(TESTING=False, HPF_PATIENCE=WAIT)
    yield made
    made.extensions["hpf"].engine.dispose()


@pytest.fixture
def enter(app: Flask) -> Callable[[str], FlaskClient]:
    def log_in(name: str) -> FlaskClient:
        client = app.test_client()
        data = {"login": name, "password": homes.PASSWORD}
        assert send(client, "/login", data).status_code == 302
        return client

    return log_in


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do them at the same moment; what each answers. No answer is a failure of ours."""
    gate, found = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(number: int) -> None:
        gate.wait(WAIT)
        found[number] = deeds[number]()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(deeds))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(WAIT)
    for answer in found:
        assert answer is not None
        text = answer.get_data(as_text=True)
        assert answer.status_code < 500, (answer.status_code, text[-1500:])
        assert "locked" not in text.replace("已锁定", "")
    return found


def count(app: Flask, what: Any, *where: Any) -> int:
    with reading(app.extensions["hpf"].engine) as session:
        return session.scalar(select(func.count()).select_from(what).where(*where)) or 0


def changed(client: FlaskClient) -> bytes:
    """The month's workbook with one figure changed."""
    book = load_workbook(BytesIO(client.get("/collect/template.xlsx?filled=1").data))
    for sheet in book:
        heads = {c.value: c.column for c in sheet[1]}
        if "workload_ratio" in heads:
            row = next(r for r in sheet.iter_rows() if r[heads["id"] - 1].value == "K02-1@K02")
            sheet.cell(row[0].row, heads["workload_ratio"]).value = 1.11
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def waits(client: FlaskClient, data: bytes) -> dict[str, str]:
    """Upload it: the form that confirms it."""
    form = {"csrf_token": token(client, "/collect/upload"), "file": (BytesIO(data), "x.xlsx"),
            "extent": "whole"}  # fmt: skip
    answer = client.post("/collect/upload", data=form, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page[-800:]
    waiting = page.split('name="token" value="')[1].split('"')[0]
    return {"token": waiting, "csrf_token": token(client, "/collect/upload"), "reason": "更正"}


def test_two_who_confirm_the_same_workbook_write_it_once(app, enter) -> None:
    with writing(app.extensions["hpf"].engine) as session:
        hospital = app.extensions["hpf"].settings.home.hospital(session)
        user = session.scalars(select(User).where(User.login == "finance")).one()
        session.add(UserRole(user_id=user.id, role="hr", hospital_id=hospital))
        session.commit()
    one, two = enter("office"), enter("finance")
    data, before = changed(one), count(app, Import)
    first, second = waits(one, data), waits(two, data)
    answers = at_once(lambda: one.post("/collect/confirm", data=first),
                      lambda: two.post("/collect/confirm", data=second))  # fmt: skip
    assert {a.status_code for a in answers} <= {302, 409}
    assert count(app, Import) == before + 1
    again = one.post("/collect/confirm", data=first)
    assert again.status_code == 302
    assert count(app, Import) == before + 1, "a second click writes nothing"


def test_sealing_while_somebody_imports_takes_all_of_it_or_nothing(app, enter) -> None:
    one, two = enter("office"), enter("office")
    form = waits(one, changed(one))
    page = token(two, "/password")
    at_once(lambda: one.post("/collect/confirm", data=form),
            lambda: two.post("/calculate/seal", data={"csrf_token": page}))  # fmt: skip
    send(two, "/calculate/seal", {}, "/password")
    with reading(app.extensions["hpf"].engine) as session:
        runs = session.scalars(select(StoredRun).where(StoredRun.seal.is_not(None))).all()
        assert runs[-1].facts_upto == session.scalar(select(func.max(Import.id)))
        for run in runs:
            assert verify_run(session, run.id).problems == ()


def test_two_who_seal_get_one_run(app, enter) -> None:
    one, two = enter("office"), enter("office")
    form = waits(one, changed(one))
    assert one.post("/collect/confirm", data=form).status_code == 302
    before = count(app, StoredRun)
    pages = [token(c, "/password") for c in (one, two)]
    at_once(lambda: one.post("/calculate/seal", data={"csrf_token": pages[0]}),
            lambda: two.post("/calculate/seal", data={"csrf_token": pages[1]}))  # fmt: skip
    assert count(app, StoredRun) == before + 1


def test_who_votes_twice_at_once_has_one_vote(app, enter, home) -> None:
    put_at(home, "review", posted=False)
    office = enter("office")
    for name in ("president", "finance", "auditor"):
        data = {"committee": "main", "name": "绩效考核委员会", "login": name}
        assert send(office, "/review/seats", data, "/review/").status_code == 302
    opened = {"committee": "main", "question": "同意九月结果"}
    assert send(office, "/review/ballots", opened, "/review/").status_code == 302
    one, two = enter("president"), enter("president")
    pages = [token(c, "/review/") for c in (one, two)]
    votes = at_once(*(
        lambda c=c, p=p, w=w: c.post("/review/ballots/1/vote", data={"csrf_token": p, "choice": w})
        for c, p, w in ((one, pages[0], "yes"), (two, pages[1], "no"))
    ))  # fmt: skip
    assert sorted(v.status_code for v in votes)[0] == 302
    assert sorted(v.status_code for v in votes)[1] in (409, 422)
    assert count(app, Vote) == 1


def test_two_who_pay_pay_once(app, enter, home) -> None:
    run = put_at(home, "final")
    one, two = enter("finance"), enter("finance")
    pages = [token(c, "/pay/") for c in (one, two)]
    paid = at_once(*(
        lambda c=c, p=p: c.post("/pay/make", data={"csrf_token": p, "run": str(run), "cash": "1"})
        for c, p in ((one, pages[0]), (two, pages[1]))
    ))  # fmt: skip
    assert sorted(p.status_code for p in paid) == [302, 422]
    assert count(app, PayoutBatch) == 1
    assert count(app, AuditEntry, AuditEntry.action == "payout.made") == 1


def test_a_page_that_takes_long_to_read_keeps_nobody_from_writing(app, enter) -> None:
    """And sees one state until its end, whatever is written meanwhile."""
    client = enter("office")
    with reading(app.extensions["hpf"].engine) as session:
        before = session.scalar(select(func.count()).select_from(AuditEntry))
        form = waits(client, changed(client))
        assert client.post("/collect/confirm", data=form).status_code == 302
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == before
    assert count(app, AuditEntry) > before


def test_more_at_once_than_a_server_has_threads_all_log_in(app) -> None:
    """Each holds a connection that it reads with when it asks for one to write with."""
    clients = [app.test_client() for _ in range(16)]
    pages = [token(c, "/login") for c in clients]
    data = {"login": "nurse", "password": homes.PASSWORD}
    answers = at_once(*(
        lambda c=c, p=p: c.post("/login", data={**data, "csrf_token": p})
        for c, p in zip(clients, pages, strict=True)
    ))  # fmt: skip
    assert {a.status_code for a in answers} == {302}
