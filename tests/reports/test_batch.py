"""Batches: every card once and whole, whatever happens on the way, and all of them for print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pypdf
import pytest
from many_cards import SEAL, cards, files, pixels, text

from hpf.reports import manifest, page
from hpf.reports.batch import MODE, WORK, Card, Done, Progress, render
from hpf.reports.press import Paper
from hpf.reports.troubles import BatchError, BatchStopped


@pytest.fixture(scope="module")
def font_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fonts")


@pytest.fixture
def draw(tmp_path: Path, font_folder: Path) -> Any:
    """Draw cards into a folder, in this process unless told otherwise."""

    def call(found: list[Card], **more: Any) -> Done:
        given = {"seal": SEAL, "style": page.style(), "processes": 0, "fonts_folder": font_folder}
        return render(found, tmp_path / "out", **{**given, **more})

    return call


def test_every_card_is_a_file_the_manifest_knows_and_a_page_in_print(draw: Any) -> None:
    found = cards(5, per_unit=2)
    done = draw(found, about={"period": "2026-09"})
    document = json.loads(done.manifest.read_text("utf-8"))
    assert document["seal"] == SEAL
    assert document["period"] == "2026-09"
    assert [entry["row"] for entry in document["files"]] == [c.row for c in found]
    for entry, card in zip(document["files"], found, strict=True):
        file = done.folder / entry["file"]
        assert manifest.digest(file.read_bytes()) == entry["sha256"]
        assert entry["code"] == card.code
        assert card.row.removeprefix("staff:") in text(file)
    assert files(done.folder) == {c.file for c in found} | {"manifest.json", "print.pdf"}
    assert not (done.folder / WORK).exists()
    assert done.folder.stat().st_mode & 0o777 == MODE


def test_the_print_file_has_the_pages_in_order_and_bookmarks_by_department(draw: Any) -> None:
    found = cards(5, per_unit=2)
    long = "很长的说明，" * 3000
    head = '<html lang="zh-CN"><head><title>t</title></head>'
    html = f"{head}<body><main><h1>两页</h1><p>A0002</p><p>{long}</p></main></body></html>"
    found[2] = Card("staff:A0002", "长单", "people/long.pdf", Paper(html), "第 1 科")
    done = draw(found, title="绩效单 2026-09")
    printed = pypdf.PdfReader(done.printed)
    assert printed.metadata is not None
    assert printed.metadata.title == "绩效单 2026-09"
    pages = [len(pypdf.PdfReader(done.folder / c.file).pages) for c in found]
    assert pages[2] > 1
    assert len(printed.pages) == sum(pages)
    starts = [sum(pages[:i]) for i in range(5)]
    for start, card in zip(starts, found, strict=True):
        assert card.row.removeprefix("staff:") in printed.pages[start].extract_text()
    outline = printed.outline
    assert [o.title for o in outline if not isinstance(o, list)] == [
        "第 0 科",
        "第 1 科",
        "第 2 科",
    ]
    people = [o for group in outline if isinstance(group, list) for o in group]
    assert [o.title for o in people] == [c.name for c in found]
    assert [printed.get_destination_page_number(o) for o in people] == starts


def test_a_second_time_nothing_is_drawn_and_nothing_changes(draw: Any) -> None:
    found = cards(3)
    first = draw(found)
    before = {f: (first.folder / f).stat().st_mtime_ns for f in files(first.folder)}
    again = draw(found)
    assert again.kept == 3
    after = {f: (first.folder / f).stat().st_mtime_ns for f in files(first.folder)}
    assert {f for f in before if before[f] != after[f]} == {"manifest.json"}


def test_the_same_run_drawn_anew_says_and_shows_the_same(draw: Any, tmp_path: Path) -> None:
    first = draw(cards(2))
    pictures = [(text(p), pixels(p)) for p in sorted(first.folder.rglob("*.pdf"))]
    for file in first.folder.rglob("*.pdf"):
        file.unlink()
    again = draw(cards(2))
    assert again.kept == 0
    assert [(text(p), pixels(p)) for p in sorted(again.folder.rglob("*.pdf"))] == pictures


@pytest.mark.parametrize("harm", ["changed", "gone", "other seal", "other page"])
def test_a_file_that_is_not_what_the_manifest_says_is_drawn_again(draw: Any, harm: str) -> None:
    found = cards(3)
    done = draw(found)
    file = done.folder / found[1].file
    whole = file.read_bytes()
    more, kept = {}, 2
    if harm == "changed":
        file.write_bytes(whole[:-9])
    elif harm == "gone":
        file.unlink()
    elif harm == "other seal":
        more, kept = {"seal": "0" * 64}, 0
    else:
        other = cards(9)[8]
        found[1] = Card(found[1].row, found[1].name, found[1].file, other.paper, found[1].unit)
    again = draw(found, **more)
    assert again.kept == kept
    assert (file.read_bytes() == whole) == (harm != "other page")
    assert len(pypdf.PdfReader(again.printed).pages) == 3


def test_cards_of_another_batch_go_and_files_of_others_stay(draw: Any) -> None:
    done = draw(cards(3))
    (done.folder / "notes.txt").write_text("ours", "utf-8")
    mended = done.folder / cards(3)[2].file
    mended.write_bytes(b"changed by hand")
    draw(cards(1))
    assert files(done.folder) == {
        cards(1)[0].file, "manifest.json", "print.pdf", "notes.txt", cards(3)[2].file,
    }  # fmt: skip


def test_a_manifest_that_points_outside_touches_nothing_there(draw: Any, tmp_path: Path) -> None:
    outside = tmp_path / "outside.pdf"
    outside.write_bytes(b"x")
    done = draw(cards(1))
    document = json.loads(done.manifest.read_text("utf-8"))
    document["files"][0] |= {"file": "../outside.pdf", "sha256": manifest.digest(b"x")}
    done.manifest.write_text(json.dumps(document), "utf-8")
    draw(cards(1))
    assert outside.read_bytes() == b"x"


def test_a_character_no_font_has_is_told_with_person_and_code_point(draw: Any) -> None:
    found = cards(1, words=("职工\U0003fffd",))
    done = draw(found)
    (notice,) = done.notices
    assert "职工0000" in notice.message.zh
    assert "U+3FFFD" in notice.message.zh
    assert "U+3FFFD" in notice.message.en
    assert notice.severity == "notice"
    assert notice.id == "A0000"


def test_one_card_that_cannot_be_drawn_is_told_and_the_others_come_out(draw: Any) -> None:
    found = cards(3)
    found[1] = Card("staff:A0001", "坏单", "people/bad.pdf", Paper("<html><p></html>"))
    done = draw(found)
    (failed,) = done.failed
    assert (failed.id, failed.code) == ("A0001", "report.failed")
    assert "ParseError" in failed.message.zh
    assert [line.row for line in done.lines] == ["staff:A0000", "staff:A0002"]
    assert len(pypdf.PdfReader(done.printed).pages) == 2
    mended = draw(cards(3))
    assert (mended.kept, len(mended.lines), mended.failed) == (2, 3, ())


def test_a_batch_that_is_stopped_goes_on_where_it_was(draw: Any, tmp_path: Path) -> None:
    told: list[Progress] = []
    with pytest.raises(BatchStopped) as stopped:
        draw(cards(6), progress=told.append, stop=lambda: any(p.done >= 2 for p in told if
                                                              p.stage == "draw"))  # fmt: skip
    assert "6 份中完成" in stopped.value.problems[0].message.zh
    folder = tmp_path / "out"
    assert "manifest.json" not in files(folder)
    kept = len(files(folder))
    assert 2 <= kept < 6
    done = draw(cards(6))
    assert (done.kept, len(done.lines)) == (kept, 6)


def test_progress_counts_to_the_end_with_the_time_that_remains(draw: Any) -> None:
    told: list[Progress] = []
    draw(cards(4), progress=told.append, total=4)
    stages = list(dict.fromkeys(p.stage for p in told))
    assert stages == ["prepare", "draw", "print"]
    for stage in stages:
        assert [p for p in told if p.stage == stage][-1].done == 4
    drawing = [p for p in told if p.stage == "draw"]
    assert drawing[0].left is None
    assert drawing[-1].left == 0
    assert all(p.left is not None and p.left > 0 for p in drawing[1:-1])


def test_two_batches_do_not_write_one_folder(draw: Any, tmp_path: Path) -> None:
    def again(_: Progress) -> None:
        with pytest.raises(BatchError) as busy:
            draw(cards(1))
        assert busy.value.problems[0].code == "report.busy"

    assert draw(cards(1), progress=again).kept == 0


def test_no_card_at_all_is_a_batch_of_none(draw: Any) -> None:
    done = draw([])
    assert (done.lines, done.printed) == ((), None)
