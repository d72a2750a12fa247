"""What a batch has to say when something is not as it should be."""

from __future__ import annotations

from pathlib import Path

from hpf.core.errors import HpfError, Problem, Text
from hpf.reports.fonts import MISSING


class BatchError(HpfError):
    """A batch that could not be finished; what is finished stays, and says how to go on."""


class BatchStopped(BatchError):
    """A batch that somebody stopped."""


def lacking(name: str, row: str, character: str) -> Problem:
    """A character that the font does not have."""
    point = f"U+{ord(character):04X}"
    return Problem(
        "report.lacking",
        Text(f"{name}：字体里没有“{character}”（{point}），纸上印作“{MISSING}”",
             f"{name}: the font has no '{character}' ({point}); printed as "
             f"'{MISSING}'"),
        Text("请核对这个字；确需此字时手工补写", "Check the character; write it in by hand"),
        entity=row.partition(":")[0], id=row.partition(":")[2], severity="notice",
    )  # fmt: skip


def failed(name: str, row: str, file: str, reason: str) -> Problem:
    """A card that did not come out; the others did."""
    return Problem(
        "report.failed",
        Text(f"{name} 的单子没有画出来（{reason}）",
             f"the card of {name} was not drawn ({reason})"),
        Text("其余的已完成；改正后再运行一次，只补这一份",
             "All others are done; mend it and run again: only this one is drawn then"),
        file, row.partition(":")[0], row.partition(":")[2],
    )  # fmt: skip


def stuck(folder: Path, done: int, reason: str) -> BatchError:
    """The disk takes no more."""
    return BatchError([Problem(
        "report.disk",
        Text(f"写不下去了（{reason}）。已完成的 {done} 份留在 {folder}，"
             "没有写了一半的文件",
             f"could not go on writing ({reason}). The {done} finished files stay in "
             f"{folder}; none is half written"),
        Text("腾出磁盘空间后，用同样的命令再运行一次：只画余下的",
             "Free some space and run the same command again: only the rest is drawn"),
        str(folder),
    )])  # fmt: skip


def stopped(folder: Path, done: int, total: int) -> BatchStopped:
    """Somebody said stop."""
    return BatchStopped([Problem(
        "report.stopped",
        Text(f"已停止：{total} 份中完成 {done} 份，留在 {folder}",
             f"stopped: {done} of {total} are finished and stay in {folder}"),
        Text("用同样的命令再运行一次就接着画", "Run the same command again to go on"),
        str(folder),
    )])  # fmt: skip


def busy(folder: Path) -> BatchError:
    """Two batches may not write one folder."""
    return BatchError([Problem(
        "report.busy",
        Text("另一批正在写这个文件夹", "another batch is at work in this folder"),
        Text("等它完成，或另选一个文件夹", "Wait for it, or choose another folder"),
        str(folder),
    )])  # fmt: skip
