"""Administration: Flask-Admin's views in the portal's own skin.

A view names its act; `install` is the one place where views are listed.
"""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin, AdminIndexView
from flask_admin.theme import Theme

from hpf.portal.admin.assignments import Assignments
from hpf.portal.admin.declared import Indicators, Parameters
from hpf.portal.admin.departments import Departments
from hpf.portal.admin.listed import Listed
from hpf.portal.admin.plugins import PluginList
from hpf.portal.admin.records import Cycles, Imports, Runs
from hpf.portal.admin.staff import People
from hpf.portal.admin.trail import Audit, Jobs
from hpf.portal.admin.users import Users
from hpf.portal.admin.views import ModelPage
from hpf.portal.rights import Act

VIEWS: tuple[type[ModelPage] | type[Listed], ...] = (
    Departments, People, Assignments, Users, Indicators, Parameters, Cycles, Imports, Runs, Audit,
    Jobs, PluginList,
)  # fmt: skip


class Index(AdminIndexView):  # type: ignore[misc]
    """There is no start page of its own: the navigation leads to each list."""

    def is_visible(self) -> bool:
        """Never listed."""
        return False


def install(app: Flask) -> None:
    """Mount the views under /admin, and say which act each needs."""
    index = Index(url="/admin", template="admin/index.html")
    desk = Admin(app, name="HPF", index_view=index, theme=Theme("hpf", "admin/base.html"))
    acts: dict[str, str] = {"admin": Act.REGISTER.value}
    app.extensions["hpf_admin"] = acts
    for view in VIEWS:
        made = view()
        desk.add_view(made)
        acts[made.endpoint] = view.act.value
