"""Pushes that WeChat itself never sends: what an attacker, or a fault on the way, makes of one (faults 24 to 27).

| kind              | what arrives                                                              |
|-------------------|---------------------------------------------------------------------------|
| `bad_signature`   | both signatures wrong                                                     |
| `old_timestamp`   | a correctly signed replay, `seconds` old (a day, if 0)                    |
| `wrong_app_id`    | the envelope holds another account's app id                               |
| `bad_padding`     | the envelope's padding byte is 0                                          |
| `plain_body`      | a plaintext push, whatever the account's mode (downgrade)                 |
| `xml_bomb`        | nested entities inside a valid envelope, in a push that lacks nothing     |
| `external_entity` | likewise an entity that names a file                                      |
| `huge_body`       | 100 MB                                                                    |
| `slow_body`       | the body byte by byte over `seconds`                                      |
"""

from __future__ import annotations

import asyncio
import dataclasses
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.sim.faults import Fault
from bot.sim.wechat import bodies
from bot.sim.wechat.account import Account

FORGERIES = frozenset(
    {
        "bad_signature",
        "old_timestamp",
        "wrong_app_id",
        "bad_padding",
        "plain_body",
        "xml_bomb",
        "external_entity",
        "huge_body",
        "slow_body",
    }
)
DAY = 86_400

_LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in zip("abcd", "bcde", strict=True)
)
"""Not so many that expat itself would stop: it is for whoever reads this to refuse it."""

_ENTITIES = {"xml_bomb": (_LAUGHS, "&e;"), "external_entity": ('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;")}


@dataclass(frozen=True, slots=True)
class Letter:
    """One POST of a push."""

    query: dict[str, str]
    body: bytes
    drip_seconds: float = 0.0
    filler_bytes: int = 0

    def stream(self) -> bytes | AsyncIterator[bytes]:
        """The body as it goes out."""
        if self.filler_bytes:
            return _filler(self.filler_bytes)
        return _drip(self.body, self.drip_seconds) if self.drip_seconds else self.body


def write(account: Account, openid: str, fields: bodies.Fields, now: int, fault: Fault | None) -> Letter:
    """The push, honest or forged; timestamp, nonce and envelope are new each time."""
    kind = fault.kind if fault else ""
    seconds = fault.seconds if fault else 0.0
    if kind == "plain_body":
        account = dataclasses.replace(account, mode="plaintext")
    plain = _trapped(fields, *_ENTITIES[kind]) if kind in _ENTITIES else bodies.render(fields, account.format)
    body, encrypted = bodies.sealed(
        account,
        fields,
        plain,
        secrets.token_bytes(16),
        receive_id="wx0000000000000000" if kind == "wrong_app_id" else None,
        padding=0 if kind == "bad_padding" else None,
    )
    timestamp = str(now - int(seconds or DAY) if kind == "old_timestamp" else now)
    query = bodies.query(account, openid, encrypted, timestamp, str(secrets.randbelow(2**31)))
    if kind == "bad_signature":
        query |= {name: "0" * 40 for name in ("signature", "msg_signature") if name in query}
    return Letter(query, body, seconds if kind == "slow_body" else 0.0, 100_000_000 if kind == "huge_body" else 0)


def _trapped(fields: bodies.Fields, entities: str, used: str) -> bytes:
    whole = bodies.render(fields, "xml").decode().removesuffix("</xml>")
    return f"<!DOCTYPE xml [{entities}]>{whole}<Extra>{used}</Extra></xml>".encode()


async def _drip(body: bytes, seconds: float) -> AsyncIterator[bytes]:
    for byte in body:
        yield bytes([byte])
        await asyncio.sleep(seconds / len(body))


async def _filler(size: int) -> AsyncIterator[bytes]:
    chunk = b" " * 65_536
    for _ in range(size // len(chunk)):
        yield chunk
