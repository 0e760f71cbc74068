"""Version 10: requests that nobody answered are found when their time is over."""

import sqlalchemy as sa
from alembic import op

revision = "v10"
down_revision = "v09"

UNANSWERED = "stage IN ('offered', 'asked')"


def upgrade() -> None:
    only = sa.text(UNANSWERED)
    op.create_index("ix_handovers_waiting", "handovers", ["at"], sqlite_where=only, postgresql_where=only)
