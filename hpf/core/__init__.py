"""The public API: everything a plugin needs, and nothing behind it.

    from hpf.core import CNY, STAFF, Scheme, round_to, split, when

Names are imported when they are first asked for, so that `hpf --help` and a plugin that only
declares things load no table engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hpf.core.entities import (
        DEPARTMENT,
        HOSPITAL,
        JURISDICTION,
        PEER_GROUP,
        STAFF,
        Entity,
        Link,
        entity,
        link,
    )
    from hpf.core.errors import HpfError, Problem, Text
    from hpf.core.formula.nodes import (
        days_between,
        first_day,
        larger,
        last_day,
        months_later,
        rank,
        round_to,
        smaller,
        split,
        when,
    )
    from hpf.core.formula.params import Parameters
    from hpf.core.formula.rows import Members, Row
    from hpf.core.formula.symbols import Formula, Symbol, exact, first_of
    from hpf.core.indicators import Type
    from hpf.core.items import BUILT_IN_METHODS, applies, declare_items, score_by_method
    from hpf.core.kit.hookspecs import (
        Column,
        Dialogue,
        Figure,
        Form,
        ItemMethod,
        Ledger,
        OutsideAssessment,
        Page,
        Panel,
        PayoutWriter,
        Question,
        Questionnaire,
        RaterGroup,
        ReportSection,
        StrategyMap,
        hookimpl,
    )
    from hpf.core.paylists import PayLine, PayList
    from hpf.core.periods import Period
    from hpf.core.schemes import Scheme
    from hpf.core.units import (
        CASE,
        CNY,
        DAY,
        HOUR,
        ITEM,
        MONTH,
        PERIODS,
        PERSON,
        POINT,
        RANK,
        RATIO,
        SHIFT,
        TRIP,
        VISIT,
        YEAR,
        Unit,
        declare_unit,
        unit,
    )

__all__ = [
    "BUILT_IN_METHODS",
    "CASE",
    "CNY",
    "DAY",
    "DEPARTMENT",
    "HOSPITAL",
    "HOUR",
    "ITEM",
    "JURISDICTION",
    "MONTH",
    "PEER_GROUP",
    "PERIODS",
    "PERSON",
    "POINT",
    "RANK",
    "RATIO",
    "SHIFT",
    "STAFF",
    "TRIP",
    "VISIT",
    "YEAR",
    "Column",
    "Dialogue",
    "Entity",
    "Figure",
    "Form",
    "Formula",
    "HpfError",
    "ItemMethod",
    "Ledger",
    "Link",
    "Members",
    "OutsideAssessment",
    "Page",
    "Panel",
    "Parameters",
    "PayLine",
    "PayList",
    "PayoutWriter",
    "Period",
    "Problem",
    "Question",
    "Questionnaire",
    "RaterGroup",
    "ReportSection",
    "Row",
    "Scheme",
    "StrategyMap",
    "Symbol",
    "Text",
    "Type",
    "Unit",
    "applies",
    "days_between",
    "declare_items",
    "declare_unit",
    "entity",
    "exact",
    "first_day",
    "first_of",
    "hookimpl",
    "larger",
    "last_day",
    "link",
    "months_later",
    "rank",
    "round_to",
    "score_by_method",
    "smaller",
    "split",
    "unit",
    "when",
]

_HOMES = {
    "entities": ("DEPARTMENT HOSPITAL JURISDICTION PEER_GROUP STAFF Entity Link entity link"),
    "errors": "HpfError Problem Text",
    "formula.nodes": (
        "days_between first_day larger last_day months_later rank round_to smaller split when"
    ),
    "formula.params": "Parameters",
    "formula.rows": "Members Row",
    "formula.symbols": "Formula Symbol exact first_of",
    "indicators": "Type",
    "items": "BUILT_IN_METHODS applies declare_items score_by_method",
    "kit.hookspecs": (
        "Column Dialogue Figure Form ItemMethod Ledger OutsideAssessment Page Panel PayoutWriter "
        "Question Questionnaire RaterGroup ReportSection StrategyMap hookimpl"
    ),
    "paylists": "PayLine PayList",
    "periods": "Period",
    "schemes": "Scheme",
    "units": (
        "CASE CNY DAY HOUR ITEM MONTH PERIODS PERSON POINT RANK RATIO SHIFT TRIP VISIT YEAR"
        " Unit declare_unit unit"
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'hpf.core' has no attribute {name!r}")
    value = getattr(import_module(f"hpf.core.{home}"), name)
    globals()[name] = value  # the next access finds it without asking
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
