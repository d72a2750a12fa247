"""The font: Chinese on any machine, cut to what is printed, kept; what it lacks is told."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from fontTools.ttLib import TTFont

from hpf.reports import fonts
from hpf.reports.press import Paper, Press

RARE = "𫚖㛃䶮堃喆玥赟翀"  # of names, beyond the common sets
PAGE = '<html lang="zh-CN"><head><title>t</title></head><body><p>{}</p></body></html>'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fonts")


@pytest.fixture(scope="module")
def cut(folder: Path) -> fonts.Cut:
    return fonts.cut(["绩效单 王某甲", RARE], folder)


def test_two_small_static_files_hold_what_is_printed(cut: fonts.Cut) -> None:
    assert [weight for weight, _ in cut.files] == [400, 700]
    for _, path in cut.files:
        font = TTFont(path)
        assert "fvar" not in font
        assert path.stat().st_size < 200_000
        assert {ord(c) for c in "绩效单王某甲0123456789−〓…"} <= set(font.getBestCmap())
        assert font["name"].getDebugName(1) == fonts.FAMILY


def test_rare_characters_of_names_are_there(cut: fonts.Cut) -> None:
    had = [c for c in RARE if not fonts.lacking(c)]
    assert len(had) >= len(RARE) - 1
    assert cut.covers("".join(had))


def test_what_was_cut_is_found_again_and_not_made_twice(cut: fonts.Cut, folder: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in folder.iterdir()}
    again = fonts.cut([RARE + "王某甲", "绩效单 "], folder)  # the same signs, said otherwise
    assert again == cut
    assert {p: p.stat().st_mtime_ns for p in folder.iterdir()} == before
    assert not cut.covers("龘")
    assert cut.covers("王 甲\n")


def test_a_font_that_cannot_be_written_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fonts, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        fonts.cut(["满"], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_the_font_lacks_is_marked_and_named_once() -> None:
    name = "甲\U0003fffd\U0003fffd乙\u200b\ufe0f"
    assert fonts.lacking(name) == ["\U0003fffd"]
    assert fonts.marked(name) == "甲〓〓乙"
    assert fonts.lacking("王某甲 A-1") == []
    assert fonts.marked("王某甲 A-1") == "王某甲 A-1"


def test_no_other_font_is_embedded_and_text_can_be_copied(cut: fonts.Cut) -> None:
    pdf = pypdf.PdfReader(
        BytesIO(Press(cut, "").pdf(Paper(PAGE.format("绩效单 <b>王某甲</b> 1,234.50"))))
    )
    assert pdf.pages[0].extract_text().replace("\n", "") == "绩效单 王某甲 1,234.50"
    embedded = pdf.pages[0]["/Resources"]["/Font"].values()
    names = {str(f.get_object()["/BaseFont"]) for f in embedded}
    assert {n.partition("+")[2].replace("-", "") for n in names} == {"HPFSans", "HPFSansBold"}


def test_without_the_package_that_brings_it_it_says_which(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts.importlib.util, "find_spec", lambda _: None)
    fonts._source.cache_clear()
    fonts._known.cache_clear()
    try:
        with pytest.raises(FileNotFoundError, match="justmytype-intl-cjk"):
            fonts.cut(["字"], tmp_path)
    finally:
        monkeypatch.undo()
        fonts._source.cache_clear()
        fonts._known.cache_clear()
