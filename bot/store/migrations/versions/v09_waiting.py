"""Version 9: a card that waits is found however long its lane is; messages of a thread have one index less to keep."""

import sqlalchemy as sa
from alembic import op

revision = "v09"
down_revision = "v08"

WAITING = "state = 'pending' AND post <> ''"


def upgrade() -> None:
    op.drop_index("ix_messages_thread_id", "messages")  # ix_messages_said begins with the thread as well
    only = sa.text(WAITING)
    op.create_index("ix_outbox_waiting", "outbox", ["lane", "post"], sqlite_where=only, postgresql_where=only)
