"""A hospital's home for the tests of commands: set up once, copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "plugins" / "township" / "sample"


def copy_of(home: Path, to: Path) -> Path:
    """A home of its own; its hpf.toml names everything relative to itself."""
    shutil.copytree(home, to)
    return to
