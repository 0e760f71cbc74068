"""What the doctor says of a healthy service, and of each thing that can be wrong with one."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.doctor import lines
from bot.doctor.finding import State
from bot.store import open_store
from tests.commands.build import bury
from tests.doctor.build import Ahead, Break, Patient, patient
from tests.store.build import card, doing, tapped

HEALTHY = """\
warning  environment        is complete, but DEV_MODE is 1
                            → Leave DEV_MODE out in production: nobody has to sign in now.
ok       database           answers, is up to date, takes writes
ok       people             1 of 1 enabled
ok       outbox             0 waiting, none overdue
ok       public address     {url} leads to this service
ok       Teams keys         can be fetched
ok       Teams credentials  a token was given, for this bot
ok       WeChat token       was given
ok       WeChat template    is the account's, and its fields are filled
ok       SMS gateway        Twilio takes the account, and the sender is its own
ok       clock              agrees with Microsoft and WeChat's

10 ok, 1 warning, 0 failed"""


async def test_a_healthy_service(tmp_path: Path) -> None:
    async with patient(tmp_path) as well:
        url = f"http://127.0.0.1:{well.values['PORT']}"
        assert lines(await well.examined()) == HEALTHY.format(url=url)


def account(**changes: Any) -> Break:
    def change(it: Patient) -> None:
        it.wechat.world.account = it.wechat.world.account.changed(changes)

    return change


def unreachable(it: Patient) -> None:
    it.teams.url = "http://127.0.0.1:1"


def values(**changes: str) -> Break:
    return lambda it: it.values.update(changes)


def patients(**changes: Any) -> Break:
    def change(it: Patient) -> None:
        for name, value in changes.items():
            setattr(it, name, value)

    return change


WRONG: list[tuple[Break, str, State, str, str]] = [
    (account(ip_whitelist=("203.0.113.9",)), "WeChat token", State.FAILED,
     "WeChat refuses the address 127.0.0.1 (40164)", "Put 127.0.0.1 on the list"),
    (values(WECHAT_APP_ID="wxother"), "WeChat token", State.FAILED,
     "WeChat refuses to give one (40013)", "compare WECHAT_APP_ID"),
    (values(WECHAT_APP_SECRET="wrong-secret"), "WeChat token", State.FAILED,
     "WeChat refuses to give one (40125)", "set WECHAT_APP_SECRET anew"),
    (values(WECHAT_API_BASE_URL="http://127.0.0.1:1"), "WeChat token", State.FAILED,
     "nobody takes the connection", "reach WECHAT_API_BASE_URL"),
    (values(WECHAT_RESUME_TEMPLATE_ID="deleted"), "WeChat template", State.FAILED,
     "deleted is none of the account's 1 templates", "My Templates"),
    (values(WECHAT_RESUME_TEMPLATE_DATA='{"thing1": "{user}", "thing9": "x"}'), "WeChat template", State.FAILED,
     "nothing for thing2, no field thing9", "exactly the template's fields"),
    (values(WECHAT_RESUME_TEMPLATE_ID=""), "WeChat template", State.WARNING,
     "takes one of the messages", "keep the slot"),
    (patients(secret="wrong-secret"), "Teams credentials", State.FAILED,
     "the client secret is wrong (AADSTS7000215)", "copy the secret's value, not its ID"),
    (patients(app_id="00000000-0000-0000-0000-000000000009"), "Teams credentials", State.FAILED,
     "does not know the application in this tenant (AADSTS700016)", "Compare MicrosoftAppId"),
    (values(MicrosoftAppId="00000000-0000-0000-0000-000000000009"), "Teams credentials", State.FAILED,
     "not 00000000-0000-0000-0000-000000000009's", "Compare MicrosoftAppId"),
    (values(MicrosoftAppTenantId="00000000-0000-0000-0000-000000000009"), "Teams credentials", State.FAILED,
     "the token is of tenant", "Compare MicrosoftAppTenantId"),
    (unreachable, "Teams keys", State.FAILED,
     "nobody takes the connection", "login.botframework.com"),
    (values(PUBLIC_BASE_URL="http://127.0.0.1:1"), "public address", State.FAILED,
     "nobody takes the connection", "reverse proxy"),
    (values(PUBLIC_BASE_URL="http://bot.invalid"), "public address", State.FAILED, "bot.invalid", "DNS"),
    (patients(status=302), "public address", State.FAILED, "redirects elsewhere", "the address that it leads to"),
    (patients(answer={"hello": "world"}), "public address", State.FAILED,
     "something else answers", "pass every path on"),
    (values(MicrosoftAppId="no guid"), "environment", State.FAILED, "MicrosoftAppId is 'no guid'", "Azure portal"),
    (values(DATABASE_URL="mysql://x"), "environment", State.FAILED, "DATABASE_URL has 9 characters", "Leave it out"),
    (values(DATABASE_URL="postgresql+asyncpg://u:secret-word@127.0.0.1:1/x"), "database", State.FAILED,
     "cannot be opened (ConnectionRefusedError)", "whether the server runs"),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "what", "state", "said", "cure"), WRONG, ids=[wrong[3][:40] for wrong in WRONG])
async def test_what_is_wrong_is_named_with_its_cure(
    broken: Break, what: str, state: State, said: str, cure: str, tmp_path: Path
) -> None:
    async with patient(tmp_path) as ill:
        broken(ill)
        found = await ill.finding(what)
    assert (found.state, found.what) == (state, what)
    assert said in found.said and cure in found.cure


@pytest.mark.parametrize(
    ("minutes", "state", "said"),
    [(10, State.FAILED, "600 seconds ahead of"), (-10, State.FAILED, "seconds behind"), (1, State.WARNING, "60 sec")],
)
async def test_a_clock_that_is_off(minutes: float, state: State, said: str, tmp_path: Path) -> None:
    async with patient(tmp_path) as ill:
        found = await ill.finding("clock", Ahead(timedelta(minutes=minutes)))
    seconds = found.said.replace("599", "600").replace("601", "600").replace("59 s", "60 s").replace("61 s", "60 s")
    assert found.state is state and said in seconds and "timedatectl" in found.cure


async def test_an_expired_secret(tmp_path: Path) -> None:
    async with patient(tmp_path) as ill:
        told = {"error": "invalid_client", "error_description": "AADSTS7000222: expired. Trace ID: 4711"}
        ill.opened = lambda: lambda: told
        found = await ill.finding("Teams credentials")
    assert found.said == "the client secret has expired (AADSTS7000222)" and "4711" not in found.cure


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError("x.pem"), "the certificate's file cannot be read"),
        (ValueError("tenant"), "Microsoft knows no tenant"),
        (ConnectionError("x"), "Microsoft cannot be asked (ConnectionError)"),
    ],
)
async def test_an_application_that_cannot_be_opened(error: Exception, said: str, tmp_path: Path) -> None:
    def broken() -> Any:
        raise error

    async with patient(tmp_path) as ill:
        ill.opened = broken
        found = await ill.finding("Teams credentials")
    assert found.state is State.FAILED and said in found.said


# ---- databases


async def test_no_database_is_not_made_by_looking(tmp_path: Path) -> None:
    async with patient(tmp_path, migrated=False) as ill:
        found = await ill.finding("database")
        assert (found.said, found.cure) == ("is not there yet", "Make it: python -m bot admin migrate")
        assert not (tmp_path / "multiline.db").exists()


@pytest.mark.parametrize(
    ("sql", "said", "cure"),
    [
        ("UPDATE alembic_version SET version_num = 'v99'", "v99, which this program does not know", "newer program"),
        ("DELETE FROM alembic_version", "The database is empty and must be brought up to date", "admin migrate"),
    ],
    ids=["newer", "old"],
)
async def test_a_database_of_another_version(sql: str, said: str, cure: str, tmp_path: Path) -> None:
    async with patient(tmp_path) as ill:
        change(tmp_path, sql)
        found = await ill.finding("database")
    assert found.state is State.FAILED and said in found.said and cure in found.cure


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    async with patient(tmp_path, migrated=False) as ill:
        (tmp_path / "multiline.db").write_bytes(b"something else" * 100)
        found = await ill.finding("database")
    assert found.state is State.FAILED and found.said == "The database cannot be opened (file is not a database)"


@pytest.mark.parametrize(
    ("sql", "what", "said"),
    [
        ("UPDATE users SET enabled = 0", "people", "nobody is enabled"),
        ("UPDATE accounts SET default_user = ''", "people", "contacts that ask for nobody reach nobody"),
    ],
)
async def test_what_the_database_tells(sql: str, what: str, said: str, tmp_path: Path) -> None:
    async with patient(tmp_path) as ill:
        change(tmp_path, sql)
        found = await ill.finding(what)
    assert found.state is State.WARNING and said in found.said and found.cure


async def test_dead_letters_and_an_outbox_that_nobody_works_on(tmp_path: Path) -> None:
    async with patient(tmp_path) as ill:
        await bury(ill.values["DATABASE_URL"], datetime.now(UTC))
        dead = await ill.finding("outbox")
        store = await open_store(ill.values["DATABASE_URL"])
        await store.handle(replace(tapped(), at=datetime.now(UTC) - timedelta(minutes=2)), doing(rows=(card(),)))
        await store.close()
        late = await ill.finding("outbox")
    assert (dead.state, dead.said) == (State.WARNING, "1 dead letters") and "outbox requeue" in dead.cure
    assert late.state is State.WARNING and "no worker seems to run" in late.said


def change(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / "multiline.db")) as connection, connection:
        connection.execute(sql)


# ---- as it is typed


async def typed(values: dict[str, str], *words: str) -> int:
    return await asyncio.to_thread(cli.main, ["doctor", *words], values)


async def test_it_is_a_command_whose_exit_code_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with patient(tmp_path) as well:
        capsys.readouterr()
        assert await typed(well.values, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert {(each["check"], each["state"]) for each in told} >= {("database", "ok"), ("Teams keys", "warning")}
        assert await typed({**well.values, "WECHAT_APP_SECRET": "wrong-secret"}) == 1
        assert "40125" in capsys.readouterr().out


async def test_a_half_filled_environment_is_told_whole_and_the_database_looked_at(tmp_path: Path) -> None:
    async with patient(tmp_path) as ill:
        ill.values = {"DATABASE_URL": ill.values["DATABASE_URL"], "MicrosoftAppId": ill.values["MicrosoftAppId"]}
        found = await ill.examined()
    missing = {each.said.split()[0] for each in found if each.what == "environment"}
    assert {"PUBLIC_BASE_URL", "MicrosoftAppPassword", "WECHAT_TOKEN", "WECHAT_ENCODING_AES_KEY"} <= missing
    assert [each.state for each in found if each.what == "database"] == [State.OK]
    assert [each.said for each in found][-1] == "not looked at: mend the environment first"


async def test_no_secret_is_ever_told(tmp_path: Path) -> None:
    async with patient(tmp_path) as ill:
        secrets = [ill.values[name] for name in ("WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_ENCODING_AES_KEY")]
        secrets += [ill.secret, "secret-word", "wrong-secret"]
        for broken in (patients(), *(wrong[0] for wrong in WRONG)):
            told = await look_at(ill, broken)
            assert [secret for secret in secrets if secret in told] == []


async def look_at(ill: Patient, broken: Break) -> str:
    kept = dict(ill.values), ill.wechat.world.account, ill.secret, ill.app_id, ill.answer, ill.status, ill.teams.url
    broken(ill)
    told = lines(await ill.examined())
    ill.values, ill.wechat.world.account, ill.secret, ill.app_id, ill.answer, ill.status, ill.teams.url = kept
    tokens = ill.wechat.world.tokens._known
    assert tokens and not any(token in told for token in tokens)
    return told
