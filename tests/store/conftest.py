"""`store` is each of the three stores in turn, `sql` each of the two databases; all know two users and an account."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports import Account, Store
from bot.store import SqlStore, admin, migrations, open_store
from tests.e2e import record
from tests.fakes import FakeStore
from tests.postgres import empty_postgres, postgres_server, postgres_template, postgres_url
from tests.store.build import ACT, ANN, BOB

__all__ = ["empty_postgres", "postgres_server", "postgres_template", "postgres_url"]
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
async def sqlite_url(tmp_path: Path) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path}/data/store.db"
    await migrations.upgrade(url)
    return url


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest) -> str:
    """A migrated database."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/empty.db"
    found: str = request.getfixturevalue("empty_postgres")
    return found


@pytest.fixture(params=["fake", *BOTH])
def any_url(request: pytest.FixtureRequest) -> str:
    """A migrated database, or nothing for the store in memory."""
    found: str = "" if request.param == "fake" else request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
async def sql(url: str) -> AsyncIterator[SqlStore]:
    store = await opened(url)
    yield store
    await record.proved(store)
    await store.close()


@pytest.fixture
async def store(any_url: str) -> AsyncIterator[Store]:
    if not any_url:
        yield FakeStore({ANN.id: ANN, BOB.id: BOB}, {"default": Account("default", ANN.id)})
        return
    sql = await opened(any_url)
    yield sql
    await record.proved(sql)
    await sql.close()


async def opened(url: str) -> SqlStore:
    store = await open_store(url)
    for user in (ANN, BOB):
        await store.run(admin.add_user, ACT, user)
    await store.run(admin.set_default_user, ACT, "default", ANN.number)
    return store
