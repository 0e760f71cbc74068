"""Version 12: colleagues are looked for in an index of their words, which the program fills when all is brought up."""

import sqlalchemy as sa
from alembic import op

from bot.store.dialect import Bytewise

revision = "v12"
down_revision = "v11"


def upgrade() -> None:
    op.create_table(
        "user_words",
        sa.Column("user_id", sa.String, nullable=False),
        sa.Column("word", Bytewise, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("tenant", "policy")),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "word", name="pk_user_words"),
    )
    columns, whole = ["tenant", "policy", "word", "user_id"], sa.text("whole")
    op.create_index("ix_user_words_found", "user_words", columns)
    op.create_index("ix_user_words_whole", "user_words", columns, sqlite_where=whole, postgresql_where=whole)
