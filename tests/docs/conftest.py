"""Tests of the documentation use what fills it: the modules of `scripts/`."""

from __future__ import annotations

import sys
from pathlib import Path

TOP = Path(__file__).parents[2]
sys.path.insert(0, str(TOP / "scripts"))
