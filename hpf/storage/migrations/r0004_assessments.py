"""Revision 0004: experts, assessments with their entries, marks; and evidence that stays.

Frozen: the models say what they mean.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hpf.storage import types

GROW = ("experts", "assessed_accounts", "assessments", "assessment_entries", "marks", "evidence")


def create() -> None:
    """Make the tables, their indexes and the triggers that keep them."""
    op.create_table(
        "experts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("code", types.Key(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.Column("speciality", types.Key(), nullable=False),
        sa.Column("employer", types.Key(), nullable=False),
        sa.Column("account", types.Key(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_experts_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experts")),
    )
    op.create_index(op.f("ix_experts_hospital_id_code"), "experts", ["hospital_id", "code"])
    op.create_index(op.f("ix_experts_hospital_id_account"), "experts", ["hospital_id", "account"])
    op.create_table(
        "assessed_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("account", types.Key(), nullable=False),
        sa.Column("unit", types.Key(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_assessed_accounts_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessed_accounts")),
    )
    op.create_index(
        op.f("ix_assessed_accounts_hospital_id_account"),
        "assessed_accounts",
        ["hospital_id", "account"],
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("scheme", types.Key(), nullable=False),
        sa.Column("period", types.PeriodText(), nullable=False),
        sa.Column("parties", types.JsonText(), nullable=False),
        sa.Column("settings", types.JsonText(), nullable=False),
        sa.Column("facts_upto", sa.Integer(), nullable=False),
        sa.Column("table_digest", types.Key(), nullable=False),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facts_upto"], ["imports.id"], name=op.f("fk_assessments_facts_upto")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_assessments_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint(
            "hospital_id", "scheme", "period", name=op.f("uq_assessments_hospital_id_scheme_period")
        ),
    )
    op.create_index(op.f("ix_assessments_facts_upto"), "assessments", ["facts_upto"])
    _entries()
    _marks()
    _keep()


def _entries() -> None:
    op.create_table(
        "assessment_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("kind", types.Key(), nullable=False),
        sa.Column("unit", types.Key(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", types.Key(), nullable=False),
        sa.Column("detail", types.JsonText(), nullable=False),
        sa.Column("of_id", sa.Integer(), nullable=True),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_assessment_entries_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["of_id"], ["assessment_entries.id"], name=op.f("fk_assessment_entries_of_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_entries")),
        sa.UniqueConstraint("of_id", "kind", name=op.f("uq_assessment_entries_of_id_kind")),
    )
    op.create_index(
        op.f("ix_assessment_entries_assessment_id_kind_unit"),
        "assessment_entries",
        ["assessment_id", "kind", "unit"],
    )


def _marks() -> None:
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("item", types.Key(), nullable=False),
        sa.Column("unit", types.Key(), nullable=False),
        sa.Column("line", types.Key(), nullable=False),
        sa.Column("expert", types.Key(), nullable=False),
        sa.Column("deduction", types.Exact(), nullable=False),
        sa.Column("method", types.Key(), nullable=False),
        sa.Column("reason", types.Key(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_marks_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["assessment_entries.id"], name=op.f("fk_marks_visit_id")
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["marks.id"], name=op.f("fk_marks_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_marks_replaces_id")),
    )
    first = sa.text("replaces_id IS NULL")
    op.create_index(
        "uq_marks_assessment_id_item_expert",
        "marks",
        ["assessment_id", "item", "expert"],
        unique=True,
        sqlite_where=first,
        postgresql_where=first,
    )
    op.create_index(op.f("ix_marks_assessment_id_unit"), "marks", ["assessment_id", "unit"])
    op.create_index(op.f("ix_marks_assessment_id_expert"), "marks", ["assessment_id", "expert"])
    op.create_index(op.f("ix_marks_visit_id"), "marks", ["visit_id"])


def _keep() -> None:
    """Rows are added and never touched again, whoever asks; as in revision 0001."""
    if op.get_context().dialect.name != "sqlite":
        for table in GROW:
            op.execute(
                f"CREATE TRIGGER hpf_{table}_grow BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION hpf_refuse()"
            )
            op.execute(
                f"CREATE TRIGGER hpf_{table}_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION hpf_refuse()"
            )
        return
    for table in GROW:
        held = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        for act, name, when in (
            ("UPDATE", "update", ""), ("DELETE", "delete", ""), ("INSERT", "replace", held),
        ):  # fmt: skip
            words = f"hpf: {table}: {act} refused, what is recorded stays"
            op.execute(
                f"CREATE TRIGGER hpf_{table}_{name} BEFORE {act} ON {table} {when} "
                f"BEGIN SELECT RAISE(ABORT, '{words}（{table}：已记录的内容不可更改）'); END"
            )
