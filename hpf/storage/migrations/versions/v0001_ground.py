"""Revision 0001: all tables, triggers and the view, as they were in the first release."""

from __future__ import annotations

from hpf.storage.migrations import (
    r0001_cycles,
    r0001_facts,
    r0001_organisation,
    r0001_payouts,
    r0001_people,
    r0001_runs,
    r0001_triggers,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    """From an empty database."""
    r0001_organisation.create()
    r0001_facts.create()
    r0001_runs.create()
    r0001_cycles.create()
    r0001_people.create()
    r0001_payouts.create()
    r0001_triggers.create()
