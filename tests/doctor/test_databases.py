"""What the doctor says of a database that another version of the program made, on both kinds; and of no database."""

from pathlib import Path

from sqlalchemy import Connection, text

from bot.doctor import examine, lines
from bot.doctor.inside import database
from bot.store import migrations
from tests.store.build import NOW
from tests.store.test_upgrade import first_release

HEAD = migrations.newest()


async def test_a_database_of_the_first_release(empty_url: str) -> None:
    await first_release(empty_url)
    assert lines(await database(empty_url, NOW)) == (
        "failed   database  The database has version v01 and must be brought up to date\n"
        "                   → python -m bot admin migrate\n\n0 ok, 0 warning, 1 failed"
    )
    await migrations.upgrade(empty_url)
    found = await database(empty_url, NOW)
    assert [finding.said for finding in found if finding.what == "database"] == ["answers, is up to date, takes writes"]


async def test_a_database_of_a_version_to_come(empty_url: str) -> None:
    def age(connection: Connection) -> str:
        connection.execute(text("UPDATE alembic_version SET version_num = 'v99'"))
        return ""

    await migrations.upgrade(empty_url)
    await migrations._run(empty_url, age)
    assert lines(await database(empty_url, NOW)) == (
        f"failed   database  The database has version v99, which this program does not know (it knows up to {HEAD})\n"
        "                   → whoever runs the service must install the newer program again, or restore the backup from"
        " before it.\n\n0 ok, 0 warning, 1 failed"
    )


async def test_a_database_that_was_never_migrated(empty_url: str) -> None:
    await migrations.current(empty_url)
    [found] = await database(empty_url, NOW)
    assert (found.said, found.cure) == ("The database is empty and must be brought up to date", MIGRATE)


MIGRATE = "python -m bot admin migrate"


async def test_which_database_is_not_guessed_where_its_setting_cannot_be_read(tmp_path: Path) -> None:
    """Looking at the default one instead would be looking at another one than the service uses."""
    (tmp_path / ".env").write_bytes("DATABASE_URL=sqlite+aiosqlite:///mine.db\n".encode("utf-16"))
    for environ in ({}, {"DATABASE_URL": "mysql://x"}):
        told = lines(await examine(environ, tmp_path / ".env"))
        assert ".env is not UTF-8\n" in told and "→ Save it as UTF-8." in told
        assert "warning  database" in told and "not looked at: mend the environment first" in told
