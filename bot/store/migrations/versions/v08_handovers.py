"""Version 8: hand-over requests."""

import sqlalchemy as sa
from alembic import op

from bot.store.dialect import Moment

revision = "v08"
down_revision = "v07"


def upgrade() -> None:
    op.create_table(
        "handovers",
        *(sa.Column(name, sa.String, nullable=False) for name in ("contact_id", "asker", "id", "thread_id", "stage")),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("contact_id", "asker", name="pk_handovers"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_handovers_contact_id"),
        sa.ForeignKeyConstraint(["asker"], ["users.id"], name="fk_handovers_asker"),
        sa.UniqueConstraint("id", name="uq_handovers_id"),
    )
