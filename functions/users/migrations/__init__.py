"""The Alembic branch of core_user (see `gateway.store.migrations` for how versions are written)."""
