"""Version 6: whom of the user's book an invitation was made for."""

import sqlalchemy as sa
from alembic import op

revision = "v06"
down_revision = "v05"


def upgrade() -> None:
    later = sa.Column("entry_id", sa.String, nullable=False, server_default=sa.text("''"))
    op.add_column("invitations", later)
