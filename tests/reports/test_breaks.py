"""Where pages break: a heading never stands alone at a page's foot, however full the page is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pypdf
import pytest

from hpf.reports.cards import department as cards
from hpf.reports.issue import Issue
from hpf.reports.press import Paper

Make = Callable[..., Issue]
Facts = Callable[..., dict[str, Any]]
Print = Callable[[Paper], pypdf.PdfReader]


def page_of(pdf: pypdf.PdfReader, said: str) -> int:
    """The page on which a text first stands."""
    return next(n for n, p in enumerate(pdf.pages) if said in "".join(p.extract_text().split()))


@pytest.mark.slow
def test_a_heading_stays_with_its_first_row(
    ward: Make, facts: Facts, printed: Print, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is filled line by line until the table of people goes over to the next one."""
    issue, seen = ward(facts(12)), set()
    for lines in range(28, 36):
        monkeypatch.setattr(cards, "unit_states", lambda *_, n=lines: ["停发一项"] * n)
        pdf = printed(cards.department(issue, "D"))
        heading, row = page_of(pdf, "发给了谁"), page_of(pdf, "S001")
        assert heading == row, lines
        seen.add(row)
    assert seen == {0, 1}
