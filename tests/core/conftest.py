"""What tests of the core share: a scheme to bend, what HPF ships, the helpers beside the tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

from bent_scheme import Bench  # found by the line above

from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.programs import Programs


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture(scope="session")
def shipped_programs() -> Programs:
    """The programs of every plugin that HPF ships."""
    return load_programs(load_plugins())
