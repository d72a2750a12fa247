"""Values of facts as the database keeps them: one canonical text each, whatever their type.

decimal `1234.5` (no trailing zeros, no exponent), boolean `true`, date `2026-09-30`, text as it is.
"""

from __future__ import annotations

import polars as pl

from hpf.core.facts import PLACES, as_decimal
from hpf.core.indicators import Type
from hpf.storage.troubles import TamperError, trouble

_PLAIN = r"^-?[0-9]{1,16}(\.[0-9]{1,12})?$"


def kind_of(dtype: pl.DataType) -> str:
    """The type a column is stored as; TypeError for floats and others that are no fact."""
    if isinstance(dtype, pl.Decimal) or dtype.is_integer():
        return "decimal"
    kinds = {pl.Boolean: "boolean", pl.Date: "date", pl.String: "text", pl.Null: "text"}
    for known, kind in kinds.items():
        if dtype == known:
            return kind
    raise TypeError(f"a column of {dtype} holds no facts")


def kind_of_type(type: Type) -> str:
    """The type an indicator's values are stored as."""
    if type.is_number:
        return "decimal"
    return type.value if type in (Type.BOOLEAN, Type.DATE) else "text"


def to_texts(column: pl.Series) -> pl.Series:
    """A column of facts as texts, null where nothing was reported."""
    kind = kind_of(column.dtype)
    if kind != "decimal":
        return column.cast(pl.String)
    exact = as_decimal(column)
    texts = exact.cast(pl.String)
    if isinstance(exact.dtype, pl.Decimal) and exact.dtype.scale:
        texts = texts.str.strip_chars_end("0").str.strip_chars_end(".")
    return texts.replace("-0", "0")


def from_texts(column: pl.Series, kind: str, place: str) -> pl.Series:
    """Texts as a column of their type; TamperError where one is none of that type."""
    try:
        match kind:
            case "decimal":
                return _decimals(column)
            case "boolean":
                mapping = {"true": True, "false": False}
                return column.replace_strict(mapping, return_dtype=pl.Boolean)
            case "date":
                return column.str.to_date("%Y-%m-%d")
        return column
    except (pl.exceptions.PolarsError, ValueError) as error:
        words = (f"存储的值不是 {kind}", f"what is stored is no {kind}")
        cure = ("请运行 hpf audit verify", "Run hpf audit verify")
        raise TamperError([trouble("value", words, cure, place)]) from error


def _decimals(column: pl.Series) -> pl.Series:
    if not column.str.contains(_PLAIN).all():  # null counts as plain
        raise ValueError("not plain decimals")
    places = column.str.extract(r"\.([0-9]+)$").str.len_chars().max()
    scale = int(places) if isinstance(places, int) else 0
    return column.cast(pl.Decimal(38, min(scale, PLACES)))
