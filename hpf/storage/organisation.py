"""The organisation as the database keeps it: nothing is deleted, everything has its days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.core.facts import Facts
from hpf.core.organisation import (
    Change,
    Person,
    Placement,
    Register,
    Unit,
    changes,
    joined_up,
    problems,
)
from hpf.storage.audit import record
from hpf.storage.engine import lock
from hpf.storage.models import Assignment, Department, Hospital, Staff
from hpf.storage.troubles import StorageError, trouble

NOT_REPORTED = "storage.register.not_reported"
MOVED = "storage.register_moved"
_LOCK = 4_850_200_000  # + hospital
_TOLD = 200  # changes that an audit entry names


def register_of(session: Session, hospital: int, on: dt.date | None = None) -> Register:
    """The whole register, or what holds on a day."""
    units = select(Department).where(Department.hospital_id == hospital)
    people = select(Staff).where(Staff.hospital_id == hospital)
    placed = (
        select(Assignment, Staff.code, Department.code)
        .join(Staff, Staff.id == Assignment.staff_id)
        .join(Department, Department.id == Assignment.department_id)
        .where(Assignment.hospital_id == hospital)
    )
    if on is not None:
        units = units.where(
            Department.opened <= on, or_(Department.closed.is_(None), Department.closed > on)
        )
        present = (Staff.joined <= on, or_(Staff.left.is_(None), Staff.left > on))
        people = people.where(*present)
        placed = placed.where(
            *present,
            Assignment.since <= on,
            or_(Assignment.until.is_(None), Assignment.until > on),
        )
    return Register(
        {d.code: Unit(d.code, d.name, d.opened, d.closed)
         for d in session.scalars(units.order_by(Department.code))},
        {s.code: Person(s.code, s.name, s.joined, s.left)
         for s in session.scalars(people.order_by(Staff.code))},
        joined_up(
            Placement(person, a.since, unit, a.post, a.title, a.share, a.until)
            for a, person, unit in session.execute(placed)
        ),
    )  # fmt: skip


def save_register(
    session: Session,
    hospital: int,
    base: Register,
    new: Register,
    *,
    by: str,
    reason: str = "",
    at: dt.datetime | None = None,
) -> list[Change]:
    """Make the register what `new` says; base: what it was when somebody looked at the changes.

    Raises StorageError when it does not hold together, when it is another one by now (MOVED), or
    when something would be deleted.
    """
    lock(session.connection(), _LOCK + hospital)
    if register_of(session, hospital) != base:
        words = ("名册刚刚被别人改过", "somebody else changed the register just now")
        cure = ("没有写入；请重新查看", "Nothing was written. Look at the changes again")
        raise StorageError([trouble("register_moved", words, cure)])
    wrong = problems(new)
    wrong += [
        trouble("deleted", ("不能删除", "it cannot be deleted"), _CLOSE, id=code)
        for code in sorted((base.units.keys() - new.units) | (base.people.keys() - new.people))
    ]
    if wrong:
        raise StorageError(wrong)
    found = changes(base, new)
    if not found:
        return []
    _units(session, hospital, new)
    _people(session, hospital, new)
    _placements(session, hospital, base, new)
    detail = {
        "reason": reason,
        "count": len(found),
        "changes": [[c.what, c.old, c.new] for c in found[:_TOLD]],
    }
    code = session.get_one(Hospital, hospital).code
    record(session, by, "register.saved", "register", detail, hospital=code, at=at)
    session.flush()
    return found


_CLOSE = ("请改填关闭或离开之日", "Write the day it closes or they leave instead")


def _units(session: Session, hospital: int, new: Register) -> None:
    known = {
        d.code: d
        for d in session.scalars(select(Department).where(Department.hospital_id == hospital))
    }
    for code, unit in new.units.items():
        row = known.get(code)
        if row is None:
            row = Department(hospital_id=hospital, code=code)
            session.add(row)
        row.name, row.opened, row.closed = unit.name, unit.opened, unit.closed
    session.flush()


def _people(session: Session, hospital: int, new: Register) -> None:
    known = {s.code: s for s in session.scalars(select(Staff).where(Staff.hospital_id == hospital))}
    for code, person in new.people.items():
        row = known.get(code)
        if row is None:
            row = Staff(hospital_id=hospital, code=code)
            session.add(row)
        row.name, row.joined, row.left = person.name, person.joined, person.left
    session.flush()


def _placements(session: Session, hospital: int, base: Register, new: Register) -> None:
    staff: Mapping[str, int] = _ids(session, Staff, hospital)
    units: Mapping[str, int] = _ids(session, Department, hospital)
    gone = {(p.person, p.department, p.post, p.title, p.since)
            for p in set(base.placements) - set(new.placements)}  # fmt: skip
    if gone:
        rows = session.execute(
            select(Assignment, Staff.code, Department.code)
            .join(Staff, Staff.id == Assignment.staff_id)
            .join(Department, Department.id == Assignment.department_id)
            .where(Assignment.hospital_id == hospital)
        )
        for row, person, unit in rows.all():
            if (person, unit, row.post, row.title, row.since) in gone:
                session.delete(row)
        session.flush()
    before = set(base.placements)
    session.add_all(
        Assignment(
            hospital_id=hospital,
            staff_id=staff[p.person],
            department_id=units[p.department],
            title=p.title,
            post=p.post,
            share=p.share,
            since=p.since,
            until=p.until,
        )
        for p in new.placements
        if p not in before
    )


def _ids(session: Session, model: type[Staff] | type[Department], hospital: int) -> dict[str, int]:
    rows = session.execute(select(model.code, model.id).where(model.hospital_id == hospital))
    return {code: int(id) for code, id in rows}


def against_register(session: Session, hospital: int, facts: Facts) -> list[Problem]:
    """Where facts and register disagree, as notices: unknown people, other departments.

    Nothing where there is no register yet.
    """
    period = facts.period
    whole = register_of(session, hospital)
    if not whole.people and not whole.units:
        return []
    there = whole.during(period.first_day, period.last_day)
    found: list[Problem] = []
    places: dict[str, set[str]] = {}
    for p in there.placements:
        places.setdefault(p.person, set()).add(p.department)
    for entity, known in (("department", there.units), ("staff", there.people)):
        table = facts.tables.get(entity)
        if table is None:
            continue
        ids: Sequence[str] = table.frame["id"].to_list()
        units = table.frame["department"].to_list() if "department" in table.frame.columns else []
        for index, id in enumerate(ids):
            if id not in known:
                words = (f"名册里 {period} 没有 {id}", f"the register has no {id} in {period}")
                found.append(_notice("not_registered", words, table.place(index, "id"), entity, id))
            elif entity == "staff" and units and units[index] not in places.get(id, set()):
                said = "、".join(sorted(places.get(id, ()))) or "—"
                words = (
                    f"科室写的是 {units[index]}，名册是 {said}",
                    f"placed in {units[index]}, in the register in {said}",
                )
                place = table.place(index, "department")
                found.append(_notice("other_department", words, place, entity, id))
        lacking = sorted(set(known) - set(ids))
        if lacking:
            shown = "、".join(lacking[:12]) + ("…" if len(lacking) > 12 else "")
            words = (
                f"名册里有而数据里没有的 {len(lacking)} 个：{shown}",
                f"{len(lacking)} in the register that the facts do not name: {shown}",
            )
            found.append(_notice("not_reported", words, "", entity, ""))
    return found


def _notice(code: str, words: tuple[str, str], place: str, entity: str, id: str) -> Problem:
    cure = ("核对数据或用 hpf register 更新名册", "Check the facts, or mend it with hpf register")
    return trouble(f"register.{code}", words, cure, place, entity, id, severity="notice")
