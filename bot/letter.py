"""One message of an export: as a JSON record, and as a letter that a mail reader or an archive takes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

from bot.domain.plain import inert, signed
from bot.ports import Contact, User
from bot.store.admin import Sending
from bot.store.spoken import Spoken

DOMAIN: Final = "multiline.invalid"
"""Where addresses and ids of an export live: nowhere, so that nobody can answer them by mistake."""

_EXACT: Final[Mapping[str, Any]] = {
    "maintype": "text",
    "subtype": "plain",
    "cte": "base64",
    "params": {"charset": "utf-8"},
}
"""Set as text, the words would lose their own line ends and get one more."""

_ATOM = re.compile(r"[^0-9A-Za-z._-]+")


def record(spoken: Spoken) -> Mapping[str, Any]:
    """Everything; `original` are the words as first written, `text` as last edited, `sent` as WeChat was given them.

    `salt` and `original_salt` belong to the digests in the record; words and salts of what was purged are empty.
    """
    message = spoken.message
    return {
        "id": message.id,
        "thread": message.thread_id,
        "at": message.at.isoformat(),
        "author": message.author,
        "kind": message.kind,
        "notice": message.notice,
        "contact": _contact(spoken.contact),
        "user": _user(spoken.user),
        "original": message.text if spoken.original is None else spoken.original,
        "text": message.text,
        "sent": sent(spoken),
        "edited": spoken.original is not None,
        "media": message.media,
        "state": message.state or "",
        "why": message.why,
        "sends": [_send(each) for each in spoken.sends],
        "salt": spoken.salt,
        "original_salt": spoken.original_salt,
        "purged_at": spoken.purged_at.isoformat() if spoken.purged_at else None,
    }


def sent(spoken: Spoken) -> str | None:
    """The text as WeChat was given it; None when it never was (or was said in an answer of the webhook's)."""
    if not any(each.kind == "text" and each.state not in ("pending", "recalled") for each in spoken.sends):
        return None
    text = spoken.message.text
    return text if spoken.message.author == "system" else signed(inert(text), spoken.named)


def letter(spoken: Spoken) -> EmailMessage:
    """From whoever said it to whoever it was for; what has no place in a letter is in its `X-MultiLine-` headers."""
    message = spoken.message
    contact, user = _contact_address(spoken.contact), _user_address(spoken.user)
    writes = message.author == "contact"
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = (contact, user) if writes else (user, contact)
    mail["Date"] = message.at
    mail["Subject"] = f"WeChat: {contact.display_name} and {user.display_name}"
    mail["Message-ID"] = f"<{_atom(message.id)}@{DOMAIN}>"
    if message.thread_id:
        mail["References"] = f"<{_atom(message.thread_id)}.thread@{DOMAIN}>"
    told = {"Thread": message.thread_id, "Author": message.author, "Kind": message.kind, "Notice": message.notice}
    told |= {"State": message.state or "", "Why": message.why, "Media": message.media}
    told["Purged"] = spoken.purged_at.isoformat() if spoken.purged_at else ""
    for name, value in told.items():
        if value:
            mail[f"X-MultiLine-{name}"] = _line(value)
    for each in spoken.sends:
        words = f"{each.created_at.isoformat()} {each.kind} {each.state} {each.code} {each.remote_id}"
        mail["X-MultiLine-Send"] = _line(words)
    mail.set_content(message.text.encode(), **_EXACT)
    if spoken.original is not None:
        mail.add_attachment(spoken.original.encode(), **_EXACT, filename="as-first-written.txt")
    return mail


def file_name(spoken: Spoken) -> str:
    """Where the letter goes in the export: a folder for each thread, sorted by time."""
    message = spoken.message
    folder = _atom(message.thread_id) or "unconnected"
    return f"{folder}/{message.at:%Y%m%dT%H%M%S}-{_atom(message.id)}.eml"


def _contact(contact: Contact | None) -> Mapping[str, Any] | None:
    if contact is None:
        return None
    return {"id": contact.id, "account": contact.account, "name": contact.name, "number": contact.number}


def _user(user: User | None) -> Mapping[str, Any] | None:
    if user is None:
        return None
    return {"id": user.id, "name": user.name, "number": user.number, "upn": user.upn, "aad": user.aad}


def _send(each: Sending) -> Mapping[str, Any]:
    return {
        "at": each.created_at.isoformat(),
        "kind": each.kind,
        "for": each.use,
        "slot": each.slot,
        "state": each.state,
        "tries": each.tries,
        "code": each.code,
        "remote_id": each.remote_id,
        "settled_at": each.settled_at.isoformat() if each.settled_at else None,
    }


def _contact_address(contact: Contact | None) -> Address:
    if contact is None:
        return Address("WeChat user", "wechat", DOMAIN)
    return Address(_line(contact.label), f"wechat.{_atom(contact.id)}", DOMAIN)


def _user_address(user: User | None) -> Address:
    if user is None:
        return Address("Nobody yet", "teams", DOMAIN)
    return Address(_line(user.name), f"teams.{_atom(user.id)}", DOMAIN)


def _line(text: str) -> str:
    """On one line, or it could end its header and begin another."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _atom(text: str) -> str:
    return _ATOM.sub("_", text).strip(".")
