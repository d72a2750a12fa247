"""Rooms that a plugin opens by declaring them: ledger, dialogues, strategy map.

Their lines stand in the navigation, and their pages are there, only where an enabled plugin
declares one; a page is about the declared scheme, whichever was looked at before.
"""

from __future__ import annotations

from typing import Final, TypeVar

from flask import abort, redirect, request, url_for
from sqlalchemy import select

from hpf.core import Dialogue, Ledger, StrategyMap
from hpf.portal.database import desk, session
from hpf.portal.place import Place, place
from hpf.storage.models import Department, Staff

Declared = TypeVar("Declared", Ledger, Dialogue, StrategyMap)
_BY: Final = {
    "ledger": "ledgers", "ledger_mine": "ledgers", "ledger_standards": "ledgers",
    "ledger_papers": "ledgers",
    "feedback": "dialogues", "honours": "dialogues", "strategy": "maps",
}  # fmt: skip


def offered(endpoint: str) -> bool:
    """Whether an endpoint's page is there: those of a room only where it is declared."""
    room = _BY.get(endpoint.rpartition(".")[0])
    return room is None or bool(getattr(desk().declared, room))


def room(declared: tuple[Declared, ...]) -> tuple[Declared, Place | None]:
    """The declaration that the page is about, and the period; None while nothing is stored of its
    scheme. 404 where nothing is declared."""
    if not declared:
        abort(404)
    at = place()
    if at is None:
        return declared[0], None
    mine = next((d for d in declared if d.scheme == at.scheme), None)
    if mine is not None:
        return mine, at
    other = next((d for d in declared if d.scheme in at.schemes), None)
    if other is None:
        return declared[0], None
    if request.method != "GET" or "scheme" in request.args:
        abort(404)
    asked = {**(request.view_args or {}), **request.args.to_dict(), "scheme": other.scheme}
    return abort(redirect(url_for(str(request.endpoint), **asked)))


def people_names() -> dict[str, str]:
    """What the register calls each person, by code."""
    rows = select(Staff.code, Staff.name).where(Staff.hospital_id == desk().hospital)
    return {code: name for code, name in session().execute(rows)}  # noqa: C416


def unit_names() -> dict[str, str]:
    """What the register calls each department, by code."""
    rows = select(Department.code, Department.name).where(Department.hospital_id == desk().hospital)
    return {code: name for code, name in session().execute(rows)}  # noqa: C416
