"""Bodies that are too much, too slow, or not what they say: refused in time, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from bot.teams import adapter
from tests.attacks.surface import activity, asked, from_teams, spoken
from tests.e2e.stage import stage

HEAD = b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


async def test_a_slow_body_gives_up_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "PATIENCE", 0.2)
    async with stage(tmp_path, working=False) as on:
        slow = asyncio.create_task(spoken(on, HEAD + b"Content-Length: 100\r\n\r\n{"))
        assert (await from_teams(on, activity(on)))[0] == 200
        assert b" 408 " in (await slow).split(b"\r\n")[0]


async def test_a_body_that_cannot_be_unpacked_is_a_bad_request(tmp_path: Path) -> None:
    async with stage(tmp_path, working=False) as on:
        answer = await spoken(on, HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nnoise")
        assert b" 400 " in answer.split(b"\r\n")[0]


@pytest.mark.parametrize("path", ["/api/messages", "/wechat/default"])
async def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path, path: str) -> None:
    """256 MiB in 260 KB: refused, with no more memory than a few bodies take."""
    bomb = gzip.compress(b"[" * (256 * 1024 * 1024), 9)
    async with stage(tmp_path, working=False) as on:
        query = f"?timestamp={int(on.clock.now().timestamp())}&nonce=n&encrypt_type=aes&msg_signature=x"
        tracemalloc.start()
        try:
            headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
            status, _ = await asked(on, "POST", path + (query if "wechat" in path else ""), data=bomb, headers=headers)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert status == 413
        assert peak < 32 * 1024 * 1024


async def test_json_bombs(tmp_path: Path) -> None:
    async with stage(tmp_path, working=False) as on:
        for bomb in (b"[" * 500_000, b'{"a":' * 100_000, b'{"type":"message","value":' + b"[" * 400_000):
            assert (await from_teams(on, bomb))[0] == 400
        for much in ({"text": "x" * 500_000}, {"value": dict.fromkeys(map(str, range(30_000)), 1)}):
            assert (await from_teams(on, activity(on, **much)))[0] in (200, 413)
        assert (await from_teams(on, json.dumps(activity(on, text="x" * 600_000)).encode()))[0] == 413
