"""The helpers beside these tests can be imported, and say what they found when they fail."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

pytest.register_assert_rewrite("plugin_runs", "plugin_sheets")
