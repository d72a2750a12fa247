"""Whether the process that works on something is still the one that began it.

    job.outcome = mark()          # where it begins
    lives(job.outcome)            # later, in this process or another

A process's number is used again after a restart, of the server or of the machine. So the mark holds
when the process began as well, where the system tells.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_BORN = 21  # of the fields of /proc/N/stat, counted from 0: ticks since the machine started
_MACHINE = Path("/proc/sys/kernel/random/boot_id")


def mark() -> dict[str, Any]:
    """This process, to be kept with what it works on."""
    return {"process": os.getpid(), "machine": platform.node(), "born": born(os.getpid())}


def here(said: Mapping[str, Any]) -> bool:
    """Whether the process is, or was, one of this machine."""
    return said.get("machine") == platform.node()


def own(said: Mapping[str, Any]) -> bool:
    """Whether it is this process."""
    same = here(said) and said.get("process") == os.getpid()
    return same and said.get("born") in (None, born(os.getpid()))


def lives(said: Mapping[str, Any]) -> bool:
    """Whether a process of this machine is still there, and is the same one."""
    number = said.get("process")
    if not isinstance(number, int):
        return False
    try:
        os.kill(number, 0)
    except (OSError, ValueError):
        return False
    return said.get("born") in (None, "", born(number))


def born(number: int) -> str:
    """When a process began: which start of the machine, and when after it; '' where nobody says."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text("utf-8", "replace")
        return f"{_MACHINE.read_text('utf-8').strip()}:{stat.rpartition(')')[2].split()[_BORN - 2]}"
    except (OSError, IndexError):
        return ""
