"""The cycle by command line and database: what a hospital does, and what it tries to skip."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests
sys.path.insert(0, str(Path(__file__).parents[1] / "storage"))

from servers import new_database, postgresql
from stories import JANUARY, SCHEME, Story

from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import Appeal, AuditEntry, Transition

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture(scope="module")
def appointed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hospital with its accounts and its committee, to be copied."""
    with pytest.MonkeyPatch.context() as patch:
        one = Story(tmp_path_factory.mktemp("story") / "home", patch)
        one.ok("init", str(one.home), "--plugin", "departments")
        one.appoint()
    return one.home


@pytest.fixture(params=BOTH)
def story(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A hospital with its accounts and its committee, on each database."""
    one = Story(tmp_path / "home", monkeypatch)
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("appointed"), one.home)
        return one
    server = request.getfixturevalue("server")
    name = f"story{abs(hash(request.node.name)) % 10**9}"
    one.ok("init", str(one.home), "--plugin", "departments", "--database",
           new_database(server, name))  # fmt: skip
    one.appoint()
    return one


def test_a_month_from_plan_to_closed_over_the_spring_festival(story: Story, tmp_path: Path) -> None:
    """Posted on 11 February 2026, five working days are full only on the 25th: the festival
    lasts from the 15th to the 23rd, and Saturday the 14th is worked."""
    story.approved(tmp_path / "facts")
    told = story.ok("publish", "post", SCHEME, *JANUARY, "--where", "公示栏", who="office2")
    assert "through 2026-02-25" in told
    assert "2 people" in story.ok("publish", "feedback", SCHEME, *JANUARY, "--how", "工资条",
                                  who="office2")  # fmt: skip
    story.at("2026-02-24")
    early = story.no_move("finish", "boss")
    assert "posted for 4 working days, of 5" in early
    assert "through 2026-02-25" in early
    story.at("2026-02-26")
    assert "final" in story.move("finish", "boss")
    item = story.file("improvement", "夜班交接单", "head").split()[-1]
    story.task("S1-2.3-3", "head")
    story.move("start_improving", "boss")
    shown = story.refused("cycle", "task", SCHEME, "S1-2.4-3", "做完了", *JANUARY, who="head")
    assert "has no result" in shown
    story.file("result", "已用交接单", "head", "--with", f"of={item}")
    for code, who in (("S1-2.4-1", "boss"), ("S1-2.4-2", "office"), ("S1-2.4-3", "head"),
                      ("S1-2.4-4", "admin")):  # fmt: skip
        story.task(code, who)
    story.move("close", "boss")
    engine = Home.open(story.home).engine()
    with reading(engine) as session:
        moves = session.scalars(select(Transition.name).order_by(Transition.id)).all()
        told_all = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "cycle.moved").order_by(AuditEntry.seq)
        ).all()
    engine.dispose()
    assert moves == ["start_collecting", "start_calculating", "submit", "approve", "finish",
                     "start_improving", "close"]  # fmt: skip
    assert [e.detail["move"] for e in told_all] == moves
    assert all(e.who and e.detail["os_user"] for e in told_all), "the audit names both"
    assert "It is closed" in story.ok("cycle", "show", SCHEME, "--trail")


def test_no_stage_is_skipped(story: Story, tmp_path: Path) -> None:
    """From the plan nothing leads to the review, and every reason is told at once."""
    story.settle()
    story.ok("cycle", "plan", SCHEME, *JANUARY, who="office")
    assert "does not lead on from here" in story.no_move("approve", "boss")
    told = story.no_move("start_collecting", "boss")
    for lack in ("no goals", "no focus", "S1-2.1-1", "S1-2.1-2", "S1-2.1-3"):
        assert lack in told
    shown = story.ok("cycle", "show", SCHEME)
    assert "● plan → ○ collect" in shown
    assert "To start collecting" in shown
    assert "hpf cycle task ward_nurse S1-2.1-1 TEXT --period 2026-01" in shown
    order = story.refused("cycle", "task", SCHEME, "S1-2.1-2", "方案", *JANUARY, who="office")
    assert "comes first" in order
    other = story.refused("cycle", "task", SCHEME, "S1-2.1-1", "目标", *JANUARY, who="office")
    assert "does not stand for management" in other


@pytest.mark.slow
def test_a_meeting_without_quorum_resolves_nothing(story: Story, tmp_path: Path) -> None:
    """Three are due once the author is recused; one of them is less than two thirds."""
    story.submitted(tmp_path / "facts")
    story.ok("vote", "open", SCHEME, "group", *JANUARY, who="boss")
    story.ok("vote", "cast", "1", "yes", who="m1")
    assert "has voted" in story.refused("vote", "cast", "1", "no", who="m1")
    own = story.refused("vote", "cast", "1", "yes", who="office")
    assert "may not approve its own" in own
    story.ok("vote", "cast", "1", "recused", who="office")
    assert "has no seat" in story.refused("vote", "cast", "1", "yes", who="boss")
    assert "Too few" in story.ok("vote", "close", "1", who="boss")
    assert "closed" in story.refused("vote", "cast", "1", "yes", who="m2")
    story.task("S1-2.3-2", "boss")
    assert "1 of 3 were present, less than 2/3" in story.no_move("approve", "boss")
    story.ok("vote", "open", SCHEME, "group", *JANUARY, who="boss")
    for who in ("m1", "m2"):
        story.ok("vote", "cast", "2", "yes", who=who)
    story.ok("vote", "cast", "2", "recused", who="office")
    assert "2 of 3 took part" in story.ok("vote", "close", "2", who="boss")
    story.move("approve", "boss")


@pytest.mark.slow
def test_nobody_approves_their_own_run(story: Story, tmp_path: Path) -> None:
    """Management that calculated itself may not approve, whatever its role."""
    story.collected(tmp_path / "facts")
    story.at("2026-02-09")
    story.calculate(by="boss")
    story.task("S1-2.3-1", "office")
    story.move("submit", "office")
    assert "may not approve its own" in story.no_move("approve", "boss")


@pytest.mark.slow
def test_an_appeal_on_one_line_has_a_day_a_decision_and_an_effect(
    story: Story, tmp_path: Path
) -> None:
    first = story.approved(tmp_path / "facts")
    line = ("--entity", "staff:jia", "--rule", "pay", "--text", "少记两个夜班")
    assert "nothing is posted" in story.refused("appeal", "file", SCHEME, *JANUARY, *line,
                                                who="head")  # fmt: skip
    story.ok("publish", "post", SCHEME, *JANUARY, "--where", "公示栏", who="office2")
    story.ok("publish", "feedback", SCHEME, *JANUARY, "--how", "工资条", who="office2")
    story.at("2026-02-13")
    filed = story.ok("appeal", "file", SCHEME, *JANUARY, *line, who="head")
    assert "by 2026-02-25" in filed, "three working days, with the festival between"
    assert "open already" in story.refused("appeal", "file", SCHEME, *JANUARY, *line, who="head")
    assert "not decided" in story.no_move("finish", "boss")
    assert "pass" not in story.move("take_appeals", "boss")
    assert "no reviewers" in story.no_move("start_recheck", "boss")
    own = story.refused("appeal", "assign", "1", "--reviewer", "office", who="boss")
    assert "may not approve its own" in own
    story.ok("appeal", "assign", "1", "--reviewer", "m1", who="boss")
    story.move("start_recheck", "boss")
    assert "no reviewer" in story.refused("appeal", "decide", "1", "--uphold", "--text", "是",
                                          who="m2")  # fmt: skip
    story.ok("appeal", "decide", "1", "--uphold", "--text", "排班表为证", who="m1")
    assert "no run gives effect" in story.no_move("publicise_again", "boss", "--reason", "更正")
    wrong = story.refused("appeal", "effect", "1", "--run", str(first), who="office2")
    assert "does not correct" in wrong
    story.import_month(tmp_path / "facts", shifts=12)
    second = story.calculate()
    story.ok("appeal", "effect", "1", "--run", str(second), who="office2")
    assert "corrected after" in story.no_move("finish_recheck", "boss")
    story.move("publicise_again", "boss", "--reason", "更正夜班")
    assert "corrected after" in story.no_move("finish", "boss")
    story.ok("publish", "post", SCHEME, *JANUARY, "--where", "公示栏", who="office2")
    story.at("2026-02-26")
    told = story.no_move("finish", "boss")
    assert "through 2026-02-27" in told, "five full days once more"
    story.at("2026-02-28")
    story.move("finish", "boss")
    late = story.refused("appeal", "file", SCHEME, *JANUARY, *line, who="head")
    assert "nothing is posted" in late
    engine = Home.open(story.home).engine()
    with reading(engine) as session:
        kept = session.scalars(select(Appeal)).one()
        assert (kept.run_id, kept.state, kept.effect_run_id) == (first, "upheld", second)
    engine.dispose()


@pytest.mark.slow
def test_appeals_close_with_their_time(story: Story, tmp_path: Path) -> None:
    story.approved(tmp_path / "facts")
    story.ok("publish", "post", SCHEME, *JANUARY, "--where", "公示栏", who="office2")
    story.ok("user", "add", "guest", who="admin")
    line = ("--entity", "staff:jia", "--rule", "pay", "--text", "少")
    other = story.refused("appeal", "file", SCHEME, *JANUARY, *line, who="guest")
    assert "may appeal for itself alone" in other
    near = story.refused("appeal", "file", SCHEME, *JANUARY, "--entity", "staff:jai", *line[2:],
                         who="head")  # fmt: skip
    assert "no staff:jai" in near
    story.at("2026-02-25")
    last = ("--entity", "staff:yi", "--rule", "pay", "--text", "少")
    assert "appeal" in story.ok("appeal", "file", SCHEME, *JANUARY, *last, who="head").lower()
    story.at("2026-02-26")
    late = story.refused("appeal", "file", SCHEME, *JANUARY, "--entity", "staff:jia", "--rule",
                         "pay", "--text", "少", who="head")  # fmt: skip
    assert "through 2026-02-25" in late


def test_the_plan_tells_which_day_gives(story: Story) -> None:
    """Facts by the 5th and pay on the 15th do not fit over the festival of 2026."""
    story.settle()
    told = story.ok("cycle", "plan", SCHEME, *JANUARY, who="office")
    assert "12 days too early" in told
    assert "have the facts by 2026-02-02 instead of 2026-02-05" in told
    assert "pay on 2026-02-26 instead of 2026-02-14" in told
    assert "possible from 2026-02-11" in told
    again = story.ok("cycle", "plan", SCHEME, *JANUARY, "--order", "pay_then_publicise",
                     who="office")  # fmt: skip
    assert "It fits" in again


def test_a_year_without_a_published_calendar_is_told(story: Story) -> None:
    """And is planned once the hospital has settled the days of that year itself."""
    story.settle()
    period = ("--period", "2031-01")
    told = story.refused("cycle", "plan", SCHEME, *period, who="office")
    assert "no working-day calendar is published for 2031" in told
    story.settle(calendar='{"years": [2031], "holidays": ["2031-02-03"]}')
    assert "facts in" in story.ok("cycle", "plan", SCHEME, *period, who="office")


def test_settings_are_asked_for_and_never_guessed(story: Story) -> None:
    told = story.refused("cycle", "plan", SCHEME, *JANUARY, who="office")
    for name in ("publicity_days", "majority", "pay_day", "hr_assessor"):
        assert f"hpf cycle settle {name}=" in told
    bad = story.refused("cycle", "settle", "publicity_days=five", "pay_dya=3", "--reason", "会议",
                        who="boss")  # fmt: skip
    assert "'five' will not do" in bad
    assert "pay_day" in bad
    assert "stand for" in story.refused("cycle", "settle", "pay_day=3", "--reason", "x", who="m1")
    assert "no reason" in story.refused("cycle", "settle", "pay_day=3", who="boss")


def test_a_refused_move_writes_nothing(story: Story) -> None:
    story.settle()
    story.ok("cycle", "plan", SCHEME, *JANUARY, who="office")
    engine = Home.open(story.home).engine()
    with reading(engine) as session:
        entries = session.scalars(select(AuditEntry.hash)).all()
    story.no_move("start_collecting", "boss")
    with reading(engine) as session:
        assert session.scalars(select(AuditEntry.hash)).all() == entries
        assert session.scalars(select(Transition.id)).all() == []
    engine.dispose()


@pytest.mark.slow
def test_paid_first_an_upheld_appeal_leaves_a_difference(story: Story, tmp_path: Path) -> None:
    """Pay, then publicise: what the correction changes must be settled before the end."""
    first = story.approved(tmp_path / "facts", order="pay_then_publicise")
    story.ok("pay", "make", str(first), "--cash", "--by", "office", "--out", str(tmp_path))
    story.ok("publish", "post", SCHEME, *JANUARY, "--where", "公示栏", who="office2")
    story.ok("publish", "feedback", SCHEME, *JANUARY, "--how", "工资条", who="office2")
    story.ok("appeal", "file", SCHEME, *JANUARY, "--entity", "staff:jia", "--rule", "pay",
             "--text", "少记", who="head")  # fmt: skip
    story.move("take_appeals", "boss")
    story.ok("appeal", "assign", "1", "--reviewer", "m1", who="boss")
    story.move("start_recheck", "boss")
    story.import_month(tmp_path / "facts", shifts=15)
    second = story.correct()
    story.ok("appeal", "decide", "1", "--uphold", "--text", "属实", "--run", str(second), who="m1")
    assert "corrected after they were posted" in story.no_move("finish_recheck", "boss")
    story.move("publicise_again", "boss", "--reason", "更正夜班")
    story.ok("publish", "post", SCHEME, *JANUARY, "--where", "公示栏", who="office2")
    story.at("2026-02-28")
    told = story.no_move("finish", "boss")
    assert "2 lines were paid otherwise than the results say" in told
    assert "jia +100.00" in told, "15 of 25 shifts of 1,000 yuan, where half of it was paid"
    assert "yi -100.00" in told
    story.ok("pay", "make", str(second), "--cash", "--by", "office", "--out", str(tmp_path))
    assert "final" in story.move("finish", "boss")
