"""What a column gives back is what was put in, to the last digit, on both databases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, func, insert, select

from hpf.core.periods import Period
from hpf.storage.types import Exact, JsonText, Key, PeriodText, Utc, canonical, exact

META = MetaData()
ROWS = Table(
    "typed_rows",
    META,
    Column("id", Integer, primary_key=True),
    Column("exact", Exact),
    Column("moment", Utc),
    Column("key", Key),
    Column("period", PeriodText),
    Column("json", JsonText),
)
MOST = Decimal("9999999999999999.999999999999")
EVERY_NUMBER = st.decimals(min_value=-MOST, max_value=MOST, places=12) | st.decimals(
    min_value=-MOST, max_value=MOST, allow_nan=False, places=2
)
ONCE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def rows(database: Engine) -> Engine:
    META.create_all(database)
    return database


def back(engine: Engine, column: str, values: list[object]) -> list[object]:
    with engine.begin() as connection:
        connection.execute(ROWS.delete())
        connection.execute(insert(ROWS), [{"id": i, column: v} for i, v in enumerate(values)])
        return list(connection.scalars(select(ROWS.c[column]).order_by(ROWS.c.id)))


@ONCE
@given(values=st.lists(EVERY_NUMBER, min_size=1, max_size=30))
def test_numbers_come_back_as_they_went_in(rows: Engine, values: list[Decimal]) -> None:
    found = back(rows, "exact", list(values))
    assert found == values
    assert [str(f) for f in found] == [str(exact(v)) for v in values], "and in one written form"


@ONCE
@given(value=EVERY_NUMBER, other=EVERY_NUMBER)
def test_numbers_are_found_by_their_value(rows: Engine, value: Decimal, other: Decimal) -> None:
    back(rows, "exact", [value, other])
    with rows.connect() as connection:
        # the same number written with more zeros is the same number
        longer = value.quantize(Decimal("1.000000000000"))
        found = set(connection.scalars(select(ROWS.c.id).where(ROWS.c.exact == longer)))
    assert found == {i for i, v in enumerate((value, other)) if v == value}


@pytest.mark.parametrize("text", ["0.1", "-0.1", "1E+3", "0E-12", "-0", "0.000000000001"])
def test_what_a_binary_double_would_spoil_stays(rows: Engine, text: str) -> None:
    (found,) = back(rows, "exact", [Decimal(text)])
    assert found == Decimal(text)
    assert not (found.is_signed() and not found), "one zero"


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (0.1, TypeError),
        (True, TypeError),
        ("1.5", TypeError),
        (Decimal("NaN"), ValueError),
        (Decimal("Infinity"), ValueError),
        (Decimal(10) ** 16, ValueError),
        (Decimal("0.0000000000001"), ValueError),
        (Decimal("1E-1000000"), ValueError),
    ],
)
def test_numbers_that_a_column_cannot_hold_are_refused(value: object, error: type) -> None:
    with pytest.raises(error):
        exact(value)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda c: c < 5,
        lambda c: c + 1,
        lambda c: c.between(1, 2),
        lambda c: c.desc(),
        lambda c: -c,
        lambda c: c.like("1%"),
    ],
)
def test_order_and_arithmetic_in_sql_are_refused(wrong) -> None:
    """SQLite would compare texts: '9' after '10'."""
    with pytest.raises(TypeError, match="Polars or Decimal"):
        wrong(ROWS.c.exact)


def test_moments_keep_their_instant_and_sort(rows: Engine) -> None:
    east = dt.timezone(dt.timedelta(hours=8))
    values = [
        dt.datetime(2026, 9, 30, 8, 0, tzinfo=east),
        dt.datetime(2026, 9, 30, 0, 0, 0, 1, tzinfo=dt.UTC),
        dt.datetime(999, 1, 1, tzinfo=dt.UTC),
    ]
    assert back(rows, "moment", list(values)) == values
    with rows.connect() as connection:
        ordered = list(connection.scalars(select(ROWS.c.id).order_by(ROWS.c.moment)))
    assert ordered == [2, 0, 1]
    with pytest.raises(Exception, match="no moment with a time zone"):
        back(rows, "moment", [dt.datetime(2026, 9, 30)])  # noqa: DTZ001 - that is the point


@ONCE
@given(values=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
                       min_size=1, max_size=20))  # fmt: skip
def test_keys_sort_as_polars_sorts(rows: Engine, values: list[str]) -> None:
    """By bytes of UTF-8, whatever language the server speaks."""
    assert back(rows, "key", list(values)) == values
    with rows.connect() as connection:
        ordered = list(connection.scalars(select(ROWS.c.key).order_by(ROWS.c.key)))
        most = connection.scalar(select(func.max(ROWS.c.key)))
    assert ordered == sorted(values, key=str.encode)
    assert most == ordered[-1]


def test_periods_and_json_come_back(rows: Engine) -> None:
    periods = [Period.parse(p) for p in ("2026-09", "2026-Q3", "2026-H1", "2026")]
    assert back(rows, "period", list(periods)) == periods
    values = [{"b": [1, "二", None, True], "a": {}}, [], "x", 10**20]
    assert back(rows, "json", list(values)) == values
    assert canonical({"b": 1, "a": "二"}) == '{"a":"二","b":1}'
    for bad in (1.5, {"a": [0.1]}, {1: "a"}):
        with pytest.raises(TypeError):
            canonical(bad)
