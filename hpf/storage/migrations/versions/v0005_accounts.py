"""Revision 0005: bank accounts that were entered and wait for somebody else's approval.

Frozen: the models say what it means.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hpf.storage import types

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """From revision 0004."""
    op.create_table(
        "account_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ends", types.Key(), nullable=False),
        sa.Column("before", types.Key(), nullable=False),
        sa.Column("basis", types.Key(), nullable=False),
        sa.Column("source", types.Key(), nullable=False),
        sa.Column("state", types.Key(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.Column("answered_by", types.Key(), nullable=False),
        sa.Column("answered_at", types.Utc(), nullable=True),
        sa.Column("reason", types.Key(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'returned', 'replaced')",
            name=op.f("ck_account_entries_state"),
        ),
        sa.CheckConstraint(
            "state = 'waiting' OR sealed IS NULL", name=op.f("ck_account_entries_gone")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_account_entries_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_account_entries_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_entries")),
    )
    op.create_index(
        op.f("ix_account_entries_hospital_id_state"), "account_entries", ["hospital_id", "state"]
    )
    op.create_index(
        op.f("ix_account_entries_staff_id_state"), "account_entries", ["staff_id", "state"]
    )
