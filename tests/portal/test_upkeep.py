"""Upkeep: the IT desk makes backups, sees what is not in order, and sees nobody's pay."""

from __future__ import annotations

import datetime as dt
import platform
import threading
import time

import portal_homes as homes
import pytest
from portal_forms import send

from hpf.portal.pages import upkeep_job
from hpf.reports.jobs import cancel
from hpf.storage.backup_reading import is_encrypted, read_through
from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry, Job
from hpf.workflow.backups import checked

SECRET = "a long enough passphrase"


def over(app, number: int = 1) -> Job:
    """The job once it is over."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with reading(app.extensions["hpf"].engine) as session:
            job = session.get(Job, number)
            if job is not None and job.state != "running":
                session.expunge(job)
                return job
        time.sleep(0.1)
    raise AssertionError("the backup does not end")


@pytest.mark.parametrize("passphrase", ["", SECRET])
def test_a_backup_is_made_read_back_and_listed(app, login, portal_home, passphrase: str) -> None:
    client = login("it")
    page = client.get("/upkeep/").get_data(as_text=True)
    assert "还没有备份" in page
    assert "restore" in page, "a restore stays a command, and the page says so"
    form = {"passphrase": passphrase, "again": passphrase}
    assert send(client, "/upkeep/backup", form, "/upkeep/").status_code == 302
    job = over(app)
    assert job.state == "done", job.outcome
    assert job.done == job.total > 20, "how far it was has been told"
    (made,) = checked(portal_home)
    assert (made.by, made.there, made.encrypted) == ("it", True, bool(passphrase))
    (path,) = (portal_home.folder / "backups").glob("*.hpfbackup")
    assert is_encrypted(path) is bool(passphrase)
    assert read_through(path, passphrase).about["code"] == portal_home.hospital_code
    page = client.get("/upkeep/").get_data(as_text=True)
    assert path.name in page
    assert "已读回核对" in page
    with reading(app.extensions["hpf"].engine) as session:
        entries = [e for e in session.query(AuditEntry) if e.action == "backup.made"]
        jobs = [j.arguments for j in session.query(Job)]
    assert [e.who for e in entries] == ["it"]
    assert SECRET not in str([e.detail for e in entries]) + str(jobs), "it is written nowhere"


def test_a_weak_or_mistyped_passphrase_makes_no_backup(app, login, portal_home) -> None:
    client = login("it")
    for form in ({"passphrase": "short", "again": "short"},
                 {"passphrase": SECRET, "again": SECRET + "x"}):  # fmt: skip
        send(client, "/upkeep/backup", form, "/upkeep/")
        assert "没有备份" in client.get("/upkeep/").get_data(as_text=True)
    assert not (portal_home.folder / "backups").exists()


def test_two_clicks_make_one_backup_and_one_that_is_stopped_leaves_no_file(
    app, portal_home, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, go_on = app.extensions["hpf"], threading.Event()
    real = upkeep_job.make_backup

    def slowly(*args, tell, **more):
        def told(done: int, total: int) -> None:
            go_on.wait(60)
            tell(total, total)  # entered at once, however little time has passed

        return real(*args, tell=told, **more)

    monkeypatch.setattr(upkeep_job, "make_backup", slowly)
    first = upkeep_job.start(desk, "it")
    assert upkeep_job.start(desk, "office") == first, "the one that is under way"
    cancel(desk.engine, first, "it")
    go_on.set()
    job = over(app, first)
    assert (job.state, job.outcome) == ("failed", {"stopped": "it"})
    assert list((portal_home.folder / "backups").iterdir()) == [], "no half file"


def test_a_backup_whose_process_is_gone_is_told_and_the_next_one_begins(app, login) -> None:
    desk = app.extensions["hpf"]
    then = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=3)
    with writing(desk.engine) as session:
        job = Job(
            hospital_id=desk.hospital, name="backup", arguments={"encrypted": False},
            state="running", done=3, total=40,
            outcome={"process": 2**22 + 1, "machine": platform.node()},
            by="it", created_at=then, started_at=then, finished_at=None,
        )  # fmt: skip
        session.add(job)
        session.commit()
        lost = job.id
    client = login("it")
    assert "门户停了" in client.get("/upkeep/").get_data(as_text=True)
    send(client, "/upkeep/backup", {}, "/upkeep/")
    assert over(app, lost).outcome == {"lost": True}
    assert over(app, lost + 1).state == "done"


def test_everything_is_looked_at_with_its_cure(login, portal_home) -> None:
    client = login("it")
    (portal_home.keys / "slips.key").unlink()
    page = client.get("/upkeep/check").get_data(as_text=True)
    assert "项要处理" in page
    assert "slips.key" in page
    assert "放回来" in page, "the cure"
    assert "hpf backup" not in page, "a page is named, not a command"


def test_it_alone_opens_it_and_no_amount_is_on_it(reader, amounts) -> None:
    for name in homes.ROLES:
        for path in ("/upkeep/", "/upkeep/check"):
            answer = reader(name).get(path)
            assert (answer.status_code == 200) is (name == "it"), (name, path)
            body = answer.get_data(as_text=True).replace(",", "")
            assert not any(f"{a:.2f}" in body for a in amounts.values())
