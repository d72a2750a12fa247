"""Documents to files: whole or not at all; characters that the font lacks are told."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drawn import drawn

from hpf.reports import documents
from hpf.reports.cards.month import month
from hpf.reports.issue import Issue


def test_a_full_disk_leaves_the_document_that_was_there(
    ward: Callable[..., Issue],
    facts: Callable[..., dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "reports" / "month.pdf"
    monkeypatch.setattr(documents, "pdf", lambda paper, fonts=None: drawn(paper, tmp_path))
    documents.write(month(ward(facts(2))), file)
    held = file.read_bytes()
    assert held.startswith(b"%PDF-")

    def full(path: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        documents.write(month(ward(facts(3))), file)
    assert file.read_bytes() == held
    assert [p.name for p in file.parent.iterdir()] == ["month.pdf"]


def test_a_character_that_the_font_lacks_is_told_with_its_code_point() -> None:
    (notice,) = documents.unprintable(["内科", "外\ue000科"])
    assert notice.severity == "notice"
    assert "U+E000" in notice.message.zh
    assert "外\ue000科" in notice.message.en
