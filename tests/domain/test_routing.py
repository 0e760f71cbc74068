"""Where free words go: every case in a table, then whatever a user and two clients may do in any order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import routing
from bot.domain.attention import Care, Desk, heard, minded, shown
from bot.domain.routing import Doubt, Live, Quote, Route, route
from tests.domain.build import NOW

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
ASK_AFTER = 30 * MINUTE
AT_A = Desk("A", NOW - MINUTE, NOW - MINUTE)
BOTH = (Live("A"), Live("B"))


def seen(ago: timedelta) -> tuple[Live, ...]:
    """B's unread words came into sight this long ago."""
    return (Live("A"), Live("B", NOW - ago))


TABLE = {
    "nobody": (Desk(), (), None, Route()),
    "nobody, though one was current": (AT_A, (), None, Route()),
    "the only one": (Desk(), (Live("B"),), None, Route("B")),
    "the only one, when another was current": (AT_A, (Live("B"),), None, Route("B")),
    "the only one, after a long pause": (replace(AT_A, spoke_at=NOW - 9 * ASK_AFTER), (Live("A"),), None, Route("A")),
    "the only one, who wrote": (Desk("A", NOW, NOW), (Live("A", NOW),), None, Route("A")),
    "several, none current": (Desk(), BOTH, None, Route(doubt=Doubt.NOTHING_CURRENT)),
    "several, the current one left": (replace(AT_A, current="C"), BOTH, None, Route(doubt=Doubt.NOTHING_CURRENT)),
    "several, never chosen": (Desk("A", None, NOW), BOTH, None, Route(doubt=Doubt.NOTHING_CURRENT)),
    "the current one": (AT_A, BOTH, None, Route("A")),
    "the current one, who wrote": (AT_A, (Live("A", NOW), Live("B")), None, Route("A")),
    "another wrote before the choice": (AT_A, seen(MINUTE + SECOND), None, Route("A")),
    "another wrote at the choice": (AT_A, seen(MINUTE), None, Route(doubt=Doubt.NEWS)),
    "another wrote since": (AT_A, seen(SECOND), None, Route(doubt=Doubt.NEWS)),
    "words since did not acknowledge it": (replace(AT_A, spoke_at=NOW), seen(SECOND), None, Route(doubt=Doubt.NEWS)),
    "just before the pause": (Desk("A", NOW, NOW - ASK_AFTER + SECOND), BOTH, None, Route("A")),
    "a pause": (Desk("A", NOW, NOW - ASK_AFTER), BOTH, None, Route(doubt=Doubt.PAUSE)),
    "a quotation": (AT_A, seen(SECOND), Quote("B"), Route("B")),
    "a quotation of one who was left": (AT_A, BOTH, Quote("C"), Route("C")),
    "a quotation that is not known": (AT_A, BOTH, Quote(""), Route(doubt=Doubt.QUOTE)),
    "one that is not known, to the only one": (AT_A, (Live("A"),), Quote(""), Route(doubt=Doubt.QUOTE)),
}


@pytest.mark.parametrize(("desk", "live", "quote", "expected"), TABLE.values(), ids=TABLE)
def test_route(desk: Desk, live: tuple[Live, ...], quote: Quote | None, expected: Route) -> None:
    assert route(desk, live, quote, NOW, ASK_AFTER) == expected
    assert route(desk, tuple(reversed(live)), quote, NOW, ASK_AFTER) == expected


def test_an_old_open_that_teams_repeats_leaves_nothing_current() -> None:
    desk = routing.opened(routing.opened(Desk(), "A", NOW), "B", NOW + SECOND)
    assert desk.current == "B"
    repeated = routing.opened(desk, "A", NOW + 15 * SECOND)
    assert repeated.current == ""
    assert routing.opened(repeated, "A", NOW + 16 * SECOND).current == "A"
    assert routing.opened(desk, "A", NOW + SECOND + routing.REPEATED).current == "A"


def test_an_open_that_is_repeated_at_once_is_one() -> None:
    assert routing.opened(routing.opened(AT_A, "B", NOW), "B", NOW + SECOND).current == "B"


def test_words_with_an_address_of_their_own_make_another_current_doubtful() -> None:
    assert routing.answered(AT_A, "B", NOW).current == ""
    assert routing.answered(AT_A, "A", NOW) == replace(AT_A, spoke_at=NOW)
    assert routing.answered(Desk(), "B", NOW).current == ""


def test_a_thread_that_was_left_is_not_current() -> None:
    assert routing.ended(AT_A, "A").current == ""
    assert routing.ended(AT_A, "B") == AT_A


# ---- in any order


@dataclass(slots=True)
class Chat:
    """What the user sees: a card is read only once it was shown, and acts on what was read."""

    desk: Desk
    cares: dict[str, Care]
    hidden: list[tuple[str, str]]
    now: datetime = NOW
    last: str = ""  # the client whose words, or whose choice, the user saw last
    written: int = 0
    moved: bool = False  # something else came into sight since the last choice

    def lives(self) -> list[Live]:
        return [Live(who, care.news_at) for who, care in self.cares.items()]

    def does(self, act: str, who: str) -> None:
        match act:
            case "writes":
                self.written += 1
                self.cares[who] = heard(self.cares[who], f"m{self.written}", self.now)
                self.hidden.append((who, f"m{self.written}"))
            case "is shown" if words := next((each for each in self.hidden if each[0] == who), None):
                self.hidden.remove(words)
                self.cares[who] = shown(self.cares[who], words[1], self.now)
                self.last, self.moved = who, self.moved or who != self.desk.current
            case "opens":
                self.desk = routing.opened(self.desk, who, self.now)
                self._chose(who)
            case "answers":
                self.desk = routing.answered(self.desk, who, self.now)
                self.cares[who] = minded(self.cares[who])
                self.moved = self.moved or who != self.last

    def _chose(self, who: str) -> None:
        self.cares[who] = minded(self.cares[who])
        self.last, self.moved = who, False

    def would_go(self) -> Route:
        """Where words would go that were said now."""
        return route(self.desk, self.lives(), None, self.now, ASK_AFTER)

    def says(self) -> Route:
        found = self.would_go()
        if found.thread_id:
            self.desk = routing.went_on(self.desk, found.thread_id, self.now)
            self.cares[found.thread_id] = minded(self.cares[found.thread_id])
        return found


acts = st.tuples(
    st.sampled_from(["writes", "is shown", "opens", "answers", "says"]),
    st.sampled_from("AB"),
    st.sampled_from([timedelta(0), timedelta(milliseconds=1), SECOND, 10 * MINUTE, 40 * MINUTE]),
)


@settings(max_examples=400)
@given(st.lists(acts, max_size=40))
def test_words_go_to_nobody_but_the_one_last_chosen_and_last_seen(
    doings: list[tuple[str, str, timedelta]],
) -> None:
    chat = Chat(Desk(), {"A": Care(), "B": Care()}, [])
    for act, who, pause in doings:
        chat.now += pause
        if act == "says":
            chat.says()
        chat.does(act, who)
        sent = chat.would_go().thread_id
        assert sent in ("", chat.last), "words go to somebody who was not the last in sight"
        assert not (sent and chat.moved), "somebody else came into sight, and nobody asks"


@given(st.lists(acts, max_size=40))
def test_with_one_client_nothing_is_ever_asked(doings: list[tuple[str, str, timedelta]]) -> None:
    chat = Chat(Desk(), {"A": Care()}, [])
    for act, _, pause in doings:
        chat.now += pause
        chat.does(act, "A")
        assert chat.says() == Route("A")
