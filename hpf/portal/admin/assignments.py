"""Who works where, from which day to which, with what share; read-only."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import g
from sqlalchemy import ColumnElement, or_, select

from hpf.core.errors import Text
from hpf.portal.admin.lists import Filter
from hpf.portal.admin.staff import units
from hpf.portal.admin.views import ModelPage
from hpf.portal.clock import today
from hpf.portal.database import session
from hpf.portal.language import say
from hpf.portal.rights import Act, Viewer, registered_places
from hpf.storage.models import Assignment, Department, Staff


def _in(unit: str) -> ColumnElement[bool]:
    named = select(Department.id).where(Department.code == unit)
    return Assignment.department_id.in_(named)


def _holds(value: str) -> ColumnElement[bool]:
    now = (Assignment.since <= today()) & or_(
        Assignment.until.is_(None), Assignment.until > today()
    )
    return now if value == "now" else ~now


class Assignments(ModelPage):
    """Dated: a change ends one line and begins another."""

    model_of = Assignment
    act = Act.REGISTER
    code = "assignments"
    names = Text("任职", "Assignments")
    about = Text(
        "一人同一天的份额合计为 1；改动写成新的一行，从生效日算起。",
        "A person's shares sum to 1 on any day; a change is a new line from its day on.",
    )
    labels: ClassVar = {
        "staff": Text("人员编号", "Staff code"),
        "name": Text("姓名", "Name"),
        "unit": Text("科室", "Department"),
        "title": Text("职称", "Title"),
        "post": Text("岗位", "Post"),
        "share": Text("份额", "Share"),
        "since": Text("起", "From"),
        "until": Text("止（不含）", "Until (not included)"),
    }
    numbers = frozenset({"share"})
    column_list = ("staff", "name", "unit", "title", "post", "share", "since", "until")
    column_details_list = column_list
    column_searchable_list = ("staff", "name", "unit", "title", "post")
    column_sortable_list = ("staff", "name", "unit", "title", "post", "since", "until")
    column_default_sort = "staff"
    kept: ClassVar[dict[str, Any]] = {
        "unit": Filter(Text("科室", "Department"), units, _in),
        "state": Filter(
            Text("状态", "State"),
            lambda: [
                ("now", say(("今天有效", "holds today"))),
                ("else", say(("今天无效", "does not hold today"))),
            ],
            _holds,
        ),
    }

    def visible(self, who: Viewer) -> ColumnElement[bool]:
        """The viewer's hospital; a head sees the lines of its departments."""
        return registered_places(who)

    def expression(self, column: str) -> Any:
        """Codes and names of other tables, by subquery."""
        person = Staff.id == Assignment.staff_id
        place = Department.id == Assignment.department_id
        others = {
            "staff": select(Staff.code).where(person),
            "name": select(Staff.name).where(person),
            "unit": select(Department.code + " " + Department.name).where(place),
        }
        if column in others:
            return others[column].scalar_subquery()
        return super().expression(column)

    def show_staff(self, row: Assignment) -> str:
        """Whose it is."""
        return _people()[row.staff_id][0]

    def show_name(self, row: Assignment) -> str:
        """What they are called."""
        return _people()[row.staff_id][1]

    def show_unit(self, row: Assignment) -> str:
        """Where."""
        if "hpf_unit_names" not in g:
            found = session().execute(select(Department.id, Department.code, Department.name))
            g.hpf_unit_names = {i: f"{code} {name}" for i, code, name in found}
        return str(g.hpf_unit_names[row.department_id])


def _people() -> dict[int, tuple[str, str]]:
    """Codes and names by id, read once a request."""
    if "hpf_people_names" not in g:
        found = session().execute(select(Staff.id, Staff.code, Staff.name))
        g.hpf_people_names = {i: (code, name) for i, code, name in found}
    names: dict[int, tuple[str, str]] = g.hpf_people_names
    return names
