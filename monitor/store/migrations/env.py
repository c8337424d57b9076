"""What Alembic runs: migrations over the connection that `monitor.store.migrate` hands in."""

from __future__ import annotations

from alembic import context

from monitor.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    version_table="schema_version",
)
with context.begin_transaction():
    context.run_migrations()
