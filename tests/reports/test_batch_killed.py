"""Batches in processes of their own: killed, stopped, on a full disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pypdf
import pytest
from many_cards import cards, files

from hpf.reports.batch import WORK

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def font_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fonts")


SCRIPT = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {here!r})

def main():
    from many_cards import SEAL, cards
    from hpf.core.errors import HpfError
    from hpf.reports import page
    from hpf.reports.batch import render
    out, fonts, count, processes, limit = sys.argv[1:]
    if int(limit):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    try:
        done = render(cards(int(count), 6), Path(out), seal=SEAL, style=page.style(),
                      processes=int(processes), fonts_folder=Path(fonts),
                      progress=lambda p: print(p.stage, p.done, flush=True))
    except HpfError as error:
        print(error.problems[0].line("zh"))
        return 2
    print("kept", done.kept, "lines", len(done.lines), [p.line("en") for p in done.failed])
    return 0

if __name__ == "__main__":
    sys.exit(main())
"""


@pytest.fixture
def start(tmp_path: Path, font_folder: Path) -> Any:
    """A batch in a process of its own: `start(count, processes, fault="", limit=0)`."""
    script = tmp_path / "batch_script.py"
    script.write_text(SCRIPT.format(here=str(HERE)), "utf-8")

    def begin(count: int, processes: int = 2, fault: str = "", limit: int = 0) -> Any:
        command = [sys.executable, str(script), str(tmp_path / "out"), str(font_folder), str(count),
                   str(processes), str(limit)]  # fmt: skip
        environment = os.environ | ({"HPF_FAULT": fault} if fault else {})
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True,
                                stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip

    return begin


def ended(process: Any) -> str:
    out, err = process.communicate(timeout=240)
    return str(out) + str(err)


def whole(folder: Path) -> int:
    """How many cards there are; each of them whole, and nothing beside them."""
    count = 0
    for file in folder.rglob("*"):
        if file.is_file() and WORK not in file.parts:
            assert file.suffix == ".pdf", file
            assert len(pypdf.PdfReader(file).pages) == 1
            count += 1
    return count


@pytest.mark.slow
def test_killed_in_the_middle_it_keeps_what_is_finished_and_goes_on(
    start: Any, tmp_path: Path
) -> None:
    """SIGKILL right after a chunk was entered: no handler runs; its workers end as well."""
    folder = tmp_path / "out"
    process = start(24, fault="batch.after_chunk:2")
    ended(process)
    assert process.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 20
    while _group_lives(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _group_lives(process.pid)
    assert not (folder / "manifest.json").exists()
    for rough in folder.rglob(".*.tmp"):
        rough.unlink()  # of a card under way: no name of a card, removed by the next batch
    there = whole(folder)
    assert there >= 12
    said = ended(start(24))
    kept = int(said.split("kept ")[1].split()[0])
    assert 12 <= kept <= there
    assert "lines 24 []" in said
    assert len(pypdf.PdfReader(folder / "print.pdf").pages) == 24


@pytest.mark.slow
def test_a_process_that_dies_is_told_and_the_others_go_on(start: Any, tmp_path: Path) -> None:
    """Each process dies over its third card: chunks are lost, cards drawn one by one again, and
    those that a process dies over alone are told."""
    process = start(8, fault="batch.before_file:3")
    said = ended(process)
    assert process.returncode == 0, said
    document = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    drawn = len(document["files"])
    assert drawn < 8
    assert said.count("the process that drew it died") == 8 - drawn
    assert drawn >= 5
    assert "lines 8 []" in ended(start(8))


@pytest.mark.slow
@pytest.mark.parametrize("processes", [0, 2])
def test_a_full_disk_says_what_is_kept_and_how_to_go_on(
    start: Any, tmp_path: Path, processes: int
) -> None:
    """A limit on the size of files stands for the disk: cards pass, the print file does not, and
    with a smaller one no card does."""
    folder = tmp_path / "out"
    process = start(8, processes, limit=150_000)
    said = ended(process)
    assert process.returncode == 2, said
    assert "已完成的 8 份留在" in said
    assert "再运行一次" in said
    assert files(folder) == {c.file for c in cards(8, 6)}
    assert whole(folder) == 8
    assert "kept 8" in ended(start(8, processes))


@pytest.mark.slow
def test_a_disk_full_of_the_first_card_leaves_nothing(start: Any, tmp_path: Path) -> None:
    process = start(4, 2, limit=20_000)
    said = ended(process)
    assert process.returncode == 2, said
    assert "已完成的 0 份留在" in said
    assert files(tmp_path / "out") == set()


@pytest.mark.slow
def test_ctrl_c_finishes_the_page_in_hand_and_stops(start: Any, tmp_path: Path) -> None:
    process = start(60)
    for line in process.stdout:
        if line.startswith("draw") and int(line.split()[1]) > 0:
            break
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to all of them
    said = ended(process)
    assert process.returncode == 2, said
    assert "已停止" in said
    kept = whole(tmp_path / "out")
    assert 0 < kept < 60
    assert f"60 份中完成 {kept} 份" in said


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
