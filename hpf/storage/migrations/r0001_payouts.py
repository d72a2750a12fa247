"""Revision 0001: pay lists, ceilings, the audit chain.

Frozen: the models say what they mean.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hpf.storage import types


def create() -> None:
    """Make the tables and their indexes."""
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.Column("who", types.Key(), nullable=False),
        sa.Column("hospital", types.Key(), nullable=False),
        sa.Column("action", types.Key(), nullable=False),
        sa.Column("object", types.Key(), nullable=False),
        sa.Column("detail", types.JsonText(), nullable=False),
        sa.Column("previous", types.Key(), nullable=False),
        sa.Column("hash", types.Key(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.Column("key", types.Key(), nullable=False),
        sa.Column("signature", types.Key(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["audit.seq"], name=op.f("fk_audit_heads_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "ceilings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("period", types.PeriodText(), nullable=False),
        sa.Column("amount", types.Exact(), nullable=False),
        sa.Column("reason", types.Key(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_ceilings_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ceilings")),
    )
    op.create_index(
        op.f("ix_ceilings_hospital_id_period"), "ceilings", ["hospital_id", "period"], unique=False
    )
    op.create_table(
        "payout_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("code", types.Key(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("reissues_id", sa.Integer(), nullable=True),
        sa.Column("scheme", types.Key(), nullable=False),
        sa.Column("kind", types.Key(), nullable=False),
        sa.Column("period", types.PeriodText(), nullable=False),
        sa.Column("rule", types.Key(), nullable=False),
        sa.Column("total", types.Exact(), nullable=False),
        sa.Column("left_out", types.JsonText(), nullable=False),
        sa.Column("digest", types.Key(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_payout_batches_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["reissues_id"], ["payout_batches.id"], name=op.f("fk_payout_batches_reissues_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_payout_batches_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_batches")),
        sa.UniqueConstraint("code", name=op.f("uq_payout_batches_code")),
        sa.CheckConstraint(
            "kind IN ('main', 'supplement', 'release')", name=op.f("ck_payout_batches_kind")
        ),
    )
    op.create_index(
        op.f("ix_payout_batches_reissues_id"), "payout_batches", ["reissues_id"], unique=False
    )
    op.create_index(
        op.f("ix_payout_batches_hospital_id_period"),
        "payout_batches",
        ["hospital_id", "period"],
        unique=False,
    )
    op.create_index(
        "uq_payout_batches_run_id",
        "payout_batches",
        ["run_id"],
        unique=True,
        sqlite_where=sa.text("reissues_id IS NULL"),
        postgresql_where=sa.text("reissues_id IS NULL"),
    )
    op.create_index(
        "uq_payout_batches_hospital_id_scheme_period",
        "payout_batches",
        ["hospital_id", "scheme", "period"],
        unique=True,
        sqlite_where=sa.text("reissues_id IS NULL AND kind = 'main'"),
        postgresql_where=sa.text("reissues_id IS NULL AND kind = 'main'"),
    )
    op.create_table(
        "payout_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("reissues_id", sa.Integer(), nullable=True),
        sa.Column("row_id", types.Key(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.Column("amount", types.Exact(), nullable=False),
        sa.Column("account", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payout_batches.id"], name=op.f("fk_payout_lines_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_payout_lines_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["reissues_id"], ["payout_lines.id"], name=op.f("fk_payout_lines_reissues_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_lines")),
        sa.UniqueConstraint("reissues_id", name=op.f("uq_payout_lines_reissues_id")),
        sa.UniqueConstraint("batch_id", "row_id", name=op.f("uq_payout_lines_batch_id_row_id")),
    )
    op.create_index(
        op.f("ix_payout_lines_hospital_id_row_id"),
        "payout_lines",
        ["hospital_id", "row_id"],
        unique=False,
    )
    op.create_table(
        "payout_states",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("state", types.Key(), nullable=False),
        sa.Column("reason", types.Key(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.CheckConstraint(
            "state IN ('sent', 'paid', 'returned', 'reissued')", name=op.f("ck_payout_states_state")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["payout_lines.id"], name=op.f("fk_payout_states_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_states")),
    )
    op.create_index(
        op.f("ix_payout_states_line_id_id"), "payout_states", ["line_id", "id"], unique=False
    )
