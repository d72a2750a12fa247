"""A closed questionnaire's figures as facts, through the door that workbooks use.

hand_over(engine, programs["community"], hospital, 7, by="office")

Each value's place names the questionnaire, the day of its close and its line in the results, so
that an explanation of pay leads back to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import polars as pl
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hpf.core import Questionnaire
from hpf.core.facts import Facts, Source, Table
from hpf.core.program import Program
from hpf.receiving import compare_part, keep
from hpf.storage.engine import reading
from hpf.storage.facts import facts_at
from hpf.storage.models import Import
from hpf.storage.models import Questionnaire as Row
from hpf.storage.questionnaires import find_questionnaire
from hpf.workflow.questionnaire_rules import read_form
from hpf.workflow.questionnaires import refuse


def hand_over(
    engine: Engine, program: Program, hospital: int, number: int, *, by: str
) -> list[Import]:
    """Write the figures that have an indicator; nothing where they stand there already.

    A row without a figure gets no value, never a zero. Raises HpfError for a questionnaire that is
    open or below its sample, for rows that the period's facts do not have, and with whatever is
    wrong with the values.
    """
    with reading(engine) as session:
        one = find_questionnaire(session, hospital, number)
        form = read_form(one.form)
        columns = list(_columns(form, one))
        rows = sorted({row for _, values in columns for row in values})
        ids = _ids(session, hospital, program, one, form, rows)
    made = []
    for indicator, values in columns:
        shown = compare_part(engine, hospital, program, _facts(one, form, indicator, values, ids))
        kept = keep(engine, shown, by=by, reason=f"questionnaire:{number} {one.closed}")
        made += [kept] if kept is not None else []
    return made


def becomes_facts(one: Row) -> bool:
    """Whether a closed questionnaire has figures that may become facts."""
    if one.outcome is None or one.outcome["short"]:
        return False
    return any(f.indicator or f.points_indicator for f in read_form(one.form).figures)


def _columns(form: Questionnaire, one: Row) -> Iterator[tuple[str, dict[str, tuple[int, Decimal]]]]:
    """Each indicator with its values: row -> (line in the results, value)."""
    if one.outcome is None:
        raise refuse("open", "还没有截止，没有结果", "it is not closed: there are no figures")
    if one.outcome["short"]:
        raise refuse("short", "样本量不足，结果不成为数据",
                     "it is below its sample: its figures do not become facts")  # fmt: skip
    for figure in form.figures:
        for indicator, part in (
            (figure.indicator, "value"),
            (figure.points_indicator, "points"),
        ):
            if not indicator:
                continue
            found = {}
            for line, row in enumerate(one.outcome["rows"], 1):
                told = next(f for f in row["figures"] if f["figure"] == figure.code)
                if told[part] is not None:
                    found[row["row"]] = (line, Decimal(told[part]))
            if found:
                yield indicator, found


def _ids(
    session: Session,
    hospital: int,
    program: Program,
    one: Row,
    form: Questionnaire,
    rows: list[str],
) -> dict[str, str]:
    """What the facts call each row: its own id; the hospital's one row, whatever it is called."""
    stored = facts_at(session, hospital, program, one.period).tables.get(form.entity)
    known = list(stored.frame["id"]) if stored is not None else []
    if form.entity == "hospital" and len(known) == 1:
        return dict.fromkeys(rows, known[0])
    lacking = sorted(set(rows) - set(known))
    if lacking:
        shown = "、".join(lacking[:6]) + ("…" if len(lacking) > 6 else "")
        cure = ("请先导入本期数据", "Import the period's facts first")
        raise refuse(
            "rows", f"{one.period} 的数据里没有 {shown}",
            f"the facts of {one.period} have no {shown.replace('、', ', ')}", cure,
        )  # fmt: skip
    return {row: row for row in rows}


def _facts(
    one: Row,
    form: Questionnaire,
    indicator: str,
    values: dict[str, tuple[int, Decimal]],
    ids: dict[str, str],
) -> Facts:
    frame = pl.DataFrame(
        {
            "id": pl.Series([ids[row] for row in values], dtype=pl.String),
            indicator: pl.Series([v for _, v in values.values()], dtype=pl.Decimal(38, 12)),
        }
    )
    source = Source(
        f"问卷 questionnaire {one.id}",
        f"{form.code} {one.closed}",
        {"id": "#", indicator: "#"},
        [line for line, _ in values.values()],
    )
    return Facts(one.period, {form.entity: Table(form.entity, frame, source)})
