"""Version 2: every user's contact book, and the words that its entries are found by."""

import sqlalchemy as sa
from alembic import op

from bot.store.dialect import Bytewise, JsonColumn, Moment

revision = "v02"
down_revision = "v01"


def upgrade() -> None:
    op.create_table(
        "book",
        *map(_words, ("id", "user_id")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "company")),
        sa.Column("numbers", JsonColumn, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        *map(_words, ("contact_id", "source")),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_book"),
    )
    linked = sa.text("contact_id <> ''")
    op.create_index(
        "uq_book_contact",
        "book",
        ["user_id", "contact_id"],
        unique=True,
        sqlite_where=linked,
        postgresql_where=linked,
    )
    op.create_index("ix_book_changed", "book", ["user_id", "changed_at", "id"])
    op.create_table(
        "book_words",
        _words("entry_id"),
        sa.Column("word", Bytewise, nullable=False),
        _words("user_id"),
        sa.PrimaryKeyConstraint("entry_id", "word", name="pk_book_words"),
    )
    op.create_index("ix_book_words_found", "book_words", ["user_id", "word", "entry_id"])


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False)
