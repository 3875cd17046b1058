"""The core's tables, the system context, the generation and its triggers."""

import sqlalchemy as sa
from alembic import op

from gateway.store.triggers import Watch, create_triggers

revision = "core_0001"
down_revision = None
branch_labels = ("core",)
depends_on = None

# Not INSERT where nobody's cached Facts can know of the new row; not the columns that decide nothing.
WATCHED = {
    "users": Watch(
        insert=False,
        update=(
            "id",
            "username",
            "password_hash",
            "auth",
            "confirmed",
            "suspended",
            "deleted",
            "force_password_change",
            "password_changed_at",
            "password_expires_at",
            "administrator",
            "firstname",
            "lastname",
            "email",
            "idnumber",
            "lang",
            "rate_limit",
        ),
    ),
    "services": Watch(),
    "service_functions": Watch(),
    "authorised_users": Watch(),
    "tokens": Watch(
        insert=False,
        update=(
            "id",
            "digest",
            "prefix",
            "kind",
            "serial",
            "user_id",
            "service_id",
            "session_id",
            "creator_id",
            "ip_restriction",
            "valid_until",
            "revoked_at",
            "rate_limit",
        ),
    ),
    "sessions": Watch(insert=False),
    "contexts": Watch(insert=False),
    "roles": Watch(insert=False, update=("shortname",)),
    "role_capabilities": Watch(),
    "role_assignments": Watch(),
    "settings": Watch(),
}


def upgrade() -> None:
    """Make everything, in the order of the references."""
    _create_users()
    _create_services()
    _create_tokens()
    _create_contexts()
    _create_roles()
    _create_settings_and_calls()
    _create_generation()
    create_triggers(op.get_bind(), WATCHED)


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("username", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.String(255)),
        sa.Column("auth", sa.String(50), nullable=False),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        sa.Column("suspended", sa.Boolean, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("force_password_change", sa.Boolean, nullable=False),
        sa.Column("password_changed_at", sa.DateTime),
        sa.Column("password_expires_at", sa.DateTime),
        sa.Column("administrator", sa.Boolean, nullable=False),
        sa.Column("firstname", sa.String(100), nullable=False),
        sa.Column("lastname", sa.String(100), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("idnumber", sa.String(255), nullable=False),
        sa.Column("lang", sa.String(30), nullable=False),
        sa.Column("rate_limit", sa.Integer),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("last_access", sa.DateTime),
        sa.UniqueConstraint("username", name="uq_users_username"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_users_idnumber", "users", ["idnumber"])
    op.create_index("ix_users_email_lower", "users", [sa.text("lower(email)")])


def _create_services() -> None:
    op.create_table(
        "services",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("shortname", sa.String(255)),
        sa.Column("component", sa.String(100)),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("required_capability", sa.String(255)),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("download_files", sa.Boolean, nullable=False),
        sa.Column("upload_files", sa.Boolean, nullable=False),
        sa.Column("cors_origins", sa.JSON, nullable=False),
        sa.Column("rate_limit", sa.Integer),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("modified_at", sa.DateTime),
        sa.UniqueConstraint("name", name="uq_services_name"),
        sa.UniqueConstraint("shortname", name="uq_services_shortname"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "service_functions",
        sa.Column("service_id", sa.Integer, nullable=False),
        sa.Column("function", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "function", name="pk_service_functions"),
        _cascade("service_functions", "service_id", "services"),
    )
    op.create_index("ix_service_functions_function", "service_functions", ["function"])
    op.create_table(
        "authorised_users",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("service_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("ip_restriction", sa.String(255)),
        sa.Column("valid_until", sa.DateTime),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_authorised_users"),
        sa.UniqueConstraint("service_id", "user_id", name="uq_authorised_users_service_id_user_id"),
        _cascade("authorised_users", "service_id", "services"),
        _cascade("authorised_users", "user_id", "users"),
    )
    op.create_index("ix_authorised_users_user_id", "authorised_users", ["user_id"])


def _create_tokens() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("digest", name="uq_sessions_digest"),
        _cascade("sessions", "user_id", "users"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("prefix", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("serial", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("service_id", sa.Integer),
        sa.Column("session_id", sa.Integer),
        sa.Column("creator_id", sa.Integer),
        sa.Column("ip_restriction", sa.String(255)),
        sa.Column("valid_until", sa.DateTime),
        sa.Column("revoked_at", sa.DateTime),
        sa.Column("rate_limit", sa.Integer),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("last_access", sa.DateTime),
        sa.CheckConstraint("kind IN ('random', 'derived', 'session')", name=op.f("ck_tokens_kind")),
        sa.UniqueConstraint("digest", name="uq_tokens_digest"),
        _cascade("tokens", "user_id", "users"),
        _cascade("tokens", "service_id", "services"),
        _cascade("tokens", "session_id", "sessions"),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["users.id"], name="fk_tokens_creator_id_users", ondelete="SET NULL"
        ),
        sqlite_autoincrement=True,
    )
    for column in ("prefix", "user_id", "service_id", "session_id", "creator_id"):
        op.create_index(f"ix_tokens_{column}", "tokens", [column])


def _create_contexts() -> None:
    contexts = op.create_table(
        "contexts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("level", sa.String(50), nullable=False),
        sa.Column("instance_id", sa.Integer, nullable=False),
        sa.Column("parent_id", sa.Integer),
        sa.Column("path", sa.String(255), nullable=False),
        sa.UniqueConstraint("level", "instance_id", name="uq_contexts_level_instance_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["contexts.id"], name="fk_contexts_parent_id_contexts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contexts_parent_id", "contexts", ["parent_id"])
    op.bulk_insert(contexts, [{"id": 1, "level": "system", "instance_id": 0, "path": "/1"}])
    op.create_table(
        "capabilities",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("component", sa.String(100), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_capabilities"),
    )


def _create_roles() -> None:
    op.create_table(
        "roles",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("shortname", sa.String(100), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("sort_order", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_roles"),
        sa.UniqueConstraint("shortname", name="uq_roles_shortname"),
    )
    op.create_table(
        "role_capabilities",
        sa.Column("role_id", sa.Integer, nullable=False),
        sa.Column("capability", sa.String(255), nullable=False),
        sa.Column("context_id", sa.Integer, nullable=False),
        sa.Column("permission", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("role_id", "capability", "context_id", name="pk_role_capabilities"),
        sa.CheckConstraint("permission IN (1, -1, -1000)", name=op.f("ck_role_capabilities_permission")),
        _cascade("role_capabilities", "role_id", "roles"),
        _cascade("role_capabilities", "context_id", "contexts"),
    )
    op.create_index("ix_role_capabilities_context_id", "role_capabilities", ["context_id"])
    op.create_table(
        "role_assignments",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("role_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("context_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_role_assignments"),
        sa.UniqueConstraint(
            "user_id", "context_id", "role_id", name="uq_role_assignments_user_id_context_id_role_id"
        ),
        _cascade("role_assignments", "role_id", "roles"),
        _cascade("role_assignments", "user_id", "users"),
        _cascade("role_assignments", "context_id", "contexts"),
    )
    for column in ("role_id", "context_id"):
        op.create_index(f"ix_role_assignments_{column}", "role_assignments", [column])


def _create_settings_and_calls() -> None:
    op.create_table(
        "settings",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_settings"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("protocol", sa.String(20), nullable=False),
        sa.Column("function", sa.String(200)),
        sa.Column("user_id", sa.Integer),
        sa.Column("token_id", sa.Integer),
        sa.Column("service_id", sa.Integer),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("outcome", sa.String(100), nullable=False),
        sa.Column("exception", sa.String(100)),
        sa.Column("check", sa.String(4)),
        sa.Column("cause", sa.Text),
        sa.Column("duration_us", sa.Integer, nullable=False),
        sa.Column("facts", sa.JSON),
        sqlite_autoincrement=True,
    )
    for column in ("request_id", "at"):
        op.create_index(f"ix_calls_{column}", "calls", [column])


def _create_generation() -> None:
    generation = op.create_table(
        "generation",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_generation"),
        sa.CheckConstraint("id = 1", name=op.f("ck_generation_one_row")),
    )
    op.bulk_insert(generation, [{"id": 1, "value": 1}])


def _cascade(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """Make the foreign key by which rows of `table` go with their row of `target`."""
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="CASCADE")
