"""Version 14: automatic answers that are kept with events are found by their age."""

import sqlalchemy as sa
from alembic import op

revision = "v14"
down_revision = "v13"

REPLIED = "CAST(answer AS TEXT) LIKE '%\"reply\"%'"


def upgrade() -> None:
    only = sa.text(REPLIED)
    op.create_index("ix_inbox_replied", "inbox", ["at"], sqlite_where=only, postgresql_where=only)
