"""`hpf draw`: experts drawn at random, in a way that anyone can check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from hpf_cli.acting import AS, acting, pairs
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.verbs import Verbs

NAME = Option(
    "--name", required=True, metavar="NAME", words=Words("哪一次抽取", "Which draw")
)  # fmt: skip


@command(
    Words(
        "录入专家库：工作簿或 CSV，第一行是 编号、姓名、专业、所在医院、账号（或 code,name,…）。\n"
        "所在医院指被考核的医院，不在其中的留空；再录一次就是更新。",
        "Enter experts from a workbook or CSV: code,name,speciality,employer,account.\n"
        "employer: the assessed hospital they work at, else blank. Entering again updates.",
    ),
    Argument("file", metavar="FILE", words=Words("工作簿或 CSV", "Workbook or CSV")),
    AS,
    HOME,
)
def experts(file: str, account: str, home: str | None) -> None:
    from hpf.workflow.assessments_lists import read_experts
    from hpf.workflow.assessments_people import enter_experts

    lang = language()
    given = read_experts(Path(file))
    with acting(home, account) as (_, act):
        count = enter_experts(act, given)
    click.echo(Words(f"录入或更新 {count} 名专家", f"{count} experts entered or updated").say(lang))


@command(
    Words(
        "承诺种子：生成种子，公布它的摘要；种子在抽取时才打开。",
        "Commit to a seed: make one and publish its digest; it is opened at the draw.",
    ),
    SCHEME,
    PERIOD,
    NAME,
    Option(
        "--want",
        multiple=True,
        required=True,
        metavar="SPECIALITY=N",
        words=Words("各专业抽几名，可写多次", "How many of a speciality, as often as needed"),
    ),
    Option(
        "--hospital",
        "hospitals",
        multiple=True,
        metavar="ID",
        words=Words("考核哪些医院（不写就是全部）", "Whom they assess (all, if not said)"),
    ),
    AS,
    HOME,
)
def commit(
    scheme: str,
    period: str,
    name: str,
    want: tuple[str, ...],
    hospitals: tuple[str, ...],
    account: str,
    home: str | None,
) -> None:
    from hpf.storage.secrets import AccountKeys
    from hpf.workflow.draws_held import commit_seed
    from hpf_cli.assess_at import standing_at, units_at
    from hpf_cli.stops import problem

    lang = language()
    wanted = pairs(want)
    wrong = next((n for n, count in wanted.items() if not count.isdecimal()), None)
    if wrong is not None:
        raise problem(
            "want",
            f"{wrong}={wanted[wrong]} 不是人数",
            f"'{wrong}={wanted[wrong]}' is no number",
            ("如 临床=2", "As clinical=2"),
        )
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        known = units_at(at, act, now)
        counts = {n: int(count) for n, count in wanted.items()}
        keys = AccountKeys.read(at.home.keys)
        entry = commit_seed(act, now, keys, name, hospitals or known, counts, known)
    told = entry.detail["commitment"]
    click.echo(Words(f"已承诺，请公布：{told}", f"Committed; publish it: {told}").say(lang))


@command(
    Words(
        "确定专家库：这次抽取只从现在的库里抽。",
        "Fix the pool: this draw is from who is in it now.",
    ),
    SCHEME,
    PERIOD,
    NAME,
    AS,
    HOME,
)
def pool(scheme: str, period: str, name: str, account: str, home: str | None) -> None:
    from hpf.workflow.draws_held import fix_pool
    from hpf_cli.assess_at import standing_at

    lang = language()
    with acting(home, account) as (at, act):
        entry = fix_pool(act, standing_at(at, act, scheme, period), name)
    count, digest = entry.detail["experts"], entry.detail["digest"]
    click.echo(
        Words(f"{count} 名专家，摘要 {digest}", f"{count} experts, digest {digest}").say(lang)
    )


@command(
    Words(
        "抽取：打开种子，排出名次；写出任何人都能核对的文件。",
        "Draw: open the seed and rank; write the file that anyone can check.",
    ),
    SCHEME,
    PERIOD,
    NAME,
    Option("--out", metavar="FILE", words=Words("写到哪个文件", "The file to write")),
    AS,
    HOME,
)
def hold(
    scheme: str, period: str, name: str, out: str | None, account: str, home: str | None
) -> None:
    from hpf.storage.secrets import AccountKeys
    from hpf.workflow.draws_held import hold_draw
    from hpf_cli.assess_at import standing_at

    lang = language()
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        entry = hold_draw(act, now, AccountKeys.read(at.home.keys), name)
    _tell(entry.detail["document"], lang)
    if out:
        write_document(Path(out), entry.detail["document"])


@command(
    Words("专家来不了：由同专业的下一名候补递补。", "A member cannot come: call the next one."),
    SCHEME,
    PERIOD,
    NAME,
    Argument("expert", metavar="EXPERT", words=Words("谁来不了", "Who cannot come")),
    Option("--why", required=True, metavar="TEXT", words=Words("为什么", "Why")),
    AS,
    HOME,
)
def substitute(
    scheme: str, period: str, name: str, expert: str, why: str, account: str, home: str | None
) -> None:
    from hpf.workflow.draws_held import substitute as call
    from hpf_cli.assess_at import standing_at

    lang = language()
    with acting(home, account) as (at, act):
        entry = call(act, standing_at(at, act, scheme, period), name, expert, why)
    came = entry.detail["in"]
    click.echo(Words(f"{expert} 由 {came} 递补", f"{came} comes in place of {expert}").say(lang))


@command(
    Words("写出已抽取的记录，供公布。", "Write the record of a draw, to be published."),
    SCHEME,
    PERIOD,
    NAME,
    Option(
        "--out", required=True, metavar="FILE", words=Words("写到哪个文件", "The file to write")
    ),
    HOME,
)
def publish(scheme: str, period: str, name: str, out: str, home: str | None) -> None:
    from hpf.storage.engine import reading
    from hpf_cli.assess_at import plan_at
    from hpf_cli.finding import period_of
    from hpf_cli.stops import problem

    with opened(home) as at, reading(at.engine) as session:
        from hpf.workflow.assessments import standing

        plan = plan_at(at, scheme)
        when = period_of(period, at.programs[plan.scheme])
        entry = standing(session, at.hospital(session), plan, when).last("draw", name)
        if entry is None:
            raise problem("draw", f"还没有抽取“{name}”", f"draw '{name}' is not held", ("", ""))
        write_document(Path(out), entry.detail["document"])
    click.echo(out)


@command(
    Words(
        "核对抽取记录：按公布的种子重排一遍，不需要数据库。",
        "Check the record of a draw: rank again by its seed; no database is needed.",
    ),
    Argument("file", metavar="FILE", words=Words("公布的文件", "The published file")),
)
def verify(file: str) -> None:
    from hpf.core.errors import HpfError, Problem, Text
    from hpf.workflow.draws import verify as check

    lang = language()
    try:
        given = json.loads(Path(file).read_text("utf-8-sig"))
    except ValueError:
        message = Text("不是 JSON 文件", "this is no JSON")
        raise HpfError([Problem("draw.file", message, place=file)]) from None
    wrong = check(given)
    if wrong:
        raise HpfError(wrong)
    _tell(given, lang)
    words = Words("核对无误：种子、专家库、回避和次序都对",
                  "It holds: seed, pool, exclusions and order")  # fmt: skip
    click.echo(words.say(lang))


def _tell(document: dict[str, Any], lang: str) -> None:
    """Who was drawn, by speciality."""
    from hpf.workflow.draws import MEMBER

    found: dict[str, list[tuple[str, bool]]] = {}
    for d in document["drawn"]:
        found.setdefault(d["speciality"], []).append((d["expert"], d["role"] == MEMBER))
    comma = Words("、", ", ").say(lang)
    for speciality, ones in found.items():
        drawn = comma.join(e for e, member in ones if member)
        left = comma.join(e for e, member in ones if not member) or "—"
        words = Words(f"{speciality}：{drawn}；候补 {left}", f"{speciality}: {drawn}; then {left}")
        click.echo(words.say(lang))


def write_document(path: Path, document: object) -> None:
    """The record of a draw as it is published."""
    from hpf.intake.atomic import write_text

    write_text(path, json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


command_draw = Verbs(
    "draw",
    Words("抽取考核专家：承诺种子、定库、抽取、递补、核对。",
          "Draw experts: commit, fix the pool, draw, substitute, verify."),
    [experts, commit, pool, hold, substitute, publish, verify],
)  # fmt: skip
