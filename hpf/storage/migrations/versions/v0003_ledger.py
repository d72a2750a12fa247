"""Revision 0003: ledgers of points and what is put on file about people."""

from __future__ import annotations

from hpf.storage.migrations import r0003_ledgers

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From revision 0002."""
    r0003_ledgers.create()
