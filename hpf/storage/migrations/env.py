"""Run by Alembic for each command: on the connection that was handed over, in its transaction."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,  # SQLite too, since BEGIN is said by ourselves
    render_as_batch=True,
)
context.run_migrations()
