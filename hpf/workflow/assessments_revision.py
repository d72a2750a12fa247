"""A new version of an assessment's table, from a day and for a reason, with both shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hpf.core.errors import Problem, Text
from hpf.storage.frozen import frozen_changes
from hpf.storage.imports import Preview, save_import
from hpf.storage.models import AssessmentEntry
from hpf.workflow.acting import Act
from hpf.workflow.assessments import Standing, enter, stop, undecided
from hpf.workflow.assessments_people import of_group
from hpf.workflow.assessments_table import table_digest

_KEPT = 500  # changed cells that an entry lists one by one


def revise(act: Act, at: Standing, shown: Preview, *, since: dt.date, why: str) -> AssessmentEntry:
    """A new version of the table from a day on: the import that was shown, and the entry that says
    which cells it changes. Raises HpfError once results are decided, without a reason, or where
    the import leaves the table as it is."""
    of_group(act)
    wrong = undecided(at)
    if not why.strip():
        message = Text("没有写为什么改指标表", "it is not said why the table changes")
        wrong.append(Problem("assess.why", message, Text("请写明依据", "Say on what ground")))
    if since < at.row.opened:
        message = Text(f"新版不能早于考核开始的 {at.row.opened}",
                       f"no version is older than the assessment ({at.row.opened})")  # fmt: skip
        wrong.append(Problem("assess.since", message, place=str(since)))
    period = at.row.period
    touched = frozen_changes(act.session, act.hospital, at.row.scheme, period, shown.found)
    if not touched:
        message = Text("这份数据没有改动指标表", "these facts leave the table as it is")
        cure = Text("按平常导入即可：hpf import", "Import them as usual: hpf import")
        wrong.append(Problem("assess.same_table", message, cure, at.place))
    stop(wrong)
    names = {(one.entity, one.code) for one in touched}
    cells = [
        [c.entity, c.id, c.code, c.old, c.new]
        for one in touched
        for c in Preview(shown.hospital, shown.program, shown.facts, shown.extent, shown.base,
                         (one,), 0).cells()
    ]  # fmt: skip
    added = sum(one.counts["new"] for one in touched)
    saved = save_import(act.session, shown, by=act.account, reason=f"assessment:{at.row.id}:table",
                        at=act.at, new_table=True)  # fmt: skip
    assert saved is not None
    digest = table_digest(act.session, act.hospital, at.plan, shown.program, period)
    detail: dict[str, Any] = {
        "import": saved.number, "before": shown.base, "after": saved.id, "table": digest,
        "columns": sorted(f"{e}.{c}" for e, c in names), "cells": cells[:_KEPT],
        "changed": len(cells), "new": added,
    }  # fmt: skip
    return enter(act, at, "revision", day=since, text=why, detail=detail)
