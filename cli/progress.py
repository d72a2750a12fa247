"""How far a batch is, on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpf_cli.speech import Words

if TYPE_CHECKING:
    from hpf.reports.batch import Progress

_STAGES = {
    "prepare": Words("准备", "preparing"),
    "draw": Words("绘制", "drawing"),
    "print": Words("合并打印文件", "joining for print"),
}


class Bar:
    """How far a batch is, on a terminal: stage, bar, counts, the time that remains."""

    def __init__(self, lang: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Drawn

        screen = Console(stderr=True, highlight=False)
        self.lang = lang
        self.drawn = Drawn(
            TextColumn("{task.description}"), BarColumn(),
            TextColumn("{task.completed:.0f} / {task.total:.0f}"),
            TextColumn("{task.fields[left]}"),
            console=screen, transient=True, disable=not screen.is_terminal,
        )  # fmt: skip
        self.task = self.drawn.add_task("", total=1, left="")

    def __enter__(self) -> Bar:
        self.drawn.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.drawn.stop()

    def show(self, progress: Progress) -> None:
        """What a batch tells."""
        self.drawn.update(
            self.task, description=_STAGES[progress.stage].say(self.lang), completed=progress.done,
            total=progress.total, left=remaining(progress.left, self.lang),
        )  # fmt: skip


def remaining(seconds: float | None, lang: str) -> str:
    """The time that is left, in words.

    >>> remaining(None, "zh"), remaining(8.2, "zh"), remaining(125, "zh"), remaining(125, "en")
    ('', '还需 9 秒', '还需 2 分 5 秒', '2 min 5 s left')
    """
    if seconds is None:
        return ""
    minutes, rest = divmod(-int(-seconds // 1), 60)
    if minutes:
        return Words(f"还需 {minutes} 分 {rest} 秒", f"{minutes} min {rest} s left").say(lang)
    return Words(f"还需 {rest} 秒", f"{rest} s left").say(lang)
