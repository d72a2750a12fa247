"""A file is whole or not there, whatever stops its writing."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hpf.intake.atomic import atomic_write, write_bytes, write_text


def test_it_replaces_the_file_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("old", "utf-8")
    with atomic_write(path) as beside:
        beside.write_text("new", "utf-8")
        assert beside.parent == tmp_path
        assert path.read_text("utf-8") == "old"
    assert path.read_text("utf-8") == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, OSError, ValueError])
@pytest.mark.parametrize("before", [None, "old"])
def test_nothing_half_written_stays(
    tmp_path: Path, stop: type[BaseException], before: str | None
) -> None:
    path = tmp_path / "a.json"
    if before:
        path.write_text(before, "utf-8")

    def half() -> None:
        with atomic_write(path) as beside:
            beside.write_text("half", "utf-8")
            raise stop

    with pytest.raises(stop):
        half()
    assert [p.read_text("utf-8") for p in tmp_path.iterdir()] == ([before] if before else [])


def test_a_full_disk_is_noticed_before_the_file_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.json"
    path.write_text("old", "utf-8")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_text(path, "new")
    assert [p.read_text("utf-8") for p in tmp_path.iterdir()] == ["old"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_bytes(tmp_path / "gone" / "a.json", b"x")


def test_the_umask_of_the_user_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    old = os.umask(0o027)
    try:
        write_bytes(path, b"x")
    finally:
        os.umask(old)
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_bytes() == b"x"
