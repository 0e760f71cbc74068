"""Version 5: getting connected: the proved number's age, onboardings, invitations, PINs sent, codes of users."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store.dialect import JsonColumn, Moment

revision = "v05"
down_revision = "v04"


def upgrade() -> None:
    op.add_column("contacts", sa.Column("validated_at", Moment, nullable=True))
    unconnected = sa.text("thread_id = '' AND contact_id <> ''")
    op.create_index(
        "ix_messages_contact_id",
        "messages",
        ["contact_id", "at"],
        sqlite_where=unconnected,
        postgresql_where=unconnected,
    )
    _table(
        "onboardings",
        _words("contact_id"),
        sa.Column("state", JsonColumn, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_onboardings_contact_id"),
        key="contact_id",
    )
    _table(
        "invitations",
        *map(_words, ("scene", "account", "user_id")),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=True),
        _words("contact_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_invitations_user_id"),
        key="scene",
    )
    _table(
        "pins",
        *map(_words, ("id", "account", "contact_id", "number")),
        sa.Column("at", Moment, nullable=False),
        key="id",
    )
    for name in ("contact_id", "number", "account"):
        op.create_index(f"ix_pins_{name}", "pins", [name, "at"])
    _table(
        "user_codes",
        *map(_words, ("code", "user_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_codes_user_id"),
        key="code",
    )


def _table(name: str, *columns: Any, key: str) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(key, name=f"pk_{name}"))


def _words(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String, nullable=False)
