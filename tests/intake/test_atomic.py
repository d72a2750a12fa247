"""A file is whole or not there, whatever stops its writing."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hpf.core.errors import HpfError
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
    """The error names the file that was asked for, not the one beside it."""
    asked = tmp_path / "gone" / "a.json"
    with pytest.raises(FileNotFoundError) as told:
        write_bytes(asked, b"x")
    assert told.value.filename == str(asked)


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


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    folder, pipe = tmp_path / "folder", tmp_path / "pipe"
    folder.mkdir()
    os.mkfifo(pipe)
    link = tmp_path / "link"
    link.symlink_to(pipe)
    for path in (folder, pipe, link, Path(os.devnull)):
        with pytest.raises(HpfError, match="not replaced"):
            write_bytes(path, b"x")
    assert sorted(tmp_path.iterdir()) == [folder, link, pipe]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("before", [None, b"old"])
def test_a_link_stays_and_what_it_points_to_is_replaced(
    tmp_path: Path, before: bytes | None
) -> None:
    held = tmp_path / "held"
    held.mkdir()
    if before:
        (held / "a.json").write_bytes(before)
    link = tmp_path / "a.json"
    link.symlink_to("held/a.json")
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert (held / "a.json").read_bytes() == b"new"
    assert [p.name for p in held.iterdir()] == ["a.json"]
