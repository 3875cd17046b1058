"""The table core_user_profiles."""

import sqlalchemy as sa
from alembic import op

revision = "core_user_0001"
down_revision = None
branch_labels = ("core_user",)
depends_on = "core_0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "core_user_profiles",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("calendartype", sa.String(30), nullable=False),
        sa.Column("theme", sa.String(50), nullable=False),
        sa.Column("timezone", sa.String(100), nullable=False),
        sa.Column("mailformat", sa.Integer, nullable=False),
        sa.Column("maildisplay", sa.Integer, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("descriptionformat", sa.Integer, nullable=False),
        sa.Column("city", sa.String(120), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("firstnamephonetic", sa.String(255), nullable=False),
        sa.Column("lastnamephonetic", sa.String(255), nullable=False),
        sa.Column("middlename", sa.String(255), nullable=False),
        sa.Column("alternatename", sa.String(255), nullable=False),
        sa.Column("address", sa.String(255), nullable=False),
        sa.Column("phone1", sa.String(20), nullable=False),
        sa.Column("phone2", sa.String(20), nullable=False),
        sa.Column("icq", sa.String(50), nullable=False),
        sa.Column("skype", sa.String(50), nullable=False),
        sa.Column("yahoo", sa.String(50), nullable=False),
        sa.Column("aim", sa.String(50), nullable=False),
        sa.Column("msn", sa.String(50), nullable=False),
        sa.Column("institution", sa.String(255), nullable=False),
        sa.Column("department", sa.String(255), nullable=False),
        sa.Column("url", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_core_user_profiles"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_core_user_profiles_user_id_users", ondelete="CASCADE"
        ),
    )
