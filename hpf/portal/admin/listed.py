"""Lists of rows that no table keeps: computed when asked for, and searched, filtered, sorted and
exported as the database's are."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from flask import abort
from flask_admin.model import BaseModelView

from hpf.portal.admin.lists import Lists, Whole, words


class Listed(Lists, BaseModelView, metaclass=Whole):  # type: ignore[misc]
    """A list of rows that are computed. A row has a `key`."""

    def __init__(self) -> None:
        super().__init__(object, name=self.code, endpoint=self.code, url=f"/admin/{self.code}")

    @abstractmethod
    def rows(self) -> Sequence[Any]:
        """All of them, in their own order."""

    def get_list(
        self, page: int | None, sort_column: str | None, sort_desc: Any, search: str | None,
        filters: Any, execute: bool = True, page_size: int | None = None,
    ) -> tuple[int, list[Any]]:  # fmt: skip
        """A page of the rows, searched for and filtered; page_size 0: all of them."""
        found = list(self.rows())
        for keeps in self.narrowed():
            found = [row for row in found if keeps(row)]
        if text := (search or "").strip().lower():
            found = [
                row for row in found
                if any(text in words(self.show(row, c)).lower()
                       for c in self.column_searchable_list)
            ]  # fmt: skip
        if sort_column and self.is_sortable(sort_column):
            found.sort(key=lambda row: words(self.show(row, sort_column)), reverse=bool(sort_desc))
        size = self.page_size if page_size is None else page_size
        first = max(page or 0, 0) * size
        return len(found), found[first : first + size] if size else found

    def get_one(self, id: Any) -> Any:
        """The row of a key; 404 where there is none."""
        found = next((row for row in self.rows() if row.key == id), None)
        if found is None:
            abort(404)
        return found

    def get_pk_value(self, model: Any) -> Any:
        """What an address names a row by."""
        return model.key

    def init_search(self) -> bool:
        """Whether there is a box to search with."""
        return bool(self.column_searchable_list)

    def scaffold_list_columns(self) -> list[str]:
        """As the view says."""
        return list(self.column_list)

    def scaffold_sortable_columns(self) -> dict[str, str]:
        """As the view says."""
        return {}

    def scaffold_form(self) -> Any:
        """Nothing is edited here."""
        return self.form_base_class
