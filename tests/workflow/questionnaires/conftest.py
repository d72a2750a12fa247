"""A hospital that asks questions, on each kind of database."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests
sys.path.insert(0, str(Path(__file__).parents[1]))

from houses import houses, server  # noqa: F401  # a fixture
from surveying import House, sqlite_house

built, house, either = houses(sqlite_house, House, "asked")
