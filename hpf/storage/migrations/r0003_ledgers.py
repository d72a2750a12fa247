"""Revision 0003: ledgers of points, and notes; all of it only grows, a closed ledger not even that.

Frozen: the models say what they mean.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from hpf.storage import types

GROW = ("ledger_adjustments", "ledger_entries", "ledger_sightings", "notes")
INSIDE = ("ledger_adjustments", "ledger_entries")  # none is added once the book is closed
BOOK = ("id", "hospital_id", "ledger", "scheme", "period", "rules", "by", "at")


def create() -> None:
    """Make the tables, their indexes and the triggers that keep them."""
    _books()
    _adjustments()
    _entries()
    _notes()
    if op.get_context().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _column(name: str, kind: sa.types.TypeEngine[Any], null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null)


def _made() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return _column("by", types.Key()), _column("at", types.Utc())


def _to(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name)


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def _books() -> None:
    table = "ledger_books"
    op.create_table(
        table,
        _column("id", sa.Integer()),
        _column("hospital_id", sa.Integer()),
        _column("ledger", types.Key()),
        _column("scheme", types.Key()),
        _column("period", types.PeriodText()),
        _column("rules", types.JsonText()),
        *_made(),
        _column("import_id", sa.Integer(), null=True),
        _column("closed_by", types.Key(), null=True),
        _column("closed_at", types.Utc(), null=True),
        _column("digest", types.Key(), null=True),
        _to(table, "hospital_id", "hospitals"),
        _to(table, "import_id", "imports"),
        _key(table),
        sa.UniqueConstraint(
            "hospital_id", "ledger", "period", name=op.f(f"uq_{table}_hospital_id_ledger_period")
        ),
    )
    _index(table, "import_id")


def _adjustments() -> None:
    table = "ledger_adjustments"
    op.create_table(
        table,
        _column("id", sa.Integer()),
        _column("book_id", sa.Integer()),
        _column("department", types.Key()),
        _column("standard", types.Key()),
        _column("before", types.Exact()),
        _column("after", types.Exact()),
        _column("decided", sa.Date()),
        _column("since", sa.Date()),
        _column("reason", types.Key()),
        *_made(),
        _to(table, "book_id", "ledger_books"),
        _key(table),
    )
    _index(table, "book_id", "department", "standard")


def _entries() -> None:
    table = "ledger_entries"
    op.create_table(
        table,
        _column("id", sa.Integer()),
        _column("book_id", sa.Integer()),
        _column("person", types.Key()),
        _column("department", types.Key()),
        _column("standard", types.Key()),
        _column("sign", types.Key()),
        _column("points", types.Exact()),
        _column("day", sa.Date()),
        _column("reason", types.Key()),
        _column("reverses_id", sa.Integer(), null=True),
        _column("adjustment_id", sa.Integer(), null=True),
        *_made(),
        sa.CheckConstraint("sign IN ('plus', 'minus')", name=op.f(f"ck_{table}_sign")),
        _to(table, "book_id", "ledger_books"),
        _to(table, "reverses_id", "ledger_entries"),
        _to(table, "adjustment_id", "ledger_adjustments"),
        _key(table),
        sa.UniqueConstraint("reverses_id", name=op.f(f"uq_{table}_reverses_id")),
    )
    _index(table, "book_id", "person")
    _index(table, "book_id", "department")
    _index(table, "adjustment_id")
    seen = "ledger_sightings"
    op.create_table(
        seen,
        _column("id", sa.Integer()),
        _column("entry_id", sa.Integer()),
        *_made(),
        _to(seen, "entry_id", "ledger_entries"),
        _key(seen),
        sa.UniqueConstraint("entry_id", name=op.f(f"uq_{seen}_entry_id")),
    )


def _notes() -> None:
    table = "notes"
    op.create_table(
        table,
        _column("id", sa.Integer()),
        _column("hospital_id", sa.Integer()),
        _column("kind", types.Key()),
        _column("scheme", types.Key()),
        _column("period", types.PeriodText(), null=True),
        _column("subject", types.Key()),
        _column("unit", types.Key()),
        _column("day", sa.Date()),
        _column("text", types.Key()),
        _column("detail", types.JsonText()),
        _column("of_id", sa.Integer(), null=True),
        _column("by", types.Key()),
        _column("role", types.Key()),
        _column("at", types.Utc()),
        _to(table, "hospital_id", "hospitals"),
        _to(table, "of_id", "notes"),
        _key(table),
    )
    _index(table, "hospital_id", "kind", "subject")
    _index(table, "hospital_id", "scheme", "period")
    _index(table, "of_id")


def _words(table: str, act: str) -> str:
    return f"hpf: {table}: {act} refused, what is recorded stays（{table}：已记录的内容不可更改）"


def _sqlite() -> None:
    def refuse(table: str, act: str, name: str, when: str = "") -> None:
        op.execute(
            f"CREATE TRIGGER hpf_{table}_{name} BEFORE {act} ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{_words(table, act.partition(' ')[0])}'); END"
        )

    for table in GROW:
        refuse(table, "UPDATE", "update")
        refuse(table, "DELETE", "delete")
        held = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        refuse(table, "INSERT", "replace", held)
    for table in INSIDE:
        closed = "(SELECT digest FROM ledger_books WHERE id = NEW.book_id)"
        refuse(table, "INSERT", "inside", f"WHEN {closed} IS NOT NULL")
    listed = ", ".join(f'"{c}"' for c in BOOK)
    refuse("ledger_books", f"UPDATE OF {listed}", "keep")
    refuse("ledger_books", "UPDATE", "update", "WHEN OLD.digest IS NOT NULL")
    refuse("ledger_books", "DELETE", "delete")
    held = "WHEN EXISTS (SELECT 1 FROM ledger_books WHERE id = NEW.id)"
    refuse("ledger_books", "INSERT", "replace", held)


def _postgresql() -> None:
    for table in GROW:
        op.execute(
            f"CREATE TRIGGER hpf_{table}_grow BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION hpf_refuse()"
        )
    listed = ", ".join(f'"{c}"' for c in BOOK)
    op.execute(
        f"CREATE TRIGGER hpf_ledger_books_keep BEFORE DELETE OR UPDATE OF {listed} "
        "ON ledger_books FOR EACH ROW EXECUTE FUNCTION hpf_refuse()"
    )
    op.execute(
        "CREATE TRIGGER hpf_ledger_books_closed BEFORE UPDATE ON ledger_books FOR EACH ROW "
        "WHEN (OLD.digest IS NOT NULL) EXECUTE FUNCTION hpf_refuse()"
    )
    for table in (*GROW, "ledger_books"):
        op.execute(
            f"CREATE TRIGGER hpf_{table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION hpf_refuse()"
        )
    for table in INSIDE:
        op.execute(
            f"""
            CREATE FUNCTION hpf_{table}_inside() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT 1 FROM ledger_books
                           WHERE id = NEW.book_id AND digest IS NOT NULL) THEN
                    RAISE EXCEPTION '{_words(table, "INSERT")}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$
            """
        )
        op.execute(
            f"CREATE TRIGGER hpf_{table}_inside BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION hpf_{table}_inside()"
        )
