"""Revision 0004: a county's assessment of its hospitals."""

from __future__ import annotations

from hpf.storage.migrations import r0004_assessments

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """From revision 0003."""
    r0004_assessments.create()
