"""Revision 0001: users, committees, ballots, evidence, jobs.

Frozen: the models say what they mean.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hpf.storage import types


def create() -> None:
    """Make the tables and their indexes."""
    op.create_table(
        "committees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("code", types.Key(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_committees_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committees")),
        sa.UniqueConstraint("hospital_id", "code", name=op.f("uq_committees_hospital_id_code")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("digest", types.Key(), nullable=False),
        sa.Column("file", types.Key(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("object", types.Key(), nullable=False),
        sa.Column("object_id", types.Key(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_evidence_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_digest"), "evidence", ["digest"], unique=False)
    op.create_index(
        op.f("ix_evidence_hospital_id_object_object_id"),
        "evidence",
        ["hospital_id", "object", "object_id"],
        unique=False,
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=True),
        sa.Column("name", types.Key(), nullable=False),
        sa.Column("arguments", types.JsonText(), nullable=False),
        sa.Column("state", types.Key(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("outcome", types.JsonText(), nullable=True),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("created_at", types.Utc(), nullable=False),
        sa.Column("started_at", types.Utc(), nullable=True),
        sa.Column("finished_at", types.Utc(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_jobs_state")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_jobs_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_hospital_id"), "jobs", ["hospital_id"], unique=False)
    op.create_index(op.f("ix_jobs_state_created_at"), "jobs", ["state", "created_at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", types.Key(), nullable=False),
        sa.Column("name", types.Key(), nullable=False),
        sa.Column("password_hash", types.Key(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("created_at", types.Utc(), nullable=False),
        sa.Column("fs_uniquifier", types.Key(), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", types.Utc(), nullable=True),
        sa.Column("last_login", types.Utc(), nullable=True),
        sa.Column("language", types.Key(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_users_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_users_fs_uniquifier")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_index(op.f("ix_users_staff_id"), "users", ["staff_id"], unique=False)
    op.create_table(
        "committee_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seat", types.Key(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["committees.id"], name=op.f("fk_committee_members_committee_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_committee_members_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_members")),
    )
    op.create_index(
        op.f("ix_committee_members_committee_id_user_id"),
        "committee_members",
        ["committee_id", "user_id"],
        unique=False,
    )
    op.create_table(
        "user_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", types.Key(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_user_roles_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_user_roles_hospital_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_roles_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_roles")),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "hospital_id",
            "department_id",
            name=op.f("uq_user_roles_user_id_role_hospital_id_department_id"),
        ),
    )
    op.create_index(op.f("ix_user_roles_hospital_id"), "user_roles", ["hospital_id"], unique=False)
    op.create_table(
        "ballots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("appeal_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("question", types.Key(), nullable=False),
        sa.Column("quorum", types.Key(), nullable=False),
        sa.Column("majority", types.Key(), nullable=False),
        sa.Column("opened_at", types.Utc(), nullable=False),
        sa.Column("closed_at", types.Utc(), nullable=True),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_ballots_appeal_id")),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["committees.id"], name=op.f("fk_ballots_committee_id")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_ballots_cycle_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_ballots_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballots")),
    )
    op.create_index(op.f("ix_ballots_appeal_id"), "ballots", ["appeal_id"], unique=False)
    op.create_index(op.f("ix_ballots_committee_id"), "ballots", ["committee_id"], unique=False)
    op.create_index(op.f("ix_ballots_cycle_id"), "ballots", ["cycle_id"], unique=False)
    op.create_table(
        "votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("choice", types.Key(), nullable=False),
        sa.Column("at", types.Utc(), nullable=False),
        sa.CheckConstraint(
            "choice IN ('yes', 'no', 'abstain', 'recused')", name=op.f("ck_votes_choice")
        ),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name=op.f("fk_votes_ballot_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["committee_members.id"], name=op.f("fk_votes_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
        sa.UniqueConstraint("ballot_id", "member_id", name=op.f("uq_votes_ballot_id_member_id")),
    )
