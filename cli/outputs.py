"""Output files: all of a command's files appear, whole, or none does."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

from hpf.intake.atomic import atomic_write, target
from hpf_cli.stops import problem

Content = str | bytes | Callable[[Path], None]


def write_all(files: Mapping[Path, Content]) -> None:
    """Write every file beside its place, then put them all in their places.

    A content is the text, the bytes, or a function that writes to the path it is given.

    A failure while writing (a full disk, Ctrl-C) leaves every file as it was. Ctrl-C while they
    are being put in place waits until all are.
    """
    with contextlib.ExitStack() as stack:
        for path, content in files.items():
            beside = stack.enter_context(atomic_write(path))
            if callable(content):
                content(beside)
            else:
                beside.write_bytes(content.encode() if isinstance(content, str) else content)
        ready = stack.pop_all()
    with _held_interrupt():
        ready.close()


def check_outputs(facts: Sequence[str], options: Mapping[str, str | None]) -> None:
    """Before anything is read: an output must not be the input, nor another output, and only a
    regular file is replaced.

    options: `--json` → the file it names, None or `-` where it names none.
    """
    taken = {Path(f.rpartition("=")[2]).resolve(): "--facts" for f in facts}
    for option, name in options.items():
        if not name or name == "-":
            continue
        path = Path(name)
        if (other := taken.get(path.resolve())) is not None:
            raise problem(
                "same_file",
                f"{option} 与 {other} 是同一个文件",
                f"{option} and {other} are the same file",
                ("请另取一个文件名", "Name another file"),
                str(path),
            )
        taken[path.resolve()] = option
        if not path.resolve().parent.is_dir():
            raise problem(
                "no_folder",
                f"没有文件夹 {path.parent}",
                f"there is no folder {path.parent}",
                ("请先建立该文件夹", "Make it first"),
                str(path),
            )
        target(path)


def workbook_path(name: str) -> Path:
    """The path of a workbook to be written. Raises HpfError where its name says otherwise."""
    path = Path(name)
    if path.suffix.lower() != ".xlsx":
        better = path.with_suffix(".xlsx")
        raise problem(
            "suffix",
            "写出的是 .xlsx 工作簿",
            "what is written is an .xlsx workbook",
            (f"请写 --out {better}", f"Write --out {better}"),
            str(path),
        )
    return path


@contextlib.contextmanager
def _held_interrupt() -> Iterator[None]:
    """Ctrl-C in here is dropped: a moment later there is nothing left to interrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def later(_: int, __: FrameType | None) -> None:
        return None

    before = signal.signal(signal.SIGINT, later)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
