"""What pages show of code and commands is what code and commands are now."""

from __future__ import annotations

from pathlib import Path

import docs_nodes
import docs_worked
import pytest

import docs
from hpf.core.formula import tree as t
from hpf.core.kit.testing import Case

PAGES = docs.pages()
FENCES = docs.TOP / "docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_a_page_is_up_to_date(page: Path) -> None:
    text = page.read_text("utf-8")
    assert docs.filled(text) == text, "run: python scripts/docs.py"


def test_the_pages_that_show_code_are_filled_by_marks() -> None:
    names = {p.name for p in PAGES}
    for name in ("writing-a-plugin.md", "patterns.md", "mistakes.md", "nodes.md"):
        assert name in names


@pytest.mark.parametrize("name", ["writing-a-plugin.md", "writing-a-plugin.zh-CN.md"])
def test_no_code_of_the_tutorial_is_typed_by_hand(name: str) -> None:
    """Python and YAML stand below a mark; only shell commands may be written on the page."""
    lines = (FENCES / name).read_text("utf-8").splitlines()
    inside = False
    for n, line in enumerate(lines):
        if line.startswith("```"):
            inside = not inside
            if inside and line != "```sh":
                assert lines[n - 2].startswith("<!-- "), f"{name}:{n + 1}"


@pytest.mark.parametrize(("name", "least"), [("writing-a-plugin", 20), ("patterns", 15)])
def test_a_page_shows_the_same_in_both_languages(name: str, least: int) -> None:
    english, chinese = (
        [m["which"] for m in docs.MARK.finditer((FENCES / f"{name}{end}").read_text("utf-8"))]
        for end in (".md", ".zh-CN.md")
    )
    assert chinese == [which.replace("worked en ", "worked zh ") for which in english]
    assert len(english) > least


def test_every_node_is_in_the_table() -> None:
    table = docs_nodes.table("")
    assert {line.split("|")[1].split()[0] for line in table.splitlines()[2:]} == set(t.NODE_OPS)


WORKED = [
    tuple(m["which"].split()[2:4])
    for m in docs.MARK.finditer((FENCES / "patterns.md").read_text("utf-8"))
    if m["which"].startswith("worked ")
]


@pytest.mark.parametrize(("code", "id"), WORKED)
def test_the_example_of_a_pattern_holds(code: str, id: str) -> None:
    Case(docs_worked.example(code, id)).assert_holds()


def test_the_gallery_has_the_six_patterns() -> None:
    text = (FENCES / "patterns.md").read_text("utf-8")
    heads = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert heads == [
        "Pool and points", "Piece rates", "Tiers", "Multiples of an average", "Scorecard items",
        "Penalties with a floor",
    ]  # fmt: skip
    assert len(WORKED) >= 6


@pytest.mark.parametrize(
    ("which", "told"),
    [
        ("scripts/docs.py::nothing", "no function"),
        ("plugins/departments/parameters.yaml::nothing", "no entry"),
        ("scripts/docs.py#nothing", "begin: nothing"),
    ],
)
def test_a_mark_that_leads_nowhere_is_an_error(which: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        docs.filled(f"<!-- from {which} -->\n")


def test_a_page_is_filled_once_and_then_the_same() -> None:
    page = "x\n<!-- from scripts/docs.py::main -->\n\n```python\nold\n```\n\ny\n"
    once = docs.filled(page)
    assert "def main" in once
    assert "old" not in once
    assert once.endswith("```\n\ny\n")
    assert docs.filled(once) == once
