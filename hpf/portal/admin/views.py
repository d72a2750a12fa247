"""What every model view shares: rights on rows, the request's session, words in two languages.

A subclass names its model, its act and `visible`, the condition on rows; list, count, search, one
row by its number and export all pass through it. Whatever changes something is overridden to write
its audit entry in the same transaction (`hpf.portal.database.writing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import abort
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hpf.core.errors import Text
from hpf.portal.access import me, viewer
from hpf.portal.database import session
from hpf.portal.language import say
from hpf.portal.rights import Act, Viewer, may
from hpf.storage.models import Base


class _Reading:
    """Stands for the request's session where Flask-Admin wants one for good."""

    @property
    def session(self) -> _Reading:
        """Flask-Admin asks a registry for its session."""
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)  # Flask-Admin looks for its own marks on whatever it holds
        return getattr(session(), name)


class ModelPage(ModelView):  # type: ignore[misc]
    """A list that reads; nothing may be created, edited or deleted unless a subclass says so."""

    model_of: ClassVar[type[Base]]
    act: ClassVar[Act]
    code: ClassVar[str]
    names: ClassVar[Text]
    about: ClassVar[Text] = Text("", "")
    labels: ClassVar[Mapping[str, Text]] = {}
    can_create = can_edit = can_delete = can_export = False
    can_view_details = True
    can_set_page_size = True
    page_size = 20
    page_size_options = (20, 50, 100)

    def __init__(self) -> None:
        super().__init__(self.model_of, _Reading(), name=self.code, endpoint=self.code,
                         url=f"/admin/{self.code}")  # fmt: skip

    def visible(self, who: Viewer) -> ColumnElement[bool]:
        """The rows that are open to a viewer, as a condition on the model."""
        raise NotImplementedError

    def is_accessible(self) -> bool:
        """Whether the viewer may open the list at all."""
        return may(viewer(), self.act)

    def inaccessible_callback(self, name: str, **more: Any) -> Any:
        """The designed 403, not Flask-Admin's redirect."""
        abort(403)

    def get_query(self) -> Any:
        """The rows of lists, searches and exports."""
        return session().query(self.model).filter(self.visible(me()))

    def get_count_query(self) -> Any:
        """How many those are."""
        return session().query(func.count("*")).select_from(self.model).filter(self.visible(me()))

    def get_one(self, id: Any) -> Any:
        """One of those rows; 404 for any other, whether there is one or not."""
        try:
            key = int(id)
        except (TypeError, ValueError):
            abort(404)
        found = self.one(session(), key)
        if found is None:
            abort(404)
        return found

    def one(self, of: Session, key: int) -> Any:
        """A visible row in a session, also in a writing one."""
        number = self.model.__table__.c.id
        return of.scalar(select(self.model).where(number == key, self.visible(me())))

    def label(self, column: str) -> str:
        """What a column is called."""
        words = self.labels.get(column)
        return say(words) if words else column

    def render(self, template: str, **more: Any) -> Any:
        """With the view's words, which Flask-Admin would fix when it is made."""
        return super().render(template, heading=say(self.names), about=say(self.about), **more)
