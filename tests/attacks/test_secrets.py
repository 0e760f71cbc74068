"""What people wrote, who they are and what opens a door is in no log line, error, figure or package."""

from __future__ import annotations

import logging
import zipfile
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Connection, text

from bot.logs import JsonLines
from bot.store import admin
from manifest.__main__ import main as package
from tests.attacks.surface import activity, asked, from_teams, from_wechat, secrets
from tests.e2e.stage import NUMBER, Stage, stage

WORDS = "zebra-crossing-4711"
TYPED = "giraffe-neck-4712"
OPENID = "oSecretOpenId-4713"
NAME = "Mr Secret Name 4714"
FULL = "ALTER TABLE messages ADD CONSTRAINT no_more CHECK (text IS NULL) NOT VALID"
"""From then on PostgreSQL refuses every message, and quotes the row with its words."""


def private(on: Stage) -> dict[str, str]:
    known = {"words": WORDS, "typed words": TYPED, "openid": OPENID, "name": NAME, "number": NUMBER}
    return known | secrets(on)


def leaked(on: Stage, shown: str) -> list[str]:
    return [name for name, value in private(on).items() if value in shown]


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """The log as it would be written."""
    return "\n".join(map(JsonLines().format, caplog.records))


async def talked(on: Stage) -> None:
    """Words both ways, a name, a refusal, and failures of both platforms and of the database."""
    stamp = int(on.clock.now().timestamp())
    push = {"FromUserName": OPENID, "MsgType": "text", "CreateTime": stamp, "Content": WORDS}
    assert (await from_wechat(on, orjson.dumps({**push, "MsgId": 1})))[0] == 200
    await on.settled()
    thread = (await on.listed("threads", "list"))[0]["id"]
    about = (await on.service.store.run(admin.thread, thread)).conversation
    await on.admin("contacts", "set", about.contact.id, "--name", NAME)
    value = {"verb": "reply", "thread_id": thread, "text": TYPED}
    assert (await from_teams(on, activity(on, value=value, text="")))[0] == 200
    await on.wechat.phone.fault("/cgi-bin/message/custom/send", "status", status=500)
    assert (await from_teams(on, activity(on, id="2", text=TYPED * 2)))[0] == 200
    await on.settled()
    assert (await from_teams(on, activity(on, id="3", text=TYPED * 200)))[0] == 200
    assert (await from_wechat(on, orjson.dumps({**push, "MsgId": "no number"})))[0] == 403
    await on.service.store.run(Connection.execute, text(FULL))
    assert (await from_wechat(on, orjson.dumps({**push, "MsgId": 2})))[0] == 503
    assert (await from_teams(on, activity(on, id="4", value=value | {"text": TYPED * 3})))[0] == 503


@pytest.mark.postgres
async def test_nothing_private_is_logged_counted_or_answered(
    tmp_path: Path, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with stage(tmp_path, working=False, DATABASE_URL=postgres_url) as on:
        await talked(on)
        for path in ("/metrics", "/readyz", "/healthz", "/api/messages", "/wechat/default"):
            status, body = await asked(on, "GET", path)
            assert status in (200, 403, 405, 503)
            assert leaked(on, body.decode()) == []
        written = logged(caplog)
        assert "could not be handled" in written
        assert "turn_failed" in written
        assert leaked(on, written) == []
        await on.service.store.run(Connection.execute, text("ALTER TABLE messages DROP CONSTRAINT no_more"))


def test_the_package_holds_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = {
        "MicrosoftAppPassword": "hush-password",
        "WECHAT_APP_SECRET": "hush-secret",
        "WECHAT_TOKEN": "hushToken",
        "WECHAT_ENCODING_AES_KEY": "hush" + "A" * 39,
        "DATABASE_URL": "postgresql+asyncpg://user:hush@host/name",
    }
    given = {"MicrosoftAppId": "00000000-0000-0000-0000-000000000001", "PUBLIC_BASE_URL": "https://bot.contoso.com"}
    for name, value in (marks | given).items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "multiline.zip"
    assert package(["build", "--out", str(file)]) == 0
    with zipfile.ZipFile(file) as opened:
        content = b"".join(opened.read(name) for name in opened.namelist())
    assert b"00000000-0000-0000-0000-000000000001" in content
    assert b"hush" not in content
