"""Revision 0001: jurisdictions, hospitals, departments, staff, assignments.

Frozen: the models say what they mean.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hpf.storage import types


def create() -> None:
    """Make the tables and their indexes."""
    op.create_table(
        "jurisdictions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", types.Key(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["jurisdictions.id"], name=op.f("fk_jurisdictions_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jurisdictions")),
        sa.UniqueConstraint("code", name=op.f("uq_jurisdictions_code")),
    )
    op.create_index(
        op.f("ix_jurisdictions_parent_id"), "jurisdictions", ["parent_id"], unique=False
    )
    op.create_table(
        "peer_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", types.Key(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_groups")),
        sa.UniqueConstraint("code", name=op.f("uq_peer_groups_code")),
    )
    op.create_table(
        "hospitals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", types.Key(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=True),
        sa.Column("peer_group_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_hospitals_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["peer_group_id"], ["peer_groups.id"], name=op.f("fk_hospitals_peer_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospitals")),
        sa.UniqueConstraint("code", name=op.f("uq_hospitals_code")),
    )
    op.create_index(
        op.f("ix_hospitals_jurisdiction_id"), "hospitals", ["jurisdiction_id"], unique=False
    )
    op.create_index(
        op.f("ix_hospitals_peer_group_id"), "hospitals", ["peer_group_id"], unique=False
    )
    op.create_table(
        "departments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("code", types.Key(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.CheckConstraint("closed IS NULL OR closed > opened", name=op.f("ck_departments_span")),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_departments_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        sa.UniqueConstraint("hospital_id", "code", name=op.f("uq_departments_hospital_id_code")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("code", types.Key(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.Column("joined", sa.Date(), nullable=False),
        sa.Column("left", sa.Date(), nullable=True),
        sa.Column("account", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint('"left" IS NULL OR "left" > joined', name=op.f("ck_staff_span")),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_staff_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("hospital_id", "code", name=op.f("uq_staff_hospital_id_code")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("title", types.Key(), nullable=False),
        sa.Column("post", types.Key(), nullable=False),
        sa.Column("share", types.Exact(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until > since", name=op.f("ck_assignments_span")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_assignments_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_assignments_hospital_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_assignments_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(
        op.f("ix_assignments_hospital_id_department_id"),
        "assignments",
        ["hospital_id", "department_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_assignments_staff_id_since"), "assignments", ["staff_id", "since"], unique=False
    )
