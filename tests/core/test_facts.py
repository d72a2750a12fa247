"""Checked rows: a row is found by its id."""

from __future__ import annotations

import polars as pl
import pytest

from hpf.core.facts import Rows


@pytest.fixture
def rows() -> Rows:
    ids = pl.Series("id", ["K01-1", "K01-2", "K02-1"])
    return Rows("staff", ids, ids, {}, {})


def test_a_row_is_found_by_its_id(rows: Rows) -> None:
    """As often as asked, each id its own row."""
    for _ in range(2):
        assert [rows.row_of(id) for id in rows.ids] == [0, 1, 2]


def test_an_id_that_no_row_has_is_told_from_the_first_row(rows: Rows) -> None:
    """None, not 0."""
    assert rows.row_of("K09") is None
    assert rows.row_of("") is None
