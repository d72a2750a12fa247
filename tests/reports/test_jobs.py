"""Jobs: queued, done by another process, watched and stopped through the database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import huey.storage
import pypdf
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from hpf.core import STAFF, Formula, Row, Scheme
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.errors import HpfError
from hpf.core.facts import facts_of
from hpf.core.periods import Period
from hpf.reports import jobs
from hpf.reports.batch import Progress
from hpf.reports.brand import Brand
from hpf.reports.issue import Standing
from hpf.reports.issuing import (
    brand_of,
    folder_of,
    preview_issue,
    print_cards,
    print_stored,
    safe,
    stored_issue,
)
from hpf.storage.engine import reading, writing
from hpf.storage.home import Home
from hpf.storage.models import AuditEntry, Job
from hpf.storage.troubles import StorageError
from hpf_cli import main

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "storage"))  # the sealed runs of those tests

from sealed import NAMES, store, ward  # noqa: E402 - found only now

SEPTEMBER = Period.parse("2026-09")
ASKED = {"kind": "slips", "scheme": "ward", "period": "2026-09", "processes": 0}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A hospital with August and September sealed, and its fonts in a cache of the tests."""
    folder = tmp_path / "home"
    done = CliRunner().invoke(main, ["init", str(folder), "--plugin", "township"])
    assert done.exit_code == 0, done.output
    found = Home.open(folder)
    engine = found.engine()
    with writing(engine) as session:
        hospital, program = found.hospital(session), ward(folder)
        store(session, hospital, program, period="2026-08", points={"A": "50", "B": "40"})
        store(session, hospital, program)
        session.commit()
    engine.dispose()
    return found


@pytest.fixture
def engine(home: Home) -> Any:
    found = home.engine()
    yield found
    found.dispose()


def job(engine: Engine, number: int) -> Job:
    with reading(engine) as session:
        return session.get_one(Job, number)


def test_a_job_is_done_by_who_works_and_says_where_its_files_are(
    home: Home, engine: Engine
) -> None:
    number = jobs.submit(engine, home, "report", ASKED, "甲")
    assert (job(engine, number).state, job(engine, number).by) == ("waiting", "甲")
    jobs.work(home, once=True)
    done = job(engine, number)
    assert (done.state, done.done, done.total) == ("done", 4, 4)
    assert done.started_at <= done.finished_at
    folder = Path(done.outcome["folder"])
    assert folder == folder_of(home, "ward", SEPTEMBER, "slips")
    assert done.outcome["files"] == 4
    assert len(pypdf.PdfReader(folder / "print.pdf").pages) == 4


def test_the_same_is_queued_once_however_many_ask_at_once(home: Home, engine: Engine) -> None:
    """And again once it is over. The audit trail has who asked, in the same transaction."""
    with ThreadPoolExecutor(4) as pool:
        asked = [
            pool.submit(jobs.submit_once, engine, home, "report", ASKED, who, "papers.queued")
            for who in "甲乙丙丁"
        ]
        numbers = [number for one in asked if (number := one.result()) is not None]
    assert len(numbers) == 1
    other = ASKED | {"kind": "departments"}
    assert jobs.submit_once(engine, home, "report", other, "甲", "papers.queued") is not None
    jobs.cancel(engine, numbers[0], "乙")
    again = jobs.submit_once(engine, home, "report", ASKED, "甲", "papers.queued")
    with reading(engine) as session:
        noted = session.scalars(
            select(AuditEntry.object).where(AuditEntry.action == "papers.queued")
        ).all()
    assert len(noted) == 3
    assert {f"job:{numbers[0]}", f"job:{again}"} < set(noted)


def test_a_job_that_the_queue_does_not_take_does_not_wait_for_ever(
    home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = with_queue(home, 'queue = "redis://127.0.0.1:1/0"')
    monkeypatch.setattr(huey.storage, "Redis", None)
    with pytest.raises(StorageError):
        jobs.submit_once(engine, named, "report", ASKED, "甲", "papers.queued")
    with reading(engine) as session:
        (entered,) = session.scalars(select(Job))
    assert entered.state == "failed"
    assert "StorageError" in entered.outcome["error"]


def test_what_goes_wrong_is_entered_with_the_job(home: Home, engine: Engine) -> None:
    number = jobs.submit(engine, home, "report", ASKED | {"period": "2026-07"}, "甲")
    jobs.work(home, once=True)
    failed = job(engine, number)
    assert failed.state == "failed"
    (told,) = failed.outcome["problems"]
    assert told["code"] == "storage.no_run"
    with pytest.raises(KeyError):
        jobs.submit(engine, home, "no such task", {}, "甲")


def test_a_job_that_waits_and_is_cancelled_never_begins(home: Home, engine: Engine) -> None:
    number = jobs.submit(engine, home, "report", ASKED, "甲")
    jobs.cancel(engine, number, "乙")
    jobs.work(home, once=True)
    stopped = job(engine, number)
    assert (stopped.state, stopped.outcome, stopped.started_at) == (
        "failed",
        {"stopped": "乙"},
        None,
    )
    assert not folder_of(home, "ward", SEPTEMBER, "slips").exists()
    for over in (number, 99):
        with pytest.raises(StorageError):
            jobs.cancel(engine, over, "乙")


def test_a_job_under_way_that_is_cancelled_stops_and_says_who(
    home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody says stop while cards are being prepared."""
    number = jobs.submit(engine, home, "report", ASKED, "甲")
    tell = jobs.Work.tell

    def stop_first(self: jobs.Work, progress: Progress) -> None:
        if progress.stage == "draw" and not progress.done:
            assert job(engine, number).state == "running"
            jobs.cancel(engine, number, "乙")
            self.last = 0.0
        tell(self, progress)

    monkeypatch.setattr(jobs.Work, "tell", stop_first)
    jobs.work(home, once=True)
    stopped = job(engine, number)
    assert stopped.state == "failed"
    assert stopped.outcome["stopped"] == "乙"
    assert stopped.outcome["problems"][0]["code"] == "report.stopped"


def test_a_defect_is_entered_and_raised(
    home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: jobs.Work) -> dict[str, Any]:
        raise RuntimeError("out of order")

    monkeypatch.setattr(jobs, "TASKS", {"report": broken})
    number = jobs.submit(engine, home, "report", ASKED, "甲")
    with pytest.raises(RuntimeError):
        jobs.perform(str(home.folder), number)
    assert job(engine, number).outcome == {"error": "RuntimeError: out of order"}


def test_only_one_process_works_jobs_off(home: Home) -> None:
    from hpf.reports.alone import alone

    with alone(home.folder / f"{jobs.FILE}.lock", AssertionError()), pytest.raises(StorageError):
        jobs.work(home, once=True)


def with_queue(home: Home, entry: str) -> Home:
    toml = home.file.read_text("utf-8").partition("[jobs]")[0]
    home.file.write_text(f"{toml}\n[jobs]\n{entry}\n", "utf-8")
    return Home.open(home.folder)


def test_redis_is_asked_for_where_the_home_names_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its client, and with an address that is none, it says so and how to mend it."""
    assert type(jobs.queue(home).huey).__name__ == "SqliteHuey"
    named = with_queue(home, 'queue = "redis://127.0.0.1:1/0"')
    if huey.storage.Redis is not None:
        assert type(jobs.queue(named).huey).__name__ == "RedisHuey"
    monkeypatch.setattr(huey.storage, "Redis", None)
    with pytest.raises(StorageError) as lacking:
        jobs.queue(named)
    assert lacking.value.problems[0].name == "jobs.queue"
    assert "pip install redis" in lacking.value.problems[0].cure.en
    with pytest.raises(StorageError) as wrong:
        with_queue(home, 'qeue = "x"')
    assert wrong.value.problems[0].name == "jobs.qeue"


@pytest.mark.slow
def test_a_job_whose_process_was_killed_begins_again_and_goes_on(
    home: Home, engine: Engine
) -> None:
    number = jobs.submit(engine, home, "report", ASKED, "甲")
    code = (
        "from pathlib import Path; from hpf.storage.home import Home; from hpf.reports.jobs import "
        f"work; work(Home.open(Path({str(home.folder)!r})), once=True)"
    )
    environment = os.environ | {"HPF_FAULT": "batch.after_chunk"}
    killed = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert job(engine, number).state == "running"
    jobs.work(home, once=True)
    done = job(engine, number)
    assert (done.state, done.outcome["files"]) == ("done", 4)
    assert done.outcome["kept"] > 0


# --- from a stored run to its cards ---------------------------------------------------------------


def test_a_stored_run_brings_what_came_before_its_number_and_its_codes(
    home: Home, engine: Engine
) -> None:
    with reading(engine) as session:
        issue = stored_issue(session, home, home.hospital(session), "ward", SEPTEMBER)
    assert issue.standing is Standing.SEALED
    assert issue.number == 1
    assert issue.before is not None
    assert issue.before.period == Period.parse("2026-08")
    assert [str(p) for p, _ in issue.months] == ["2026-08"]
    assert dict(issue.months[0][1]) == {"A": 500, "B": 400}
    assert issue.code is not None
    assert issue.code("staff", "A") != issue.code("staff", "B")
    assert issue.brand.name == home.hospital_name


def test_slips_are_in_department_order_named_by_id_and_bear_their_codes(
    home: Home, engine: Engine
) -> None:
    done = print_stored(engine, home, "slips", "ward", SEPTEMBER, processes=0)
    assert [line.row for line in done.lines] == [f"staff:{id}" for id in sorted(NAMES)]
    assert [line.file for line in done.lines] == [f"slips/W_{id}.pdf" for id in sorted(NAMES)]
    for line in done.lines:
        text = pypdf.PdfReader(done.folder / line.file).pages[0].extract_text()
        assert line.code in text
    assert len({line.code for line in done.lines}) == 4


def test_cards_about_pay_are_refused_where_nobody_is_paid(tmp_path: Path) -> None:
    scheme = Scheme("marks", zh="打分", en="Marks", document="T", here=str(tmp_path / "x.py"))
    scheme.decimal(STAFF, "points", zh="分", en="Points")

    @scheme.rule(STAFF, zh="得分", en="Score", clause="T.1")
    def score(person: Row) -> Formula:
        return person.points * 2

    data = {"hospital": {"H": {}}, "department": {"W": {"hospital": "H"}},
            "staff": {"A": {"department": "W", "points": "3"}}}  # fmt: skip
    program = build(scheme)
    run = calculate(program, facts_of(program, SEPTEMBER, data))
    for kind in ("slips", "departments"):
        with pytest.raises(StorageError) as refused:
            print_cards(preview_issue(run, Brand("示例医院")), kind, tmp_path / "out", "zh")
        assert refused.value.problems[0].code == "storage.no_payout"
    assert not (tmp_path / "out").exists()


def test_two_ids_never_share_a_file() -> None:
    ids = ["A 1", "A_1", "A/1", "../A1", ".A1", "A" * 90, "A" * 91, "甲1"]
    assert len({safe(i) for i in ids}) == len(ids)
    assert all("/" not in safe(i) and not safe(i).startswith("..") for i in ids if i != "../A1")
    assert Path(safe("../A1")).name == safe("../A1")


def test_the_homes_report_section_says_how_papers_look(home: Home) -> None:
    home.file.write_text(home.file.read_text("utf-8") + '\n[report]\noffice = "绩效科"\n', "utf-8")
    assert brand_of(Home.open(home.folder)).office == "绩效科"
    home.file.write_text(home.file.read_text("utf-8") + "offise = 1\n", "utf-8")
    with pytest.raises(HpfError) as wrong:
        brand_of(Home.open(home.folder))
    assert "offise" in wrong.value.problems[0].message.zh
