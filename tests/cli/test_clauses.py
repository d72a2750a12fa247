"""`hpf clauses import`: a new plugin's clauses from a document, and what the author is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from hpf.core.clauses import read_clauses

Call = Callable[..., Result]
DOCUMENT = """\
输血科绩效办法（合成）

一、总额
科室总额由财务科核定。
二、分配
1. 每发一袋血计 2 分。
2. 投诉一次扣 5 分。
"""


@pytest.fixture
def plugin(hpf: Call, tmp_path: Path) -> Path:
    """A plugin's clauses.yaml as it begins, with the document beside it."""
    names = ("--zh", "输血科", "--en", "Desk", "--out", tmp_path)
    assert hpf("new-plugin", "blood-desk", *names).exit_code == 0
    (tmp_path / "rules.md").write_text(DOCUMENT, "utf-8")
    return tmp_path / "hpf-blood-desk" / "hpf_blood_desk" / "clauses.yaml"


def test_clauses_are_listed_and_check_then_asks_for_each(
    hpf: Call, plugin: Path, tmp_path: Path
) -> None:
    result = hpf("clauses", "import", tmp_path / "rules.md", "--to", plugin, lang="en")
    assert result.exit_code == 0, result.output
    assert "4 added, 0 kept as they were, 1 not in it: BD.sample.1" in result.stdout
    assert "rules.md:1" in result.stderr
    assert list(read_clauses(plugin)) == ["BD.1", "BD.2", "BD.2.1", "BD.2.2", "BD.sample.1"]
    checked = hpf("check", plugin.parents[1], lang="en")
    assert checked.exit_code == 1
    for told in ("clause BD.2.1 says nothing in English", "no rule names clause BD.2.2"):
        assert told in checked.stdout


def test_without_a_file_to_write_they_are_only_shown(hpf: Call, tmp_path: Path) -> None:
    path = tmp_path / "rules.txt"
    path.write_bytes(DOCUMENT.encode("gb18030"))
    result = hpf("clauses", "import", path, "--document", "S9.1")
    assert result.exit_code == 0
    assert "- id: S9.1-2.1" in result.stdout
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "more", "told"),
    [
        ("1. 甲", (), "--document"),
        ("没有编号", ("--document", "BD"), "no numbered provisions"),
        (None, ("--document", "BD"), "no such file"),
        (b"\xff\xfe\x00\x80", ("--document", "BD"), "is no text"),
    ],
)
def test_what_cannot_be_read_is_told(
    hpf: Call, tmp_path: Path, text: str | bytes | None, more: tuple[str, ...], told: str
) -> None:
    path = tmp_path / "rules.md"
    if text is not None:
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    result = hpf("clauses", "import", path, *more, "--to", tmp_path / "clauses.yaml", lang="en")
    assert result.exit_code == 2
    assert told in result.stderr
    assert not (tmp_path / "clauses.yaml").exists()
