"""Getting connected: who gets a contact that has no thread, and whether they are who they say. Pure.

`step(state, said)` is the whole machine. It never sees a PIN: the engine tells whether the words held the right one
(`Said.right`), and only asks that when `listens` says that a guess would count.

*Guessing.* A PIN has six digits and lives five minutes. Five wrong ones use a code up; what counts in the end is the
number of wrong ones in a row over all codes (`failed`), which no new code, no other number and no other invitation
resets: 3 and 4 make the contact wait, 10 lock for an hour, 20 until an administrator helps. So whoever guesses has
twenty tries in a million, whatever they do (10 in a million for each lock-out). Sources: reliability.md 5.2.

*Nothing is lost.* What the contact writes on the way that is no answer to our question is kept, and delivered, marked
as earlier, when they are connected. Answers (numbers, PINs) are not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.answers import AGAIN, CHANGE, HELP, spells_number, word
from bot.domain.pins import BARRED_AT, LOCK, LOCKED_AT, Code, guess, until_next, wait_after

TRIES_FOR_A_PERSON = 3


class Phase(StrEnum):
    """What the contact is asked for. `READY` waits for their first words, `ENDED` for time to pass."""

    PERSON = "person"
    NUMBER = "number"
    PIN = "pin"
    READY = "ready"
    ENDED = "ended"


class Heard(StrEnum):
    """What the contact's message was: their own words, an answer to us, or one that holds a PIN."""

    KEPT = "kept"
    ANSWER = "answer"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Target:
    """Whom the contact is to reach; `validate`: not before their phone number is proved."""

    user_id: str
    validate: bool = False


@dataclass(frozen=True, slots=True)
class Onboarding:
    """A contact on the way. `tries` counts persons asked for in vain, `failed` wrong PINs in a row over all codes."""

    contact_id: str
    phase: Phase
    began_at: datetime
    user_id: str = ""
    number: str = ""
    code: Code | None = None
    tries: int = 0
    failed: int = 0
    until: datetime | None = None
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What the contact wrote, with what the engine read in it. `words` is empty for what has no words.

    `number` is the phone number in it (E.164), `found` who answers to it, `fallback` who gets contacts that find
    nobody. `right`: it holds the PIN. `sent` are the times of the last day's PINs to this contact or number; `full`:
    the account has sent all it may this hour, or cannot send at all.
    """

    at: datetime
    nonce: str
    words: str
    number: str = ""
    found: Target | None = None
    fallback: Target | None = None
    right: bool = False
    sent: tuple[datetime, ...] = ()
    full: bool = False


# ---- effects


@dataclass(frozen=True, slots=True)
class Took:
    """How the message is recorded."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class Say:
    """A text in the webhook's own response; `minutes` to wait, where it tells of waiting."""

    key: str
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class SendPin:
    """The code that the state now holds goes to `number`."""

    number: str


@dataclass(frozen=True, slots=True)
class Connect:
    """A thread begins with this message; `number` is the one just proved."""

    user_id: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """For the record: what came of a step that guards something."""

    outcome: str


Effect = Took | Say | SendPin | Connect | Note
Step = tuple[Onboarding, tuple[Effect, ...]]


# ---- what the engine asks before it steps


def listens(state: Onboarding, words: str, at: datetime) -> bool:
    """Whether a guess in these words would count now; only then is it compared."""
    ready = state.phase is Phase.PIN and not _waits(state, at) and state.code is not None and state.code.counts(at)
    return ready and bool(guess(words))


def wants_pin(state: Onboarding, words: str, number: str) -> str:
    """The number that these words ask a PIN for, empty when they ask for none."""
    if state.phase is Phase.NUMBER:
        return number
    return state.number if state.phase is Phase.PIN and word(words) in AGAIN else ""


# ---- steps


def arrive(contact_id: str, at: datetime, target: Target | None) -> Step:
    """A contact without a thread, from nowhere or by an invitation; they may already have written."""
    return bound(Onboarding(contact_id, Phase.PERSON, at), target)


def bound(state: Onboarding, target: Target | None) -> Step:
    """It is settled whom the contact is to reach, or (None) they are asked. Wrong PINs stay counted."""
    if target is None:
        return replace(state, phase=Phase.PERSON, user_id=""), (Say("person"),)
    state = replace(state, user_id=target.user_id, tries=0)
    if not target.validate:
        return replace(state, phase=Phase.READY), ()
    return replace(state, phase=Phase.NUMBER, code=None), (Say("number"),)


def step(state: Onboarding, said: Said) -> Step:
    """What the contact's message makes of it."""
    if state.phase is Phase.READY:
        return state, (Took(Heard.KEPT), Connect(state.user_id))
    if state.phase in (Phase.NUMBER, Phase.PIN) and guess(said.words):
        return _guessed(state, said)
    if word(said.words) in HELP:
        return state, (Took(Heard.ANSWER), Say(f"{_asked(state)}_help"))
    if state.phase in (Phase.PERSON, Phase.ENDED):
        return _person(state, said)
    if _waits(state, said.at):
        return state, (Took(_kind(said)), _wait(state, said.at))
    return _number(state, said) if state.phase is Phase.NUMBER else _pin(state, said)


def undelivered(state: Onboarding, nonce: str, problem: str) -> Onboarding:
    """The SMS with this code could not be sent: the contact reads it when they next write."""
    if state.code is None or state.code.nonce != nonce:
        return state
    return replace(state, code=replace(state.code, problem=problem))


def released(state: Onboarding) -> Onboarding:
    """An administrator has looked at it: the counting starts anew."""
    return replace(state, failed=0, until=None, barred=False, code=None)


def _person(state: Onboarding, said: Said) -> Step:
    if state.phase is Phase.ENDED:
        if state.until and said.at < state.until:
            return state, (Took(_kind(said)), Say("ended"))
        state = replace(state, phase=Phase.PERSON, tries=0, until=None)
    if said.found:
        return _found(state, said.found, said)
    if not said.words:
        return state, (Took(Heard.KEPT), Say("not_a_text_unconnected"))
    state = replace(state, tries=state.tries + 1)
    if state.tries < TRIES_FOR_A_PERSON:
        return state, (Took(_kind(said)), Say("person_again"))
    if said.fallback:
        return _found(state, said.fallback, said)
    state = replace(state, phase=Phase.ENDED, until=said.at + LOCK)
    return state, (Took(_kind(said)), Say("ended"), Note("nobody_found"))


def _found(state: Onboarding, target: Target, said: Said) -> Step:
    heard = Heard.ANSWER if said.found else _kind(said)
    state, effects = bound(state, target)
    if state.phase is Phase.READY:
        effects = (Connect(target.user_id),)
    return state, (Took(heard), *effects)


def _number(state: Onboarding, said: Said) -> Step:
    if said.number:
        return _send(state, said, said.number)
    key = "number_again" if said.words else "not_a_text_unconnected"
    return state, (Took(_kind(said)), Say(key))


def _pin(state: Onboarding, said: Said) -> Step:
    if word(said.words) in AGAIN:
        return _send(state, said, state.number)
    if word(said.words) in CHANGE:
        return replace(state, phase=Phase.NUMBER, code=None), (Took(Heard.ANSWER), Say("number"))
    return state, (Took(_kind(said)), Say(_trouble(state, said.at) or "pin_again"))


def _send(state: Onboarding, said: Said, number: str) -> Step:
    wait = until_next(said.sent, said.at)
    if wait > timedelta(0):
        return state, (Took(Heard.ANSWER), Say("pin_limit", _minutes(wait)), Note("pin_not_sent"))
    if said.full:
        return state, (Took(Heard.ANSWER), Say("pin_failed"), Note("pin_not_sent"))
    state = replace(state, phase=Phase.PIN, number=number, code=Code(said.nonce, said.at))
    return state, (Took(Heard.ANSWER), SendPin(number), Say("pin"), Note("pin_sent"))


def _guessed(state: Onboarding, said: Said) -> Step:
    code = state.code
    if _waits(state, said.at):
        return state, (Took(Heard.PIN), _wait(state, said.at), Note("pin_refused"))
    if code is None or not code.counts(said.at):
        return state, (Took(Heard.PIN), Say(_trouble(state, said.at) or "number_again"), Note("pin_refused"))
    if said.right:
        state = replace(state, phase=Phase.READY, code=None, failed=0, until=None)
        return state, (Took(Heard.PIN), Connect(state.user_id, state.number), Note("pin_right"))
    return _wrong(state, code, said.at)


def _wrong(state: Onboarding, code: Code, at: datetime) -> Step:
    failed = state.failed + 1
    wait, barred = wait_after(failed), failed >= BARRED_AT
    code = replace(code, wrong=code.wrong + 1)
    state = replace(state, failed=failed, code=code, barred=barred, until=at + wait if wait else None)
    outcome = Note("barred" if barred else "locked" if failed == LOCKED_AT else "pin_wrong")
    answer: Effect = _wait(state, at) if _waits(state, at) else Say("pin_wrong")
    return state, (Took(Heard.PIN), answer, outcome)


# ---- what can be read off it


def _waits(state: Onboarding, at: datetime) -> bool:
    return state.barred or (state.until is not None and at < state.until)


def _wait(state: Onboarding, at: datetime) -> Say:
    if state.barred or state.until is None:
        return Say("pin_barred")
    return Say("pin_wait", _minutes(state.until - at))


def _trouble(state: Onboarding, at: datetime) -> str:
    return state.code.trouble(at) if state.code else ""


def _asked(state: Onboarding) -> str:
    return "person" if state.phase in (Phase.PERSON, Phase.ENDED) else state.phase.value


def _kind(said: Said) -> Heard:
    """A number is an answer however it is spelt, even one that we cannot use; all else is somebody's words."""
    answer = said.number or spells_number(said.words) or word(said.words) in AGAIN | CHANGE
    return Heard.ANSWER if answer else Heard.KEPT


def _minutes(wait: timedelta) -> int:
    return max(1, -int(-wait.total_seconds() // 60))
