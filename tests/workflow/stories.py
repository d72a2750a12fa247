"""A small hospital that goes through its months by the command line, on a clock of the test's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hpf.core.periods import Period
from hpf.runs import seal_period
from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.models import Department
from hpf.supplements import supplement
from hpf_cli import main

SCHEME = "ward_nurse"
JANUARY = ("--period", "2026-01")
SETTLED = {
    "system_review_frequency": "12", "training_frequency": "6", "key_data_list": "清单一",
    "monitoring_frequency": "1", "data_difference_tolerance": "0", "data_time_limit": "3",
    "feedback_time_limit": "5", "acceptance_survey_frequency": "12", "hr_assessor": "boss",
    "publicity_days": "5", "appeal_days": "5", "decision_days": "3", "majority": "1/2",
    "order": "publicise_then_pay", "facts_due": "5", "calculation_days": "2",
    "review_days": "2", "pay_day": "15",
}  # fmt: skip
ROLES = {"boss": "management", "office": "hr", "office2": "hr", "head": "departments:W"}


class Story:
    """Commands at moments: `story.at("2026-02-11")`, then `story.ok("cycle", "move", …)`."""

    def __init__(self, home: Path, patch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.moment = dt.datetime(2026, 1, 2, 1, tzinfo=dt.UTC)
        patch.setattr("hpf_cli.acting.now", self.tick)
        for module in ("cycle", "cycle_files"):
            patch.setattr(f"hpf_cli.{module}.now", self.tick)

    def tick(self) -> dt.datetime:
        self.moment += dt.timedelta(seconds=1)
        return self.moment

    def at(self, day: str) -> None:
        """Nine in the morning of a day in China."""
        self.moment = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(1), dt.UTC)

    def call(self, *words: str, who: str = "") -> Result:
        named = ["--as", who] if who else []
        environment = {"HPF_LANG": "en", "COLUMNS": "160", "HPF_HOME": str(self.home)}
        return CliRunner().invoke(main, [*words, *named], env=environment)

    def ok(self, *words: str, who: str = "") -> str:
        result = self.call(*words, who=who)
        assert result.exit_code == 0, (words, result.output)
        return result.output

    def refused(self, *words: str, who: str = "") -> str:
        result = self.call(*words, who=who)
        assert result.exit_code == 2, (words, result.output)
        return result.output

    def move(self, code: str, who: str, *more: str) -> str:
        return self.ok("cycle", "move", SCHEME, code, *JANUARY, *more, who=who)

    def no_move(self, code: str, who: str, *more: str) -> str:
        return self.refused("cycle", "move", SCHEME, code, *JANUARY, *more, who=who)

    def task(self, code: str, who: str) -> str:
        return self.ok("cycle", "task", SCHEME, code, "已完成", *JANUARY, who=who)

    def file(self, kind: str, text: str, who: str, *more: str) -> str:
        return self.ok("cycle", "file", kind, text, "--scheme", SCHEME, *JANUARY, *more, who=who)

    def import_month(self, folder: Path, shifts: int = 10) -> None:
        """January's facts: two nurses of one ward share 1,000 yuan."""
        folder.mkdir(exist_ok=True)
        sheets = {
            "hospital": "id\nH\n",
            "department": "id,hospital,pool\nW,H,1000\n",
            "staff": "id,department\njia,W\nyi,W\n",
            "duty": f"id,nurse,post,shifts\nd1,jia,夜班,{shifts}\nd2,yi,夜班,10\n",
        }
        for name, text in sheets.items():
            (folder / f"{name}.csv").write_text(text, "utf-8")
        self.ok("import", SCHEME, str(folder), *JANUARY, "--yes", "--by", "office")

    def calculate(self, by: str = "office") -> int:
        """Seal the period; the number of its run."""
        home = Home.open(self.home)
        engine = home.engine()
        with writing(engine) as session:
            hospital = home.hospital(session)
        found = seal_period(
            engine, home.programs(), hospital, SCHEME, Period.parse("2026-01"), by=by
        )
        engine.dispose()
        return found[SCHEME].id

    def correct(self, by: str = "office") -> int:
        """Seal the corrected period as a supplement that February pays; the number of its run."""
        home = Home.open(self.home)
        engine = home.engine()
        with writing(engine) as session:
            hospital = home.hospital(session)
        january, february = Period.parse("2026-01"), Period.parse("2026-02")
        made = supplement(engine, home.programs(), hospital, SCHEME, january, by=by,
                          pay_in=february, reason="申诉 1 号")  # fmt: skip
        engine.dispose()
        return made.sealed.id

    def settle(self, **changes: str) -> None:
        values = [f"{n}={v}" for n, v in (SETTLED | changes).items()]
        self.ok("cycle", "settle", *values, "--reason", "会议一", who="boss")

    def appoint(self, members: Iterable[str] = ("m1", "m2", "m3")) -> None:
        """Accounts, roles, a ward, a committee."""
        home = Home.open(self.home)
        engine = home.engine()
        with writing(engine) as session:
            ward = Department(hospital_id=home.hospital(session), code="W", name="病房",
                              opened=dt.date(2020, 1, 1), closed=None)  # fmt: skip
            session.add(ward)
            session.commit()
        engine.dispose()
        for login in (*ROLES, *members):
            self.ok("user", "add", login, who="admin")
        for login, role in ROLES.items():
            self.ok("user", "roles", login, "--add", role, who="admin")
        for login in (*members, "office"):
            self.ok("vote", "seat", "group", login, "--name", "考核小组", who="boss")

    def planned(self, **settled: str) -> None:
        """As far as the first stage is complete."""
        self.settle(**settled)
        self.ok("cycle", "plan", SCHEME, *JANUARY, who="office")
        goal = self.file("goal", "少等待", "boss", "--with", "purpose=quality")
        number = goal.split()[-1]
        self.file("focus", "夜班", "boss")
        self.file("plan", "本病房计划", "head", "--with", f"goals={number}", "--with",
                  "feature=重症多")  # fmt: skip
        for code, who in (("S1-2.1-1", "boss"), ("S1-2.1-2", "office"), ("S1-2.1-3", "head")):
            self.task(code, who)

    def collected(self, folder: Path, **settled: str) -> None:
        """As far as calculation may start, on 5 February."""
        self.planned(**settled)
        self.move("start_collecting", "boss")
        self.at("2026-02-05")
        self.import_month(folder)
        self.task("S1-2.2-1", "head")
        self.task("S1-2.2-2", "office")
        self.move("start_calculating", "office")

    def submitted(self, folder: Path, **settled: str) -> int:
        """As far as the committee may vote, on 9 February."""
        self.collected(folder, **settled)
        self.at("2026-02-09")
        run = self.calculate()
        self.task("S1-2.3-1", "office")
        self.move("submit", "office")
        return run

    def approved(self, folder: Path, **settled: str) -> int:
        """As far as results may be posted, on 11 February."""
        run = self.submitted(folder, **settled)
        self.at("2026-02-11")
        self.ok("vote", "open", SCHEME, "group", *JANUARY, who="boss")
        for who, choice in (("m1", "yes"), ("m2", "yes"), ("m3", "no"), ("office", "recused")):
            self.ok("vote", "cast", "1", choice, who=who)
        assert "passed" in self.ok("vote", "close", "1", who="boss")
        self.task("S1-2.3-2", "boss")
        self.move("approve", "boss")
        return run
