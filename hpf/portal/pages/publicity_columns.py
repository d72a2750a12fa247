"""Which columns of the publicity board are seen by whom: the hospital's decision, kept on file.

By default names and the department's sum are for the own department only, and nobody's amount is
shown. A decision names each column's reach; a later one takes its place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem, Text
from hpf.storage.audit import record
from hpf.storage.models import Filing, Hospital

KIND = "board.columns"
NOBODY, OWN, ALL = "nobody", "own", "all"
REACHES = {
    NOBODY: Text("不公示", "not shown"),
    OWN: Text("限本科室", "own department"),
    ALL: Text("全院", "whole hospital"),
}
COLUMNS = {
    "names": Text("人员名单", "names of people"),
    "sums": Text("科室合计", "sums of departments"),
    "amounts": Text("每人金额", "each person's amount"),
}
DEFAULT: Mapping[str, str] = {"names": OWN, "sums": OWN, "amounts": NOBODY}


def columns_of(session: Session, hospital: int) -> dict[str, str]:
    """What holds now: column -> reach."""
    found = session.scalar(
        select(Filing)
        .where(Filing.hospital_id == hospital, Filing.kind == KIND)
        .order_by(Filing.id.desc())
        .limit(1)
    )
    return {**DEFAULT, **(found.detail if found is not None else {})}


def decide(
    session: Session, hospital: int, given: Mapping[str, str], reason: str, *, by: str
) -> Filing:
    """Decide anew. HpfError for an unknown reach, no reason, amounts that reach further than
    names."""
    wrong = []
    for code, names in COLUMNS.items():
        if given.get(code) not in REACHES:
            message = Text(f"没有说明{names.zh}给谁看", f"it is not said who sees: {names.en}")
            wrong.append(Problem("board.reach", message, name=code))
    order = list(REACHES)
    if not wrong and order.index(given["amounts"]) > order.index(given["names"]):
        message = Text("每人金额不能比人员名单看得更广", "amounts cannot reach further than names")
        cure = Text("放宽名单，或收窄金额", "Widen the names, or narrow the amounts")
        wrong.append(Problem("board.amounts", message, cure, name="amounts"))
    if not reason.strip():
        message = Text("没有写依据", "no reason is given")
        cure = Text(
            "如：职代会决定及日期", "Such as a decision of the staff congress, with its day"
        )
        wrong.append(Problem("board.reason", message, cure))
    if wrong:
        raise HpfError(wrong)
    detail = {code: given[code] for code in COLUMNS}
    made = Filing(
        hospital_id=hospital, cycle_id=None, kind=KIND, subject="", text=reason.strip(),
        detail=detail, by=by, role="", at=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    session.add(made)
    session.flush()
    code = session.get_one(Hospital, hospital).code
    record(session, by, "board.decided", f"filing:{made.id}", detail, hospital=code)
    return made
