"""The handbook as a page and as Markdown: the same clauses, figures, switches, nothing fetched."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET

import pytest

from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.programs import Programs
from hpf.reports.shown import as_html, as_markdown

DAY = dt.date(2026, 9, 1)
MATH = "{http://www.w3.org/1998/Math/MathML}math"


@pytest.fixture(scope="module")
def programs() -> Programs:
    return load_programs(load_plugins())


@pytest.mark.parametrize("code", ["cardiology", "laboratory", "county_public"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_has_all_clauses_in_order_and_every_formula(
    programs: Programs, code: str, lang: str
) -> None:
    program = programs[code]
    page = as_html(program, DAY, lang, beside=programs.beside(code))
    root = ET.fromstring(page.replace("<!DOCTYPE html>", ""))
    ids = [e.get("id") for e in root.iter("article") if e.get("id") != "switches"]
    listed = [a.get("href") for a in root.iter("a") if str(a.get("href")).startswith("#c-")]
    assert ids
    assert listed[: len(ids)] == [f"#{i}" for i in ids]
    order = [c for c in program.clauses if f">{c}</span>" in page]
    assert [f"c-{re.sub(r'[^A-Za-z0-9]', '-', c)}" for c in order] == ids
    assert len(list(root.iter(MATH))) == len([r for r in program.rules if r.clauses])


def test_nothing_is_fetched(programs: Programs) -> None:
    page = as_html(programs["cardiology"], DAY, beside=programs.beside("cardiology"))
    assert "src=" not in page
    assert not [a for a in re.findall(r'href="([^"]*)"', page) if not a.startswith("#")]
    assert "url(" not in page
    assert "<script" not in page


def test_parameters_examples_and_switches_are_told(programs: Programs) -> None:
    for draw in (as_html, as_markdown):
        said = draw(programs["cardiology"], DAY, "en", beside=programs.beside("cardiology"))
        for words in (
            "3,933.85",
            "2006-01-01",
            "half up to 0.01 CNY",
            "All switches",
            "Pool shared out",
        ):
            assert words in said, (draw.__name__, words)


def test_markdown_keeps_tables_whole_and_text_as_text(programs: Programs) -> None:
    said = as_markdown(programs["laboratory"], DAY, "zh", beside=programs.beside("laboratory"))
    rows = [line for line in said.splitlines() if line.startswith("|")]
    assert len(rows) > 20
    heads = [n for n, line in enumerate(rows) if re.fullmatch(r"(\|---)+\|", line)]
    assert heads
    for head in heads:
        wide = rows[head].count("|")
        for row in rows[head - 1 : head + 2]:
            assert len(re.findall(r"(?<!\\)\|", row)) == wide, row
    assert "\n\n\n" not in said
