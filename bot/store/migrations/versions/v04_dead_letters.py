"""Version 4: dead letters are found without reading everything that was ever sent."""

import sqlalchemy as sa
from alembic import op

revision = "v04"
down_revision = "v03"

DEAD = "state = 'rejected' AND kind <> 'text'"


def upgrade() -> None:
    only = sa.text(DEAD)
    op.create_index("ix_outbox_dead", "outbox", ["id"], sqlite_where=only, postgresql_where=only)
