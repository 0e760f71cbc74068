"""The reverse proxy's configuration, in a real nginx: it passes requests on, and gives up whoever is too slow."""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.sim.service import free_port
from tests.teams.test_credentials import pem
from tests.wechat.server import listening

NGINX, CI = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin"), os.environ.get("CI") == "true"
CONFIGURATION = (Path(__file__).parent.parent / "bot/deploy/nginx.conf").read_text("utf-8")
AROUND = "daemon off; user root; pid {folder}/pid; events {{}} http {{ access_log off; {paths} {inside} }}"
PATHS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
pytestmark = pytest.mark.skipif(not (NGINX or CI), reason="nginx was not found")


def configured(folder: Path, behind: int, port: int) -> str:
    """As it stands, but for what is every machine's own; and nobody is waited for longer than a second."""
    own: Mapping[str, str] = {
        "127.0.0.1:3978": f"127.0.0.1:{behind}",
        "listen 443": f"listen 127.0.0.1:{port}",
        "/etc/nginx/multiline.pem": str(pem(folder / "multiline.pem")),
        "_timeout 10s": "_timeout 1s",
    }
    inside = CONFIGURATION
    for theirs, ours in own.items():
        assert theirs in inside
        inside = inside.replace(theirs, ours)
    paths = " ".join(f"{each}_temp_path {folder}/{each};" for each in PATHS)
    return AROUND.format(folder=folder, paths=paths, inside=inside)


@asynccontextmanager
async def proxy(folder: Path) -> AsyncIterator[int]:
    """nginx on a port, before a server that says which path it was asked for and how much it was sent."""

    async def said(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.path} {len(await request.read())}")

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", said)
    async with listening(application) as url:
        port, file = free_port(), folder / "nginx.conf"
        file.write_text(configured(folder, int(url.rpartition(":")[2]), port))
        assert NGINX, "CI installs nginx for this"
        process = await asyncio.create_subprocess_exec(NGINX, "-p", str(folder), "-e", f"{folder}/log", "-c", str(file))
        try:
            await _there(port)
            yield port
        finally:
            process.terminate()
            await process.wait()


async def _there(port: int) -> None:
    for _ in range(200):
        try:
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
        except OSError:
            await asyncio.sleep(0.05)
        else:
            return
    raise AssertionError("nginx does not listen")


def unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def test_requests_are_passed_on_but_for_what_is_inside(tmp_path: Path) -> None:
    async with proxy(tmp_path) as port, aiohttp.ClientSession() as http:

        async def asked(path: str, size: int) -> tuple[int, str]:
            url = f"https://127.0.0.1:{port}{path}"
            async with http.post(url, data=b"x" * size, ssl=unchecked()) as answer:
                return answer.status, await answer.text()

        assert await asked("/wechat/default", 500_000) == (200, "/wechat/default 500000")
        assert await asked("/api/messages", 7) == (200, "/api/messages 7")
        assert [(await asked(path, 0))[0] for path in ("/metrics", "/readyz")] == [404, 404]
        assert (await asked("/wechat/default", 600_000))[0] == 413


HEAD, BODY = b"POST /a HTTP/1.1\r\nHost: x\r\nX: ", b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n"


@pytest.mark.parametrize(("begun", "goes_on"), [(HEAD, True), (HEAD, False), (BODY, False)])
async def test_who_does_not_come_to_an_end_is_given_up(tmp_path: Path, begun: bytes, goes_on: bool) -> None:
    """A head as a whole, byte by byte or not at all; a body when no more of it comes."""
    async with proxy(tmp_path) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=unchecked())
        writer.write(begun)
        answer = asyncio.create_task(reader.read())
        for _ in range(100):
            await asyncio.wait({answer}, timeout=0.2)
            if answer.done():
                break
            if goes_on:
                writer.write(b"x")
        assert answer.done()
        assert answer.result() == b"" or answer.result().startswith(b"HTTP/1.1 408 ")
        writer.close()
