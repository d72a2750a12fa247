"""`hpf configure`: what the hospital decides: what is missing, the workbook, its loading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import BY, HOME, opened, who
from hpf_cli.speech import Words
from hpf_cli.stops import DO_NOT_HOLD, problem, show_notices

if TYPE_CHECKING:
    from hpf.storage.configuration import Decision, Lacking
    from hpf_cli.home import Opened

YAML = (".yaml", ".yml")
_WIDE = 100  # columns from which on clause and unit are told as well; the workbook has them anyway
_CLAUSE_AND_UNIT = (3, 4)


@command(
    Words(
        "医院自定的参数和方案之间的绑定。不带文件时列出还缺什么；--out 写出待填的工作簿；"
        "给出填好的工作簿（或 YAML 配置）则载入。",
        "What the hospital decides: parameter values, and bindings between schemes. Without a file "
        "it lists what is missing; --out writes the workbook to fill in; a filled-in workbook (or "
        "a YAML configuration) is loaded.",
    ),
    Argument(
        "file",
        metavar="[FILE]",
        required=False,
        words=Words("填好的工作簿或 YAML 配置", "The filled-in workbook, or a YAML configuration"),
    ),
    Option(
        "--out",
        metavar="FILE.xlsx",
        words=Words(
            "写出待填的工作簿（已有的取值已填好）",
            "Write the workbook to fill in (with the values there are)",
        ),
    ),
    Option(
        "--all",
        "everything",
        is_flag=True,
        words=Words(
            "连同文件已有规定的参数（可由医院另定）",
            "With --out: those as well that the documents give a value to",
        ),
    ),
    Option(
        "--on",
        metavar="DAY",
        words=Words(
            "按哪一天检查（默认今天），如 2026-09-30",
            "The day that is looked at (today if not said), such as 2026-09-30",
        ),
    ),
    Option(
        "--since",
        metavar="DAY",
        words=Words(
            "绑定从哪一天起（默认今年 1 月 1 日）；也是工作簿里预填的起用日期",
            "The day bindings hold from (1 January of this year if not said); also the day that "
            "the workbook is filled in with",
        ),
    ),
    Option(
        "--reason",
        default="",
        metavar="TEXT",
        words=Words("绑定的依据", "On what ground the bindings were decided"),
    ),
    BY,
    HOME,
)
def configure(
    file: str | None,
    out: str | None,
    everything: bool,
    on: str | None,
    since: str | None,
    reason: str,
    by: str | None,
    home: str | None,
) -> None:
    """Nothing is written unless all of it holds."""
    lang = language()
    today = dt.datetime.now().astimezone().date()
    day = day_of(on, "--on") or today
    first = day_of(since, "--since") or today.replace(month=1, day=1)
    with opened(home) as at:
        if file is not None:
            _load(at, Path(file), first, reason, who(by), lang)
        if out is not None:
            from hpf_cli.outputs import workbook_path

            _write(at, workbook_path(out), first, everything, lang)
        missing = _missing(at, day)
    show_missing(missing, day, lang, written=out is not None)
    if missing and file is None and out is None:
        raise SystemExit(DO_NOT_HOLD)


def _load(at: Opened, path: Path, since: dt.date, reason: str, by: str, lang: str) -> None:
    from hpf.core.config import HospitalConfig
    from hpf.storage.configuration import set_bindings, set_parameters
    from hpf.storage.engine import writing

    data = _read(at, path, lang)
    HospitalConfig.parse(data, at.programs, path.name)
    decisions = decisions_in(data)
    bindings = data.get("bindings") or []
    with writing(at.engine) as session:
        hospital = at.hospital(session)
        entered = set_parameters(session, hospital, at.programs, decisions, by=by)
        bound = bool(bindings) and set_bindings(
            session, hospital, at.programs, bindings,
            since=since, reason=reason or path.name, by=by,
        )  # fmt: skip
        session.commit()
    same = len(decisions) - len(entered)
    words = Words(
        f"已写入 {len(entered)} 个取值，{same} 个与原来相同。",
        f"{len(entered)} values entered, {same} stood there already.",
    )
    click.echo(words.say(lang))
    if bound:
        words = Words(f"绑定自 {since} 起生效。", f"The bindings hold from {since} on.")
        click.echo(words.say(lang))


def _read(at: Opened, path: Path, lang: str) -> Mapping[str, Any]:
    if path.suffix.lower() in YAML:
        from hpf.core.parameter_files import read_yaml

        data = read_yaml(path)
        return data if isinstance(data, Mapping) else {"settings": data}
    from hpf.core.errors import FactsError
    from hpf.intake.decisions import read_decisions

    entries, problems, notices = read_decisions(path, at.programs)
    if problems:
        raise FactsError(problems)
    show_notices(notices, lang)
    return {"settings": entries}


def decisions_in(data: Mapping[str, Any]) -> list[Decision]:
    """All decisions of a configuration that was checked."""
    from hpf.storage.configuration import decisions_of

    settings = data.get("settings") or {}
    return [d for code, entries in settings.items() for d in decisions_of(code, entries or {})]


def _write(at: Opened, path: Path, since: dt.date, everything: bool, lang: str) -> None:
    from hpf.intake.decision_sheets import asked_of, write_decisions
    from hpf.storage.configuration import decided
    from hpf.storage.engine import reading

    with reading(at.engine) as session:
        held = decided(session, at.hospital(session), at.programs)
    write_decisions(path, asked_of(at.programs, held, everything=everything), since, lang)
    words = Words(
        f"已写出 {path}；填好后：hpf configure {path}",
        f"Wrote {path}; when it is filled in: hpf configure {path}",
    )
    click.echo(words.say(lang))


def _missing(at: Opened, day: dt.date) -> list[Lacking]:
    from hpf.storage.configuration import lacking
    from hpf.storage.engine import reading

    with reading(at.engine) as session:
        return lacking(session, at.hospital(session), at.programs, day)


def show_missing(
    missing: Sequence[Lacking], day: dt.date, lang: str, *, written: bool = False
) -> None:
    """The parameters without a value on a day: meaning, clause, unit, and what to fill in.

    written: the workbook to fill in is there, and nobody is told to make it.
    """
    if not missing:
        words = Words(f"{day}：参数齐全。", f"{day}: no parameter is missing.")
        click.echo(words.say(lang))
        return
    from hpf.intake.decision_sheets import kind
    from hpf_cli.console import console, table

    drawn = table(Words(f"{day} 还没有取值的参数", f"Without a value on {day}").say(lang))
    heads = (("方案", "Scheme"), ("参数", "Parameter"), ("名称", "Name"), ("条款", "Clause"),
             ("单位", "Unit"), ("填什么", "Kind"))  # fmt: skip
    screen = console()
    told = [at for at in range(len(heads)) if screen.width >= _WIDE or at not in _CLAUSE_AND_UNIT]
    for at in told:
        drawn.add_column(Words(*heads[at]).say(lang), no_wrap=at == 1)  # a code is copied whole
    for one in missing:
        p = one.parameter
        keys = f" × {len(p.keys)}" if p.keys else ""
        line = (one.scheme, p.name, p.names.say(lang), p.clause, p.unit.say(lang),
                kind(p).say(lang) + keys)  # fmt: skip
        drawn.add_row(*(line[at] for at in told))
    screen.print(drawn)
    if written:
        click.echo(Words(f"共缺 {len(missing)} 项。", f"{len(missing)} missing.").say(lang))
        return
    words = Words(
        f"共缺 {len(missing)} 项。填写：hpf configure --out 参数.xlsx，"
        "填好后 hpf configure 参数.xlsx",
        f"{len(missing)} missing. To fill them in: hpf configure --out parameters.xlsx, and then "
        "hpf configure parameters.xlsx",
    )
    click.echo(words.say(lang))


def day_of(text: str | None, option: str) -> dt.date | None:
    """A day given on the command line; HpfError where it is none."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise problem(
            "day",
            f"“{text}”不是日期",
            f"'{text}' is no date",
            ("请写成 2026-09-30", "Write it as 2026-09-30"),
            option,
        ) from None


command_configure = configure
