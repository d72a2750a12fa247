"""What tests of the core share: a scheme to bend, and the helpers beside the tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

from bent_scheme import Bench  # found by the line above


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
