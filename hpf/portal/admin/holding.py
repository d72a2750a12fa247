"""What an account holds in a hospital, as its form shows it and sends it back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from flask import abort, request
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hpf.portal.language import say
from hpf.portal.rights import GRANTED, Role, departmental
from hpf.storage.models import Department, User, UserRole


@dataclass(frozen=True, slots=True)
class Held:
    """What an account is: open or shut, and its roles as (role, code of a department or '')."""

    active: bool
    roles: frozenset[tuple[str, str]]

    @property
    def version(self) -> str:
        """Changes whenever anything does that may be edited here."""
        said = json.dumps([self.active, sorted(self.roles)])
        return hashlib.sha256(said.encode()).hexdigest()[:24]

    def words(self) -> str:
        """The roles, for people."""
        return say(("、", ", ")).join(role_words(*r) for r in sorted(self.roles))


def role_words(role: str, unit: str) -> str:
    """A role, with its department."""
    known = {r.value: r for r in Role}
    name = say(known[role].names) if role in known else role
    return f"{name} {unit}" if unit else name


def held_by(of: Session, user: User, hospital: int) -> Held:
    """What an account is in a hospital."""
    rows = of.execute(
        select(UserRole.role, Department.code)
        .outerjoin(Department, Department.id == UserRole.department_id)
        .where(
            UserRole.user_id == user.id,
            or_(UserRole.hospital_id == hospital, UserRole.hospital_id.is_(None)),
        )
    )
    return Held(user.active, frozenset((role, unit or "") for role, unit in rows))


def asked_for(of: Session, hospital: int) -> Held:
    """What the form says; a role or a department there is none of is refused."""
    known = set(of.scalars(select(Department.code).where(Department.hospital_id == hospital)))
    roles = set()
    for one in request.form.getlist("role"):
        role, _, unit = one.partition(":")
        if role not in set(GRANTED) or departmental(Role(role)) != bool(unit):
            abort(400)
        if unit and unit not in known:
            abort(400)
        roles.add((role, unit))
    return Held("active" in request.form, frozenset(roles))
