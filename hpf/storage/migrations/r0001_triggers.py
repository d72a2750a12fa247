"""Revision 0001: what holds against any program: rows that only grow, and the view over facts.

Frozen. SQLite's INSERT OR REPLACE deletes without firing DELETE triggers, so replacing a row is
refused on its own. PostgreSQL's TRUNCATE too.
"""

from __future__ import annotations

from alembic import op

GROW = {  # table -> its primary key; rows are added and never touched again
    "facts": ("column_id", "row", "import_id"),
    "fact_columns": ("id",),
    "import_columns": ("import_id", "column_id"),
    "programs": ("digest",),
    "parameter_values": ("id",),
    "binding_sets": ("id",),
    "run_rules": ("run_id", "rule"),
    "run_rows": ("run_id", "row"),
    "results": ("run_id", "rule", "row"),
    "transitions": ("id",),
    "payout_batches": ("id",),
    "filings": ("id",),
    "votes": ("id",),
    "payout_states": ("id",),
    "ceilings": ("id",),
    "audit": ("seq",),
    "audit_heads": ("seq",),
}
CLOSE = {"imports": "digest", "runs": "seal"}  # table -> the column that closes a row for good
KEEP = {  # these columns never change (an account is encrypted anew when its key is), no row goes
    "payout_lines": ("id", "hospital_id", "batch_id", "reissues_id", "row_id", "name", "amount"),
}
INSIDE = {  # rows of a closed row: none is added
    "facts": ("imports", "import_id", "digest"),
    "import_columns": ("imports", "import_id", "digest"),
    "run_rules": ("runs", "run_id", "seal"),
    "run_rows": ("runs", "run_id", "seal"),
    "results": ("runs", "run_id", "seal"),
}


def _message(table: str, act: str) -> str:
    return f"hpf: {table}: {act} refused, what is recorded stays（{table}：已记录的内容不可更改）"


def create() -> None:
    """Make triggers and view, in the words of the database at hand."""
    if op.get_context().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()
    op.execute(VIEW)


def _sqlite() -> None:
    def refuse(table: str, act: str, name: str, when: str = "") -> None:
        op.execute(
            f"CREATE TRIGGER hpf_{table}_{name} BEFORE {act} ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{_message(table, act.partition(' ')[0])}'); END"
        )

    for table, key in GROW.items():
        refuse(table, "UPDATE", "update")
        refuse(table, "DELETE", "delete")
        if table not in INSIDE:
            same = " AND ".join(f'"{k}" = NEW."{k}"' for k in key)
            when = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"
            refuse(table, "INSERT", "replace", when)
    for table, columns in KEEP.items():
        listed = ", ".join(columns)
        refuse(table, f"UPDATE OF {listed}", "update")
        refuse(table, "DELETE", "delete")
        when = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        refuse(table, "INSERT", "replace", when)
    for table, column in CLOSE.items():
        refuse(table, "UPDATE", "update", f"WHEN OLD.{column} IS NOT NULL")
        refuse(table, "DELETE", "delete", f"WHEN OLD.{column} IS NOT NULL")
        when = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id AND {column} IS NOT NULL)"
        refuse(table, "INSERT", "replace", when)
    for table, (parent, link, column) in INSIDE.items():
        held = f"(SELECT {column} FROM {parent} WHERE id = NEW.{link})"
        refuse(table, "INSERT", "insert", f"WHEN {held} IS NOT NULL")


def _postgresql() -> None:
    op.execute(
        """
        CREATE FUNCTION hpf_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'hpf: %: % refused, what is recorded stays（%：已记录的内容不可更改）',
                TG_TABLE_NAME, TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    for table in GROW:
        op.execute(
            f"CREATE TRIGGER hpf_{table}_grow BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION hpf_refuse()"
        )
    for table, columns in KEEP.items():
        op.execute(
            f"CREATE TRIGGER hpf_{table}_keep BEFORE DELETE OR UPDATE OF {', '.join(columns)} "
            f"ON {table} FOR EACH ROW EXECUTE FUNCTION hpf_refuse()"
        )
    for table, column in CLOSE.items():
        op.execute(
            f"CREATE TRIGGER hpf_{table}_closed BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
            f"WHEN (OLD.{column} IS NOT NULL) EXECUTE FUNCTION hpf_refuse()"
        )
    for table in (*GROW, *KEEP, *CLOSE):
        op.execute(
            f"CREATE TRIGGER hpf_{table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION hpf_refuse()"
        )
    for table, (parent, link, column) in INSIDE.items():
        # once for each statement, over all its rows: a bulk load pays it once
        op.execute(
            f"""
            CREATE FUNCTION hpf_{table}_inside() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT 1 FROM {parent} WHERE {column} IS NOT NULL
                           AND id IN (SELECT {link} FROM added)) THEN
                    RAISE EXCEPTION '{_message(table, "INSERT")}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
            END $$
            """
        )
        op.execute(
            f"CREATE TRIGGER hpf_{table}_inside AFTER INSERT ON {table} "
            "REFERENCING NEW TABLE AS added FOR EACH STATEMENT "
            f"EXECUTE FUNCTION hpf_{table}_inside()"
        )


VIEW = """
CREATE VIEW fact_versions AS
SELECT c.hospital_id, c.scheme, c.period, c.entity, f."row", c.code, f.value, k.type,
       k.file, k.sheet, k.letter, f.line, f.lines, f.import_id, i."by", i."at", i.reason
FROM facts f
JOIN fact_columns c ON c.id = f.column_id
JOIN imports i ON i.id = f.import_id
LEFT JOIN import_columns k ON k.import_id = f.import_id AND k.column_id = f.column_id
"""
