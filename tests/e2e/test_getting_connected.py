"""Who gets a contact, and the proof of their number, over HTTP: WeChat's phone, the SMS, Teams' cards."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from bot import cli
from bot.sim.wechat.client import Contact
from bot.store import admin, connecting
from tests.e2e.attack import attack
from tests.e2e.stage import NUMBER, Stage, stage

MINE = "+86 138 0013 8000"
GUESSES = int(os.environ.get("GUESSES", "500"))
SMS = {"SMS_GATEWAY": "twilio"}


@asynccontextmanager
async def asking(folder: Path, *policy: str) -> AsyncIterator[Stage]:
    """A stage whose policy `default` is as given."""
    async with stage(folder, working=False) as on:
        await command(on, "policy", "set", "default", *policy)
        yield on


async def command(on: Stage, *words: str) -> None:
    url = on.service.settings.database_url.reveal()
    environ = {"DATABASE_URL": url, "DEV_MODE": "1", "HOST": "127.0.0.1", **SMS}
    assert await asyncio.to_thread(cli.main, list(words), environ) == 0


async def says(on: Stage, contact: Contact, text: str) -> str:
    """What the contact is answered at once."""
    ended = await contact.says(text)
    await on.settled()
    assert ended["status"] in ("replied", "answered", "success"), ended
    return str(ended.get("reply") or "")


async def pin(on: Stage) -> str:
    await on.settled()
    found = re.search(r"\d{6}", (await on.wechat.phone.sms())[-1]["body"])
    assert found
    return found[0]


def other_than(right: str) -> str:
    return f"{(int(right) + 1) % 10**6:06}"


async def records(on: Stage) -> str:
    """Everything that is kept: audit, outbox, messages, inbox, onboardings."""
    path = Path(on.service.settings.database_url.reveal().removeprefix("sqlite+aiosqlite:///"))
    return "".join(
        file.read_bytes().decode("latin-1")
        for file in path.parent.glob(f"{path.name}*")
        if file.is_file() and file.suffix != ".db-shm"
    )


async def connected(on: Stage) -> int:
    return len(await on.service.store.run(admin.threads))


async def test_the_number_is_proved_before_anybody_is_connected(tmp_path: Path) -> None:
    async with asking(tmp_path, "--validate-phone") as on:
        assert "confirm your phone number" in await says(on, on.li, "Is the bond report out?")
        assert await connected(on) == 0
        assert "PIN of 6 digits" in await says(on, on.li, "138 0013 8000")
        assert "Your message is kept" in await says(on, on.li, "and a second question")
        right = await pin(on)
        assert "not the PIN" in await says(on, on.li, other_than(right))
        assert "You are chatting with Anna Schmidt" in await says(on, on.li, f"PIN {right[:3]} {right[3:]}")
        await on.anna.sees("Is the bond report out?")
        await on.anna.sees("and a second question")
        await on.anna.sees("Written earlier")
        await on.anna.sees("Confirmed the phone number with a PIN.")
        await on.anna.sees("Validated")
        kept = await records(on)
        assert right not in kept
        assert other_than(right) not in kept
        await on.anna.says("Good morning")
        await on.settled()
        assert (await on.li.sees())[-1] == "Good morning"


async def test_who_was_validated_comes_back_without_until_it_is_too_old(tmp_path: Path) -> None:
    async with asking(tmp_path, "--validate-phone", "--validation-age", "30d") as on:
        await says(on, on.li, "hello")
        await says(on, on.li, MINE)
        await says(on, on.li, await pin(on))
        await leave(on)
        assert "You are chatting with" in await says(on, on.li, "one more thing")
        await leave(on)
        await on.passes(hours=24 * 30)
        assert "confirm your phone number" in await says(on, on.li, "hello again")


async def leave(on: Stage) -> None:
    await on.anna.clicks("leave")
    await on.settled()
    await on.anna.clicks("leave_confirmed")
    await on.settled()
    assert await connected(on) == 0


async def test_a_pin_expires_and_another_is_sent(tmp_path: Path) -> None:
    async with asking(tmp_path, "--validate-phone") as on:
        await says(on, on.li, "hello")
        await says(on, on.li, MINE)
        first = await pin(on)
        assert "cannot send another PIN yet" in await says(on, on.li, "1")
        await on.passes(seconds=300)
        assert "no longer valid" in await says(on, on.li, first)
        assert "PIN of 6 digits" in await says(on, on.li, "1")
        assert "You are chatting with" in await says(on, on.li, await pin(on))


async def test_wrong_pins_lock_and_no_new_pin_resets_the_count(tmp_path: Path) -> None:
    async with asking(tmp_path, "--validate-phone") as on:
        await says(on, on.li, "hello")
        await says(on, on.li, MINE)
        answer = ""
        for _ in range(5):
            answer = await says(on, on.li, other_than(await pin(on)))
            await on.passes(seconds=61)
        for _ in range(5):
            assert "minute" in answer
            await on.passes(hours=0.4)
            assert "PIN of 6 digits" in await says(on, on.li, "1")
            answer = await says(on, on.li, other_than(await pin(on)))
        assert "Too many wrong PINs. Please try again in 60 minutes." in answer
        assert "Too many wrong PINs" in await says(on, on.li, await pin(on))
        assert "Too many wrong PINs" in await says(on, on.li, "1")
        assert await connected(on) == 0
        await on.passes(hours=1)
        await says(on, on.li, "1")
        assert "You are chatting with" in await says(on, on.li, await pin(on))


async def test_an_attacker_has_twenty_guesses_however_many_they_make(tmp_path: Path) -> None:
    """Through the engine and the store; GUESSES=10000 takes a minute, and the machine's own test always makes those."""
    async with asking(tmp_path, "--validate-phone") as on:
        await says(on, on.li, "hello")
        await says(on, on.li, MINE)
        spent = await attack(on, GUESSES)
        assert spent.counted <= 20
        assert spent.refused == GUESSES - spent.counted
        assert await connected(on) == 0


async def test_the_person_asked_for_is_found_in_every_spelling(tmp_path: Path) -> None:
    async with asking(tmp_path, "--unasked", "ask") as on:
        await command(on, "users", "code", NUMBER, "VIP 7")
        for at, spelt in enumerate(
            [
                "+49 151 12345678",
                "0049-151-12345678",
                "0151 1234 5678",
                "＋４９１５１１２３４５６７８",
                "vip 7",
                "anna  SCHMIDT",
            ]
        ):
            contact = await on.wechat.phone.contact(f"Caller {at}")
            assert "Whom would you like to reach?" in await says(on, contact, "hello there")
            assert "You are chatting with Anna Schmidt" in await says(on, contact, spelt), spelt
            await leave(on)


async def test_nobody_learns_whether_a_number_exists(tmp_path: Path) -> None:
    async with asking(tmp_path, "--unasked", "ask") as on:
        await command(on, "users", "disable", NUMBER)
        await says(on, on.li, "hello")
        first = await says(on, on.li, NUMBER)
        assert first == await says(on, on.li, "+49 151 99999999")
        assert "ask the person" in await says(on, on.li, "Anna Schmidt")
        await on.passes(hours=1)
        assert "not connect you with that" in await says(on, on.li, "hm")


async def test_after_three_tries_the_default_user_gets_them(tmp_path: Path) -> None:
    async with asking(tmp_path, "--unasked", "ask") as on:
        await says(on, on.li, "hello")
        await says(on, on.li, "I forgot the name")
        await says(on, on.li, "+44 20 7946 0000")
        assert "You are chatting with Anna Schmidt" in await says(on, on.li, "please help")
        for text in ("hello", "I forgot the name", "please help"):
            await on.anna.sees(text)


async def test_without_invitation_nobody_where_the_policy_refuses(tmp_path: Path) -> None:
    async with asking(tmp_path, "--unasked", "refuse") as on:
        assert "Nobody is available" in await says(on, on.li, "hello")


async def test_a_gateway_that_is_down_is_told_and_tried_again(tmp_path: Path) -> None:
    async with asking(tmp_path, "--validate-phone") as on:
        await says(on, on.li, "hello")
        await on.wechat.phone.call("POST", "sms", {"down": True})
        await says(on, on.li, MINE)
        await on.passes(seconds=60)
        await on.wechat.phone.call("POST", "sms", {"down": False})
        await on.passes(seconds=60)
        assert len(await on.wechat.phone.sms()) == 1
        await on.wechat.phone.call("POST", "sms", {"down": True})
        await says(on, on.li, "1")
        await on.passes(seconds=301)
        await on.passes(seconds=301)
        assert "could not send the SMS" in await says(on, on.li, "where is it?")
        assert await connected(on) == 0


async def test_a_number_that_receives_no_sms(tmp_path: Path) -> None:
    async with asking(tmp_path, "--validate-phone") as on:
        await says(on, on.li, "hello")
        assert "not a mobile number" in await says(on, on.li, "+86 10 6552 9988")
        await says(on, on.li, "+86 138 0013 0000")
        assert "does not receive SMS" in await says(on, on.li, "hello?")
        assert "confirm your phone number" in await says(on, on.li, "2")
        await on.passes(seconds=61)
        assert "PIN of 6 digits" in await says(on, on.li, MINE)


async def test_validation_is_refused_without_a_gateway(tmp_path: Path) -> None:
    async with stage(tmp_path, working=False) as on:
        environ = {"DATABASE_URL": on.service.settings.database_url.reveal(), "DEV_MODE": "1", "HOST": "127.0.0.1"}
        wish = ["policy", "set", "default", "--validate-phone"]
        assert await asyncio.to_thread(cli.main, wish, environ | {"SMS_GATEWAY": ""}) == 1


async def test_an_administrator_helps_who_was_locked_out(tmp_path: Path) -> None:
    async with asking(tmp_path, "--validate-phone") as on:
        await says(on, on.li, "hello")
        await says(on, on.li, MINE)
        for _ in range(3):
            await says(on, on.li, other_than(await pin(on)))
        rows = orjson.loads(await listed(on))
        assert (rows[0]["wrong PINs"], rows[0]["asked for"]) == (3, "pin")
        await command(on, "contacts", "release", rows[0]["id"])
        await on.passes(seconds=60)
        assert "PIN of 6 digits" in await says(on, on.li, "1")
        assert "You are chatting with" in await says(on, on.li, await pin(on))


async def listed(on: Stage) -> bytes:
    states = await on.service.store.run(connecting.waiting)
    return orjson.dumps([{"id": s.contact_id, "wrong PINs": s.failed, "asked for": s.phase} for s in states])
