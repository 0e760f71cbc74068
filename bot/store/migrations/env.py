"""Alembic's entry: runs the versions on the connection, and in the transaction, that `upgrade` holds."""

from typing import Any

from alembic import context

from bot.points import point


def _applied(*_: Any, **__: Any) -> None:
    point("upgrade-step")


context.configure(connection=context.config.attributes["connection"], on_version_apply=_applied)
context.run_migrations()
