"""Version 1: people, conversations, delivery, and the record that only grows."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store.dialect import Big, JsonColumn, Moment

revision = "v01"
down_revision = None

SQLITE_APPEND_ONLY = """
CREATE TRIGGER audit_{name} BEFORE {event} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
"""
POSTGRES_REFUSE = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$
"""
POSTGRES_APPEND_ONLY = """
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()
"""


def upgrade() -> None:
    _people()
    _conversations()
    _delivery()
    _record()
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SQLITE_APPEND_ONLY.format(name="no_update", event="UPDATE"))
        op.execute(SQLITE_APPEND_ONLY.format(name="no_delete", event="DELETE"))
    else:
        op.execute(POSTGRES_REFUSE)
        op.execute(POSTGRES_APPEND_ONLY)


def _people() -> None:
    _table("accounts", _words("name"), _words("default_user"), key=["name"])
    _table("policies", _words("name"), _words("parent"), _json("values"), _number("revision"), key=["name"])
    _table(
        "users",
        *map(_words, ("id", "tenant", "aad", "name", "number", "policy")),
        sa.Column("enabled", sa.Boolean, nullable=False),
        _words("upn"),
        _json("reference", null=True),
        sa.UniqueConstraint("tenant", "aad", name="uq_users_tenant_aad"),
        key=["id"],
    )
    _index("uq_users_number", "users", "number", where="number <> ''", unique=True)
    _table(
        "contacts",
        *map(_words, ("id", "account", "openid", "name", "language", "number")),
        sa.Column("following", sa.Boolean, nullable=False),
        _json("owed"),
        sa.UniqueConstraint("account", "openid", name="uq_contacts_account_openid"),
        key=["id"],
    )


def _conversations() -> None:
    _table(
        "threads",
        *map(_words, ("id", "contact_id", "user_id", "account", "phase")),
        _moment("opened_at"),
        _moment("heard_at"),
        _moment("due_at", null=True),
        _json("state"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_threads_contact_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_threads_user_id"),
        key=["id"],
    )
    _index("uq_threads_open", "threads", "contact_id", where="phase <> 'left'", unique=True)
    _index("ix_threads_due_at", "threads", "due_at", where="due_at IS NOT NULL")
    _index("ix_threads_user_id", "threads", "user_id")
    _table(
        "messages",
        *map(_words, ("id", "thread_id", "author", "kind")),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("original", sa.Text),
        _moment("at"),
        _words("contact_id"),
        _words("user_id"),
        sa.Column("state", sa.String),
        *map(_words, ("why", "notice", "media", "activity_key")),
        key=["id"],
    )
    _index("ix_messages_thread_id", "messages", "thread_id")
    _index("ix_messages_activity_key", "messages", "activity_key", where="activity_key <> ''")


def _delivery() -> None:
    _table("inbox", _words("key"), _json("answer"), _moment("at"), key=["key"])
    _table(
        "outbox",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        *map(_words, ("lane", "kind", "thread_id", "ref", "user_id", "post")),
        sa.Column("slot", sa.Integer, nullable=False),
        _words("use"),
        _moment("before", null=True),
        _json("values"),
        _words("state"),
        sa.Column("tries", sa.Integer, nullable=False),
        *map(_words, ("remote_id", "code")),
        _moment("created_at"),
        _moment("settled_at", null=True),
        key=["id"],
        sqlite_autoincrement=True,
    )
    _index("ix_outbox_pending", "outbox", "lane", "id", where="state = 'pending'")
    _index("ix_outbox_thread_id", "outbox", "thread_id")
    _index("ix_outbox_remote_id", "outbox", "remote_id", where="kind = 'template'")
    lane = (*map(_words, ("name", "way", "user_id")), _number("head", null=True), _moment("due_at", null=True))
    _table("lanes", *lane, _words("token"), key=["name"])
    _index("ix_lanes_way_due_at", "lanes", "way", "due_at", where="due_at IS NOT NULL")
    _index("ix_lanes_user_id", "lanes", "user_id", where="user_id <> ''")
    _table("posts", *map(_words, ("user_id", "post", "activity_id")), key=["user_id", "post"])
    _table("tokens", _words("name"), sa.Column("value", sa.Text, nullable=False), _moment("expires_at"), key=["name"])


def _record() -> None:
    _table(
        "audit",
        _number("seq"),
        _moment("at"),
        *map(_words, ("account", "thread_id", "event", "key")),
        sa.Column("body", sa.Text, nullable=False),
        *map(_words, ("prev", "hash")),
        key=["seq"],
    )
    _index("ix_audit_thread_id", "audit", "thread_id")


def _table(name: str, *columns: Any, key: list[str], **options: Any) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"), **options)


def _index(name: str, table: str, *columns: str, where: str = "", unique: bool = False) -> None:
    only = sa.text(where) if where else None
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=only, postgresql_where=only)


def _words(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String, nullable=False)


def _number(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Big, autoincrement=False, nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Moment, nullable=null)


def _json(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, JsonColumn, nullable=null)
