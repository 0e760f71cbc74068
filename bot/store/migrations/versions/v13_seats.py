"""Version 13: a contact may have threads with several users, one with each, on numbered seats."""

import sqlalchemy as sa
from alembic import op

from bot.store.dialect import Big

revision = "v13"
down_revision = "v12"

OPEN = "phase <> 'left'"


def upgrade() -> None:
    op.add_column("threads", sa.Column("seat", Big, nullable=False, server_default=sa.text("0")))
    op.drop_index("uq_threads_open", "threads")
    for name, column in (("uq_threads_open", "user_id"), ("uq_threads_seat", "seat")):
        columns, only = ["contact_id", column], sa.text(OPEN)
        op.create_index(name, "threads", columns, unique=True, sqlite_where=only, postgresql_where=only)
