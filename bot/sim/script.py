"""The story that `demo --script` plays: every line is sent over HTTP and read back from the other side."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from textwrap import wrap
from zoneinfo import ZoneInfo

from bot.sim.connector.client import Person, Seen
from bot.sim.service import Service
from bot.sim.wechat.client import Contact
from bot.sim.wechat.server import WeChat

Say = Callable[[str], None]
ZONE = ZoneInfo("Europe/Berlin")
WIDTH, MARGIN = 78, 22
PATIENCE = 10.0
"""Seconds until something that should be seen is missed."""


class Mismatch(AssertionError):
    """Somebody did not see what they should have seen."""


async def play(service: Service, wechat: WeChat, user: Person, contact: Contact, say: Say) -> None:
    """The whole story, said line by line as it happens. Raises Mismatch where it goes wrong."""
    story = _Story(service, wechat, user, contact, say)
    try:
        await _start(story)
        await _five_messages(story)
        await _restart(story)
        await _queue_and_prompt(story)
        await _reply_and_release(story)
        await _forty_eight_hours(story)
        await _leave(story)
        await _back_again(story)
    except AssertionError as missing:
        raise Mismatch(str(missing)) from None
    say("\nIt went as it should.")


@dataclass(slots=True)
class _Story:
    """Both people, the time between them, and what Li's phone has shown so far."""

    service: Service
    wechat: WeChat
    user: Person
    contact: Contact
    say: Say
    read: int = field(default=0, init=False)

    def chapter(self, title: str) -> None:
        self.say(f"\n{title}\n")

    def line(self, side: str, words: str) -> None:
        """One thing that happened, with its time, in narrow lines."""
        at = f"{self.wechat.world.clock.now().astimezone(ZONE):%a %H:%M}"
        first, *others = [part for text in words.splitlines() if text for part in wrap(text, WIDTH - MARGIN)] or [""]
        self.say(f"{at}  {side:>6}  |  {first}")
        for other in others:
            self.say(f"{'':17}|  {other}")

    async def writes(self, text: str) -> None:
        """The contact writes."""
        self.line("WeChat", f"{self.contact.name} writes: {text}")
        ended = await self.contact.says(text)
        if ended["status"] not in ("answered", "replied"):
            raise Mismatch(f"the service answered WeChat with {ended['status']}: {ended['reasons']}")

    async def phone(self, text: str) -> None:
        """The next thing that the phone shows contains this."""
        seen = await self.contact.sees(self.read + 1, seconds=PATIENCE)
        shown = seen[self.read]
        if text not in shown:
            raise Mismatch(f"{self.contact.name} sees {shown!r}, not {text!r}")
        self.read += 1
        self.line("WeChat", f"{self.contact.name} sees: {shown}")

    async def types(self, text: str) -> None:
        """The user writes in the chat with the app."""
        self.line("Teams", f"{self.user.name} writes: {text}")
        await self.user.says(text)

    async def clicks(self, action: str, words: str, on: Seen | None = None, **inputs: str) -> None:
        self.line("Teams", f"{self.user.name} {words}")
        await self.user.clicks(action, on, **inputs)

    async def card(self, *texts: str) -> Seen:
        """One card in Teams shows all of these; what is said are the lines that do."""
        until = time.monotonic() + PATIENCE
        while True:
            seen = await self.user.sees(texts[0], PATIENCE)
            if all(seen.shows(text) for text in texts):
                break
            if time.monotonic() > until:
                raise Mismatch(f"{self.user.name} sees {' / '.join(seen.words)}, not {texts}")
        lines = [next(word.strip(" ·") for word in seen.words if text in word) for text in texts]
        self.line("Teams", f"{self.user.name} sees: " + "\n".join(lines))
        return seen

    def passes(self, hours: float) -> None:
        self.wechat.world.clock.advance(hours * 3600)


async def _start(story: _Story) -> None:
    story.chapter("The start: both are told the rules")
    await story.writes("你好！Is the bond report out? 😀")
    await story.phone("Thank you! You can now start chatting.")
    await story.card("is contacting you", "You can send up to 5 messages", "WeChat users must reply within 48 hours.")
    await story.card("你好！Is the bond report out? 😀", "5 of 5 messages left", "active until")
    (known,) = json.loads(await story.service.admin("contacts", "list", "--json"))
    await story.service.admin("contacts", "set", known["id"], "--name", story.contact.name)
    story.line("Admin", f"names the contact: {known['shown as']} is {story.contact.name}")


async def _five_messages(story: _Story) -> None:
    story.chapter("Five messages")
    await story.clicks("reply", "answers on the card: Yes, since this morning.", text="Yes, since this morning.")
    await story.phone("Yes, since this morning.")
    for text in ("It has 40 pages.", "The summary is on page 3.", "Shall I send it?", "By mail, if you like."):
        story.passes(1 / 60)
        await story.types(text)
        await story.phone(text)
        await story.card(text, "Sent")
    await story.card("This chat is now inactive.", "You have sent 5 messages without a reply")


async def _restart(story: _Story) -> None:
    story.chapter("The service is stopped and started again: nothing is lost")
    await story.service.stop()
    await story.service.start()
    story.passes(2)


async def _queue_and_prompt(story: _Story) -> None:
    story.chapter("Inactive: messages wait, and the contact is asked to reply")
    for position, text in enumerate(("The rates changed today.", "Please have a look at page 7."), start=1):
        await story.types(text)
        await story.card(text, f"Queued {position} of 5")
    await story.phone("New messages: reply")
    await story.card("This chat is now inactive.", "was asked to reply", "2 of 5 queued")


async def _reply_and_release(story: _Story) -> None:
    story.chapter("The contact replies: what waited goes, in order")
    story.passes(3)
    await story.writes("Sorry, I was travelling.")
    await story.card("Sorry, I was travelling.", "The chat is active again.")
    await story.card("2 queued messages are on the way.")
    await story.phone("The rates changed today.")
    await story.phone("Please have a look at page 7.")
    await story.card("Please have a look at page 7.", "Sent", "3 of 5 messages left")


async def _forty_eight_hours(story: _Story) -> None:
    story.chapter("48 hours without a reply")
    story.passes(44)
    await story.card("This chat becomes inactive at", "You can still send 3 messages before then.")
    story.passes(4)
    await story.card("This chat is now inactive.", "has not replied for 48 hours.")
    await story.types("Are you still interested?")
    await story.card("Are you still interested?", "Queued 1 of 5")
    await story.phone("New messages: reply")


async def _leave(story: _Story) -> None:
    story.chapter("Leave")
    await story.clicks("leave", "selects Leave Conversation in the menu of the message")
    question = await story.card("Leave the conversation with", "1 queued message will be cancelled.")
    await story.clicks("leave_confirmed", "confirms", question)
    await story.card(
        "You left the conversation with", "will be told when they next write.", "1 queued message was cancelled."
    )


async def _back_again(story: _Story) -> None:
    story.chapter("The contact writes again: the notice that was owed comes first")
    story.passes(20)
    await story.writes("Hello?")
    await story.phone("Anna Schmidt has left this conversation.")
    await story.card("Hello?", "5 of 5 messages left")
