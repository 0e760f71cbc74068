"""The onboarding machine, line by line: what was, what the contact writes, what they read, what is different."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.onboarding import (
    Connect,
    Effect,
    Heard,
    Note,
    Onboarding,
    Phase,
    Said,
    Say,
    SendPin,
    Target,
    Took,
    arrive,
    bound,
    listens,
    released,
    step,
    undelivered,
    wants_pin,
)
from bot.domain.pins import BARRED_AT, LIFE, Code, guess, until_next

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NUMBER, OTHER = "+8613800138000", "+8613900139000"
ANA, BO = Target("ana"), Target("bo", validate=True)
KEPT, ANSWER, PIN = Took(Heard.KEPT), Took(Heard.ANSWER), Took(Heard.PIN)
CODE = Code("n1", NOW - MINUTE, "salt", "digest")
PERSON = Onboarding("c", Phase.PERSON, NOW - HOUR)
ASKS_NUMBER = replace(PERSON, phase=Phase.NUMBER, user_id="bo")
ASKS_PIN = replace(ASKS_NUMBER, phase=Phase.PIN, number=NUMBER, code=CODE)
READY = replace(PERSON, phase=Phase.READY, user_id="ana")
ENDED = replace(PERSON, phase=Phase.ENDED, tries=3, until=NOW + HOUR)
SENT = (SendPin(NUMBER), Say("pin"), Note("pin_sent"))
NEW = Code("n2", NOW)


def said(words: str = "", **more: Any) -> Said:
    return Said(NOW, "n2", words, **more)


def line(sentence: str, before: Onboarding, what: Said, effects: list[Effect], **changes: Any) -> Any:
    return pytest.param(before, what, effects, changes, id=sentence.replace(" ", "_"))


def failed(times: int, wrong: int = 0, **more: Any) -> Onboarding:
    return replace(ASKS_PIN, failed=times, code=replace(CODE, wrong=wrong), **more)


def wrong(times: int, on_code: int = 1, until: datetime | None = None) -> dict[str, Any]:
    return {"failed": times, "code": replace(CODE, wrong=on_code), "until": until}


EXPIRED = replace(ASKS_PIN, code=replace(CODE, sent_at=NOW - LIFE))
WAITING = failed(3, until=NOW + 30 * SECOND)
REFUSED = Note("pin_refused")


@pytest.mark.parametrize(
    ("before", "what", "effects", "changes"),
    [
        line("their first words connect", READY, said("hello"), [KEPT, Connect("ana")]),
        line("a picture connects too", READY, said(), [KEPT, Connect("ana")]),
        line(
            "the person is found",
            PERSON,
            said("x", found=ANA),
            [ANSWER, Connect("ana")],
            phase=Phase.READY,
            user_id="ana",
        ),
        line(
            "the person needs a proved number",
            PERSON,
            said("x", found=BO),
            [ANSWER, Say("number")],
            phase=Phase.NUMBER,
            user_id="bo",
        ),
        line(
            "a number that nobody has is no message",
            PERSON,
            said("+49 151 (123) 45-67"),
            [ANSWER, Say("person_again")],
            tries=1,
        ),
        line("words that name nobody are kept", PERSON, said("Where are you?"), [KEPT, Say("person_again")], tries=1),
        line("a picture names nobody and costs no try", PERSON, said(), [KEPT, Say("not_a_text_unconnected")]),
        line(
            "the third try reaches the default user",
            replace(PERSON, tries=2),
            said("hm", fallback=ANA),
            [KEPT, Connect("ana")],
            phase=Phase.READY,
            user_id="ana",
            tries=0,
        ),
        line(
            "the default user may need a number",
            replace(PERSON, tries=2),
            said("hm", fallback=BO),
            [KEPT, Say("number")],
            phase=Phase.NUMBER,
            user_id="bo",
            tries=0,
        ),
        line(
            "without one it ends politely",
            replace(PERSON, tries=2),
            said("hm"),
            [KEPT, Say("ended"), Note("nobody_found")],
            phase=Phase.ENDED,
            tries=3,
            until=NOW + HOUR,
        ),
        line("help with the person", PERSON, said(" Help. "), [ANSWER, Say("person_help")]),
        line("ended stays ended for an hour", ENDED, said("x", found=ANA), [KEPT, Say("ended")]),
        line(
            "then they are asked anew",
            replace(ENDED, until=NOW),
            said("hm"),
            [KEPT, Say("person_again")],
            phase=Phase.PERSON,
            tries=1,
            until=None,
        ),
        line(
            "a number gets a PIN",
            ASKS_NUMBER,
            said("x", number=NUMBER),
            [ANSWER, *SENT],
            phase=Phase.PIN,
            number=NUMBER,
            code=NEW,
        ),
        line("text that is no number", ASKS_NUMBER, said("my number?"), [KEPT, Say("number_again")]),
        line("six digits are never recorded", ASKS_NUMBER, said("123456"), [PIN, Say("number_again"), REFUSED]),
        line("a picture is no number", ASKS_NUMBER, said(), [KEPT, Say("not_a_text_unconnected")]),
        line("help with the number", ASKS_NUMBER, said("帮助"), [ANSWER, Say("number_help")]),
        line(
            "the account may send no more",
            ASKS_NUMBER,
            said("x", number=NUMBER, full=True),
            [ANSWER, Say("pin_failed"), Note("pin_not_sent")],
        ),
        line(
            "one a minute",
            ASKS_NUMBER,
            said("x", number=NUMBER, sent=(NOW - 59 * SECOND,)),
            [ANSWER, Say("pin_limit", 1), Note("pin_not_sent")],
        ),
        line("resend", ASKS_PIN, said("1"), [ANSWER, *SENT], code=NEW),
        line("resend keeps what was counted", failed(7), said("重发"), [ANSWER, *SENT], code=NEW),
        line("another number", failed(7), said("更换"), [ANSWER, Say("number")], phase=Phase.NUMBER, code=None),
        line("help with the PIN", ASKS_PIN, said("?"), [ANSWER, Say("pin_help")]),
        line(
            "the right one",
            failed(4),
            said("123456", right=True),
            [PIN, Connect("bo", NUMBER), Note("pin_right")],
            phase=Phase.READY,
            code=None,
            failed=0,
        ),
        line(
            "full-width digits with words around",
            ASKS_PIN,
            said("PIN：１２３ ４５６。", right=True),
            [PIN, Connect("bo", NUMBER), Note("pin_right")],
            phase=Phase.READY,
            code=None,
        ),
        line("the first wrong one", ASKS_PIN, said("123456"), [PIN, Say("pin_wrong"), Note("pin_wrong")], **wrong(1)),
        line(
            "the third makes them wait",
            failed(2),
            said("123456"),
            [PIN, Say("pin_wait", 1), Note("pin_wrong")],
            **wrong(3, until=NOW + 30 * SECOND),
        ),
        line(
            "the fourth longer",
            failed(3),
            said("123456"),
            [PIN, Say("pin_wait", 1), Note("pin_wrong")],
            **wrong(4, until=NOW + MINUTE),
        ),
        line(
            "the fifth longer still",
            failed(4),
            said("123456"),
            [PIN, Say("pin_wait", 5), Note("pin_wrong")],
            **wrong(5, until=NOW + 5 * MINUTE),
        ),
        line(
            "the tenth locks",
            failed(9),
            said("123456"),
            [PIN, Say("pin_wait", 60), Note("locked")],
            **wrong(10, until=NOW + HOUR),
        ),
        line(
            "the twentieth bars",
            failed(19),
            said("123456"),
            [PIN, Say("pin_barred"), Note("barred")],
            **wrong(20, until=NOW + 5 * MINUTE),
            barred=True,
        ),
        line(
            "while they wait even the right one is not looked at",
            WAITING,
            said("123456", right=True),
            [PIN, Say("pin_wait", 1), REFUSED],
        ),
        line("while they wait no new one is sent", WAITING, said("1"), [ANSWER, Say("pin_wait", 1)]),
        line("while they wait their words are kept", WAITING, said("let me in"), [KEPT, Say("pin_wait", 1)]),
        line(
            "barred stays barred",
            failed(20, barred=True),
            said("123456", right=True),
            [PIN, Say("pin_barred"), REFUSED],
        ),
        line("too late", EXPIRED, said("123456", right=True), [PIN, Say("pin_expired"), REFUSED]),
        line(
            "used up by five wrong ones",
            failed(5, wrong=5),
            said("123456", right=True),
            [PIN, Say("pin_expired"), REFUSED],
        ),
        line(
            "the SMS could not be sent",
            undelivered(ASKS_PIN, "n1", "down"),
            said("where is it"),
            [KEPT, Say("pin_failed")],
        ),
        line(
            "the number receives no SMS",
            undelivered(ASKS_PIN, "n1", "number"),
            said("where is it"),
            [KEPT, Say("pin_unreachable")],
        ),
        line("words in between", ASKS_PIN, said("one moment"), [KEPT, Say("pin_again")]),
        line(
            "another number typed in between is none of their words",
            ASKS_PIN,
            said(OTHER, number=OTHER),
            [ANSWER, Say("pin_again")],
        ),
    ],
)
def test_step(before: Onboarding, what: Said, effects: list[Effect], changes: dict[str, Any]) -> None:
    after, done = step(before, what)
    assert list(done) == effects
    assert after == replace(before, **changes)


def test_whoever_arrives_is_asked_or_bound() -> None:
    assert arrive("c", NOW, None) == (replace(PERSON, began_at=NOW), (Say("person"),))
    assert arrive("c", NOW, ANA) == (replace(READY, began_at=NOW), ())
    assert arrive("c", NOW, BO) == (replace(ASKS_NUMBER, began_at=NOW), (Say("number"),))


def test_an_invitation_on_the_way_resets_no_count() -> None:
    state, _ = bound(failed(19, barred=True), BO)
    assert (state.failed, state.barred) == (19, True)


def test_only_an_administrator_does() -> None:
    assert released(failed(20, barred=True, until=NOW)) == replace(failed(0), code=None)


def test_a_report_on_an_older_code_changes_nothing() -> None:
    assert undelivered(ASKS_PIN, "n0", "down") == ASKS_PIN


def test_a_guess_counts_only_while_it_may() -> None:
    assert listens(ASKS_PIN, "123456", NOW)
    for state in (WAITING, EXPIRED, failed(5, wrong=5), ASKS_NUMBER, undelivered(ASKS_PIN, "n1", "x")):
        assert not listens(state, "123456", NOW)
    assert not listens(ASKS_PIN, "12345", NOW)


def test_a_pin_is_wanted_for_the_number_at_hand() -> None:
    assert wants_pin(ASKS_NUMBER, "x", OTHER) == OTHER
    assert wants_pin(ASKS_PIN, "1", OTHER) == NUMBER
    assert wants_pin(ASKS_PIN, "hm", OTHER) == wants_pin(PERSON, "x", OTHER) == ""


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("123456", "123456"),
        ("12 34 56", "123456"),
        ("１２３４５６", "123456"),
        ("my PIN is 000001!", "000001"),
        ("1234567", ""),
    ],
)
def test_six_digits_are_a_guess(words: str, digits: str) -> None:
    assert guess(words) == digits


@pytest.mark.parametrize(
    ("ago", "wait"),
    [
        ((), 0),
        ((59,), 1),
        ((60,), 0),
        ((61, 1000, 3599), 1),
        ((61, 1000, 3600), 0),
        (tuple(range(8000, 8010)), 78400 - 9),
    ],
)
def test_sending_has_limits(ago: tuple[int, ...], wait: int) -> None:
    assert until_next(tuple(NOW - s * SECOND for s in ago), NOW) == wait * SECOND


words = st.sampled_from(["123456", "1", "2", "0", "hello", "+86 138 0013 8000", ""])


@given(st.lists(st.tuples(words, st.sampled_from([0, 1, 29, 31, 61, 301, 3601, 90_000])), max_size=200))
def test_nobody_who_only_guesses_has_more_than_twenty_tries(acts: list[tuple[str, int]]) -> None:
    state, now, counted, sent = ASKS_PIN, NOW, 0, tuple[datetime, ...]()
    for number, (text, passes) in enumerate(acts):
        now += passes * SECOND
        counted += listens(state, text, now)
        given_number = NUMBER if text.startswith("+") else ""
        recent = tuple(at for at in sent if at > now - timedelta(days=1))
        state, done = step(state, Said(now, f"n{number}", text, given_number, sent=recent))
        if any(isinstance(each, SendPin) for each in done):
            sent = (*sent, now)
        assert not any(isinstance(each, Connect) for each in done)
    assert counted == state.failed <= BARRED_AT


def test_ten_thousand_guesses_come_to_twenty() -> None:
    """Every wait is sat out and every PIN that may be sent is asked for: the promised odds are 20 in 1,000,000."""
    state, now, counted = ASKS_PIN, NOW, 0
    for number in range(10_000):
        state, _ = step(state, Said(now, f"n{number}", "1"))
        counted += listens(state, f"{number:06}", now)
        state, done = step(state, Said(now, f"g{number}", f"{number:06}"))
        assert Took(Heard.PIN) in done
        now += HOUR
    assert counted == BARRED_AT
