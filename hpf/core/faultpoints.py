"""Places where a test may let the process die, as a power cut would; otherwise they do nothing.

    reach("import.after_rows")

With HPF_FAULT=import.after_rows in the environment the process is killed there by SIGKILL: no
handler runs, nothing is flushed, nothing is said. `import.column:3` means the third time.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "HPF_FAULT"
_reached: dict[str, int] = {}  # how often, in a process that is about to die


def reach(name: str) -> None:
    """Die here if the environment names this place."""
    asked = os.environ.get(VARIABLE)
    if not asked:
        return
    place, _, times = asked.partition(":")
    if place != name:
        return
    _reached[name] = _reached.get(name, 0) + 1
    if _reached[name] >= int(times or 1):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
