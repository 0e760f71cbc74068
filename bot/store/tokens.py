"""Access tokens that all processes share. They stand here in the clear: whoever reads the database can use them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from sqlalchemy import Connection, bindparam, select

from bot.store.dialect import Upsert
from bot.store.tables import TOKENS

_GET: Final = select(TOKENS.c.value, TOKENS.c.expires_at).where(TOKENS.c.name == bindparam("name"))
_PUT: Final = Upsert(TOKENS, ["name"], ["value", "expires_at"])


class Kept(Protocol):
    """A token and the time (aware) from which a new one is wanted."""

    @property
    def value(self) -> str: ...
    @property
    def fresh_until(self) -> datetime: ...


Token = TypeVar("Token", bound=Kept)


class Shelf(Generic[Token]):
    """Tokens by name; `make(value, fresh_until)` makes them again."""

    def __init__(self, run: Callable[..., Awaitable[Any]], make: Callable[[str, datetime], Token]) -> None:
        self._run = run
        self._make = make

    async def get(self, name: str) -> Token | None:
        found: tuple[str, datetime] | None = await self._run(_get, name)
        return self._make(*found) if found else None

    async def put(self, name: str, token: Token) -> None:
        """From now on this is the token of that name."""
        await self._run(_put, name, token.value, token.fresh_until)


def _get(connection: Connection, name: str) -> tuple[str, datetime] | None:
    found = connection.execute(_GET, {"name": name}).one_or_none()
    return (found.value, found.expires_at) if found else None


def _put(connection: Connection, name: str, value: str, until: datetime) -> None:
    connection.execute(_PUT.on(connection), {"name": name, "value": value, "expires_at": until})
