"""The acts, in order: each is played on both sides, what must be seen is waited for, and a picture is taken."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.sim.wechat.client import Contact
from tests.playground.window import GROUP, Window


@dataclass(frozen=True, slots=True)
class Stage:
    """Anna's window, and two clients' phones."""

    anna: Window
    li: Contact
    chen: Contact

    async def reads(self, contact: Contact, text: str) -> None:
        """The phone shows the text. AssertionError when it does not come."""
        seen: list[str] = []
        while text not in seen:
            before = len(seen)
            seen = await contact.sees(before + 1, seconds=20)
            if len(seen) == before:
                raise AssertionError(f"{contact.name} does not read {text!r}, but {seen}")


async def welcome(on: Stage) -> None:
    await on.anna.sees("WeChat users write to the company account")


async def first_message(on: Stage) -> None:
    await on.li.says("Good morning! 请问债券报告出来了吗？")
    await on.anna.sees("A WeChat user")
    await on.anna.sees("请问债券报告出来了吗？")


async def reply(on: Stage) -> None:
    card = await on.anna.sees("请问债券报告出来了吗？")
    await on.anna.fills(card, Reply_to="Yes, it is out today.")
    await on.anna.clicks("Send", card)
    await on.reads(on.li, "Yes, it is out today.")
    await on.anna.sees("Sent")


async def contact_details(on: Stage) -> None:
    await on.anna.chooses("Contact details", await on.anna.sees("请问债券报告出来了吗？"))
    card = await on.anna.sees("This WeChat user is not in your contacts")
    await on.anna.clicks("Save as contact", card)
    await on.anna.fills(card, Name="Li Wei", Company="Harbour Trading", Numbers="+86 138 0013 8000")
    await on.anna.clicks("Save", card)
    await on.anna.sees("Saved in your contacts.")


async def ask_which(on: Stage) -> None:
    await on.chen.says("你好, may I call you this afternoon?")
    await on.anna.sees("may I call you this afternoon?")
    await on.anna.writes("At three, please.")
    card = await on.anna.sees("Send to …?")
    await on.anna.sees("Nothing is sent until you choose.")
    for contact in (on.li, on.chen):
        if "At three, please." in await contact.sees():
            raise AssertionError("the words went before anybody was chosen")
    await on.anna.pictured("send-to")
    await on.anna.clicks("Send", card)
    await on.reads(on.chen, "At three, please.")
    if "At three, please." in await on.li.sees():
        raise AssertionError("the words went to somebody who was not chosen")


async def messages(on: Stage) -> None:
    await on.anna.writes("messages")
    card = await on.anna.sees("1–2 of 2")
    await on.anna.pictured("list")
    await on.anna.clicks("Open chat", card)
    await on.anna.sees("Messages you type now go to")


async def search(on: Stage) -> None:
    """The Playground shows no result with a `tap`, a second question when it is chosen; its log shows our answer."""
    await on.anna.searches("1380013")
    await on.anna.finds("tap action is not supported yet")
    await on.anna.closes()
    await on.anna.looks_into("invoke 200")
    await on.anna.finds("Harbour Trading · +86 138 0013 8000")


async def search_from_a_message(on: Stage) -> None:
    dialog = await on.anna.opens_the_dialog()
    await on.anna.fills(dialog, Name="harbour")
    await on.anna.clicks("Search", dialog)
    await on.anna.finds("+86 138 0013 8000")
    await on.anna.pictured("dialog")
    await on.anna.clicks("Open chat", dialog)
    await on.anna.finds("Shown in your own chat with this app.")
    await on.anna.closes()
    await on.anna.sees("Messages you type now go to Li Wei.")


async def group_chat(on: Stage) -> None:
    await on.anna.goes_to(GROUP)
    await on.anna.writes("connect Li Wei", mention=True)
    await on.anna.sees("This chat is connected to Li Wei.")
    await on.anna.writes("Good morning from all of us.", mention=True)
    await on.reads(on.li, "Good morning from all of us.")
    await on.li.says("Good morning to all of you!")
    await on.anna.sees("Good morning to all of you!")


ACTS: tuple[Callable[[Stage], Awaitable[None]], ...] = (
    *(welcome, first_message, reply, contact_details, ask_which),
    *(messages, search, search_from_a_message, group_chat),
)
