"""`hpf why`: why somebody's figure is another one than in an earlier period, in exact parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hpf_cli.group import Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from decimal import Decimal

    from rich.console import Console
    from sqlalchemy.orm import Session

    from hpf.core.change import Why
    from hpf.core.periods import Period
    from hpf.core.results import Run


@command(
    Words(
        "为什么比上期多（少）：按固定的次序逐项换成本期的数，各项之和分文不差就是差额。\n"
        "例：hpf why township --period 2026-10 --entity staff:A17",
        "Why more, or less, than before: one thing after another is taken from this period, in a "
        "fixed order; the parts sum to the difference to the fen.\n"
        "E.g. hpf why township --period 2026-10 --entity staff:A17",
    ),
    SCHEME,
    PERIOD,
    Option(
        "--entity",
        required=True,
        metavar="ENTITY:ID",
        words=Words("哪一行，例如 staff:A17", "Which row, e.g. staff:A17"),
    ),
    Option(
        "--rule",
        metavar="NAME",
        words=Words("哪条规则的结果；不写就是发放的金额", "Whose result; else what is paid"),
    ),
    Option(
        "--against",
        metavar="P",
        words=Words(
            "与哪个周期比；不写就是上一个周期", "Against which period; else the one before"
        ),
    ),
    HOME,
    Option("--json", "as_json", is_flag=True, words=Words("以 JSON 输出", "Print JSON")),
)
def why(
    scheme: str,
    period: str,
    entity: str,
    rule: str | None,
    against: str | None,
    home: str | None,
    as_json: bool,
) -> None:
    """Both runs are the latest sealed ones of their periods."""
    import json

    from hpf.core.change import why as parts_of
    from hpf.storage.engine import reading
    from hpf_cli.console import console
    from hpf_cli.finding import period_of

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        program = at.programs.find(scheme)
        now = period_of(period, program)
        then = period_of(against, program) if against else now.earlier(1)
        hospital = at.hospital(session)
        before, after = (_sealed(session, hospital, scheme, p) for p in (then, now))
    kind, _, id = entity.partition(":")
    name = _rule(after, kind, rule)
    try:
        told = parts_of(before, after, kind, id, name)
    except KeyError as error:
        raise problem(
            "row",
            f"两个周期里都没有 {entity}",
            f"neither period has {entity}",
            ("请检查编号", "Check the id"),
            "--entity",
        ) from error
    if as_json:
        click.echo(json.dumps(_document(told, before, after), ensure_ascii=False, indent=1))
        return
    _show(told, before, after, entity, console(), lang)


def _sealed(session: Session, hospital: int, scheme: str, period: Period) -> Run:
    from hpf.storage.runs import latest_run, load_run

    found = latest_run(session, hospital, scheme, period)
    if found is None:
        raise problem(
            "no_run",
            f"{period} 还没有封存的计算",
            f"no run of {period} is sealed",
            (f"请先计算：hpf calculate {scheme} --period {period}",
             f"Calculate it first: hpf calculate {scheme} --period {period}"),
            str(period),
        )  # fmt: skip
    return load_run(session, found.id)


def _rule(run: Run, entity: str, rule: str | None) -> str:
    if rule:
        return _named(rule, entity, run)
    paid = run.program.payout
    if paid is None or paid.entity != entity:
        raise problem(
            "rule",
            f"方案没有说明 {entity} 发放哪一项",
            f"the scheme does not say what {entity} is paid",
            ("请用 --rule 指明", "Name it with --rule"),
            "--rule",
        )
    return paid.name


def _named(rule: str, entity: str, run: Run) -> str:
    from hpf.core.program import Rule
    from hpf_cli.finding import rule_of

    found = rule_of(rule, entity, run.program)
    if not isinstance(found, Rule) or not found.type.is_number:
        raise problem(
            "rule", f"{rule} 不是数", f"'{rule}' is no number",
            ("请换一条规则", "Choose another rule"), "--rule",
        )  # fmt: skip
    return found.name


def _show(told: Why, before: Run, after: Run, entity: str, screen: Console, lang: str) -> None:
    from hpf_cli.console import table

    names = told.rule.names.say(lang)
    title = Words(
        f"{entity} 的{names}：{before.period.say(lang)} → {after.period.say(lang)}",
        f"{names} of {entity}: {before.period} → {after.period}",
    ).say(lang)
    drawn = table(title)
    drawn.add_column(Words("来自", "From").say(lang))
    drawn.add_column(Words("原来", "Before").say(lang), justify="right")
    drawn.add_column(Words("现在", "Now").say(lang), justify="right")
    drawn.add_column(Words("影响", "Part").say(lang), justify="right", no_wrap=True)
    drawn.add_row(before.period.say(lang), "", "", _amount(told.before, lang), style="bold")
    for part in told.parts:
        if part.amount or part.before is not None:
            name = part.names.say(lang)
            kind = part.kind.names.say(lang)
            shown = name if name == kind else f"{name}（{kind}）" if lang == "zh" else (
                f"{name} ({kind})"
            )  # fmt: skip
            drawn.add_row(shown, _value(part.before, lang), _value(part.after, lang),
                          _signed(part.amount))  # fmt: skip
    drawn.add_row(after.period.say(lang), "", "", _amount(told.after, lang), style="bold")
    screen.print(drawn)
    words = Words(
        f"差额 {_signed(told.difference)}，就是各项之和。次序：本人数据、系数、得分、参数、科室与"
        "医院、他人、人员增减、本人调动、规则、日期与往期。",
        f"The difference, {_signed(told.difference)}, is the sum of the parts. Order: own figures, "
        "coefficients, scores, parameters, department and hospital, others, headcount, own "
        "transfer, rules, dates and earlier periods.",
    )
    screen.print(words.say(lang), style="dim")


def _amount(value: Decimal | None, lang: str) -> str:
    from hpf_cli.figures import money

    return Words("无", "none").say(lang) if value is None else money(value)


def _signed(value: Decimal) -> str:
    from hpf_cli.figures import money

    return f"+{money(value)}" if value > 0 else money(value)


def _value(value: object, lang: str) -> str:
    """A single fact's or parameter's value; '' for tables of several."""
    from decimal import Decimal
    from fractions import Fraction

    from hpf.core.formula.labels import short
    from hpf_cli.figures import amount, figure

    if isinstance(value, Fraction):
        return short(value).say(lang)
    if isinstance(value, Decimal):
        return amount(value)
    return figure(value, False, lang) if isinstance(value, bool | str) else ""


def _document(told: Why, before: Run, after: Run) -> dict[str, Any]:
    from hpf.core.results import plain

    def said(value: Any) -> object:
        return None if value is None else plain(value)

    return {
        "rule": told.rule.name,
        "id": told.id,
        "from": {"period": str(before.period), "seal": before.seal["seal"],
                 "value": said(told.before)},
        "to": {"period": str(after.period), "seal": after.seal["seal"], "value": said(told.after)},
        "difference": said(told.difference),
        "parts": [
            {"kind": p.kind.value, "names": {"zh": p.names.zh, "en": p.names.en},
             "amount": said(p.amount), "clause": p.clause}
            for p in told.parts
        ],
    }  # fmt: skip


command_why = why
