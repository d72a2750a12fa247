"""`hpf assess`, from the marks on: posted, contested, reviewed, decided, reported, told."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from hpf_cli.acting import AS, acting
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.vote import DAY, day_of

_HEADS = (
    Words("号", "No."), Words("日期", "Day"), Words("事项", "Step"), Words("对象", "About"),
    Words("说明", "Text"), Words("账号", "Account"),
)  # fmt: skip
NUMBER = Argument("number", metavar="N", type=int, words=Words("几号异议", "The objection"))
TEXT = Option("--text", required=True, metavar="TEXT", words=Words("理由或依据", "The ground"))


@command(
    Words(
        "公示最新的结果；算出公示和异议到哪天。", "Post the newest results, and tell the last days."
    ),
    SCHEME,
    PERIOD,
    Option("--where", required=True, metavar="TEXT", words=Words("在哪里", "Where")),
    DAY,
    AS,
    HOME,
)
def post(
    scheme: str, period: str, where: str, day: str | None, account: str, home: str | None
) -> None:
    from hpf.workflow.assessments_publicity import post as hang
    from hpf_cli.assess_at import standing_at

    lang = language()
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        _, until, last = hang(act, now, where, day_of(day, act.today))
    words = Words(f"公示到 {until}，异议到 {last}", f"Posted through {until}; objections {last}")
    click.echo(words.say(lang))


@command(
    Words("医院提出异议：对某一项，或对全部结果。", "A hospital objects: to an item, or to all."),
    SCHEME,
    PERIOD,
    Option("--item", default="", metavar="ITEM", words=Words("哪一项", "Which item")),
    Option("--hospital", default="", metavar="ID", words=Words("小组代录哪家", "For whom")),
    TEXT,
    AS,
    HOME,
)
def object_(
    scheme: str, period: str, item: str, hospital: str, text: str, account: str, home: str | None
) -> None:
    from hpf.workflow.assessments_publicity import object_to
    from hpf_cli.assess_at import items_at, standing_at

    lang = language()
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        entry = object_to(act, now, items_at(at, act, now), text, item=item, unit=hospital)
        number, due = entry.id, entry.detail["due"]
    words = Words(f"{number} 号异议已受理，{due} 前复核", f"Objection {number}, reviewed by {due}")
    click.echo(words.say(lang))


@command(
    Words("对小组复核不服，申请市级复核。", "Take a review of the group to the city."),
    SCHEME,
    PERIOD,
    NUMBER,
    TEXT,
    AS,
    HOME,
)
def escalate(
    scheme: str, period: str, number: int, text: str, account: str, home: str | None
) -> None:
    from hpf.workflow.assessments_publicity import escalate as take
    from hpf_cli.assess_at import standing_at

    lang = language()
    with acting(home, account) as (at, act):
        take(act, standing_at(at, act, scheme, period), number, text)
    click.echo(Words(f"{number} 号异议已报市级", f"Objection {number} is with the city").say(lang))


@command(
    Words(
        "登记复核结果；定性指标可写更正后的扣分。",
        "Enter a review, with the points off if they change.",
    ),
    SCHEME,
    PERIOD,
    NUMBER,
    Option("--upheld/--rejected", required=True, words=Words("成立或不成立", "Upheld or rejected")),
    Option("--off", metavar="POINTS", words=Words("更正后扣几分", "Points off from now on")),
    Option("--city", is_flag=True, words=Words("市级复核", "By the city")),
    TEXT,
    AS,
    HOME,
)
def review(
    scheme: str,
    period: str,
    number: int,
    upheld: bool,
    off: str | None,
    city: bool,
    text: str,
    account: str,
    home: str | None,
) -> None:
    from hpf.workflow.assessments_publicity import review as find
    from hpf_cli.assess_at import standing_at
    from hpf_cli.stops import problem

    lang = language()
    try:
        points = None if off is None else Decimal(off)
    except InvalidOperation:
        raise problem("off", f"{off} 不是分数", f"'{off}' is no number", ("", "")) from None
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        program = at.programs[now.row.scheme]
        find(act, now, program, number, upheld, text, deduction=points, city=city)
    click.echo(Words(f"{number} 号异议已复核", f"Objection {number} is reviewed").say(lang))


@command(
    Words(
        "补助决定：公示期满、异议都复核之后，按结果定全额、扣减和整改期限。",
        "The subsidy decision, once results have hung and objections are reviewed.",
    ),
    SCHEME,
    PERIOD,
    TEXT,
    AS,
    HOME,
)
def decide(scheme: str, period: str, text: str, account: str, home: str | None) -> None:
    from hpf.workflow.assessments_decision import decide as settle
    from hpf_cli.assess_at import results_at, standing_at

    lang = language()
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        units = settle(act, now, results_at(at, act, now), text).detail["units"]
    for u in units:
        by = Words(f"，{u['correct_by']} 前整改", f", to correct by {u['correct_by']}").say(lang)
        removal = Words("，连续两年不合格", ", unqualified twice in a row").say(lang)
        tail = (by if u["correct_by"] else "") + (removal if u["removal"] else "")
        click.echo(f"{u['unit']}\t{u['grade']}\t{u['paid']}{tail}")


@command(
    Words("汇总成工作簿；写明 --to 就登记上报。", "Write the summary; with --to it is reported."),
    SCHEME,
    PERIOD,
    Option("--out", required=True, metavar="FILE", words=Words("工作簿（.xlsx）", "The workbook")),
    Option("--to", metavar="WHO", words=Words("上报给谁", "To whom it goes")),
    DAY,
    AS,
    HOME,
)
def report(
    scheme: str,
    period: str,
    out: str,
    to: str | None,
    day: str | None,
    account: str,
    home: str | None,
) -> None:
    from hpf.workflow.assessments_decision import report as send
    from hpf.workflow.assessments_summary import write_summary
    from hpf_cli.assess_at import results_at, standing_at
    from hpf_cli.stops import show_notices

    lang = language()
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        digest = write_summary(Path(out), results_at(at, act, now), now, lang)
        told = send(act, now, to, digest, day_of(day, act.today))[1] if to else []
    show_notices(told, lang)
    click.echo(f"{out} {digest}")


@command(
    Words("登记已把结果反馈给各医院。", "Record that the hospitals were told theirs."),
    SCHEME,
    PERIOD,
    Option("--how", required=True, metavar="TEXT", words=Words("怎样反馈的", "How")),
    AS,
    HOME,
)
def told(scheme: str, period: str, how: str, account: str, home: str | None) -> None:
    from hpf.workflow.assessments_decision import told as record
    from hpf_cli.assess_at import standing_at, units_at

    lang = language()
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        units = units_at(at, act, now)
        record(act, now, units, how)
    click.echo(Words(f"已反馈 {len(units)} 家", f"{len(units)} hospitals were told").say(lang))


@command(
    Words("登记不合格医院的整改结果。", "Record what an unqualified hospital corrected."),
    SCHEME,
    PERIOD,
    Argument("hospital", metavar="ID", words=Words("哪家医院", "Which hospital")),
    TEXT,
    AS,
    HOME,
)
def correct(
    scheme: str, period: str, hospital: str, text: str, account: str, home: str | None
) -> None:
    from hpf.workflow.assessments_decision import corrected
    from hpf_cli.assess_at import standing_at

    lang = language()
    with acting(home, account) as (at, act):
        _, late = corrected(act, standing_at(at, act, scheme, period), hospital, text)
    words = Words("已登记" + ("，逾期" if late else ""), "On file" + (", late" if late else ""))
    click.echo(words.say(lang))


@command(
    Words(
        "考核走到哪一步：逐条列出，还差什么。",
        "How the assessment stands: entry by entry, and what is due.",
    ),
    SCHEME,
    PERIOD,
    HOME,
)
def show(scheme: str, period: str, home: str | None) -> None:
    from hpf.storage.engine import reading
    from hpf.storage.facts import facts_at
    from hpf.workflow.assessments import entry_name, standing
    from hpf.workflow.assessments_decision import overdue
    from hpf.workflow.assessments_table import units
    from hpf_cli.acting import now as moment
    from hpf_cli.assess_at import plan_at
    from hpf_cli.console import console, table
    from hpf_cli.finding import period_of
    from hpf_cli.home import opened
    from hpf_cli.stops import show_notices

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        plan = plan_at(at, scheme)
        when = period_of(period, at.programs[plan.scheme])
        found = standing(session, at.hospital(session), plan, when)
        drawn = table()
        for words in _HEADS:
            drawn.add_column(words.say(lang))
        for e in found.entries:
            name = entry_name(e).say(lang)
            drawn.add_row(str(e.id), e.day.isoformat(), name, e.unit, e.text, e.by)
        facts = facts_at(session, at.hospital(session), at.programs[plan.scheme], when)
        known = units(facts, found.plan, at.programs[plan.scheme])
        late = overdue(found, moment().date(), known)
    console().print(drawn)
    show_notices(late, lang)


object_.name = "object"
AFTER = (post, object_, review, escalate, decide, report, told, correct, show)
