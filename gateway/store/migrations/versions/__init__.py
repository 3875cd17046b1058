"""The core's migrations. Alembic finds them by file."""
