"""Revision 0001: programs, runs, their rules, rows and results.

Frozen: the models say what they mean.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hpf.storage import types


def create() -> None:
    """Make the tables and their indexes."""
    op.create_table(
        "programs",
        sa.Column("digest", types.Key(), nullable=False),
        sa.Column("scheme", types.Key(), nullable=False),
        sa.Column("version", types.Key(), nullable=False),
        sa.Column("document", types.JsonText(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_programs")),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("scheme", types.Key(), nullable=False),
        sa.Column("version", types.Key(), nullable=False),
        sa.Column("period", types.PeriodText(), nullable=False),
        sa.Column("profile", types.Key(), nullable=False),
        sa.Column("kind", types.Key(), nullable=False),
        sa.Column("of_id", sa.Integer(), nullable=True),
        sa.Column("facts_upto", sa.Integer(), nullable=True),
        sa.Column("program_digest", types.Key(), nullable=False),
        sa.Column("parameters", types.JsonText(), nullable=False),
        sa.Column("inputs", types.JsonText(), nullable=False),
        sa.Column("history", types.JsonText(), nullable=False),
        sa.Column("held", types.JsonText(), nullable=False),
        sa.Column("provisional", types.JsonText(), nullable=False),
        sa.Column("problems", types.JsonText(), nullable=False),
        sa.Column("notices", types.JsonText(), nullable=False),
        sa.Column("orphans", types.JsonText(), nullable=False),
        sa.Column("accepted_zeros", sa.Integer(), nullable=False),
        sa.Column("started", types.Utc(), nullable=False),
        sa.Column("finished", types.Utc(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("seal_parts", types.JsonText(), nullable=True),
        sa.Column("seal", types.Key(), nullable=True),
        sa.CheckConstraint("kind IN ('main', 'supplement', 'release')", name=op.f("ck_runs_kind")),
        sa.ForeignKeyConstraint(["facts_upto"], ["imports.id"], name=op.f("fk_runs_facts_upto")),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_runs_hospital_id")
        ),
        sa.ForeignKeyConstraint(["of_id"], ["runs.id"], name=op.f("fk_runs_of_id")),
        sa.ForeignKeyConstraint(
            ["program_digest"], ["programs.digest"], name=op.f("fk_runs_program_digest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_runs_facts_upto"), "runs", ["facts_upto"], unique=False)
    op.create_index(
        op.f("ix_runs_hospital_id_scheme_period"),
        "runs",
        ["hospital_id", "scheme", "period"],
        unique=False,
    )
    op.create_index(op.f("ix_runs_of_id"), "runs", ["of_id"], unique=False)
    op.create_index(op.f("ix_runs_program_digest"), "runs", ["program_digest"], unique=False)
    op.create_table(
        "run_rows",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("entity", types.Key(), nullable=False),
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_run_rows_hospital_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_rows_run_id")),
        sa.PrimaryKeyConstraint("run_id", "row", name=op.f("pk_run_rows")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_run_rows_hospital_id_entity_id_run_id"),
        "run_rows",
        ["hospital_id", "entity", "id", "run_id"],
        unique=False,
    )
    op.create_table(
        "run_rules",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entity", types.Key(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.Column("kind", types.Key(), nullable=False),
        sa.Column("type", types.Key(), nullable=False),
        sa.Column("unit", types.Key(), nullable=False),
        sa.Column("clauses", types.JsonText(), nullable=False),
        sa.Column("name_zh", types.Key(), nullable=False),
        sa.Column("name_en", types.Key(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_rules_run_id")),
        sa.PrimaryKeyConstraint("run_id", "rule", name=op.f("pk_run_rules")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "results",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("value", types.Exact(), nullable=True),
        sa.Column("text", types.Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id", "row"],
            ["run_rows.run_id", "run_rows.row"],
            name=op.f("fk_results_run_id_row"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id", "rule"],
            ["run_rules.run_id", "run_rules.rule"],
            name=op.f("fk_results_run_id_rule"),
        ),
        sa.PrimaryKeyConstraint("run_id", "rule", "row", name=op.f("pk_results")),
        sqlite_with_rowid=False,
    )
