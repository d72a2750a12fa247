"""The register of departments, read-only: who may see which row is the rights' affair."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import ColumnElement

from hpf.core.errors import Text
from hpf.portal.admin.lists import Filter
from hpf.portal.admin.views import ModelPage
from hpf.portal.clock import today
from hpf.portal.language import say
from hpf.portal.rights import Act, Viewer, registered
from hpf.storage.models import Department


def _now_or_not(value: str) -> ColumnElement[bool]:
    closed = Department.closed.is_not(None) & (Department.closed <= today())
    return closed if value == "closed" else ~closed


class Departments(ModelPage):
    """Codes, names and days. No pay stands here, so IT and auditors see all of it."""

    model_of = Department
    act = Act.REGISTER
    code = "departments"
    names = Text("科室", "Departments")
    about = Text(
        "科室从不删除：撤并的写明日期，过去的月份仍按当时的科室。",
        "Departments are never deleted: they close on a day, and past months keep theirs.",
    )
    labels: ClassVar = {
        "code": Text("编号", "Code"),
        "name": Text("名称", "Name"),
        "opened": Text("设立日", "Opened"),
        "closed": Text("撤销日", "Closed"),
    }
    column_list = ("code", "name", "opened", "closed")
    column_details_list = column_list
    column_searchable_list = ("code", "name")
    column_sortable_list = ("code", "name", "opened", "closed")
    column_default_sort = "code"
    kept: ClassVar[dict[str, Any]] = {
        "state": Filter(
            Text("状态", "State"),
            lambda: [("open", say(("在用", "open"))), ("closed", say(("已撤销", "closed")))],
            _now_or_not,
        ),
    }

    def visible(self, who: Viewer) -> ColumnElement[bool]:
        """The viewer's hospital; a head sees the departments it heads."""
        return registered(who)
