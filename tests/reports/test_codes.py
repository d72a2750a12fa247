"""Codes of slips: genuine ones confirm their figures and nobody's name; no other is accepted."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpf.reports.codes import code_of, normal

KEY, SEAL = bytes(range(32)), "ab" * 32


def test_a_code_is_the_same_every_time_and_another_for_anything_else() -> None:
    code = code_of(KEY, SEAL, "staff", "A17")
    assert code == code_of(KEY, SEAL, "staff", "A17")
    others = {
        code_of(KEY, SEAL, "staff", "A18"),
        code_of(KEY, SEAL, "department", "A17"),
        code_of(KEY, "cd" * 32, "staff", "A17"),
        code_of(bytes(32), SEAL, "staff", "A17"),
    }
    assert len(others | {code}) == 5
    assert normal(code) == code


def test_the_same_words_cut_elsewhere_are_another_code() -> None:
    assert code_of(KEY, SEAL, "staff", "A1") != code_of(KEY, SEAL, "staffA", "1")


@given(st.text(min_size=1, max_size=8))
def test_what_is_typed_by_hand_is_put_right(id: str) -> None:
    code = code_of(KEY, SEAL, "staff", id)
    assert normal(code.lower().replace("-", "  ")) == code
    assert normal(code.replace("0", "o").replace("1", "l")) == code


@pytest.mark.parametrize(
    "typed", ["", "K7Q4", "K7Q4-9XMD-2HVT-1", "K7Q4-9XMD-2HVU", "甲乙丙丁" * 3]
)
def test_what_cannot_be_a_code_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="no code"):
        normal(typed)


def test_no_sign_is_mistaken_for_another() -> None:
    seen = {c for n in range(300) for c in code_of(KEY, SEAL, "staff", str(n))}
    assert not seen & set("ILOU" + string.ascii_lowercase)
