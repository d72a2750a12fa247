"""What the words on a command line mean: schemes, periods, rows and rules, or the nearest ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hpf_cli.stops import problem

if TYPE_CHECKING:
    from hpf.core.clauses import Clause
    from hpf.core.facts import Checked
    from hpf.core.indicators import Indicator
    from hpf.core.kit.programs import Programs
    from hpf.core.periods import Period
    from hpf.core.program import Program, Rule


def installed() -> Programs:
    """The schemes of all installed plugins, each built when asked for.

    Raises SchemeError with everything that is wrong with a plugin.
    """
    from hpf.core.kit.manager import load_plugins, load_programs

    return load_programs(load_plugins())


def schemes_of(what: str) -> tuple[list[Program], Programs]:
    """The scheme of that code; or, where it is a folder's path, all schemes of the plugin in it.

    With the programs they belong to. Raises SchemeError with everything that is wrong.
    """
    if is_path(what):
        from hpf.core.kit.folder import folder_programs

        programs = folder_programs(Path(what))
        return list(programs.values()), programs
    programs = installed()
    return [programs.find(what)], programs


def is_path(what: str) -> bool:
    """Whether a word names a folder and no scheme: it has a slash, or is a plugin's project."""
    return bool(set(what) & set("/\\")) or what.startswith(".") or _is_project(Path(what))


def _is_project(path: Path) -> bool:
    return (path / "pyproject.toml").is_file()


def own_clauses(program: Program) -> list[Clause]:
    """The clauses this scheme answers for: its own and those its rules name.

    Where the document does not say which scheme a clause belongs to, all of them.
    """
    named = {c for r in program.rules for c in r.clauses}
    clauses = list(program.clauses.values())
    if not any(c.scheme for c in clauses):
        return clauses
    return [c for c in clauses if c.scheme == program.code or c.id in named]


def period_of(text: str, program: Program) -> Period:
    """The period, of the kind the scheme runs by.

    Raises HpfError naming the forms, or the one that fits.
    """
    from hpf.core.periods import Period, kind_name

    forms = {"month": "2026-09", "quarter": "2026-Q3", "half": "2026-H2", "year": "2026"}
    try:
        period = Period.parse(text)
    except ValueError:
        raise problem(
            "period",
            f"“{text}”不是周期",
            f"'{text}' is no period",
            (
                f"请写 {'、'.join(forms.values())} 的样式",
                f"Write it like {', '.join(forms.values())}",
            ),
            "--period",
        ) from None
    if period.kind != program.period:
        kind = kind_name(program.period)
        example = forms[program.period].replace("2026", str(period.year))
        raise problem(
            "period_kind",
            f"方案 {program.code} 按{kind.zh}计算，{period} 不是{kind.zh}",
            f"scheme '{program.code}' runs by the {kind.en}, and {period} is no {kind.en}",
            (f"例如 --period {example}", f"For instance --period {example}"),
            "--period",
        )
    return period


def row_of(text: str, checked: Checked, program: Program) -> tuple[str, int]:
    """`staff:A17` as entity and row number; HpfError with the nearest entity or id."""
    from hpf.core.errors import Text, did_you_mean

    entity, colon, id = text.partition(":")
    known = [e for e, rows in checked.rows.items() if len(rows)]
    if not colon or entity not in checked.rows:
        near = Text("", "") if entity in known else did_you_mean(entity, known)
        raise problem(
            "entity",
            f"看不懂“{text}”：要写 实体:编号",
            f"cannot read '{text}': write ENTITY:ID",
            (
                f"例如 {_example(checked, known)}。{near.zh}",
                f"For instance {_example(checked, known)}. {near.en}".rstrip(),
            ),
            "--entity",
        )
    rows = checked.rows[entity]
    index = rows.row_of(id)
    if index is None:
        name = program.entities[entity].names
        by_name = [
            i for i, n in zip(rows.ids.to_list(), rows.names.to_list(), strict=True) if n == id
        ]
        near = did_you_mean(id, by_name or rows.ids.to_list())
        if by_name:
            near = did_you_mean(by_name[0], by_name)
        raise problem(
            "row",
            f"{name.zh}表中没有编号“{id}”",
            f"table '{entity}' has no id '{id}'",
            (near.zh, near.en),
            "--entity",
        )
    return entity, index


def _example(checked: Checked, known: list[str]) -> str:
    entity = "staff" if "staff" in known else known[-1] if known else "staff"
    rows = checked.rows.get(entity)
    return f"{entity}:{rows.ids[0] if rows is not None and len(rows) else 'A17'}"


def rule_of(text: str, entity: str, program: Program) -> Rule | Indicator:
    """The rule (or fact) of that name, in code or in words; HpfError with the nearest one."""
    from hpf.core.errors import did_you_mean

    found = program.rule(entity, text) or program.indicator(entity, text)
    if found is not None:
        return found
    rules = {r.name: r.names for r in program.rules if r.entity == entity}
    named = [r for r in program.rules if r.entity == entity and text in (r.names.zh, r.names.en)]
    if len(named) == 1:
        return named[0]
    words = {**{n: n for n in rules}, **{n.zh: c for c, n in rules.items()}}
    near = did_you_mean(text, words, most=len(rules))
    elsewhere = sorted({r.entity for r in program.rules if r.name == text})
    if elsewhere:
        where = ", ".join(elsewhere)
        cure = (f"它属于 {where}", f"It belongs to {where}")
    elif not rules:
        cure = ("该实体没有规则", "That entity has no rules")
    else:
        cure = (near.zh, near.en)
    raise problem(
        "rule",
        f"{entity} 没有规则“{text}”",
        f"{entity} has no rule '{text}'",
        cure,
        "--rule",
    )
