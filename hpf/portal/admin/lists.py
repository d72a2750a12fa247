"""What every list of the administration shares, whatever its rows are: words, filters, export.

A subclass says which columns there are, and for a cell that is more than an attribute writes
`show_COLUMN`. Lists, details and both exports take their cells from `show`, so that whatever is
kept from a viewer is kept from all four.
"""

from __future__ import annotations

import datetime as dt
from abc import ABCMeta
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from flask import abort, request, url_for
from flask_admin import expose
from flask_admin.model import BaseModelView
from jinja2 import pass_context

from hpf.core.errors import Text
from hpf.portal.access import viewer
from hpf.portal.admin.exporting import EXPORTS, exported
from hpf.portal.language import language, say
from hpf.portal.rights import Act, may
from hpf.storage.cycles import CHINA

YES, NO, NONE = Text("是", "yes"), Text("否", "no"), "—"
_MARK = "only_"
_FURTHEST = 1_000_000  # pages
_LONGEST = 200  # characters that are searched for


class Whole(type(BaseModelView), ABCMeta):  # type: ignore[misc]
    """Makes views, and none that leaves out what its base asks for (`abstractmethod`)."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows that are of one kind. choices: value and word of each; rows: what keeps them, for a
    list of the database a condition, for another one a predicate."""

    names: Text
    choices: Callable[[], Iterable[tuple[str, str]]]
    rows: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter as the page shows it: its field, and the words and way out where it is on."""

    field: str
    name: str
    choices: Sequence[tuple[str, str]]
    value: str
    word: str
    without: str


class Lists:
    """Mixed into Flask-Admin's views, before them."""

    act: ClassVar[Act]
    code: ClassVar[str]
    names: ClassVar[Text]
    about: ClassVar[Text] = Text("", "")
    labels: ClassVar[Mapping[str, Text]] = {}
    numbers: ClassVar[frozenset[str]] = frozenset()  # columns that stand on the right
    codes: ClassVar[frozenset[str]] = frozenset({"code"})  # as files and formulas write them
    kept: ClassVar[Mapping[str, Filter]] = {}
    can_create = can_edit = can_delete = False
    can_export = can_view_details = can_set_page_size = True
    export_types: ClassVar = list(EXPORTS)
    page_size = 20
    page_size_options = (20, 50, 100)

    def _get_list_extra_args(self) -> Any:
        """As Flask-Admin reads the address, within what there can be."""
        args: Any = super()._get_list_extra_args()  # type: ignore[misc]
        args.page = min(max(args.page or 0, 0), _FURTHEST)
        args.page_size = args.page_size if args.page_size in self.page_size_options else 0
        args.search = (args.search or "")[:_LONGEST] or None
        return args

    def is_accessible(self) -> bool:
        """Whether the viewer may open the list at all."""
        return may(viewer(), self.act)

    def inaccessible_callback(self, name: str, **more: Any) -> Any:
        """The designed 403, not Flask-Admin's redirect."""
        abort(403)

    def label(self, column: str) -> str:
        """What a column is called."""
        words = self.labels.get(column)
        return say(words) if words else column

    def show(self, row: Any, column: str) -> Any:
        """What stands in a cell: text, a number, a date, or None for what there is none of."""
        own = getattr(self, f"show_{column}", None)
        return own(row) if own else getattr(row, column)

    def right(self, row: Any, column: str) -> bool:
        """Whether a cell stands on the right, figures below one another."""
        return column in self.numbers

    def tone(self, row: Any, column: str) -> str:
        """The kind of tag that a cell is; '' for plain text."""
        return ""

    @pass_context
    def get_list_value(self, context: Any, model: Any, name: str) -> str:
        """A cell of the list."""
        return words(self.show(model, name))

    @pass_context
    def get_detail_value(self, context: Any, model: Any, name: str) -> str:
        """A cell of the details."""
        return words(self.show(model, name))

    def chosen(self) -> list[Chosen]:
        """The filters, with what is asked for. A value there is none of filters nothing."""
        found = []
        for name, one in self.kept.items():
            choices = list(one.choices())
            field = _MARK + name
            value = request.args.get(field, "")
            word = dict(choices).get(value, "")
            rest: dict[str, Any] = {
                k: v for k, v in request.args.items() if k not in (field, "page")
            }
            here = url_for(f"{self.code}.index_view", **rest)
            found.append(Chosen(field, say(one.names), choices, value if word else "", word, here))
        return found

    def narrowed(self) -> list[Any]:
        """What the chosen filters keep."""
        kept = zip(self.kept.values(), self.chosen(), strict=True)
        return [one.rows(chosen.value) for one, chosen in kept if chosen.value]

    def render(self, template: str, **more: Any) -> Any:
        """With the view's words, which Flask-Admin would fix when it is made."""
        told = {"heading": say(self.names), "about": say(self.about), "chosen": self.chosen()}
        return super().render(template, **told, **more)  # type: ignore[misc]

    @expose("/export/<export_type>/")  # type: ignore[untyped-decorator]
    def export(self, export_type: str) -> Any:
        """The list as it is searched, filtered and sorted, all of it, in a file."""
        if export_type not in EXPORTS:
            abort(404)
        asked: Any = self
        args = asked._get_list_extra_args()
        column = asked._get_column_by_idx(args.sort)
        _, rows = asked.get_list(
            None, column[0] if column else None, args.sort_desc, args.search, None, page_size=0
        )
        columns: Sequence[str] = asked.column_export_list or asked.column_list
        heads = [self.label(c) for c in columns]
        cells = ([self.show(row, c) for c in columns] for row in rows)
        return exported(export_type, self.code, say(self.names), heads, cells)


def words(value: Any) -> str:
    """A cell as a page shows it. A moment is told in Chinese time."""
    if value is None or value == "":
        return NONE
    if isinstance(value, bool):
        return say(YES if value else NO)
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(CHINA):%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Text):
        return value.say(language())
    return str(value)
