"""`hpf diff-plugin`: whose pay an upgrade changes, by how much, and by which rule."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.inputs import CONFIG
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from rich.console import Console

    from hpf.core.change.upgrade import Revised, RulePart, Upgraded
    from hpf.core.program import Program
    from hpf_cli.versions import Pair

_MOST = 20


@command(
    Words(
        "升级插件以前：谁的绩效变了、变多少、因为哪条规则，逐人逐规则，分毫不差。\n"
        "OLD、NEW 各为：插件的文件夹，或已安装方案的代码，或 run:编号（那次计算所封存的规则）。\n"
        "数据：默认用样本的各月，没有样本则用算例；--facts 用一份工作簿；"
        "--stored 用数据库里的各月。\n"
        "例：hpf diff-plugin run:12 township",
        "Before a plugin is upgraded: whose pay changes, by how much, by which rule, person by "
        "person, to the fen.\n"
        "OLD and NEW are each a plugin's folder, an installed scheme's code, or run:NUMBER, the "
        "rules sealed with that run.\n"
        "On which facts: the sample's months, or the worked examples where there are none; with "
        "--facts a workbook's; with --stored those in "
        "the database.\nE.g. hpf diff-plugin run:12 township",
    ),
    Argument("old", metavar="OLD", words=Words("旧版", "The older version")),
    Argument("new", metavar="NEW", words=Words("新版", "The newer version")),
    Option("--scheme", metavar="SCHEME", words=Words("只比这个方案", "Only this scheme")),
    Option("--period", metavar="P", words=Words("只比这个周期", "Only this period")),
    Option(
        "--facts",
        multiple=True,
        metavar="PATH",
        words=Words(
            "工作簿或 CSV 文件夹，与 --period 一起用；上游方案的另写 方案=路径",
            "A workbook or a folder of CSV; with --period. scheme=path for a scheme above",
        ),
    ),
    CONFIG,
    Option(
        "--stored",
        is_flag=True,
        words=Words("用数据库里已封存的各月", "On the sealed months of the database"),
    ),
    Option("--all", "everybody", is_flag=True, words=Words("列出全部人员", "List everybody")),
    Option("--json", "as_json", is_flag=True, words=Words("以 JSON 输出", "Print JSON")),
    HOME,
)  # fmt: skip
def diff_plugin(
    old: str,
    new: str,
    scheme: str | None,
    period: str | None,
    facts: tuple[str, ...],
    config: str | None,
    stored: bool,
    everybody: bool,
    as_json: bool,
    home: str | None,
) -> None:
    """Nothing is sealed and nothing is changed."""
    from hpf.core.change.upgrade import revised, upgraded
    from hpf_cli.console import console
    from hpf_cli.version_months import from_files, from_samples
    from hpf_cli.version_runs import from_database
    from hpf_cli.versions import NEW, OLD, both, version_of

    _sensible(facts, period, config, stored)
    lang = language()
    with ExitStack() as stack:
        needed = stored or any(v.startswith("run:") for v in (old, new))
        at = stack.enter_context(opened(home)) if needed else None
        one, two = version_of(old, OLD, at), version_of(new, NEW, at)
        told: dict[str, tuple[list[Revised], list[tuple[Pair, Upgraded]]]] = {}
        for code in both(one, two, scheme):
            if facts:
                pairs = list(from_files(one, two, code, facts, period or "", config))
            elif at is not None:
                pairs = from_database(at, one, two, code, period)
            else:
                pairs = from_samples(one, two, code, period)
            changes = revised(one.programs[code], two.programs[code])
            told[code] = (changes, [(pair, upgraded(pair.before, pair.after)) for pair in pairs])
    if as_json:
        document = {code: _document(*found) for code, found in told.items()}
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for code, (changes, months) in told.items():
        _show(two.programs[code], changes, months, console(), lang, everybody)


def _sensible(facts: Sequence[str], period: str | None, config: str | None, stored: bool) -> None:
    if facts and (stored or not period):
        raise problem(
            "facts", "--facts 与 --period 一起用，不与 --stored 一起用",
            "--facts goes with --period, and not with --stored",
            ("例如 --facts 九月.xlsx --period 2026-09", "E.g. --facts book.xlsx --period 2026-09"),
            "--facts",
        )  # fmt: skip
    if config and not facts:
        raise problem(
            "only_with_facts", "--config 只与 --facts 一起用", "--config goes with --facts",
            ("样本和数据库各有自己的配置", "Samples and the database have their own"), "--config",
        )  # fmt: skip


def _show(
    program: Program,
    changes: list[Revised],
    months: list[tuple[Pair, Upgraded]],
    screen: Console,
    lang: str,
    everybody: bool,
) -> None:
    screen.print(f"{program.names.say(lang)} ({program.code})", style="bold")
    for one in changes:
        what = Words("规则", "rule") if one.what == "rule" else Words("参数", "parameter")
        clauses = ", ".join(one.clauses)
        screen.print(f"· {what.say(lang)} {one.names.say(lang)} ({one.name}, {clauses})")
        none = Words("（没有）", "(none)").say(lang)
        screen.print(f"  − {one.before.say(lang) or none}", style="dim", highlight=False)
        screen.print(f"  + {one.after.say(lang) or none}", highlight=False)
    if not changes:
        same = Words("公式和参数都相同。", "Formulas and parameters are the same.")
        screen.print(same.say(lang))
    for pair, told in months:
        _month(pair.label, told, screen, lang, everybody)


def _month(period: str, told: Upgraded, screen: Console, lang: str, everybody: bool) -> None:
    if told.measure is None:
        nothing = Words("方案既不发钱也没有总分。", "The scheme has no pay and no total score.")
        screen.print(f"{period} {nothing.say(lang)}")
        return
    if not told.people:
        words = Words(
            f"{period}：{told.same} 人的{told.measure.names.zh}都不变。",
            f"{period}: no change; {told.measure.names.en} of all {told.same} stays.",
        )
        screen.print(words.say(lang), style="bold green")
        return
    more, less = (sum(s * p.by > 0 for p in told.people) for s in (1, -1))
    words = Words(
        f"{period}：{more} 人增加，{less} 人减少，{told.same} 人不变；合计 {_by(told.cost)}",
        f"{period}: {more} gain, {less} lose, {told.same} stay; in all {_by(told.cost)}",
    )
    screen.print(words.say(lang), style="bold")
    _rules(told, screen, lang)
    _people(told, screen, lang, everybody)


def _rules(told: Upgraded, screen: Console, lang: str) -> None:
    from hpf_cli.console import table

    drawn = table(Words("按规则", "By rule").say(lang))
    for zh, en in (("规则", "Rule"), ("条款", "Clause")):
        drawn.add_column(Words(zh, en).say(lang), overflow="fold")
    for zh, en in (("人数", "People"), ("旧版", "Old"), ("新版", "New"), ("差额", "Difference")):
        drawn.add_column(Words(zh, en).say(lang), justify="right", no_wrap=True)
    found = told.rules()
    for part, count in found:
        clauses = ", ".join(part.clauses)
        drawn.add_row(part.names.say(lang), clauses, str(count), *_sides(part, lang))
    total = sum((part.by for part, _ in found), Decimal(0))
    drawn.add_row(Words("合计", "Total").say(lang), "", str(len(told.people)), "", "", _by(total))
    screen.print(drawn)


def _people(told: Upgraded, screen: Console, lang: str, everybody: bool) -> None:
    from hpf_cli.console import table

    drawn = table(Words("逐人", "Person by person").say(lang))
    for zh, en in (("编号", "Id"), ("姓名", "Name"), ("规则", "Rule")):
        drawn.add_column(Words(zh, en).say(lang), overflow="fold")
    for zh, en in (("旧版", "Old"), ("新版", "New"), ("差额", "Difference")):
        drawn.add_column(Words(zh, en).say(lang), justify="right", no_wrap=True)
    ordered = sorted(told.people, key=lambda p: (-abs(p.by), p.id))
    shown = ordered if everybody else ordered[:_MOST]
    assert told.measure is not None
    for person in shown:
        head = (person.id, person.name)
        for part in person.parts:
            drawn.add_row(*head, part.names.say(lang), *_sides(part, lang))
            head = ("", "")
        if len(person.parts) != 1:
            figures = (_figure(person.before, lang), _figure(person.after, lang), _by(person.by))
            drawn.add_row(*head, told.measure.names.say(lang), *figures, style="bold")
    screen.print(drawn)
    if rest := len(ordered) - len(shown):
        words = Words(f"另有 {rest} 人，加 --all 显示。", f"{rest} more: --all shows them.")
        screen.print(words.say(lang), style="dim")


def _sides(part: RulePart, lang: str) -> tuple[str, str, str]:
    return _figure(part.before, lang), _figure(part.after, lang), _by(part.by)


def _figure(value: Decimal | None, lang: str) -> str:
    from hpf_cli.figures import money

    return Words("无", "none").say(lang) if value is None else money(value)


def _by(value: Decimal) -> str:
    from hpf_cli.figures import money

    return f"+{money(value)}" if value > 0 else money(value)


def _document(changes: list[Revised], months: list[tuple[Pair, Upgraded]]) -> dict[str, Any]:
    from hpf.core.results import plain

    def said(value: Decimal | None) -> object:
        return None if value is None else plain(value)

    def part(one: RulePart) -> dict[str, object]:
        return {
            "entity": one.entity,
            "rule": one.rule,
            "clauses": list(one.clauses),
            "before": said(one.before),
            "after": said(one.after),
            "by": said(one.by),
        }

    return {
        "changed": [
            {"what": c.what, "name": c.name, "clauses": list(c.clauses),
             "before": {"zh": c.before.zh, "en": c.before.en},
             "after": {"zh": c.after.zh, "en": c.after.en}}
            for c in changes
        ],
        "months": [
            {
                "period": str(pair.before.period), "label": pair.label, "same": told.same,
                "cost": said(told.cost),
                "rules": [part(p) | {"people": n} for p, n in told.rules()],
                "people": [
                    {"id": p.id, "name": p.name, "before": said(p.before), "after": said(p.after),
                     "by": said(p.by), "parts": [part(x) for x in p.parts]}
                    for p in told.people
                ],
            }
            for pair, told in months
        ],
    }  # fmt: skip


command_diff_plugin = diff_plugin
