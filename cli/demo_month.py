"""A month of the demo's hospital, from plan to backup: each act by who may, on a day of its own.

    steps = tell_month(made, sample)

The acts that a hospital dates itself (plan, moves, votes, posting) carry the days of the sample's
period; what the machine dates (import, seal, payment) carries the moment of the demo.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from decimal import ROUND_CEILING, Decimal

from hpf.core.errors import Text
from hpf.core.periods import Period
from hpf.intake.pay_files import BUILT_IN
from hpf.receiving import keep, receive
from hpf.runs import Sealed, seal_period
from hpf.storage.audit_checks import verify as verify_chain
from hpf.storage.audit_heads import kept_heads, public_key
from hpf.storage.ceilings import set_ceiling, spent
from hpf.storage.cycles import find_cycle
from hpf.storage.engine import reading, writing
from hpf.storage.models import Cycle, StoredRun
from hpf.storage.replay import verify_run
from hpf.workflow.acting import Act
from hpf.workflow.backups import make_backup
from hpf.workflow.ballots import cast, close_ballot, open_ballot, seat_member
from hpf.workflow.payments import BATCH, Paid, pay
from hpf.workflow.records import inform, post, put_on_file
from hpf.workflow.service import close_task, move_cycle, plan, settle
from hpf.workflow.situation import draw
from hpf_cli.demo_home import CLERK, DIRECTOR, MEMBERS, OFFICE, Made
from hpf_cli.demo_story import Step
from hpf_cli.figures import money
from hpf_cli.outputs import write_all
from hpf_cli.samples import Sample

_NINE = dt.time(1, tzinfo=dt.UTC)  # nine in the morning in China
SETTLED = {
    "system_review_frequency": "12", "training_frequency": "6", "key_data_list": "files/",
    "monitoring_frequency": "1", "data_difference_tolerance": "0", "data_time_limit": "5",
    "feedback_time_limit": "5", "acceptance_survey_frequency": "12", "hr_assessor": DIRECTOR,
    "publicity_days": "5", "appeal_days": "5", "decision_days": "3", "majority": "1/2",
    "order": "publicise_then_pay", "facts_due": "8", "calculation_days": "0", "review_days": "1",
    "pay_day": "20",
}  # fmt: skip
_VOTES = ("yes", "yes", "yes", "no")  # of five members four are there
_GROUP, _DAY = "group", dt.timedelta(days=1)
_DIRECTOR, _OFFICE = Text("院长", "director"), Text("绩效办", "performance office")


def tell_month(made: Made, sample: Sample) -> list[Step]:
    """Take the sample's period through it all. Raises HpfError where anything is refused."""
    return list(_Month(made, sample).steps())


class _Month:
    """The hospital, its scheme and its period; `steps` does one thing after the other."""

    def __init__(self, made: Made, sample: Sample) -> None:
        self.made, self.sample = made, sample
        self.scheme, self.period = sample.program.code, sample.period
        self.end = self.period.last_day

    @contextmanager
    def act(self, account: str, day: dt.date) -> Iterator[Act]:
        """One act in one transaction."""
        with writing(self.made.engine) as session:
            yield Act(session, self.made.hospital, account, dt.datetime.combine(day, _NINE))
            session.commit()

    def task(self, code: str, account: str, day: dt.date, text: str, unit: str = "") -> None:
        """Close one task of the matrix. unit: for which department."""
        with self.act(account, day) as act:
            close_task(act, self.made.programs, self.scheme, self.period, code, text,
                       department=unit)  # fmt: skip

    def move(self, code: str, account: str, day: dt.date) -> None:
        """Move the cycle."""
        with self.act(account, day) as act:
            move_cycle(act, self.made.programs, self.scheme, self.period, code)

    def row(self, act: Act) -> Cycle:
        """The period's cycle."""
        return find_cycle(act.session, act.hospital, self.scheme, self.period)

    def steps(self) -> Iterator[Step]:
        """Each step with its day, who took it, and what came of it."""
        yield from self._plan(self.end.replace(day=1) - 5 * _DAY)
        due = dt.date.fromisoformat(self.days["facts_due"])
        yield from self._collect(due)
        sealed = self._seal(due)
        yield Step(
            due, _OFFICE, Text("计算并封印", "calculated and sealed"),
            Text(f"第 {sealed.id} 次计算，封印 {sealed.seal[:16]}",
                 f"run {sealed.id}, seal {sealed.seal[:16]}"),
        )  # fmt: skip
        reviewed = dt.date.fromisoformat(self.days["reviewed"])
        yield self._vote(due, reviewed, sealed)
        until = yield from self._publicise(reviewed)
        final = dt.date.fromisoformat(self.days["earliest_pay"])
        self.move("finish", DIRECTOR, final)
        came = Text(f"公示到 {until}，无申诉", f"posted through {until}, no appeal")
        yield Step(final, _DIRECTOR, Text("定稿", "made final"), came)
        paid = self._pay(sealed)
        yield self._told(dt.date.fromisoformat(self.days["pay_day"]), paid)
        yield from self._keep_safe(sealed)

    def _plan(self, day: dt.date) -> Iterator[Step]:
        first = self.end.replace(day=1)
        with self.act(DIRECTOR, day) as act:
            settle(act, SETTLED, "演示：由示例医院自定")
            for at, login in enumerate(MEMBERS, 1):
                seat_member(act, _GROUP, login, first, name="考核小组", title=f"委员{at}")
        with self.act(OFFICE, day) as act:
            _, found = plan(act, self.made.programs, self.scheme, self.period)
            self.days = dict(found.days())
        with self.act(DIRECTOR, day) as act:
            goal = put_on_file(act, "goal", "示例：缩短住院候诊", cycle=self.row(act),
                               detail={"purpose": "efficiency"}).id  # fmt: skip
            put_on_file(act, "focus", "示例：成本与服务量", cycle=self.row(act))
        self.task("S1-2.1-1", DIRECTOR, day, "总目标和重点已登记")
        self.task("S1-2.1-2", OFFICE, day, "方案和取值已载入")
        for unit in self.made.units:
            with self.act(self.made.head_of(unit), day + _DAY) as act:
                put_on_file(act, "plan", f"{unit} 本月计划", cycle=self.row(act),
                            detail={"goals": str(goal), "feature": "示例"},
                            department=unit)  # fmt: skip
            self.task("S1-2.1-3", self.made.head_of(unit), day + _DAY, "计划已登记", unit)
        self.move("start_collecting", DIRECTOR, first)
        fits = Text("排得下", "it fits") if found.fits else Text("排不下", "it does not fit")
        yield Step(
            day, _OFFICE, Text("排定本月流程", "planned the month"),
            Text(
                f"数据 {found.facts_due} 报齐，公示 {found.posted} 至 {found.posted_until}，"
                f"{found.pay_day} 发放：{fits.zh}",
                f"facts by {found.facts_due}, posted {found.posted} through {found.posted_until}, "
                f"pay on {found.pay_day}: {fits.en}",
            ),
        )  # fmt: skip
        count = len(self.made.units)
        yield Step(day + _DAY, Text("各科室", "departments"), Text("交来计划", "handed in plans"),
                   Text(f"{count} 份", f"{count} plans"))  # fmt: skip

    def _collect(self, due: dt.date) -> Iterator[Step]:
        for unit in self.made.units:
            self.task("S1-2.2-1", self.made.head_of(unit), self.end, "记录已交", unit)
        book = self.made.home.folder / "files" / f"{self.period}.xlsx"
        write_all({book: self.sample.workbook(self.made.home.language)})
        engine, hospital = self.made.engine, self.made.hospital
        shown = receive(engine, hospital, self.sample.program, self.period, book,
                        others=self.sample.others)  # fmt: skip
        counts = shown.counts
        saved = keep(engine, shown, by=CLERK, path=book)
        assert saved is not None  # a new database has none of it
        self.task("S1-2.2-2", OFFICE, due, "数据已核对")
        self.move("start_calculating", OFFICE, due)
        yield Step(
            due, Text("绩效办经办", "clerk"), Text("导入数据", "imported the facts"),
            Text(f"先预览：新增 {counts['new']} 个值；确认后写入，第 {saved.number} 次导入",
                 f"previewed: {counts['new']} new values; then written, import {saved.number}"),
        )  # fmt: skip

    def _seal(self, due: dt.date) -> Sealed:
        sealed = seal_period(
            self.made.engine, self.made.programs, self.made.hospital, self.scheme, self.period,
            by=OFFICE,
        )[self.scheme]  # fmt: skip
        with writing(self.made.engine) as session:
            run = session.get_one(StoredRun, sealed.id)
            year = Period.parse(f"{self.period.year}")
            for span, months in ((self.period, 1), (year, 12)):
                most = _rounded(spent(session, run, self.period)) * months
                set_ceiling(session, self.made.hospital, span, most, by=DIRECTOR,
                            reason="演示：示例核定总额")  # fmt: skip
            session.commit()
        self.task("S1-2.3-1", OFFICE, due, "结果已汇总")
        self.move("submit", OFFICE, due)
        return sealed

    def _vote(self, submitted: dt.date, day: dt.date, sealed: Sealed) -> Step:
        made = self.made
        with self.act(DIRECTOR, day) as act:
            ballot = open_ballot(act, made.programs, self.scheme, self.period, _GROUP,
                                 f"{self.period} 结果").id  # fmt: skip
        for login, choice in zip(MEMBERS, _VOTES, strict=False):
            with self.act(login, day) as act:
                cast(act, ballot, choice)
        with self.act(DIRECTOR, day) as act:
            count = close_ballot(act, ballot).count
        self.task("S1-2.3-2", DIRECTOR, day, "同意")
        self.move("approve", DIRECTOR, day)
        return Step(
            day, Text("考核小组", "committee"), Text("表决通过", "voted and approved"),
            Text(f"应到 {count.entitled}，到 {count.present}（需 2/3），赞成 {count.yes}",
                 f"{count.present} of {count.entitled} present (2/3 needed), {count.yes} yes"),
        )  # fmt: skip

    def _publicise(self, day: dt.date) -> Generator[Step, None, dt.date]:
        made = self.made
        with self.act(CLERK, day) as act:
            post(act, self.scheme, self.period, "示例：院内公示栏")
            told = inform(act, made.programs, self.scheme, self.period, "绩效单", ())
        with self.act(CLERK, day) as act:
            policy = draw(act.session, act.hospital, made.programs, self.row(act), day).policy
        until = policy.publicity.last_day(day)
        days = policy.publicity.days
        yield Step(
            day, Text("绩效办经办", "clerk"), Text("公示并反馈到人", "posted, everyone told"),
            Text(f"{days} 个工作日，到 {until}（节假日与调休已计）；反馈 {len(told)} 人",
                 f"{days} working days, through {until} (with holidays and worked weekends); "
                 f"{len(told)} people told"),
        )  # fmt: skip
        return until

    def _pay(self, sealed: Sealed) -> Paid:
        folder = self.made.home.folder / "pay"
        folder.mkdir(mode=0o700)
        files = {}
        for writer in BUILT_IN:
            name = f"{BATCH}-{writer.code}{writer.suffix}"
            files[folder / name] = writer
        return pay(
            self.made.engine, self.made.home.keys, sealed.id, by=CLERK, files=files, cash=True,
            check=lambda session, stored: verify_run(session, stored.id).problems,
        )  # fmt: skip

    def _told(self, day: dt.date, paid: Paid) -> Step:
        listed = paid.pay_list
        count, total = len(listed.lines), money(listed.total)
        left = len(paid.left_out)
        formats = "、".join(w.code for w in BUILT_IN), ", ".join(w.code for w in BUILT_IN)
        return Step(
            day, Text("绩效办经办", "clerk"), Text("生成发放表", "made the pay list"),
            Text(f"批次 {listed.batch}：{count} 人，{total} 元，与封印一致；{left} 人不在其中"
                 f"（{formats[0]}）",
                 f"batch {listed.batch}: {count} people, {total} CNY, as sealed; {left} left out "
                 f"({formats[1]})"),
        )  # fmt: skip

    def _keep_safe(self, sealed: Sealed) -> Iterator[Step]:
        made, today = self.made, dt.datetime.now(dt.UTC).date()
        machine = Text("系统", "the system")
        with reading(made.engine) as session:
            verified = verify_run(session, sealed.id)
        assert not verified.problems, verified.problems
        yield Step(
            today, machine, Text("重算核对封印", "recomputed the sealed run"),
            Text(f"{verified.results} 个结果全部一致", f"all {verified.results} results agree"),
        )  # fmt: skip
        _, backup = make_backup(made.home, made.engine, by=OFFICE)
        with reading(made.engine) as session:
            key = public_key(made.home.keys)
            verdict = verify_chain(session, key, kept_heads(made.home.keys))
        assert not verdict.problems, verdict.problems
        yield Step(
            today, machine, Text("核对审计链", "verified the audit chain"),
            Text(f"{verdict.entries} 条，签名到第 {verdict.signed} 条",
                 f"{verdict.entries} entries, signed up to {verdict.signed}"),
        )  # fmt: skip
        total = sum(backup.rows.values())
        yield Step(
            today, machine, Text("备份", "backed up"),
            Text(f"{total} 行，带签名的链头；密钥另存", f"{total} rows with the signed head; "
                 "keys are kept apart"),
        )  # fmt: skip


def _rounded(amount: Decimal) -> Decimal:
    """The next full ten thousand: a ceiling as a county would approve one."""
    step = Decimal(10_000)
    return (amount / step).to_integral_value(ROUND_CEILING) * step
