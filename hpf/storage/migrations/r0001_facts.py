"""Revision 0001: imports, facts, parameter values, bindings, mappings.

Frozen: the models say what they mean.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hpf.storage import types


def create() -> None:
    """Make the tables and their indexes."""
    op.create_table(
        "binding_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("bindings", types.JsonText(), nullable=False),
        sa.Column("reason", types.Key(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_binding_sets_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_sets")),
    )
    op.create_index(
        op.f("ix_binding_sets_hospital_id_since"),
        "binding_sets",
        ["hospital_id", "since"],
        unique=False,
    )
    op.create_table(
        "column_mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scheme", types.Key(), nullable=False),
        sa.Column("mapping", types.JsonText(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_column_mappings_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mappings")),
        sa.UniqueConstraint(
            "hospital_id",
            "name",
            "version",
            name=op.f("uq_column_mappings_hospital_id_name_version"),
        ),
    )
    op.create_table(
        "fact_columns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("scheme", types.Key(), nullable=False),
        sa.Column("period", types.PeriodText(), nullable=False),
        sa.Column("entity", types.Key(), nullable=False),
        sa.Column("code", types.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_fact_columns_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_columns")),
        sa.UniqueConstraint(
            "hospital_id",
            "scheme",
            "period",
            "entity",
            "code",
            name=op.f("uq_fact_columns_hospital_id_scheme_period_entity_code"),
        ),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scheme", types.Key(), nullable=False),
        sa.Column("period", types.PeriodText(), nullable=False),
        sa.Column("extent", types.Key(), nullable=False),
        sa.Column("file", types.Key(), nullable=False),
        sa.Column("file_digest", types.Key(), nullable=False),
        sa.Column("reason", types.Key(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.Column("notices", types.JsonText(), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=True),
        sa.Column("digest", types.Key(), nullable=True),
        sa.CheckConstraint("extent IN ('whole', 'part')", name=op.f("ck_imports_extent")),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_imports_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("hospital_id", "number", name=op.f("uq_imports_hospital_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_imports_hospital_id_scheme_period"),
        "imports",
        ["hospital_id", "scheme", "period"],
        unique=False,
    )
    op.create_table(
        "parameter_values",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("scheme", types.Key(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("value", types.JsonText(), nullable=True),
        sa.Column("reason", types.Key(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_parameter_values_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter_values")),
    )
    op.create_index(
        op.f("ix_parameter_values_hospital_id_scheme_name_since"),
        "parameter_values",
        ["hospital_id", "scheme", "name", "since"],
        unique=False,
    )
    op.create_table(
        "facts",
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column("row", types.Key(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("value", types.Key(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("lines", types.Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["column_id"], ["fact_columns.id"], name=op.f("fk_facts_column_id")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_facts_import_id")),
        sa.PrimaryKeyConstraint("column_id", "row", "import_id", name=op.f("pk_facts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_columns",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column("type", types.Key(), nullable=False),
        sa.Column("file", types.Key(), nullable=False),
        sa.Column("sheet", types.Key(), nullable=False),
        sa.Column("letter", types.Key(), nullable=False),
        sa.CheckConstraint(
            "type IN ('decimal', 'text', 'boolean', 'date')", name=op.f("ck_import_columns_type")
        ),
        sa.ForeignKeyConstraint(
            ["column_id"], ["fact_columns.id"], name=op.f("fk_import_columns_column_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_columns_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", "column_id", name=op.f("pk_import_columns")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_import_columns_column_id_import_id"),
        "import_columns",
        ["column_id", "import_id"],
        unique=False,
    )
