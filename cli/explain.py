"""`hpf explain`: why one figure is what it is, clause by clause, down to the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hpf_cli.group import Option, command, language
from hpf_cli.home import HOME
from hpf_cli.inputs import CONFIG, FACTS, PAST, PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.stops import DO_NOT_HOLD, problem, show_notices

if TYPE_CHECKING:
    from hpf.core.formula.steps import Step
    from hpf_cli.running import Asked


@command(
    Words(
        "逐条解释一个数：公式、条款、参数（生效日期与出处）和取数的单元格。"
        "由工作簿计算（--period、--facts），或取已封印的计算（--run）。\n"
        "例：hpf explain cardiology --period 2026-09 --facts cardiology.xlsx --entity staff:B "
        "--rule pay",
        "Explain one figure: formula, clauses, parameters (with date and reference) and the cells "
        "it was read from; of a workbook (--period, --facts) or of a sealed run (--run).\n"
        "E.g. hpf explain cardiology --period 2026-09 --facts cardiology.xlsx --entity staff:B "
        "--rule pay",
    ),
    SCHEME,
    Option("--period", metavar="P", words=PERIOD.words),
    Option("--facts", multiple=True, metavar="PATH", words=FACTS.words),
    Option(
        "--run",
        "number",
        type=int,
        metavar="RUN",
        words=Words(
            "已封印的计算的编号，代替 --period 和 --facts",
            "The number of a sealed run, in place of --period and --facts",
        ),
    ),
    Option(
        "--entity",
        required=True,
        metavar="ENTITY:ID",
        words=Words("哪一行，例如 staff:A17", "Which row, e.g. staff:A17"),
    ),
    Option(
        "--rule",
        required=True,
        metavar="NAME",
        words=Words(
            "哪条规则（或指标）的结果：代码或名称", "Whose result: a rule (or fact) by code or name"
        ),
    ),
    Option(
        "--depth",
        metavar="N",
        words=Words(
            "向下展开几层结果（0：只看本条公式）；不写则直到单元格",
            "How many results deep (0: this formula alone); without it, down to the cells",
        ),
    ),
    PAST,
    CONFIG,
    Option(
        "--all",
        "unfolded",
        is_flag=True,
        words=Words(
            "不折叠：汇总中的每一行都展开", "Fold nothing: take every row of a gathering apart"
        ),
    ),
    Option("--json", "as_json", is_flag=True, words=Words("以 JSON 输出", "Print JSON")),
    HOME,
)
def explain(
    scheme: str,
    period: str | None,
    facts: tuple[str, ...],
    number: int | None,
    entity: str,
    rule: str,
    depth: str | None,
    past: str | None,
    config: str | None,
    unfolded: bool,
    as_json: bool,
    home: str | None,
) -> None:
    """The derivation on stdout, the run's notices on stderr; exit code 2 if what is explained is
    itself a problem."""
    lang = language()
    levels = _levels(depth)
    asked = _asked(scheme, period, facts, number, past, config, home)
    from hpf.core.formula.steps import as_json as plain
    from hpf.core.values import Trouble
    from hpf_cli.finding import row_of, rule_of

    run = asked.run
    code, index = row_of(entity, run.checked, run.program)
    found = rule_of(rule, code, run.program)
    name = getattr(found, "name", None) or f"{found.code}"  # type: ignore[union-attr]
    step = asked.derive(code, index, f"{run.program.code}.{name}", levels, unfolded)
    if as_json:
        import json

        document = {
            "scheme": run.program.code,
            "scheme_version": run.program.version,
            "period": str(run.period),
            "seal": dict(run.seal),
            "derivation": plain(step),
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        from hpf_cli.outline import fold

        _print(asked, step if unfolded or depth else fold(step), lang)
    show_notices(asked.notices, lang)
    if isinstance(step.value, Trouble):
        click.get_current_context().exit(DO_NOT_HOLD)


def _asked(
    scheme: str,
    period: str | None,
    facts: tuple[str, ...],
    number: int | None,
    past: str | None,
    config: str | None,
    home: str | None,
) -> Asked:
    """The run to explain: computed from a workbook, or read from the database."""
    if number is not None and not (period or facts or past or config):
        from hpf_cli.stored import stored_asked

        return stored_asked(scheme, number, home)
    if number is not None or period is None or not facts:
        raise problem(
            "which_run",
            "没有说清楚解释哪次计算",
            "it is not clear which run to explain",
            (
                "请写 --period 和 --facts（可加 --past、--config），或者只写 --run",
                "Give --period and --facts (with --past, --config), or --run alone",
            ),
        )
    from hpf_cli.running import run_asked

    return run_asked(scheme, period, facts, past, config)


def _print(asked: Asked, step: Step, lang: str) -> None:
    from hpf_cli.console import console
    from hpf_cli.outline import draw

    screen, run = console(), asked.run
    screen.print(f"{run.program.names.say(lang)} · {run.period.say(lang)}", style="bold")
    for line in draw(step, lang, screen.width, [r.program for r in asked.runs.values()]):
        screen.print(line, no_wrap=True, overflow="ignore", crop=False)


def _levels(depth: str | None) -> int | None:
    if depth is None:
        return None
    if not depth.isascii() or not depth.isdigit():
        raise problem(
            "depth",
            f"“{depth}”不是层数",
            f"'{depth}' is no number of levels",
            ("请写 0、1、2…", "Write 0, 1, 2, …"),
            "--depth",
        )
    return min(int(depth), 1_000)


command_explain = explain
