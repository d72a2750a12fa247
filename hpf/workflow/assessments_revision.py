"""A new version of an assessment's table, from a day and for a reason, with both shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from hpf.core.errors import Problem, Text
from hpf.storage.frozen import frozen_changes
from hpf.storage.imports import CellChange, Preview, save_import
from hpf.storage.models import AssessmentEntry
from hpf.workflow.acting import Act
from hpf.workflow.assessments import Standing, enter, stop, undecided
from hpf.workflow.assessments_people import of_group
from hpf.workflow.assessments_table import table_digest
from hpf.workflow.marks import Marked, marks_of

_KEPT = 500  # changed cells that an entry lists one by one


@dataclass(frozen=True, slots=True)
class Differences:
    """What facts would change of a table. columns: entity.column; cells: entity, id, column, old,
    new (None where it goes); added: values that are new."""

    columns: tuple[str, ...]
    cells: tuple[CellChange, ...]
    added: int

    @property
    def none(self) -> bool:
        """Whether the table stays as it is."""
        return not self.columns


def differences(session: Session, at: Standing, shown: Preview) -> Differences:
    """What an import that was shown would change of the assessment's table."""
    hospital = at.row.hospital_id
    touched = frozen_changes(session, hospital, at.row.scheme, at.row.period, shown.found)
    cells = tuple(c for one in touched for c in replace(shown, found=(one,)).cells())
    names = sorted({f"{one.entity}.{one.code}" for one in touched})
    return Differences(tuple(names), cells, sum(one.counts["new"] for one in touched))


def marks_above(session: Session, at: Standing, cells: Iterable[CellChange]) -> list[Marked]:
    """Marks that take more off than an item will have; they must be given anew."""
    points = {c.id: Decimal(c.new) for c in cells if c.code == at.plan.points and c.new is not None}
    if not points:
        return []
    found = marks_of(session, at.row.id)
    return [m for m in found if m.line in points and m.deduction > points[m.line]]


def wrong_revision(
    session: Session, at: Standing, shown: Preview, since: dt.date, why: str
) -> list[Problem]:
    """Everything that keeps a new version from being made; empty where nothing does."""
    wrong = undecided(at)
    if not why.strip():
        message = Text("没有写为什么改指标表", "it is not said why the table changes")
        wrong.append(Problem("assess.why", message, Text("请写明依据", "Say on what ground")))
    if since < at.row.opened:
        message = Text(f"新版不能早于考核开始的 {at.row.opened}",
                       f"no version is older than the assessment ({at.row.opened})")  # fmt: skip
        wrong.append(Problem("assess.since", message, place=str(since)))
    if differences(session, at, shown).none:
        wrong.append(same_table(at))
    return wrong


def same_table(at: Standing) -> Problem:
    """That facts leave the table as it is."""
    message = Text("这份数据没有改动指标表", "these facts leave the table as it is")
    cure = Text("按平常导入即可：hpf import", "Import them as usual: hpf import")
    return Problem("assess.same_table", message, cure, at.place)


def revise(act: Act, at: Standing, shown: Preview, *, since: dt.date, why: str) -> AssessmentEntry:
    """A new version of the table from a day on: the import that was shown, and the entry that says
    which cells it changes. Raises HpfError once results are decided, without a reason, or where
    the import leaves the table as it is."""
    of_group(act)
    stop(wrong_revision(act.session, at, shown, since, why))
    changed = differences(act.session, at, shown)
    cells = [[c.entity, c.id, c.code, c.old, c.new] for c in changed.cells]
    saved = save_import(act.session, shown, by=act.account, reason=f"assessment:{at.row.id}:table",
                        at=act.at, new_table=True)  # fmt: skip
    assert saved is not None
    digest = table_digest(act.session, act.hospital, at.plan, shown.program, at.row.period)
    detail: dict[str, Any] = {
        "import": saved.number, "before": shown.base, "after": saved.id, "table": digest,
        "columns": list(changed.columns), "cells": cells[:_KEPT], "changed": len(cells),
        "new": changed.added,
    }  # fmt: skip
    return enter(act, at, "revision", day=since, text=why, detail=detail)
