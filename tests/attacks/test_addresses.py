"""Nobody outside decides where the service connects to: not by a service URL, a link, a picture or a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from tests.attacks.surface import activity, from_teams, from_wechat
from tests.e2e.stage import stage


@asynccontextmanager
async def trap() -> AsyncIterator[tuple[str, list[bytes]]]:
    """An address that nobody has any business with, and whatever comes there all the same."""
    caught: list[bytes] = []

    async def catch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caught.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(catch, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", caught


async def test_links_pictures_and_files_are_not_fetched(tmp_path: Path) -> None:
    async with trap() as (url, caught), stage(tmp_path) as on:
        stamp = int(on.clock.now().timestamp())
        told = {
            "Url": url,
            "PicUrl": url,
            "MediaId": url,
            "Content": url,
            "Title": url,
            "Label": url,
            "Recognition": url,
        }
        for number, kind in enumerate(("text", "link", "image", "voice", "video", "location"), 1):
            push = {"FromUserName": "o-1", "MsgType": kind, "MsgId": number, "CreateTime": stamp, **told}
            assert (await from_wechat(on, orjson.dumps(push)))[0] == 200
        html = f'<p><img src="{url}/x.png"><a href="{url}">x</a></p>'
        file = {"contentType": "application/vnd.microsoft.teams.file.download.info", "content": {"downloadUrl": url}}
        text = {"contentType": "text/html", "content": html}
        for number, attachments in enumerate(([text], [file], [{"contentType": "image/png", "contentUrl": url}])):
            assert (await from_teams(on, activity(on, id=f"a{number}", text=url, attachments=attachments)))[0] == 200
        await on.settled()
        assert caught == []


async def test_a_service_url_of_somebody_elses_is_refused_and_never_called(tmp_path: Path) -> None:
    async with trap() as (url, caught), stage(tmp_path) as on:
        await on.begins()
        inside = ("http://169.254.169.254/latest/meta-data", "file:///etc/passwd", f"{on.teams.url}@127.0.0.1:1/")
        for address in (url, f"{url}/amer/", *inside, "https://smba.trafficmanager.net.evil.example/", ""):
            status, body = await from_teams(on, activity(on, serviceUrl=address, text="leave"))
            assert (status, body) == (401, b"")
        await on.settled()
        assert caught == []
