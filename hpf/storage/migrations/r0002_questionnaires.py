"""Revision 0002: questionnaires whose answers name nobody, and what keeps them so.

Frozen: the models say what they mean. The tables that revision 0001 had for questionnaires kept who
answered and when; no release ever wrote to them. Should rows be there all the same, nothing is
thrown away: the upgrade is refused.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from hpf.storage import types
from hpf.storage.troubles import StorageError, trouble

GROW = ("rater_assignments", "spent_tokens", "answer_counts")  # never changed, never deleted
INSIDE = (*GROW, "envelopes")  # nothing is added once the questionnaire is closed


def create() -> None:
    """Replace the old tables, and make triggers in the words of the database at hand."""
    _old()
    _questionnaires()
    _parts()
    if op.get_context().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _old() -> None:
    for table in ("answers", "questionnaires"):
        if op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {table}")):
            words = (
                f"表 {table} 中有内容：那里记着谁何时怎样作答，新版不再这样保存",
                f"table {table} holds rows that say who answered what, and when",
            )
            cure = ("请先导出并清空它", "Export them and empty the table first")
            raise StorageError([trouble("old_answers", words, cure, table)])
    op.drop_table("answers")
    op.drop_table("questionnaires")


def _questionnaires() -> None:
    op.create_table(
        "questionnaires",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("scheme", types.Key(), nullable=False),
        sa.Column("period", types.PeriodText(), nullable=False),
        sa.Column("code", types.Key(), nullable=False),
        sa.Column("form", types.JsonText(), nullable=False),
        sa.Column("rules", types.JsonText(), nullable=False),
        sa.Column("opens", sa.Date(), nullable=False),
        sa.Column("closes", sa.Date(), nullable=False),
        sa.Column("batches", types.JsonText(), nullable=False),
        sa.Column("key_check", types.Key(), nullable=False),
        sa.Column("seed", types.Key(), nullable=False),
        sa.Column("by", types.Key(), nullable=False),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.Column("outcome", types.JsonText(), nullable=True),
        sa.Column("digest", types.Key(), nullable=True),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_questionnaires_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaires")),
    )
    op.create_index(
        op.f("ix_questionnaires_hospital_id_scheme_period_code"),
        "questionnaires",
        ["hospital_id", "scheme", "period", "code"],
    )


def _parts() -> None:
    def key(*names: str) -> list[sa.Column[Any]]:
        return [sa.Column(n, types.Key(), nullable=False) for n in names]

    _part("rater_assignments", *key("rater", "row_id", "group_code"))
    _part("spent_tokens", sa.Column("hash", sa.LargeBinary(), nullable=False))
    _part(
        "answer_counts",
        *key("row_id", "group_code", "question", "value"),
        sa.Column("times", sa.Integer(), nullable=False),
        last=1,
    )
    op.create_table(
        "envelopes",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _to_questionnaire("envelopes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelopes")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_envelopes_questionnaire_id"), "envelopes", ["questionnaire_id"])


def _part(table: str, *columns: sa.Column[Any], last: int = 0) -> None:
    """A table whose key is the questionnaire and all columns but the `last` ones."""
    names = [c.name for c in columns[: len(columns) - last]]
    op.create_table(
        table,
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        *columns,
        _to_questionnaire(table),
        sa.PrimaryKeyConstraint("questionnaire_id", *names, name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )


def _to_questionnaire(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_questionnaire_id")
    return sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaires.id"], name=name)


def _message(table: str, act: str) -> str:
    return f"hpf: {table}: {act} refused, what is recorded stays（{table}：已记录的内容不可更改）"


def _sqlite() -> None:
    def refuse(table: str, act: str, name: str, when: str = "") -> None:
        op.execute(
            f"CREATE TRIGGER hpf_{table}_{name} BEFORE {act} ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{_message(table, act)}'); END"
        )

    def held(row: str) -> str:
        return f"(SELECT digest FROM questionnaires WHERE id = {row}.questionnaire_id)"

    for table in GROW:
        refuse(table, "UPDATE", "update")
        refuse(table, "DELETE", "delete")
    for table in INSIDE:
        refuse(table, "INSERT", "insert", f"WHEN {held('NEW')} IS NOT NULL")
    replaced = "WHEN EXISTS (SELECT 1 FROM questionnaires WHERE id = NEW.id)"
    refuse("questionnaires", "UPDATE", "update", "WHEN OLD.digest IS NOT NULL")
    refuse("questionnaires", "DELETE", "delete")
    refuse("questionnaires", "INSERT", "replace", replaced)
    refuse("envelopes", "UPDATE", "update")
    refuse("envelopes", "DELETE", "delete", f"WHEN {held('OLD')} IS NULL")
    # an answer that took the place of another one would delete it without a word
    twice = "WHEN EXISTS (SELECT 1 FROM envelopes WHERE id = NEW.id)"
    refuse("envelopes", "INSERT", "replace", twice)
    counted = " AND ".join(
        f"{c} = NEW.{c}" for c in ("questionnaire_id", "row_id", "group_code", "question", "value")
    )
    when = f"WHEN EXISTS (SELECT 1 FROM answer_counts WHERE {counted})"
    refuse("answer_counts", "INSERT", "replace", when)


def _postgresql() -> None:
    for table in GROW:
        op.execute(
            f"CREATE TRIGGER hpf_{table}_grow BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION hpf_refuse()"
        )
    for table in (*INSIDE, "questionnaires"):
        op.execute(
            f"CREATE TRIGGER hpf_{table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION hpf_refuse()"
        )
    op.execute(
        "CREATE TRIGGER hpf_questionnaires_closed BEFORE UPDATE ON questionnaires "
        "FOR EACH ROW WHEN (OLD.digest IS NOT NULL) EXECUTE FUNCTION hpf_refuse()"
    )
    op.execute(
        "CREATE TRIGGER hpf_questionnaires_delete BEFORE DELETE ON questionnaires "
        "FOR EACH ROW EXECUTE FUNCTION hpf_refuse()"
    )
    op.execute(
        "CREATE TRIGGER hpf_envelopes_update BEFORE UPDATE ON envelopes "
        "FOR EACH ROW EXECUTE FUNCTION hpf_refuse()"
    )
    _when("envelopes", "delete", "DELETE", "REFERENCING OLD TABLE AS touched", "IS NULL")
    for table in INSIDE:
        _when(table, "inside", "INSERT", "REFERENCING NEW TABLE AS touched", "IS NOT NULL")


def _when(table: str, name: str, act: str, rows: str, digest: str) -> None:
    """Refuse an act where it touches a questionnaire whose digest is as said."""
    op.execute(
        f"""
        CREATE FUNCTION hpf_{table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM questionnaires WHERE digest {digest}
                       AND id IN (SELECT questionnaire_id FROM touched)) THEN
                RAISE EXCEPTION '{_message(table, act)}'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER hpf_{table}_{name} AFTER {act} ON {table} {rows} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION hpf_{table}_{name}()"
    )
