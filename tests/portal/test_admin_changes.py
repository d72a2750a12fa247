"""What may be changed in the administration: accounts and their roles, and stopping a job."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from portal_forms import token
from sqlalchemy import select

from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry, Hospital, Job, User
from hpf.storage.people import find_user, holdings


def number(app, login: str) -> int:
    with reading(app.extensions["hpf"].engine) as session:
        return session.scalars(select(User.id).where(User.login == login)).one()


def roles(app, login: str) -> dict[str, frozenset[str]]:
    desk = app.extensions["hpf"]
    with reading(desk.engine) as session:
        held = holdings(session, desk.hospital)
    return dict(next(h.roles for h in held if h.login == login))


def trail(app) -> list[tuple[str, str, str]]:
    with reading(app.extensions["hpf"].engine) as session:
        rows = session.execute(
            select(AuditEntry.who, AuditEntry.action, AuditEntry.object).order_by(AuditEntry.seq)
        )
        return [tuple(row) for row in rows]


def opened(client, path: str) -> dict[str, str]:
    """The hidden fields of the form."""
    body = client.get(path).get_data(as_text=True)
    return dict(re.findall(r'name="(csrf_token|version)" value="([^"]+)"', body))


def test_it_gives_and_takes_roles_and_the_trail_says_so(app, login) -> None:
    client, path = login("it"), f"/admin/users/edit/?id={number(app, 'head')}"
    body = client.get(path).get_data(as_text=True)
    assert re.search(r'value="departments:K01" checked', body)
    data = {**opened(client, path), "active": "1", "role": ["departments:K02", "finance"]}
    before = len(trail(app))
    assert client.post(path, data=data).headers["Location"] == "/admin/users/"
    assert roles(app, "head") == {"departments": {"K02"}, "finance": frozenset()}
    assert trail(app)[before:] == [
        ("it", "user.role_granted", "user:head"),
        ("it", "user.role_granted", "user:head"),
        ("it", "user.role_revoked", "user:head"),
    ]
    assert "账号 head 已保存" in client.get("/admin/users/").get_data(as_text=True)
    again = {**opened(client, path), "active": "1", "role": ["departments:K02", "finance"]}
    client.post(path, data=again)
    assert len(trail(app)) == before + 3, "what is so already is not written again"


def test_a_shut_account_is_logged_out_at_once(app, login) -> None:
    client, other = login("it"), login("finance")
    path = f"/admin/users/edit/?id={number(app, 'finance')}"
    assert client.post(path, data={**opened(client, path), "role": "finance"}).status_code == 302
    assert other.get("/").headers["Location"].startswith("/login")
    assert ("it", "user.shut", "user:finance") in trail(app)


def test_of_two_who_change_the_same_account_the_second_sees_both_versions(app, login) -> None:
    path = f"/admin/users/edit/?id={number(app, 'finance')}"
    first, second = login("it"), login("it")
    mine, theirs = opened(first, path), opened(second, path)
    first.post(path, data={**mine, "active": "1", "role": "auditor"})
    before = trail(app)
    data = {**theirs, "active": "1", "role": ["finance", "assessor"]}
    refused = second.post(path, data=data)
    assert refused.status_code == 409
    body = refused.get_data(as_text=True)
    for word in ("没有写入", "现在的", "您填的", "审计", "县级考核"):
        assert word in body
    assert trail(app) == before
    assert set(roles(app, "finance")) == {"auditor"}
    fields = dict(re.findall(r'name="(csrf_token|version)" value="([^"]+)"', body))
    assert second.post(path, data={**data, **fields}).status_code == 302, "having looked"
    assert set(roles(app, "finance")) == {"finance", "assessor"}


def test_nobody_changes_their_own_account_and_only_it_changes_others(app, login) -> None:
    it, own = login("it"), f"/admin/users/edit/?id={number(app, 'it')}"
    assert it.get(own).status_code == 403
    data = {"csrf_token": token(it, "/counter/"), "active": "1", "role": "management"}
    assert it.post(own, data=data).status_code == 403
    listed = it.get("/admin/users/").get_data(as_text=True)
    assert f'edit/?id={number(app, "it")}"' not in listed
    before = trail(app)
    for name in ("president", "office", "auditor", "head", "nurse"):
        client, other = login(name), f"/admin/users/edit/?id={number(app, 'finance')}"
        assert client.get(other).status_code == 403
        data = {"csrf_token": token(client, "/password"), "active": "1", "role": "hr"}
        assert client.post(other, data=data).status_code == 403
    assert set(roles(app, "it")) == {"it"}
    assert set(roles(app, "finance")) == {"finance"}
    assert [t for t in trail(app) if t not in before] == []


@pytest.mark.parametrize("role", ["emperor", "staff", "departments", "departments:K99", "it:K01"])
def test_a_role_there_is_none_of_changes_nothing(app, login, role: str) -> None:
    client, path = login("it"), f"/admin/users/edit/?id={number(app, 'finance')}"
    data = {**opened(client, path), "role": ["management", role]}
    assert client.post(path, data=data).status_code == 400
    assert set(roles(app, "finance")) == {"finance"}
    with reading(app.extensions["hpf"].engine) as session:
        assert find_user(session, "finance").active


def test_a_form_without_its_token_changes_nothing(app, login) -> None:
    client, path = login("it"), f"/admin/users/edit/?id={number(app, 'finance')}"
    data = opened(client, path)
    assert client.post(path, data={"version": data["version"]}).status_code == 400
    assert set(roles(app, "finance")) == {"finance"}


def jobs(app) -> list[int]:
    """One that waits, and one that failed over a figure."""
    with writing(app.extensions["hpf"].engine) as session:
        hospital = session.scalars(select(Hospital.id)).one()
        made = []
        for state, outcome in (("waiting", None), ("failed", {"error": "ValueError: 98765.43"})):
            job = Job(
                hospital_id=hospital, name="report", state=state, done=3, total=8, by="office",
                arguments={"kind": "slips", "scheme": "township", "period": "2026-09"},
                outcome=outcome, created_at=dt.datetime(2026, 10, 9, tzinfo=dt.UTC),
            )  # fmt: skip
            session.add(job)
            session.flush()
            made.append(job.id)
        session.commit()
    return made


def test_a_job_that_waits_is_stopped_once_and_the_trail_says_by_whom(app, login) -> None:
    waiting, _ = jobs(app)
    client = login("office")
    body = client.get("/admin/jobs/").get_data(as_text=True)
    assert "3 / 8" in body
    assert "98765.43" not in body, "an error's text may name an amount"
    assert "98765.43" not in client.get("/admin/jobs/export/csv/").get_data(as_text=True)
    data = {"csrf_token": token(client, "/admin/jobs/"), "id": str(waiting)}
    assert client.post("/admin/jobs/stop/", data=data).status_code == 302
    assert ("office", "job.stopped", f"job:{waiting}") in trail(app)
    assert client.post("/admin/jobs/stop/", data=data).status_code == 422, "it is over"
    assert trail(app).count(("office", "job.stopped", f"job:{waiting}")) == 1
    nurse = login("nurse")
    data = {"csrf_token": token(nurse, "/password"), "id": str(waiting)}
    assert nurse.post("/admin/jobs/stop/", data=data).status_code == 403
