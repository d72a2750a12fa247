"""Ctrl-C, a full disk, a closed pipe: nothing half-written, no traceback."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Call = Callable[..., Result]
WRITE_TWO = """
import os, signal, sys
from pathlib import Path
import hpf_cli.outputs as outputs
from hpf_cli import main

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
real = outputs.atomic_write
seen = []

def interrupted(path):
    seen.append(path)
    if len(seen) == 2:
        os.kill(os.getpid(), signal.SIGINT)
    return real(path)

outputs.atomic_write = interrupted
main(sys.argv[1:])
"""


def arguments(cardiology: Path, folder: Path) -> list[str]:
    return ["run", "cardiology", "--period", "2006-09", "--facts", str(cardiology),
            "--json", str(folder / "out.json"), "--xlsx", str(folder / "out.xlsx")]  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "没有写出任何文件"), ("en", "nothing was written")]
)
def test_ctrl_c_while_writing_leaves_nothing(
    cardiology: Path, tmp_path: Path, lang: str, words: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITE_TWO, *arguments(cardiology, tmp_path)],
        capture_output=True, text=True, env={**os.environ, "HPF_LANG": lang}, check=False,
    )  # fmt: skip
    assert done.returncode == 130, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_while_computing_leaves_nothing(
    hpf: Call, cardiology: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hpf_cli.running.run_composed", interrupted)
    result = hpf(*arguments(cardiology, tmp_path))
    assert result.exit_code == 130
    assert list(tmp_path.iterdir()) == []


def test_files_are_put_in_place_all_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpf_cli.outputs import write_all

    (tmp_path / "a").write_text("before", "utf-8")
    with pytest.raises(FileNotFoundError):
        write_all({tmp_path / "a": "after", tmp_path / "none" / "b": "after"})
    assert (tmp_path / "a").read_text("utf-8") == "before"
    write_all({tmp_path / "a": "after", tmp_path / "b": b"bytes"})
    assert (tmp_path / "a").read_text("utf-8") == "after"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]


def test_a_full_disk_leaves_what_was_there(
    hpf: Call, cardiology: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out.json").write_text("before", "utf-8")
    real = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if "out.xlsx" in self.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    for lang, words in (("zh", "磁盘已满"), ("en", "disk is full")):
        result = hpf(*arguments(cardiology, tmp_path), lang=lang)
        assert result.exit_code == 1
        assert words in result.stderr
        assert "Traceback" not in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["out.json"]
    assert (tmp_path / "out.json").read_text("utf-8") == "before"


@pytest.mark.skipif(os.name != "posix", reason="limits on file sizes are POSIX's")
def test_a_file_size_limit_leaves_nothing(cardiology: Path, tmp_path: Path) -> None:
    code = (
        "import resource, sys\n"
        "from hpf_cli import main\n"
        "import hpf_cli.running, hpf.intake.export\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments(cardiology, tmp_path)],
        capture_output=True, text=True, env={**os.environ, "HPF_LANG": "en"}, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "disk is full" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_written_to_is_told(
    hpf: Call, cardiology: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path / "out.json"))

    monkeypatch.setattr("hpf_cli.outputs.atomic_write", refused)
    result = hpf(*arguments(cardiology, tmp_path), lang="en")
    assert result.exit_code == 1
    assert "permission denied" in result.stderr
    assert "out.json" in result.stderr


def test_a_reader_that_went_away_is_no_news(demo: Path) -> None:
    """`hpf show … | head -1`"""
    done = subprocess.run(
        f"'{sys.executable}' -m hpf_cli show '{demo}/results/head_nurse.json' --all | head -1",
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "head_nurse" in done.stdout
    assert done.stderr == ""


def test_a_defect_of_ours_is_not_hidden(hpf: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("hpf_cli.finding.installed", broken)
    assert isinstance(hpf("show", "cardiology").exception, ZeroDivisionError)
