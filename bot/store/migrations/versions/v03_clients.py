"""Version 3: many clients in one place: what a user has read, who is current, Teams conversations of their own."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store.dialect import Big, JsonColumn, Moment

revision = "v03"
down_revision = "v02"

OPEN = "phase <> 'left'"


def upgrade() -> None:
    _later("users", "settings", JsonColumn, "'{}'")
    _later("users", "desk", JsonColumn, "'{}'")
    _later("threads", "care", JsonColumn, "'{}'")
    _later("threads", "unread", Big, "0")
    _later("threads", "queued", Big, "0")
    _later("threads", "place_id", sa.String, "''")
    op.add_column("threads", sa.Column("news_at", Moment, nullable=True))
    _later("posts", "thread_id", sa.String, "''")
    _index("ix_threads_listed", "threads", "user_id", "heard_at", where=OPEN)
    _index("ix_threads_news", "threads", "user_id", "news_at", where=f"{OPEN} AND news_at IS NOT NULL")
    _index("uq_threads_place_id", "threads", "place_id", where="place_id <> ''", unique=True)
    op.create_index("ix_messages_said", "messages", ["thread_id", "at", "id"])
    op.create_index("ix_posts_activity_id", "posts", ["user_id", "activity_id"])
    _count_queues()
    _name_threads_of_posts()


def _count_queues() -> None:
    threads = sa.table("threads", sa.column("id"), sa.column("state", JsonColumn), sa.column("queued"))
    connection = op.get_bind()
    for ident, state in connection.execute(sa.select(threads.c.id, threads.c.state)).all():
        waiting = len((json.loads(state) if isinstance(state, str) else state).get("queue", ()))
        if waiting:
            connection.execute(threads.update().where(threads.c.id == ident).values(queued=waiting))


def _name_threads_of_posts() -> None:
    op.execute(
        "UPDATE posts SET thread_id = named.thread_id FROM (SELECT user_id, post, max(thread_id) AS thread_id"
        " FROM outbox WHERE post <> '' GROUP BY user_id, post) AS named"
        " WHERE named.user_id = posts.user_id AND named.post = posts.post"
    )


def _later(table: str, name: str, kind: Any, default: str) -> None:
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=sa.text(default)))


def _index(name: str, table: str, *columns: str, where: str, unique: bool = False) -> None:
    only = sa.text(where)
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=only, postgresql_where=only)
