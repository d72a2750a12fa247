"""Processes that draw: started anew, never forked, and none of them missed for long.

A process that dies (killed, out of memory, a fault in a library) takes down no more than the page
it was drawing: the pages that were under way are drawn again one by one in a fresh process, and
the one that it dies of again is told.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from hpf.reports import workers
from hpf.reports.workers import Outcome, Task

_LOOK = 0.2  # seconds between two looks whether to stop


class Pool:
    """Processes, started when they are first needed. processes: 0 to draw in this one."""

    def __init__(self, processes: int) -> None:
        self.processes = processes
        self._running: ProcessPoolExecutor | None = None

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self._end()

    def draw(self, tasks: Sequence[Task], stop: Callable[[], bool]) -> Iterator[list[Outcome]]:
        """What became of the pages, chunk by chunk as they are finished; a chunk that is stopped
        in the middle tells of what it has finished."""
        if not self.processes:
            for task in tasks:
                if stop():
                    return
                yield workers.draw(task)
            return
        suspects: list[Task] = []
        yield from self._spread(tasks, stop, suspects)
        for task in suspects:
            if stop():
                return
            yield [self._alone(task)]

    def _spread(
        self, tasks: Sequence[Task], stop: Callable[[], bool], suspects: list[Task]
    ) -> Iterator[list[Outcome]]:
        """Hand out chunks. When a process dies, the pages under way become suspects."""
        waiting = deque(tasks)
        under_way: dict[Future[list[Outcome]], Task] = {}
        try:
            while waiting or under_way:
                if stop():
                    _halt(tasks)
                    waiting.clear()
                # one chunk more than processes, so that none waits for us
                while waiting and len(under_way) <= self.processes:
                    try:
                        future = self._pool().submit(workers.draw, waiting[0])
                    except BrokenProcessPool:
                        break  # told by those under way, below
                    under_way[future] = waiting.popleft()
                finished, _ = wait(under_way, _LOOK, FIRST_COMPLETED)
                broken = False
                for future in finished:
                    task = under_way.pop(future)
                    try:
                        yield future.result()
                    except BrokenProcessPool:
                        broken = True
                        suspects += [task.only(sheet) for sheet in task.sheets]
                if broken:
                    for task in under_way.values():
                        suspects += [task.only(sheet) for sheet in task.sheets]
                    under_way.clear()
                    self._end()
        except (KeyboardInterrupt, GeneratorExit):
            _halt(tasks)
            raise

    def _alone(self, task: Task) -> Outcome:
        try:
            return self._pool().submit(workers.draw, task).result()[0]
        except BrokenProcessPool:
            self._end()
            reason = "the process that drew it died · 绘制它的进程中途退出"
            return Outcome(task.sheets[0].number, reason=reason)

    def join(self, groups: Sequence[tuple[Sequence[Path], Path]]) -> Iterator[int]:
        """Put the files of each group into one; yields, in their order, how many pages each has.

        Raises OSError on a full disk.
        """
        if not self.processes:
            yield from (workers.join(files, part) for files, part in groups)
            return
        under_way = [self._pool().submit(workers.join, files, part) for files, part in groups]
        for future, (files, part) in zip(under_way, groups, strict=True):
            try:
                yield future.result()
            except BrokenProcessPool:
                self._end()
                yield workers.join(files, part)  # ours, then

    def _pool(self) -> ProcessPoolExecutor:
        if self._running is None:
            context = multiprocessing.get_context("spawn")
            self._running = ProcessPoolExecutor(self.processes, context, workers.begin)
        return self._running

    def _end(self) -> None:
        if self._running is not None:
            self._running.shutdown(wait=True, cancel_futures=True)
            self._running = None


def _halt(tasks: Sequence[Task]) -> None:
    """Tell the processes to stop after the page in hand."""
    if tasks:
        with suppress(OSError):  # a disk so full that no name fits: the chunk goes on to its end
            tasks[0].stop.touch()
