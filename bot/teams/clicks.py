"""What a click on one of our cards means: `CHANGING` holds the verbs that change something. Pure.

Cards speak one vocabulary, whether Teams sends it as Action.Submit (a message with a value) or Action.Execute (an
invoke): `{"verb": …, "thread_id": …, "message_id": …}` and the inputs. Who did it is the signed-in Entra id of the
activity, never anything the card says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import cards
from bot import numbers
from bot.book.line import MOST_NUMBERS
from bot.domain.colleagues import (
    ColleagueChosen,
    ColleagueSought,
    HandOverAnswered,
    HandOverAsked,
    UserTransferred,
)
from bot.domain.events import (
    ContactSaved,
    DetailsAsked,
    FromUser,
    QueueCancelled,
    QueueEdited,
    QueueReleased,
    SentAgain,
    UserAsked,
    UserChose,
    UserDisconnected,
    UserLeft,
    UserListed,
    UserMuted,
    UserOpened,
    UserSettled,
    UserWrote,
)
from bot.teams.activity import Json, aad, personal, reference, said_at, word
from bot.teams.doing import NOTHING, Doing, Made, key_of

SAME_CLICK = timedelta(minutes=5)


def click(doing: Doing, data: Json) -> FromUser | None:
    """The event that the click is, by the data of its button with the inputs; None for one that says nothing."""
    verb, thread, message = word(data, "verb"), word(data, "thread_id"), word(data, "message_id")
    if not verb:
        return None
    if verb == "details" or (verb == "open" and not personal(doing.activity)):
        return _details(doing, data)
    if verb in ASKING:
        return ASKING[verb](doing, data)
    if verb in CHANGING:
        return CHANGING[verb](doing, _click_key(doing, verb, data), data)
    return doing.asked(verb, thread or message)


def _click_key(doing: Doing, verb: str, data: Json) -> str:
    stands = verb != "reply" and word(data, "once")
    span = 0 if stands else int(said_at(doing.activity, doing.at).timestamp() // SAME_CLICK.total_seconds())
    card = word(doing.activity, "replyToId")
    return key_of("click", doing.conversation, aad(doing.activity), card, verb, data, span)


def _details(doing: Doing, data: Json) -> FromUser:
    """A contact's card may stand in any chat it was sent to; what it opens stands in the user's own."""
    elsewhere = not personal(doing.activity)
    thread, entry = word(data, "thread_id"), word(data, "entry_id")
    return doing.event(DetailsAsked, doing.own_key, thread_id=thread, entry_id=entry, elsewhere=elsewhere)


def _invite(doing: Doing, key: str, data: Json) -> FromUser:
    """A code for somebody of the book; twice is once, because each click would make another code."""
    return doing.event(UserAsked, key, what="invite", entry_id=word(data, "entry_id"))


def _save_contact(doing: Doing, key: str, data: Json) -> FromUser:
    """Numbers without a country code are taken for those of the country that the client's language names."""
    region = reference(doing.activity).locale.partition("-")[2][-2:].upper()
    written = list(filter(None, map(str.strip, word(data, "numbers").splitlines())))[:MOST_NUMBERS]
    read = [numbers.read(each, region) for each in written]
    return doing.event(
        ContactSaved,
        key,
        thread_id=word(data, "thread_id"),
        entry_id=word(data, "entry_id"),
        card=word(data, "asked"),
        name=word(data, "name"),
        company=word(data, "company"),
        numbers=tuple(dict.fromkeys(filter(None, read))),
        notes=word(data, "notes"),
        unread=read.count(""),
    )


def _reply(doing: Doing, key: str, data: Json) -> FromUser | None:
    """A card that names no thread would make its words free ones, and those go to the current client."""
    return _of_thread(doing, UserWrote, key, data, text=word(data, "text"))


def _edit(doing: Doing, key: str, data: Json) -> FromUser | None:
    message = word(data, "message_id")
    text = data.get(cards.edit_field(message), data.get("text"))
    if not message or not isinstance(text, str):
        return None
    return _of_thread(doing, QueueEdited, key, data, message_id=message, text=text)


def _of_message(kind: Callable[..., Made]) -> Callable[[Doing, str, Json], Made | None]:
    def read_click(doing: Doing, key: str, data: Json) -> Made | None:
        message = word(data, "message_id")
        return _of_thread(doing, kind, key, data, message_id=message) if message else None

    return read_click


def _cancel(doing: Doing, key: str, data: Json) -> FromUser | None:
    """Only a button that says so itself, with an empty id, withdraws everything."""
    message = data.get("message_id")
    return _of_thread(doing, QueueCancelled, key, data, message_id=message) if isinstance(message, str) else None


def _of_thread(doing: Doing, kind: Callable[..., Made], key: str, data: Json, **more: str | bool) -> Made | None:
    thread = word(data, "thread_id")
    return doing.event(kind, key, thread_id=thread, **more) if thread else None


def _listed(doing: Doing, data: Json = NOTHING) -> FromUser:
    """A page of the list. It changes nothing, so asking again must show again."""
    skip = word(data, "skip")
    start = int(skip) if skip.isascii() and skip.isdigit() and len(skip) < 7 else 0
    return doing.event(UserListed, doing.own_key, show=word(data, "show"), skip=start, list=word(data, "list"))


def _opened(doing: Doing, data: Json = NOTHING) -> FromUser | None:
    """Each click counts, because a second *Open* may be meant; `bot.domain.routing` knows how Teams repeats clicks."""
    return _of_thread(doing, UserOpened, doing.own_key, data)


def _sought(doing: Doing, data: Json = NOTHING) -> FromUser | None:
    return _of_thread(doing, ColleagueSought, doing.own_key, data, words=word(data, "colleague"))


def _picked(doing: Doing, data: Json = NOTHING) -> FromUser | None:
    return _of_colleague(doing, ColleagueChosen, doing.own_key, data)


def _transfer(doing: Doing, key: str, data: Json) -> FromUser | None:
    return _of_colleague(doing, UserTransferred, key, data)


def _wanted(doing: Doing, data: Json = NOTHING) -> FromUser:
    """By its activity: whoever asks again is shown how it stands, and asks nobody twice."""
    which = {name: word(data, name) for name in ("request_id", "entry_id")}
    return doing.event(HandOverAsked, doing.own_key, **which)


def _answer(agreed: bool) -> Callable[[Doing, str, Json], FromUser]:
    return lambda doing, key, data: doing.event(
        HandOverAnswered, key, request_id=word(data, "request_id"), agreed=agreed
    )


def _of_colleague(doing: Doing, kind: Callable[..., Made], key: str, data: Json) -> Made | None:
    who = word(data, "user_id") or word(data, cards.ANYBODY)
    return _of_thread(doing, kind, key, data, colleague=who) if who else None


def _disconnect(doing: Doing, data: Json = NOTHING) -> FromUser:
    return doing.event(UserDisconnected, doing.own_key)


ASKING: dict[str, Callable[..., FromUser | None]] = {
    "messages": _listed,
    "open": _opened,
    "disconnect": _disconnect,
    "transfer_find": _sought,
    "transfer_to": _picked,
    "take_over": _wanted,
}
"""Verbs and commands that are known by their activity alone, whatever they carry."""


def _mute(muted: bool) -> Callable[[Doing, str, Json], FromUser | None]:
    return lambda doing, key, data: _of_thread(doing, UserMuted, doing.own_key, data, muted=muted)


def _settle(doing: Doing, key: str, data: Json) -> FromUser:
    texts = {name: word(data, name) for name in ("language", "timezone")}
    return doing.event(UserSettled, doing.own_key, **texts, notifications=word(data, "notifications") != "off")


CHANGING: dict[str, Callable[[Doing, str, Json], FromUser | None]] = {
    "reply": _reply,
    "edit": _edit,
    "cancel": _cancel,
    "send_again": _of_message(SentAgain),
    "choose": _of_message(UserChose),
    "save_contact": _save_contact,
    "invite": _invite,
    "release": lambda doing, key, data: _of_thread(doing, QueueReleased, key, data),
    "mute": _mute(True),
    "unmute": _mute(False),
    "settle": _settle,
    "transfer_confirmed": _transfer,
    "hand_over": _answer(True),
    "keep": _answer(False),
    "leave_confirmed": lambda doing, key, data: _of_thread(doing, UserLeft, key, data),
}
"""The verbs that change something; every other one only shows."""
