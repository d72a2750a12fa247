"""Agreement to a period's objectives, from the top to the bottom, before the period is opened.

Management agrees first, then each department (its head, or the office with the minutes), then the
staff (the office, with the minutes of their assembly). Which levels have to, the hospital settles.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem, Text, did_you_mean
from hpf.core.periods import Period
from hpf.storage.cycles import departments_on
from hpf.storage.ledgers import notes_of
from hpf.storage.models import Note
from hpf.workflow.acting import Act, actor
from hpf.workflow.consents import CONSENT, LEVELS, consent_lacks
from hpf.workflow.notes import note_problem, write_note
from hpf.workflow.roles import Role
from hpf.workflow.settings import read_settings
from hpf.workflow.situation import appointments, settings_now

SETTING = "consensus_levels"
_MAY = {
    "hospital": (Role.MANAGEMENT,),
    "department": (Role.DEPARTMENTS, Role.HR),
    "staff": (Role.HR,),
}


def agree(
    act: Act, scheme: str, period: Period, level: str, text: str, *, department: str = ""
) -> Note:
    """Record that a level agrees, with the minutes or meeting that say so.

    Raises HpfError: no such level, a level above has not agreed yet, no such department, twice.
    """
    if level not in LEVELS:
        raise HpfError(
            [
                note_problem(
                    "level", f"没有 {level} 这一级", f"there is no level '{level}'", _near(level)
                )
            ]
        )
    roles = _MAY[level]
    unit = department if level == "department" else ""
    as_head = Role.DEPARTMENTS if unit and _heads(act, unit) else None
    who = actor(act, roles, role=as_head and as_head.value, department=unit)
    unit = unit or (who.department if level == "department" else "")
    wanted = _wanted(act.session, act.hospital)
    above = [w for w in wanted or () if list(LEVELS).index(w) < list(LEVELS).index(level)]
    wrong = [
        note_problem("above", f"{one.zh}还没有同意", f"{one.en} has not agreed yet",
                     ("自上而下：请上一级先登记", "From the top down: the level above comes first"))
        for one in consent_lacks(act.session, act.hospital, scheme, period, above)
    ]  # fmt: skip
    if level == "department" and unit not in departments_on(
        act.session, act.hospital, period.first_day
    ):
        wrong.append(note_problem("unit", f"{period} 没有科室 {unit}",
                                  f"{period} has no department '{unit}'"))  # fmt: skip
    given = notes_of(act.session, act.hospital, CONSENT, scheme=scheme, period=period,
                     subject=level)  # fmt: skip
    if any(n.unit == unit for n in given):
        wrong.append(note_problem("twice", "已经登记过了", "it is recorded already"))
    if wrong:
        raise HpfError(wrong)
    return write_note(act, CONSENT, text, scheme=scheme, period=period, subject=level, unit=unit,
                      role=who.role.value)  # fmt: skip


def consensus_stops(session: Session, hospital: int, scheme: str, period: Period) -> list[Problem]:
    """Why a period may not be opened: the levels are not settled, or one has not agreed."""
    where, wanted = f"{scheme} {period}", _wanted(session, hospital)
    if wanted is None:
        return [
            Problem(
                "cycle.setting",
                Text("还没有定：目标要哪几级同意", "not settled yet: which levels have to agree"),
                Text(
                    f"不需要的写 none：hpf cycle settle {SETTING}=hospital,department,staff"
                    " --reason 依据",
                    f"Or none: hpf cycle settle {SETTING}=hospital,department,staff --reason WHY",
                ),
                where,
                name=SETTING,
            )
        ]
    return [lacks(one, where) for one in consent_lacks(session, hospital, scheme, period, wanted)]


def lacks(one: Text, where: str) -> Problem:
    """That a level has not agreed."""
    return Problem(
        "cycle.consensus",
        Text(f"{one.zh}还没有同意本期目标", f"no agreement yet to the objectives: {one.en}"),
        Text("请登记：hpf notes consent", "Record it: hpf notes consent"),
        where,
    )


def _wanted(session: Session, hospital: int) -> tuple[str, ...] | None:
    text = settings_now(session, hospital).get(SETTING)
    if text is None:
        return None
    found: tuple[str, ...] = read_settings({SETTING: text})[SETTING]
    return found


def _heads(act: Act, unit: str) -> bool:
    held = appointments(act.session, act.hospital)
    return any(a.account == act.account and unit in a.departments for a in held)


def _near(level: str) -> tuple[str, str]:
    near = did_you_mean(level, LEVELS)
    return near.zh, near.en
