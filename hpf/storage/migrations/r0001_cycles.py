"""Revision 0001: cycles, transitions, tasks, appeals, adjustments, questionnaires.

Frozen: the models say what they mean.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hpf.storage import types


def create() -> None:
    """Make the tables and their indexes."""
    op.create_table(
        "questionnaires",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("scheme", types.Key(), nullable=False),
        sa.Column("period", types.PeriodText(), nullable=False),
        sa.Column("code", types.Key(), nullable=False),
        sa.Column("questions", types.JsonText(), nullable=False),
        sa.Column("opens", types.Utc(), nullable=False),
        sa.Column("closes", types.Utc(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_questionnaires_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaires")),
        sa.UniqueConstraint(
            "hospital_id",
            "scheme",
            "period",
            "code",
            name=op.f("uq_questionnaires_hospital_id_scheme_period_code"),
        ),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("entity", types.Key(), nullable=False),
        sa.Column("row_id", types.Key(), nullable=False),
        sa.Column("answers", types.JsonText(), nullable=False),
        sa.Column("by", types.Key(), nullable=True),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"], ["questionnaires.id"], name=op.f("fk_answers_questionnaire_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index(
        op.f("ix_answers_questionnaire_id_entity_row_id"),
        "answers",
        ["questionnaire_id", "entity", "row_id"],
        unique=False,
    )
    op.create_table(
        "adjustments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("kind", types.Key(), nullable=False),
        sa.Column("scheme", types.Key(), nullable=False),
        sa.Column("period", types.PeriodText(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("linked_run_id", sa.Integer(), nullable=True),
        sa.Column("entity", types.Key(), nullable=False),
        sa.Column("row_id", types.Key(), nullable=False),
        sa.Column("rule", types.Key(), nullable=False),
        sa.Column("amount", types.Exact(), nullable=True),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("reason", types.Key(), nullable=False),
        sa.Column("entered_by", types.Key(), nullable=False),
        sa.Column("entered_at", types.Utc(), nullable=False),
        sa.Column("approved_by", types.Key(), nullable=True),
        sa.Column("approved_at", types.Utc(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('hold', 'release', 'difference')", name=op.f("ck_adjustments_kind")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_adjustments_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["linked_run_id"], ["runs.id"], name=op.f("fk_adjustments_linked_run_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_adjustments_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustments")),
    )
    op.create_index(
        op.f("ix_adjustments_hospital_id_period"),
        "adjustments",
        ["hospital_id", "period"],
        unique=False,
    )
    op.create_index(op.f("ix_adjustments_run_id"), "adjustments", ["run_id"], unique=False)
    op.create_table(
        "cycles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("scheme", types.Key(), nullable=False),
        sa.Column("period", types.PeriodText(), nullable=False),
        sa.Column("state", types.Key(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("pay_first", sa.Boolean(), nullable=False),
        sa.Column("calendar", types.JsonText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_cycles_hospital_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_cycles_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycles")),
        sa.UniqueConstraint(
            "hospital_id", "scheme", "period", name=op.f("uq_cycles_hospital_id_scheme_period")
        ),
    )
    op.create_index(op.f("ix_cycles_run_id"), "cycles", ["run_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("stage", types.Key(), nullable=False),
        sa.Column("clause", types.Key(), nullable=False),
        sa.Column("role", types.Key(), nullable=False),
        sa.Column("unit", types.Key(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("text", types.Key(), nullable=False),
        sa.Column("done_by", types.Key(), nullable=True),
        sa.Column("done_at", types.Utc(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_tasks_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint(
            "cycle_id", "clause", "unit", name=op.f("uq_tasks_cycle_id_clause_unit")
        ),
    )
    op.create_table(
        "filings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("kind", types.Key(), nullable=False),
        sa.Column("subject", types.Key(), nullable=False),
        sa.Column("text", types.Key(), nullable=False),
        sa.Column("detail", types.JsonText(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("role", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_filings_cycle_id")),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_filings_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filings")),
    )
    op.create_index(op.f("ix_filings_cycle_id_kind"), "filings", ["cycle_id", "kind"], unique=False)
    op.create_index(
        op.f("ix_filings_hospital_id_kind"), "filings", ["hospital_id", "kind"], unique=False
    )
    op.create_table(
        "transitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.Column("source", types.Key(), nullable=False),
        sa.Column("target", types.Key(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("role", types.Key(), nullable=False),
        sa.Column("reason", types.Key(), nullable=False),
        sa.Column("detail", types.JsonText(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_transitions_cycle_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_transitions_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
    )
    op.create_index(op.f("ix_transitions_cycle_id"), "transitions", ["cycle_id"], unique=False)
    op.create_table(
        "appeals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("text", types.Key(), nullable=False),
        sa.Column("state", types.Key(), nullable=False),
        sa.Column("filed_at", types.Utc(), nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("reviewers", types.JsonText(), nullable=False),
        sa.Column("decided_by", types.Key(), nullable=True),
        sa.Column("decided_at", types.Utc(), nullable=True),
        sa.Column("decision", types.Key(), nullable=True),
        sa.Column("effect_run_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'rejected', 'withdrawn')", name=op.f("ck_appeals_state")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_appeals_cycle_id")),
        sa.ForeignKeyConstraint(
            ["effect_run_id"], ["runs.id"], name=op.f("fk_appeals_effect_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_appeals_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id", "rule", "row"],
            ["results.run_id", "results.rule", "results.row"],
            name=op.f("fk_appeals_run_id_rule_row"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
    )
    op.create_index(
        op.f("ix_appeals_cycle_id_state"), "appeals", ["cycle_id", "state"], unique=False
    )
    op.create_index(
        op.f("ix_appeals_run_id_rule_row"), "appeals", ["run_id", "rule", "row"], unique=False
    )
