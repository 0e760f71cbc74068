"""From what the core knows to what a card is drawn from. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import cards
from bot.domain.events import Reference
from bot.domain.policy import PromptWay
from bot.domain.state import Thread
from bot.ports import Conversation, Job, Message
from bot.teams import qr
from cards.wording import language

_THREAD = frozenset(field.name for field in fields(cards.ThreadView))
_MESSAGE = frozenset(field.name for field in fields(cards.MessageView))
_TIMES = ("until", "prompt_at", "at", "validated_at")


def destination(job: Job) -> Reference | None:
    """Where a card's row goes: where the person spoke if the row says so, else the user's own chat with the bot."""
    said = job.values.get("reference")
    if isinstance(said, Mapping):
        return Reference(**said)
    return said or (job.user.reference if job.user else None)


def of_job(job: Job, reference: Reference, now: datetime) -> cards.View:
    """A card's row as the person at `reference` sees it: all that the row's `values` leave to be joined in."""
    thread = job.conversation.thread if job.conversation else None
    values = dict(job.values)
    if job.message:
        values["text"] = job.message.text
    if "qr" in values:
        values["picture"] = qr.picture(values["qr"])
    values["messages"] = [message_view(message, thread) for message in job.waiting]
    values["candidates"] = [thread_view(conversation) for conversation in job.candidates]
    return cards.View(
        reader=_reader(reference, job.policy.wording),
        values=values,
        thread=thread_view(job.conversation) if job.conversation else None,
        message=message_view(job.message, thread) if job.message else None,
        now=now,
    )


def of_answer(answer: Mapping[str, Any], reference: Reference, now: datetime) -> cards.View:
    """The engine's answer to a click: `thread` and `message` in it are the fields of their views, times in ISO 8601."""
    thread, message = answer.get("thread"), answer.get("message")
    return cards.View(
        reader=_reader(reference, {}),
        values=_values(answer.get("values", {})),
        thread=_thread(thread) if thread else None,
        message=_message(message) if message else None,
        now=now,
    )


def thread_view(conversation: Conversation) -> cards.ThreadView:
    """The thread as its user sees it, with the numbers that are in force."""
    thread, contact = conversation.thread, conversation.contact
    terms = thread.terms
    return cards.ThreadView(
        id=thread.id,
        contact=contact.label,
        number=contact.number,
        validated_at=contact.validated_at,
        phase=thread.phase.value,
        why=thread.why.value if thread.why else "",
        left=thread.left,
        limit=terms.allowance,
        until=thread.deadline,
        queued=len(thread.queue),
        queue_limit=terms.queue_limit,
        prompt="off" if terms.prompt is PromptWay.OFF else thread.prompt.value,
        prompt_at=thread.prompt_at,
        prompt_why=thread.prompt_why,
        hours=terms.reply_window.total_seconds() / 3600,
    )


def message_view(message: Message, thread: Thread | None = None) -> cards.MessageView:
    """One message; `thread` tells its place in the queue."""
    queue = [queued.message_id for queued in thread.queue] if thread else []
    return cards.MessageView(
        id=message.id,
        text=message.text,
        kind=message.kind.value,
        at=message.at,
        state=message.state.value if message.state else "",
        why=message.why,
        position=queue.index(message.id) + 1 if message.id in queue else 0,
    )


def _reader(reference: Reference, wording: Mapping[tuple[str, str], str]) -> cards.Reader:
    return cards.Reader(language(reference.locale), reference.timezone, wording)


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    """`messages` and `candidates` become views."""
    views = dict(values)
    for name, view in (("messages", _message), ("candidates", _thread)):
        found = views.get(name)
        if isinstance(found, Sequence):
            views[name] = [view(each) if isinstance(each, Mapping) else each for each in found]
    return views


def _thread(plain: Mapping[str, Any]) -> cards.ThreadView:
    return cards.ThreadView(**_fields(plain, _THREAD))


def _message(plain: Mapping[str, Any]) -> cards.MessageView:
    return cards.MessageView(**_fields(plain, _MESSAGE))


def _fields(plain: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in _TIMES and isinstance(value, str) else value
        for name, value in plain.items()
        if name in known
    }
