"""Version 11: where PINs were sent to is found when their contact is forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "v11"
down_revision = "v10"

PIN = "kind = 'pin'"


def upgrade() -> None:
    only = sa.text(PIN)
    op.create_index("ix_outbox_pins", "outbox", ["lane"], sqlite_where=only, postgresql_where=only)
