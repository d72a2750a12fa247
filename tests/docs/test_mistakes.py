"""The commonest mistakes of authors: each made, each answered with place, reason and cure."""

from __future__ import annotations

import re

import docs_mistakes
import pytest
from docs_mistakes import Mistake

ALL = [m for _, found in docs_mistakes.mistakes() for m in found]


def test_there_are_thirty_and_more_and_no_two_alike() -> None:
    assert len(ALL) >= 30
    assert len({(m.file, m.old, m.new) for m in ALL}) == len(ALL)
    assert len({m.zh for m in ALL}) == len({m.en for m in ALL}) == len(ALL)


@pytest.mark.parametrize("mistake", ALL, ids=lambda m: m.en)
def test_a_mistake_is_answered_with_place_reason_and_cure(mistake: Mistake) -> None:
    found = docs_mistakes.said(mistake)
    assert found, "nothing is said"
    assert found[0].severity == "problem"
    for one in found:
        assert docs_mistakes.where(one), one.line("en")
        for text in (one.message, one.cure):
            assert re.search("[一-鿿]", text.zh), one.line("zh")
            assert re.search("[A-Za-z]", text.en), one.line("en")
    assert "Traceback" not in found[0].message.en


def test_the_plugin_without_a_mistake_is_clean() -> None:
    same = Mistake("无", "none", "rules.py", "scheme = Scheme(", "scheme = Scheme(", "mutate")
    assert not same.problems()
    assert not Mistake("无", "none", "rules.py", "STAFF", "STAFF", "sample").problems()


def test_a_change_that_cannot_be_made_is_an_error() -> None:
    with pytest.raises(ValueError, match="has no"):
        Mistake("无", "none", "rules.py", "not there", "", "check").problems()
