"""Files that are either whole or not there at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from hpf.core.errors import HpfError
from hpf.intake.grid import trouble


def target(path: Path) -> Path:
    """The file that writing to `path` puts in place: what a symbolic link points to, else itself.

    Raises HpfError where a folder, a device or a pipe is there, which no file may replace.
    """
    path = Path(path)
    # asked of the path as given: what /dev/stdout stands for has no path of its own
    if path.exists() and not path.is_file():
        raise HpfError(
            [
                trouble(
                    "not_a_file",
                    (
                        "这里已有的是文件夹、设备或管道，不能替换",
                        "what is there is a folder, a device or a pipe and is not replaced",
                    ),
                    ("请另取一个文件名", "Name another file"),
                    str(path),
                )
            ]
        )
    return path.resolve() if path.is_symlink() else path


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to; put it in the place of `path` when all went well.

    A symbolic link stays: what it points to is replaced.

    On any exception (Ctrl-C and a full disk included) the temporary file goes and `path` stays as
    it was. Raises OSError, which names `path`, where the folder does not exist or cannot be
    written to, HpfError as `target` does.
    """
    path = target(path)
    # same folder, so that the replacement is one step of the same file system; exclusive creation
    # with the usual mode, so that the umask of whoever runs it holds
    beside = path.with_name(f".{path.name[:200]}.{secrets.token_hex(6)}.tmp")
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        yield beside
        _sync(beside)
        beside.replace(path)
    except BaseException as error:
        if isinstance(error, OSError) and error.filename in (beside, str(beside)):
            error.filename = str(path)  # nobody asked for the file beside it
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file at once, atomically."""
    with atomic_write(path) as beside:
        beside.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write a whole UTF-8 text at once, atomically, with the line ends it has."""
    write_bytes(path, text.encode())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    # the new name itself must reach the disk too; some systems cannot open a folder, and then
    # there is nothing more to be done
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
