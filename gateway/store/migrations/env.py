"""What Alembic runs: migrations on the open connection that the caller hands over.

`config.attributes` holds `connection` (a SQLAlchemy Connection) and, if the caller wants, `options` (a mapping of
arguments for `context.configure`).
"""

from alembic import context

from gateway.store.models import Base

_given = context.config.attributes
context.configure(
    connection=_given["connection"],
    **{"target_metadata": Base.metadata, "render_as_batch": True, **_given.get("options", {})},
)
with context.begin_transaction():
    context.run_migrations()
