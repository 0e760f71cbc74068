"""Version 7: words can be purged for good: each message has a salt, legal holds; REPLACE cannot rewrite the record."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store.dialect import Moment

revision = "v07"
down_revision = "v06"

DUE = "purged_at IS NULL"
SQLITE_NO_REPLACE = """
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
"""


def upgrade() -> None:
    for name in ("salt", "original_salt"):
        op.add_column("messages", sa.Column(name, sa.String, nullable=False, server_default=sa.text("''")))
    op.add_column("messages", sa.Column("purged_at", Moment, nullable=True))
    only = sa.text(DUE)
    op.create_index("ix_messages_at", "messages", ["at"], sqlite_where=only, postgresql_where=only)
    op.create_table(
        "holds",
        *map(_words, ("id", "kind", "subject")),
        sa.Column("reason", sa.Text, nullable=False),
        _words("by"),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
        sa.UniqueConstraint("kind", "subject", name="uq_holds_kind_subject"),
    )
    if op.get_bind().dialect.name == "sqlite":
        # REPLACE deletes without asking the triggers that refuse DELETE.
        op.execute(SQLITE_NO_REPLACE)


def _words(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String, nullable=False)
