"""`hpf survey`: questionnaires from their opening to the facts that come out of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpf_cli.acting import AS, acting
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, Opened, opened
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.survey_show import list_, results
from hpf_cli.verbs import Verbs

if TYPE_CHECKING:
    from hpf.core import Questionnaire

NUMBER = Argument("number", metavar="N", type=int, words=Words("几号问卷", "Its number"))
GROUP = Argument("group", metavar="GROUP", words=Words("发给哪一组", "For which group"))
ROW = Option("--row", default="", metavar="ID",
             words=Words("就哪个科室或哪个人（医院只有一个，可不写）",
                         "About which department or person; a hospital is one"))  # fmt: skip
URL = Option("--url", required=True, metavar="URL",
             words=Words("门户的网址，印在二维码里，如 https://hpf.example.cn",
                         "The portal's address, for the QR code"))  # fmt: skip
OUT = Option("--out", required=True, metavar="FILE.pdf", type=click.Path(path_type=Path),
             words=Words("写到哪个 PDF", "The PDF to write"))  # fmt: skip


def form_of(at: Opened, scheme: str, code: str) -> Questionnaire:
    """A questionnaire that an enabled plugin declares. HpfError with the nearest code."""
    from hpf.core.errors import did_you_mean
    from hpf_cli.stops import problem

    known = {q.code: q for q in at.home.loaded().questionnaires if q.scheme == scheme}
    if code not in known:
        near = did_you_mean(code, known) if known else ("", "")
        raise problem("questionnaire", f"方案 {scheme} 没有问卷 {code}",
                      f"'{scheme}' declares no questionnaire '{code}'", near)  # fmt: skip
    return known[code]


@command(
    Words(
        "开始一份问卷：冻结问题和规则，从今天起收答卷。",
        "Open a questionnaire: questions and rules are frozen, answers are taken from today on.",
    ),
    SCHEME,
    Argument("code", metavar="CODE", words=Words("问卷的代码", "The questionnaire's code")),
    PERIOD,
    Option("--until", required=True, metavar="YYYY-MM-DD",
           words=Words("收到哪一天为止", "The last day on which answers are taken")),
    AS,
    HOME,
)  # fmt: skip
def open_(scheme: str, code: str, period: str, until: str, account: str, home: str | None) -> None:
    from hpf.workflow.questionnaires import open_questionnaire
    from hpf_cli.finding import period_of
    from hpf_cli.vote import day_of

    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        when = period_of(period, program)
        form = form_of(at, program.code, code)
        last = day_of(until, dt.date.min)
        number = open_questionnaire(act, at.home.keys, form, program, when, last).id
    words = Words(
        f"{number} 号问卷已开始，收到 {until}。分配评价人：hpf survey assign {number}；"
        f"公众答卷：hpf survey slips {number} …",
        f"Questionnaire {number} is open until {until}. Raters: hpf survey assign {number}; "
        f"the public: hpf survey slips {number} …",
    )
    click.echo(words.say(language()))


@command(
    Words(
        "按名册分配谁评价谁；同一种子得到同一结果，人人负担相当。",
        "Draw who rates whom from the register; the same seed gives the same list.",
    ),
    NUMBER,
    Option("--seed", default="", metavar="TEXT", words=Words("抽签的种子", "Seed of the draw")),
    Option("--row", "rows", multiple=True, metavar="ID",
           words=Words("只就这些人（可多次）", "About these only; may be repeated")),
    AS,
    HOME,
)  # fmt: skip
def assign(number: int, seed: str, rows: tuple[str, ...], account: str, home: str | None) -> None:
    from hpf.workflow.questionnaires import draw_raters

    with acting(home, account) as (_, act):
        made = draw_raters(act, number, seed, rows)
        raters = len({a.rater for a in made})
    words = Words(
        f"已请 {raters} 人，共 {len(made)} 份", f"{raters} people, {len(made)} answers asked"
    )
    click.echo(words.say(language()))


@command(
    Words("印一次性答卷纸条（PDF），每张只能答一次。", "Print slips, each good for one answer."),
    NUMBER,
    GROUP,
    Option("--count", required=True, type=int, metavar="N", words=Words("几张", "How many")),
    ROW,
    URL,
    OUT,
    AS,
    HOME,
)
def slips(
    number: int, group: str, count: int, row: str, url: str, out: Path, account: str,
    home: str | None,
) -> None:  # fmt: skip
    _print(number, "slips", group, row, count, url, out, account, home)


@command(
    Words(
        "印带二维码的海报（PDF）：谁都能扫，一人可答多次，结果注明较弱。",
        "Print a poster with a link for anybody, any number of times: weaker, and said so.",
    ),
    NUMBER,
    GROUP,
    ROW,
    URL,
    OUT,
    AS,
    HOME,
)
def poster(
    number: int, group: str, row: str, url: str, out: Path, account: str, home: str | None
) -> None:
    _print(number, "link", group, row, 0, url, out, account, home)


def _print(
    number: int, way: str, group: str, row: str, count: int, url: str, out: Path, account: str,
    home: str | None,
) -> None:  # fmt: skip
    from hpf.reports.cards.survey import Entry
    from hpf.reports.cards.survey import poster as draw_poster
    from hpf.reports.cards.survey import slips as draw_slips
    from hpf.reports.documents import write
    from hpf.storage.questionnaires import find_questionnaire
    from hpf.workflow.questionnaire_rules import read_form
    from hpf.workflow.questionnaires import hand_out

    lang = language()
    with acting(home, account) as (at, act):
        batch, made = hand_out(act, at.home.keys, number, way, group, row, count)
        one = find_questionnaire(act.session, act.hospital, number)
        form = read_form(one.form)
        name = next(g.names for g in form.groups if g.code == group).say(lang)
        entries = [Entry(f"{url.rstrip('/')}/s/{number}/{t}", t) for t in made]
        hospital, until = at.home.hospital_name, str(one.closes)
    # after the commit: nobody else waits while pages are drawn
    if way == "slips":
        write(draw_slips(form, hospital, name, entries, until, lang), out)
    else:
        write(draw_poster(form, hospital, name, entries[0], until, lang), out)
    number_of = batch.number + 1
    words = Words(f"已写入 {out}（第 {number_of} 批）", f"Written: {out} (batch {number_of})")
    click.echo(words.say(lang))


@command(
    Words(
        "看进度：各组收到几份，谁还欠几份（只有数，没有内容）。",
        "How far it is: answers by group, and who owes how many; counts alone.",
    ),
    NUMBER,
    AS,
    HOME,
)
def progress(number: int, account: str, home: str | None) -> None:
    from hpf.storage.questionnaires import find_questionnaire
    from hpf.workflow.acting import actor
    from hpf.workflow.questionnaires import progress as look
    from hpf.workflow.questionnaires import refuse
    from hpf.workflow.roles import Role

    lang = language()
    with acting(home, account) as (at, act):
        actor(act, (Role.HR,))
        one = find_questionnaire(act.session, act.hospital, number)
        if one.digest is not None:
            raise refuse("closed", f"已于 {one.closed} 截止", f"it closed on {one.closed}",
                         (f"看结果：hpf survey results {number}",
                          f"The results: hpf survey results {number}"))  # fmt: skip
        shown = look(act, at.home.keys, one)
    for g in shown.groups:
        asked = "—" if g.asked is None else g.asked
        have = "—" if g.answered is None else g.answered
        click.echo(f"{g.group.names.say(lang)}: {have}/{asked}")
    total = Words(f"共收到 {shown.answers} 份", f"{shown.answers} answers in all")
    click.echo(total.say(lang))
    if shown.owed:
        none = Words("（无账号）", " (no account)").say(lang)
        listed = ", ".join(
            f"{p}×{n}" + (none if p in shown.without else "") for p, n in shown.owed.items()
        )
        click.echo(Words(f"请提醒：{listed}", f"To be reminded: {listed}").say(lang))


@command(
    Words(
        "截止：计数并冻结结果，销毁答卷和密钥；之后不再收。",
        "Close it: answers are counted, then destroyed with their key; no more are taken.",
    ),
    NUMBER,
    Option("--short", default="", metavar="REASON",
           words=Words("样本量不足仍要截止的理由（结果不成为数据）",
                       "Why it closes below its sample; it will not become facts")),
    AS,
    HOME,
)  # fmt: skip
def close(number: int, short: str, account: str, home: str | None) -> None:
    import getpass

    from hpf.storage.engine import reading
    from hpf.workflow.questionnaire_close import burn_left_over
    from hpf.workflow.questionnaire_close import close as count
    from hpf_cli.acting import now

    with opened(home) as at:
        with reading(at.engine) as session:
            hospital = at.hospital(session)
            burn_left_over(session, at.home.keys, hospital)
        one = count(at.engine, at.home.keys, hospital, number, account=account, at=now(),
                    short=short, seat=getpass.getuser())  # fmt: skip
    answers = (one.outcome or {})["answers"]
    words = Words(
        f"{number} 号问卷已截止，共 {answers} 份。结果：hpf survey results {number}",
        f"Questionnaire {number} is closed with {answers} answers: hpf survey results {number}",
    )
    click.echo(words.say(language()))


@command(
    Words("把截止后的结果写入本期数据。", "Hand the closed figures over as facts."),
    NUMBER,
    AS,
    HOME,
)
def facts(number: int, account: str, home: str | None) -> None:
    from hpf.storage.questionnaires import find_questionnaire
    from hpf.workflow.acting import actor
    from hpf.workflow.questionnaire_facts import hand_over
    from hpf.workflow.roles import Role

    with acting(home, account) as (at, act):
        actor(act, (Role.HR,))
        scheme = find_questionnaire(act.session, act.hospital, number).scheme
        hospital = act.hospital
    with opened(home) as at:
        made = hand_over(at.engine, at.programs.find(scheme), hospital, number, by=account)
    if not made:
        click.echo(Words("数据里已经有了，没有变化", "They stand there already").say(language()))
    for one in made:
        click.echo(Words(f"第 {one.number} 次导入", f"import {one.number}").say(language()))


command_survey = Verbs(
    "survey",
    Words(
        "问卷：360 度评价、满意度调查。答卷不记名。",
        "Questionnaires: 360 degrees, surveys. Answers name nobody.",
    ),
    [open_, assign, slips, poster, progress, close, results, facts, list_],
)
