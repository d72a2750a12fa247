"""The unit algebra: enough to refuse yuan plus points."""

from __future__ import annotations

import pytest

from hpf.core.units import CNY, DAY, POINT, RATIO, Unit, declare_unit, unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CNY", CNY),
        ("ratio", RATIO),
        ("", RATIO),
        ("CNY/point", CNY / POINT),
        ("CNY*day", CNY * DAY),
        ("1/day", RATIO / DAY),
        ("CNY/day/point", CNY / DAY / POINT),
    ],
)
def test_text_and_unit_are_the_same(text: str, expected: Unit) -> None:
    assert unit(text) == expected
    assert unit(str(expected)) == expected


def test_products_cancel() -> None:
    assert CNY / POINT * POINT == CNY
    assert (CNY / CNY).is_ratio
    assert CNY * DAY == DAY * CNY


def test_words_in_both_languages() -> None:
    assert (CNY / POINT).say("zh") == "元/分"
    assert (CNY / POINT).say("zh_Hans_CN") == "元/分"
    assert (CNY / POINT).say("en") == "CNY/point"
    assert RATIO.say("zh") == ""


def test_unknown_unit_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="point"):
        unit("CNY/pont")


def test_declaring_twice_alike_is_fine_and_otherwise_refused() -> None:
    film = declare_unit("film", "张", "film")
    assert declare_unit("film", "张", "film") == film
    assert unit("point/film") == POINT / film
    with pytest.raises(ValueError, match="declared already"):
        declare_unit("film", "片", "film")
    with pytest.raises(ValueError, match="lower-case"):
        declare_unit("Film", "张", "film")
