"""The conversation that `demo --script` plays: every line is sent over HTTP and read back from the other side."""

from __future__ import annotations

from collections.abc import Callable

from bot.sim.connector.client import Person, Seen
from bot.sim.service import Service
from bot.sim.wechat.client import Contact
from bot.sim.wechat.server import WeChat

Say = Callable[[str], None]


class Mismatch(AssertionError):
    """Somebody did not see what they should have seen."""


async def play(service: Service, wechat: WeChat, user: Person, contact: Contact, say: Say) -> None:
    """The whole story, said line by line as it happens. Raises Mismatch where it goes wrong."""
    try:
        await _first_contact(user, contact, say)
        say("         -- the service is stopped and started again --")
        await service.stop()
        await service.start()
        await _answer(user, contact, say)
    except AssertionError as missing:
        raise Mismatch(str(missing)) from None
    say("\nIt went as it should.")


async def _first_contact(user: Person, contact: Contact, say: Say) -> None:
    await _writes(contact, "你好！Is the bond report out? 😀", say)
    await _phone_shows(contact, 1, say)
    await _teams_shows(user, "is contacting you", say)
    await _teams_shows(user, "你好！Is the bond report out? 😀", say)


async def _answer(user: Person, contact: Contact, say: Say) -> None:
    text = "Good morning! Yes, I am sending it today."
    say(f"  Teams  | {user.name} answers on the card: {text}")
    await user.clicks("reply", text=text)
    await _phone_shows(contact, 2, say)
    await _teams_shows(user, text, say)


async def _writes(contact: Contact, text: str, say: Say) -> None:
    say(f" WeChat  | {contact.name} writes: {text}")
    ended = await contact.says(text)
    if ended["status"] not in ("answered", "replied"):
        raise Mismatch(f"the service answered WeChat with {ended['status']}: {ended['reasons']}")


async def _phone_shows(contact: Contact, count: int, say: Say) -> None:
    seen = await contact.sees(count)
    say(f" WeChat  | {contact.name} sees: {_line(seen[count - 1])}")


async def _teams_shows(user: Person, text: str, say: Say) -> Seen:
    seen = await user.sees(text)
    say(f"  Teams  | {user.name} sees: {_line(' / '.join(seen.words))}")
    return seen


def _line(text: str) -> str:
    return " ".join(text.split())
