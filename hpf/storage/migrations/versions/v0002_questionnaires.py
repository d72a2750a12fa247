"""Revision 0002: questionnaires whose answers name nobody."""

from __future__ import annotations

from hpf.storage.migrations import r0002_questionnaires

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """From revision 0001."""
    r0002_questionnaires.create()
