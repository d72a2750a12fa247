"""How a cycle is drawn: the track of its stages, its days, what blocks it and who must act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text as Styled

from hpf_cli.console import console, table
from hpf_cli.speech import Words

if TYPE_CHECKING:
    from hpf.core.errors import Problem
    from hpf.storage.models import Cycle as Row
    from hpf.workflow.challenges import FeedbackReport
    from hpf.workflow.cycle import Cycle
    from hpf.workflow.planning import Plan
    from hpf.workflow.situation import Drawn
    from hpf.workflow.stages import Stage
    from hpf.workflow.standing import Standing

MOST = 12  # findings on one cycle that are shown
_DAYS = (
    ("facts_due", Words("数据报齐", "facts in")),
    ("calculated", Words("算完", "calculated")),
    ("reviewed", Words("审完", "reviewed")),
    ("posted", Words("开始公示", "posted")),
    ("posted_until", Words("公示满", "posted through")),
    ("appeals_until", Words("申诉截止", "appeals through")),
    ("earliest_pay", Words("最早可发放", "pay from")),
    ("pay_day", Words("发放日", "pay day")),
)
_WEEK = Words("一二三四五六日", "")


def draw_plan(scheme: str, period: str, plan: Plan, lang: str) -> None:
    """The days of a plan, then whether they fit, and what could give."""
    console().print(f"{scheme} {period} · {plan.order.names.say(lang)}")
    drawn = table()
    drawn.show_header = False
    days = plan.days()
    for name, words in _DAYS:
        drawn.add_row(words.say(lang), _day(days[name], lang))
    console().print(drawn)
    if plan.fits:
        console().print(Words("✓ 排得下", "✓ It fits").say(lang))
        return
    console().print(
        Words(
            f"✗ 排不下：发放日早了 {plan.late_by} 天。可以让的（选一项，再重新计划）：",
            f"✗ It does not fit: the pay day is {plan.late_by} days too early. What could give "
            "(choose one, and plan anew):",
        ).say(lang)
    )
    for way in plan.gives:
        console().print(f"  · {way.words.say(lang)}")


def draw_cycle(scheme: str, drawn: Drawn, lang: str) -> None:
    """The track, the next moves with what blocks each, and who must act."""
    from hpf.workflow.stages import Stage

    out = console()
    cycle, days = drawn.cycle, drawn.row.calendar["days"]
    order = drawn.policy.order.names.say(lang)
    out.print(Styled(f"{scheme} {cycle.period.say(lang)} · {order}", style="bold"))
    out.print()
    out.print(_track(drawn, lang))
    out.print()
    out.print(_days_table(drawn, days, lang))
    if cycle.stage is Stage.CLOSED:
        out.print(Words("已结束。", "It is closed.").say(lang))
        return
    if days["earliest_pay"] > days["pay_day"] and drawn.situation.posted is None:
        out.print(
            Words(
                "✗ 照此发放日太早：hpf cycle plan 会列出哪一天可以让",
                "✗ The pay day is too early: hpf cycle plan lists which day could give",
            ).say(lang)
        )
    for line in _next(drawn, lang):
        out.print(line, soft_wrap=True)


def _track(drawn: Drawn, lang: str) -> Styled:
    """`✓ plan → ● collect → ○ calculate …`; the way by appeals only where it was taken."""
    from hpf.workflow.stages import Stage

    now = drawn.cycle.stage
    passed = {t.target for t in drawn.cycle.trail} | {Stage.PLAN}
    by_appeal = {Stage.APPEAL, Stage.RECHECK}
    way = [s for s in Stage if s not in by_appeal or s in passed or s is now]
    line = Styled()
    for at, stage in enumerate(way):
        if at:
            line.append(" → ", style="dim")
        if stage is now:
            line.append(f"● {stage.names.say(lang)}", style="bold")
        elif way.index(stage) < way.index(now):
            line.append(f"✓ {stage.names.say(lang)}")
        else:
            line.append(f"○ {stage.names.say(lang)}", style="dim")
    return line


def _days_table(drawn: Drawn, days: Mapping[str, str], lang: str) -> object:
    """Planned days; once results hang, the days of the real posting."""
    shown = dict(days)
    posted = drawn.situation.posted
    if posted is not None:
        shown["posted"] = posted.isoformat()
        shown["posted_until"] = drawn.policy.publicity.last_day(posted).isoformat()
        shown["appeals_until"] = drawn.policy.appeal.last_day(posted).isoformat()
    today = drawn.situation.today.isoformat()
    lines = table()
    lines.add_column(Words("日子", "Day").say(lang))
    lines.add_column("")
    lines.add_column("")
    names = dict(_DAYS)
    for name in sorted(names, key=lambda n: shown[n]):  # those of one day stay in their order
        style = "bold" if shown[name] == today else ""
        mark = _mark(drawn, name, dt.date.fromisoformat(shown[name]))
        lines.add_row(names[name].say(lang), _day(shown[name], lang), mark.say(lang), style=style)
    return lines


def _mark(drawn: Drawn, name: str, day: dt.date) -> Words:
    """Done, today, in so many days, or overdue by so many."""
    from hpf.workflow.stages import Stage

    order = list(Stage)
    after = {"facts_due": Stage.CALCULATE, "calculated": Stage.REVIEW, "reviewed": Stage.PUBLICISE,
             "posted_until": Stage.FINAL, "appeals_until": Stage.FINAL}  # fmt: skip
    done = name in after and order.index(drawn.cycle.stage) >= order.index(after[name])
    if done or (name == "posted" and drawn.situation.posted is not None):
        return Words("✓", "✓")
    left = (day - drawn.situation.today).days
    if left == 0:
        return Words("今天", "today")
    if left > 0:
        return Words(f"还有 {left} 天", f"in {left} day{'s' if left > 1 else ''}")
    if name in ("facts_due", "calculated", "reviewed", "posted"):
        return Words(f"已晚 {-left} 天", f"{-left} day{'s' if left < -1 else ''} late")
    return Words("", "")


def _next(drawn: Drawn, lang: str) -> Iterator[str]:
    """Each move on: who may make it, and whether anything is in its way."""
    from hpf.workflow.cycle import next_moves
    from hpf.workflow.roles import listed
    from hpf.workflow.stages import MOVES

    scheme, period = drawn.cycle.scheme, drawn.cycle.period
    moves = next_moves(drawn.cycle.stage)
    for code in sorted(moves, key=lambda c: MOVES[c].back):  # onward first
        one = MOVES[code]
        who = listed(drawn.policy.narrowed.get(code, one.roles))
        command = f"hpf cycle move {scheme} {code} --period {period}"
        problems = blocking(drawn, code)
        if one.back:
            yield Words(
                f"○ 也可{one.names.zh}（由{who.zh}，要写理由）：{command} --reason …",
                f"○ Or {one.names.en} (by {who.en}, with a reason): {command} --reason …",
            ).say(lang)
            continue
        if not problems:
            yield Words(
                f"● 可以{one.names.zh}了，由{who.zh}：{command}",
                f"● Ready to {one.names.en}, by {who.en}: {command}",
            ).say(lang)
            continue
        yield Words(
            f"● {one.names.zh}（由{who.zh}）还差 {len(problems)} 项：",
            f"● To {one.names.en} (by {who.en}), still wanted, {len(problems)}:",
        ).say(lang)
        for problem in problems:
            yield f"  · {problem.message.say(lang)}"
            yield f"    → {_remedy(problem, scheme, str(period)).say(lang)}"


def _remedy(problem: Problem, scheme: str, period: str) -> Words:
    """What to do about it; for a task the command that closes it."""
    if problem.code != "cycle.task_open":
        return Words(*problem.cure)
    command = f"hpf cycle task {scheme} {problem.name} TEXT --period {period}"
    return Words(f"{problem.cure.zh}：{command}", f"{problem.cure.en}: {command}")


def blocking(drawn: Drawn, code: str) -> list[Problem]:
    """What blocks a move, whoever asks: its guards alone."""
    from hpf.workflow.policy import Request
    from hpf.workflow.roles import Actor
    from hpf.workflow.stages import MOVES

    one = MOVES[code]
    nobody = Actor("", sorted(one.roles)[0])
    request = Request(nobody, drawn.situation, drawn.policy)
    return [p for guard in one.guards for p in guard.check(request)]


def draw_cycles(rows: Sequence[Row], lang: str) -> None:
    """All cycles with the stage of each."""
    from hpf.workflow.stages import Stage

    if not rows:
        hint = Words("还没有流程：hpf cycle plan 方案 --period 周期",
                     "No cycle yet: hpf cycle plan SCHEME --period P")  # fmt: skip
        console().print(hint.say(lang))
        return
    drawn = table()
    for words in (Words("方案", "Scheme"), Words("周期", "Period"), Words("现在", "Now at"),
                  Words("发放日", "Pay day")):  # fmt: skip
        drawn.add_column(words.say(lang))
    for row in rows:
        stage: Stage = Stage(row.state)
        pay = row.calendar["days"]["pay_day"]
        drawn.add_row(row.scheme, row.period.say(lang), stage.names.say(lang), pay)
    console().print(drawn)


def draw_trail(cycle: Cycle, lang: str) -> None:
    """Every move so far."""
    from hpf.storage.cycles import CHINA
    from hpf.workflow.stages import MOVES

    drawn = table()
    for words in (Words("时间", "When"), Words("步骤", "Move"), Words("谁", "Who"),
                  Words("理由", "Why")):  # fmt: skip
        drawn.add_column(words.say(lang))
    for one in cycle.trail:
        when = one.when.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        who = f"{one.account}（{one.role.names.zh}）" if lang == "zh" else (
            f"{one.account} ({one.role.names.en})"
        )  # fmt: skip
        drawn.add_row(when, MOVES[one.move].names.say(lang), who, one.why)
    console().print(drawn)


def draw_settings(held: Mapping[str, str], lang: str) -> None:
    """Each setting: what it is for, its clause, its value or that there is none."""
    from hpf.workflow.settings import SETTINGS, clause_of

    drawn = table()
    for words in (Words("设置", "Setting"), Words("值", "Value"), Words("含义", "Meaning"),
                  Words("条款", "Clause")):  # fmt: skip
        drawn.add_column(words.say(lang))
    lack = 0
    for one in SETTINGS.values():
        value = held.get(one.name, "")
        if not value and one.required:
            lack += 1
            value = Words("（未定）", "(open)").say(lang)
        drawn.add_row(one.name, value, one.names.say(lang), clause_of(one))
    console().print(drawn)
    if lack:
        console().print(
            Words(
                f"还有 {lack} 项要医院决定：hpf cycle settle 名称=值 --reason 依据",
                f"{lack} are the hospital's to settle: hpf cycle settle NAME=VALUE --reason WHY",
            ).say(lang)
        )


def draw_kinds(lang: str) -> None:
    """What may be put on file, by whom, with which details."""
    from hpf.workflow.files import KINDS
    from hpf.workflow.roles import listed

    drawn = table()
    for words in (Words("种类", "Kind"), Words("内容", "Content"), Words("由谁", "By"),
                  Words("细节", "Details"), Words("条款", "Clause")):  # fmt: skip
        drawn.add_column(words.say(lang))
    for one in KINDS.values():
        wants = [f"--with {n}=…" for n in one.wants] + (["--for …"] if one.subject else [])
        drawn.add_row(one.code, one.names.say(lang), listed(one.roles).say(lang),
                      " ".join(wants), one.clause)  # fmt: skip
    console().print(drawn)


def draw_duties(
    found: Standing, more: Sequence[Problem], report: FeedbackReport | None, lang: str
) -> None:
    """Shares, then what is left to be desired, then who was told late or not at all."""
    out = console()
    for words, share in (
        (Words("受过绩效培训", "Trained in the method"), found.trained),
        (Words("最近调查的认同", "Accepting, of those last asked"), found.acceptance),
    ):
        shown = (
            Words("（没有登记）", "(nothing on file)").say(lang) if share is None else str(share)
        )
        out.print(f"{words.say(lang)}{'：' if lang == 'zh' else ': '}{shown}")
    for problem in (*found.problems, *more[:MOST]):
        out.print(f"  · {problem.line(lang)}")
    if len(more) > MOST:
        left = len(more) - MOST
        out.print(Words(f"  · ……另有 {left} 条同类", f"  · … and {left} more").say(lang))
    if report is None:
        return
    for words, people in (
        (Words("还没有反馈", "Not told"), report.missing),
        (Words("反馈晚了", "Told late"), report.late),
        (Words("认为与事实不符", "Disputed"), report.disputed),
        (Words("还没有回应", "Not answered"), report.unanswered),
    ):
        out.print(f"{words.say(lang)} {len(people)}: {', '.join(people[:12])}")


def _day(text: str, lang: str) -> str:
    day = dt.date.fromisoformat(text)
    if lang == "zh":
        return f"{text} 周{_WEEK.zh[day.weekday()]}"
    return f"{text} {['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][day.weekday()]}"
