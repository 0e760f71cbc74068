"""The pieces that cards are made of: lines, headers, the status line, buttons, boxes to write in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cards import elements, outside, wording
from cards.dates import when
from cards.elements import Block, Card
from cards.mark import MARK
from cards.view import ThreadView, View

# The window's end comes first in the status line from here on.
SOON = timedelta(hours=4)


def say(view: View, key: str, **more: object) -> str:
    """The text with this key for the reader; what is known of the thread and the message can stand in it."""

    def known(name: str) -> object:
        return more[name] if name in more else _KNOWN[name](view)

    return wording.filled(key, view.reader.language, view.reader.wording, known)


def contact(view: View, thread: ThreadView | None = None) -> str:
    """The contact's name as shown."""
    shown = outside.name((thread or the(view)).contact)
    return shown or wording.text("nameless", view.reader.language, view.reader.wording)


def the(view: View) -> ThreadView:
    """The thread of a card that cannot do without."""
    if view.thread is None:
        raise ValueError("this card needs View.thread")
    return view.thread


def time(view: View, at: datetime | None) -> str:
    return when(at, view.reader, view.now) if at else ""


def _hours(view: View) -> float:
    hours = the(view).hours
    return int(hours) if hours == int(hours) else float(hours)


_KNOWN: Mapping[str, Callable[[View], object]] = {
    "contact": contact,
    "number": lambda view: the(view).number,
    "left": lambda view: the(view).left,
    "limit": lambda view: the(view).limit,
    "hours": _hours,
    "until": lambda view: time(view, the(view).until),
    "queued": lambda view: the(view).queued,
    "queue_limit": lambda view: the(view).queue_limit,
    "position": lambda view: view.message.position if view.message else 0,
    "at": lambda view: time(view, view.message.at) if view.message else "",
}
"""What a text may say of the thread and the message, each worked out only where a text says it."""


# ---- text


def line(
    words: str, *, size: str | None = None, weight: str | None = None, color: str | None = None, subtle: bool = False,
    spacing: str | None = None, align: str | None = None,
) -> Block:  # fmt: skip
    """One block of text, exactly as written."""
    style: dict[str, Any] = {"size": size, "weight": weight, "color": color, "isSubtle": subtle or None}
    return rich([elements.TextRun(text=piece, **style) for piece in outside.runs(words)], spacing=spacing, align=align)


def rich(inlines: Sequence[Block], *, spacing: str | None = None, align: str | None = None) -> Block:
    return elements.RichTextBlock(inlines=list(inlines), spacing=spacing, horizontalAlignment=align)


def paragraphs(text: str) -> list[Block]:
    """A text of several paragraphs; lines that begin with "- " become a list with hanging bullets."""
    blocks: list[Block] = []
    for paragraph in filter(None, text.splitlines()):
        blocks.append(_bullet(paragraph[2:]) if paragraph.startswith("- ") else line(paragraph))
    return blocks


def _bullet(words: str) -> Block:
    dot = elements.Column(width="auto", items=[line("•")])
    rest = elements.Column(width="stretch", spacing="Small", items=[line(words)])
    return elements.ColumnSet(columns=[dot, rest], spacing="Small")


def notes(*texts: str) -> list[Block]:
    """Small grey lines; empty ones are left out."""
    return [line(text, size="Small", subtle=True, spacing="Small") for text in texts if text]


# ---- who and how it stands


def header(view: View, title: str = "", aside: str = "", *, color: str | None = None, opens: bool = False) -> Block:
    """The WeChat mark, a title (else the contact's name), the validated number below it, a time at the right."""
    who = line(title or contact(view), weight="Bolder", color=color)
    words = [_row(who, line(aside, size="Small", subtle=True, align="Right")) if aside else who]
    if view.thread and view.thread.number:
        words.append(line(_validated(view, view.thread), size="Small", subtle=True, spacing="None"))
    left = mark(view, opens=opens)
    return elements.ColumnSet(columns=[left, elements.Column(width="stretch", spacing="Small", items=words)])


def mark(view: View, *, opens: bool = False) -> Block:
    """The WeChat mark, as a column; where it `opens` the conversation, a tap does what *Open chat* does."""
    if not opens:
        return _mark(say(view, "wechat"))
    return _marked(say(view, "wechat"), button(view, "open", say(view, "do.open_chat")))


@lru_cache(maxsize=64)
def _mark(alternative: str) -> Block:
    return _marked(alternative)


def _marked(alternative: str, select: Block | None = None) -> Block:
    image = elements.Image(url=MARK, altText=alternative, width="24px", height="24px", selectAction=select)
    return elements.Column(width="auto", items=[image])


def _validated(view: View, thread: ThreadView) -> str:
    if thread.validated_at is None:
        return say(view, "validated")
    key = "validated.only" if thread.contact == thread.number else "validated.at"
    return say(view, key, at=time(view, thread.validated_at))


def _row(wide: Block, narrow: Block) -> Block:
    left = elements.Column(width="stretch", items=[wide])
    return elements.ColumnSet(columns=[left, elements.Column(width="auto", items=[narrow])])


def status(view: View, queued: bool = True) -> Block:
    """How the thread stands. What runs out first comes first; near its end it is bold and coloured."""
    first, *others = status_parts(view, queued)
    pressing = near(view)
    style: dict[str, Any] = {"weight": "Bolder", "color": "Warning"} if pressing else {"isSubtle": True}
    runs = [elements.TextRun(text=first, size="Small", **style)]
    runs += [elements.TextRun(text=f" · {part}", size="Small", isSubtle=True) for part in others]
    return rich(runs, spacing="Small")


def near(view: View) -> bool:
    """The last message, or the last hours: the user should know before it bites."""
    thread = the(view)
    return thread.phase == "active" and (thread.left <= 1 or _soon(view))


def status_parts(view: View, queued: bool = True) -> list[str]:
    """How it stands, in pieces; without how many wait unless `queued`."""
    thread = the(view)
    waiting = [say(view, "status.queued")] if queued and thread.queued else []
    if thread.phase == "left":
        return [say(view, "status.over")]
    if thread.phase == "inactive":
        return [say(view, "status.inactive"), *waiting]
    if thread.until is None:
        return [say(view, "status.left"), *waiting]
    if thread.left > 1 and _soon(view):
        return [say(view, "status.until_first"), say(view, "status.left"), *waiting]
    return [say(view, "status.left"), say(view, "status.until"), *waiting]


def _soon(view: View) -> bool:
    until = the(view).until
    return bool(until and view.now and until - view.now <= SOON)


# ---- what can be done


def data(view: View, verb: str, **more: str) -> dict[str, str]:
    """What every button says of itself: the one vocabulary that `bot/teams` reads."""
    return {
        "verb": verb,
        "thread_id": view.thread.id if view.thread else "",
        "message_id": view.message.id if view.message else "",
        **more,
    }


def button(
    view: View, verb: str, title: str = "", *, style: str | None = None, menu: bool = False,
    tooltip: str | None = None, **more: str,
) -> Block:  # fmt: skip
    """A button; in the overflow menu with `menu`. `more` replaces or adds data."""
    shape = _button(title or say(view, f"do.{verb}"), verb, style, "secondary" if menu else None, tooltip)
    content = data(view, verb, **more)
    return {**shape, "data": content, "fallback": {**shape["fallback"], "data": content}}


@lru_cache(maxsize=1024)
def _button(title: str, verb: str, style: str | None, mode: str | None, tooltip: str | None) -> Block:
    """A button without its data, which is all that differs from one thread's to another's."""
    old = elements.Submit(title=title, data={}, style=style, mode=mode)
    return elements.Execute(title=title, verb=verb, data={}, style=style, mode=mode, tooltip=tooltip, fallback=old)


def submit(view: View, verb: str, title: str = "", **more: str) -> Block:
    """A button of a card in a dialog, where Teams takes no Action.Execute."""
    return elements.Submit(title=title or say(view, f"do.{verb}"), data=data(view, verb, **more))


def reply_box(view: View) -> Block:
    """The box bound to this thread. `once` makes a reply sent twice from one card the same reply."""
    once = view.message.id if view.message else ""
    send = button(view, "reply", once=once)
    hint = say(view, "incoming.reply")
    return elements.TextInput(id="text", multiline=True, placeholder=hint, inline_action=send, spacing="Medium")


def edit_field(message_id: str) -> str:
    """The id of the box in which a queued message is edited: one card may hold several."""
    return f"text_{message_id}"


def edit(view: View) -> Block:
    """A button that opens the message's words for change."""
    message = view.message
    if message is None:
        raise ValueError("there is no message to edit")
    box = elements.TextInput(
        id=edit_field(message.id), label=say(view, "confirmation.edit"), value=message.text, multiline=True
    )
    save = button(view, "edit", say(view, "do.save"))
    return elements.ShowCard(title=say(view, "do.edit"), card=elements.adaptive_card(body=[box], actions=[save]))


def actions(*buttons: Block, spacing: str | None = None) -> Block:
    return elements.ActionSet(actions=list(buttons), spacing=spacing)


def kept(view: View, text: str) -> Block:
    """The user's words, to be copied: Teams has no read-only box, so it is one whose content goes nowhere."""
    return elements.TextInput(id="kept", label=say(view, "kept"), value=text, multiline=True)


def card(view: View, body: Sequence[Block | None], buttons: Sequence[Block] = ()) -> Card:
    """The finished card; None in the body is left out."""
    return elements.adaptive_card(
        lang=view.reader.language,
        body=[block for block in body if block is not None],
        actions=list(buttons) or None,
    )
