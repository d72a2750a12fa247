"""What is put on file: filings of every kind, the posting of results, and who was told theirs.

Each is one immutable row and one entry in the audit chain, in the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from hpf.core.errors import HpfError, Problem, Text, did_you_mean
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.storage import cycles as kept
from hpf.storage.models import Cycle as Row
from hpf.storage.models import Filing
from hpf.workflow import files
from hpf.workflow.acting import Act, actor
from hpf.workflow.roles import Actor, Role
from hpf.workflow.situation import draw
from hpf.workflow.stages import CycleError, Stage

Programs = Mapping[str, Program]
_OFFICE = (Role.MANAGEMENT, Role.HR)


def put_on_file(
    act: Act,
    kind: str,
    text: str,
    *,
    cycle: Row | None,
    subject: str = "",
    detail: Mapping[str, str] | None = None,
    role: str | None = None,
    department: str = "",
) -> Filing:
    """Put something on file, for a cycle or for the hospital. HpfError with every reason against.

    A department files for itself: its code is the subject where none is given.
    """
    known = files.KINDS.get(kind)
    who = actor(act, known.roles if known else Role, role=role, department=department)
    given = dict(detail or {})
    told = subject or who.department
    bad = files.filing_problems(kind, who, told, text, given)
    if known is not None and known.cycle and cycle is None:
        message = Text(f"{known.names.zh}属于某个周期", f"{known.names.en} belongs to a period")
        cure = Text("请写方案和 --period", "Name scheme and --period")
        bad.append(Problem("file.cycle", message, cure, name=kind))
    if bad:
        raise HpfError(bad)
    made = keep(act, who, cycle, kind, told, text.strip(), given)
    where = f"cycle:{cycle.scheme}:{cycle.period}" if cycle is not None else "hospital"
    act.audit("cycle.filed", where, {"kind": kind, "subject": told, "text": text, **given})
    return made


def post(act: Act, scheme: str, period: Period, where: str, day: dt.date | None = None) -> Filing:
    """Say that the results hang, since when and where. CycleError out of season or out of date."""
    row = kept.find_cycle(act.session, act.hospital, scheme, period, hold=True)
    who = actor(act, _OFFICE)
    posted = day or act.today
    bad = []
    if Stage(row.state) is not Stage.PUBLICISE:
        now = Stage(row.state).names
        message = Text(f"流程在“{now.zh}”，还不能公示", f"the cycle is at '{now.en}'")
        cure = Text("审核通过之后才能公示", "Results are posted once they are approved")
        bad.append(Problem("publish.stage", message, cure, f"{scheme} {period}"))
    approved = [kept.local_day(m.at) for m in kept.moves_of(act.session, row.id)
                if m.target == Stage.PUBLICISE.value]  # fmt: skip
    if posted > act.today or (approved and posted < approved[-1]):
        span = f"{approved[-1]} … {act.today}" if approved else f"… {act.today}"
        message = Text(f"公示日 {posted} 不对", f"{posted} cannot be the day of posting")
        cure = Text(f"应在 {span} 之间", f"It lies within {span}")
        bad.append(Problem("publish.day", message, cure, f"{scheme} {period}"))
    if not where.strip():
        message = Text("没有写在哪里公示", "it is not said where they hang")
        bad.append(
            Problem("publish.where", message, Text("如：院内公示栏", "For instance a board"))
        )
    if bad:
        raise CycleError(bad)
    detail = {
        "day": posted.isoformat(),
        "run": row.run_id,
        "correction": kept.correction_of(act.session, row.run_id),
    }
    made = keep(act, who, row, "posting", "", where.strip(), detail)
    act.audit("cycle.posted", f"cycle:{scheme}:{period}", {**detail, "where": where})
    return made


def inform(
    act: Act, programs: Programs, scheme: str, period: Period, how: str, people: tuple[str, ...]
) -> list[str]:
    """Record that people were told their results; people empty: all who were not yet told."""
    row = kept.find_cycle(act.session, act.hospital, scheme, period, hold=True)
    who = actor(act, _OFFICE)
    drawn = draw(act.session, act.hospital, programs, row, act.today)
    known = drawn.situation.affected
    left = sorted(known - drawn.situation.informed)
    bad = []
    for person in people:
        if person not in known:
            message = Text(f"结果里没有 {person}", f"the results have no '{person}'")
            bad.append(Problem("publish.person", message, did_you_mean(person, known), person))
    if not how.strip():
        message = Text("没有写怎样反馈", "it is not said how they were told")
        bad.append(Problem("publish.how", message, Text("如：工资条", "For instance: pay slips")))
    if bad:
        raise CycleError(bad)
    told = [p for p in (people or left) if p in left]
    for person in told:
        keep(act, who, row, "feedback", person, how.strip(), {})
    if told:
        act.audit("cycle.informed", f"cycle:{scheme}:{period}", {"how": how, "people": told})
    return told


def keep(
    act: Act,
    who: Actor,
    cycle: Row | None,
    kind: str,
    subject: str,
    text: str,
    detail: Mapping[str, Any],
) -> Filing:
    """One row of it; whoever calls has asked whether it may be, and tells the audit."""
    made = Filing(
        hospital_id=act.hospital,
        cycle_id=cycle.id if cycle is not None else None,
        kind=kind,
        subject=subject,
        text=text,
        detail=dict(detail),
        by=act.account,
        role=who.role.value,
        at=act.at,
    )
    act.session.add(made)
    act.session.flush()
    return made
