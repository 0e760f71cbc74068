"""Version 2: dead letters are found without reading everything that was ever sent."""

import sqlalchemy as sa
from alembic import op

revision = "v02"
down_revision = "v01"

DEAD = "state = 'rejected' AND kind <> 'text'"


def upgrade() -> None:
    only = sa.text(DEAD)
    op.create_index("ix_outbox_dead", "outbox", ["id"], sqlite_where=only, postgresql_where=only)
