"""Lists of the database: rights on rows, the request's session, search, order.

A subclass names its model, its act and `visible`, the condition on rows; list, count, search, one
row by its number and export all pass through it. Whatever changes something is overridden to write
its audit entry in the same transaction (`hpf.portal.database.writing`).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from flask import abort
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import ColumnElement, String, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from hpf.portal.access import me
from hpf.portal.admin.lists import Lists, Whole
from hpf.portal.asked import number
from hpf.portal.database import session
from hpf.portal.rights import Viewer
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


class ModelPage(Lists, ModelView, metaclass=Whole):  # type: ignore[misc]
    """A list that reads; nothing may be created, edited or deleted unless a subclass says so."""

    model_of: ClassVar[type[Base]]
    key: ClassVar[str] = "id"

    def __init__(self) -> None:
        super().__init__(self.model_of, _Reading(), name=self.code, endpoint=self.code,
                         url=f"/admin/{self.code}")  # fmt: skip

    @abstractmethod
    def visible(self, who: Viewer) -> ColumnElement[bool]:
        """The rows that are open to a viewer, as a condition on the model."""

    def expression(self, column: str) -> Any:
        """What a column is sorted and searched by; a name of another table is a subquery of it."""
        return getattr(self.model, column)

    def get_query(self) -> Any:
        """The rows of lists, searches and exports."""
        return session().query(self.model).filter(self.visible(me()))

    def get_count_query(self) -> Any:
        """How many those are."""
        return session().query(func.count("*")).select_from(self.model).filter(self.visible(me()))

    def get_one(self, id: Any) -> Any:
        """One of those rows; 404 for any other, whether there is one or not."""
        key = number(str(id))
        if key is None:
            abort(404)
        found = self.one(session(), key)
        if found is None:
            abort(404)
        return found

    def one(self, of: Session, key: int) -> Any:
        """A visible row in a session, also in a writing one."""
        number = self.model.__table__.c[self.key]
        return of.scalar(select(self.model).where(number == key, self.visible(me())))

    def get_list(
        self, page: int | None, sort_column: str | None, sort_desc: Any, search: str | None,
        filters: Any, execute: bool = True, page_size: int | None = None,
    ) -> tuple[int, list[Any]]:  # fmt: skip
        """A page of the rows that are open, searched for and filtered; page_size 0: all of them."""
        wanted = self.narrowed()
        text = (search or "").strip()
        if text:
            said = (self.expression(c) for c in self.column_searchable_list)
            columns = [type_coerce(c, String) for c in said]  # periods, too, are text down there
            wanted.append(or_(*(c.icontains(text, autoescape=True) for c in columns)))
        query = self.get_query().filter(*wanted)
        count = self.get_count_query().filter(*wanted).scalar()
        column = sort_column if sort_column and self.is_sortable(sort_column) else None
        down = bool(sort_desc)
        if column is None and self.column_default_sort:
            default = self.column_default_sort
            column, down = default if isinstance(default, tuple) else (default, False)
        if column is not None:
            by = self.expression(column)
            query = query.order_by(by.desc() if down else by)
        query = query.order_by(getattr(self.model, self.key))
        size = self.page_size if page_size is None else page_size
        if size:
            query = query.limit(size).offset(max(page or 0, 0) * size)
        return count, query.all()

    def get_pk_value(self, model: Any) -> Any:
        """What an address names a row by."""
        return getattr(model, self.key)

    def init_search(self) -> bool:
        """Whether there is a box to search with."""
        return bool(self.column_searchable_list)

    def get_column_names(self, only_columns: Any, excluded_columns: Any) -> list[tuple[str, str]]:
        """Columns are named by the view: some are not the model's own."""
        return [(c, c) for c in only_columns]

    def get_sortable_columns(self) -> dict[str, str]:
        """As the view says; `expression` knows what each is sorted by."""
        return {c: c for c in self.column_sortable_list or ()}

    def scaffold_form(self) -> Any:
        """No form is made of a model: what may be changed has a page of its own."""
        return self.form_base_class
