"""Lists of an assessment as files, a workbook or a CSV file: the pool of experts, visits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from hpf.core.errors import HpfError, Problem, Text
from hpf.intake.lists import Column, Line, read_list
from hpf.workflow.assessments import VISITS
from hpf.workflow.assessments_people import Named
from hpf.workflow.visits import CONCENTRATED, Planned

EXPERTS = (
    Column("code", ("编号", "code")),
    Column("name", ("姓名", "name")),
    Column("speciality", ("专业", "speciality")),
    Column("employer", ("所在医院", "employer")),
    Column("account", ("账号", "account"), needed=False),
)
VISITED = (
    Column("hospital", ("医院", "hospital")),
    Column("day", ("日期", "day"), "date"),
    Column("kind", ("检查", "kind"), needed=False),
    Column("text", ("说明", "text"), needed=False),
)
_KINDS = {word: kind for kind, names in VISITS.items() for word in (kind, names.zh, names.en)}


def read_experts(path: Path) -> list[Named]:
    """Experts of a list; each with the cell of its code. Raises HpfError with what is wrong."""
    return [
        Named(
            line.cells["code"],
            line.cells["name"],
            line.cells["speciality"],
            line.cells["employer"],
            line.cells["account"],
            line.place("code"),
        )
        for line in read_list(path, EXPERTS)
    ]


def read_visits(path: Path, known: Mapping[str, str]) -> list[Planned]:
    """Visits of a list. known: hospitals, id -> name; either may be written. A blank kind is the
    concentrated visit. Raises HpfError with every cell that is wrong."""
    named: dict[str, str] = {}
    for id, name in known.items():
        named[name] = id if name not in named else ""  # a name that two bear names neither
    found, wrong = [], []
    for line in read_list(path, VISITED):
        problems = list(_wrong(line))
        wrong += problems
        if not problems:
            said = line.cells["hospital"]
            found.append(Planned(
                said if said in known else named.get(said) or said,
                _KINDS.get(line.cells["kind"], line.cells["kind"]) or CONCENTRATED,
                dt.date.fromisoformat(line.cells["day"]), line.cells["text"],
                place=line.place("hospital"),
            ))  # fmt: skip
    if wrong:
        raise HpfError(wrong)
    return found


def _wrong(line: Line) -> list[Problem]:
    found = []
    if not line.cells["hospital"]:
        message = Text("没有写哪家医院", "it is not said which hospital")
        found.append(Problem("visit.hospital", message, place=line.place("hospital")))
    if not line.cells["day"]:
        message = Text("没有写哪天检查", "it is not said on which day")
        cure = Text("写成 2026-10-14", "Write it as 2026-10-14")
        found.append(Problem("visit.day", message, cure, line.place("day")))
    return found
