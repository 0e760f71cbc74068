"""Records as an administrator reads them: plain values, and plain tables of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from bot.domain.onboarding import Onboarding
from bot.domain.policy import Policy, format_duration
from bot.ports import Contact, Conversation, User
from bot.store.admin import History, Sending
from bot.store.audit import Entry

Record = Mapping[str, Any]
_STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def user(user: User) -> Record:
    return {
        "name": user.name,
        "number": user.number,
        "enabled": user.enabled,
        "policy": user.policy,
        "upn": user.upn,
        "aad object id": user.aad,
        "tenant": user.tenant,
        "app installed": user.reference is not None,
    }


def contact(contact: Contact) -> Record:
    return {
        "id": contact.id,
        "shown as": contact.label,
        "name": contact.name,
        "language": contact.language or "(the policy's)",
        "validated number": contact.number,
        "following": contact.following,
        "account": contact.account,
    }


def policy(policy: Policy) -> Record:
    values = {field.name: getattr(policy, field.name) for field in fields(policy) if field.name != "wording"}
    shown = {
        name.replace("_", "-"): format_duration(value) if isinstance(value, timedelta) else value
        for name, value in values.items()
        if value is not None
    }
    return shown | {"wording": {f"{language}.{key}": text for (language, key), text in policy.wording.items()}}


def conversation(about: Conversation) -> Record:
    thread = about.thread
    return {
        "id": thread.id,
        "contact": about.contact.label,
        "user": about.user.name,
        "phase": thread.phase,
        "why": thread.why or "",
        "left": thread.left,
        "queued": len(thread.queue),
        "active until": moment(thread.deadline),
    }


def onboarding(state: Onboarding) -> Record:
    return {
        "id": state.contact_id,
        "asked for": state.phase,
        "wrong PINs": state.failed,
        "locked": "for good" if state.barred else moment(state.until),
        "since": moment(state.began_at),
    }


def history(found: History) -> Record:
    """A thread, what was said in it, and its ledger: every send to WeChat with the slot it took and what it was for."""
    thread = found.conversation.thread
    return {
        **conversation(found.conversation),
        "opened": moment(found.opened_at),
        "continues": thread.line,
        "spell": thread.spell,
        "reply limit": thread.terms.reply_limit,
        "queue limit": thread.terms.queue_limit,
        "prompt": f"{thread.terms.prompt}: {thread.prompt}" + (f" ({thread.prompt_why})" if thread.prompt_why else ""),
        "ledger": [_sending(each) for each in found.ledger],
        "messages": [
            {
                "at": moment(said.message.at),
                "author": said.message.author,
                "state": said.message.state or "",
                "why": said.message.why,
                "text": said.message.text,
            }
            for said in found.messages
        ],
    }


def entry(entry: Entry) -> Record:
    """Just as it is hashed, but for the time, which is ISO 8601."""
    return {**{field.name: getattr(entry, field.name) for field in fields(entry)}, "at": entry.at.isoformat()}


def plain(shown: Sequence[Record] | Record | str) -> str:
    """A table of records, or one record as a list of its values; tables within it stand below.

    What could steer a terminal, or turn the direction of a line, is shown as U+FFFD: people outside wrote some of it.
    """
    return _STEERS.sub("\N{REPLACEMENT CHARACTER}", _plain(shown))


def _plain(shown: Sequence[Record] | Record | str) -> str:
    if isinstance(shown, str):
        return shown
    if isinstance(shown, Mapping):
        return _one(shown)
    return _table(shown) if shown else "Nothing."


def moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _sending(each: Sending) -> Record:
    return {
        "at": moment(each.created_at),
        "kind": each.kind,
        "slot": each.slot or "",
        "for": each.use,
        "state": each.state,
        "tries": each.tries,
        "code": each.code,
        "message": each.ref,
    }


def _one(record: Record) -> str:
    simple = {name: value for name, value in record.items() if not isinstance(value, list | dict)}
    width = max(map(len, simple), default=0)
    lines = [f"{name:<{width}}  {_value(value)}" for name, value in simple.items()]
    for name, value in record.items():
        if isinstance(value, dict) and value:
            lines += ["", f"{name}:", *(f"  {key}: {_value(text)}" for key, text in value.items())]
        if isinstance(value, list):
            lines += ["", f"{name}:", _plain(value)]
    return "\n".join(lines)


def _table(records: Sequence[Record]) -> str:
    names = list(records[0])
    rows = [names, *([str(_value(record[name])) for name in names] for record in records)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(names))]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _value(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment(value)
    return " ".join(value.split()) if isinstance(value, str) else value
