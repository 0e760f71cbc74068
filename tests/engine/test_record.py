"""The audit trail replays the thread machine, and holds nothing that a legal deletion must reach."""

from typing import Any

import orjson
from hypothesis import given

from bot.domain import events
from bot.domain.events import Event
from bot.domain.policy import Terms
from bot.domain.state import Thread
from bot.domain.thread import start, step
from bot.engine.record import entry, replay
from tests.domain.build import heard, said
from tests.engine import histories


def kept(event: Event, terms: Terms | None = None) -> dict[str, Any]:
    """The entry as the database gives it back."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(entry(event, "T", "ana", terms)))
    return found


@given(histories.steps, histories.threads(), histories.terms)
def test_a_replayed_event_moves_the_thread_as_the_first_time(event: Event, thread: Thread, terms: Terms) -> None:
    replayed, their_terms = replay(kept(event, terms))
    first, effects = step(thread, event, terms)
    again, same_effects = step(thread, replayed, their_terms)
    assert again == first
    assert [type(effect) for effect in same_effects] == [type(effect) for effect in effects]


@given(histories.terms)
def test_a_replayed_start_begins_the_same_thread(terms: Terms) -> None:
    event, their_terms = replay(kept(heard("T"), terms))
    assert isinstance(event, events.ContactWrote)
    assert start(event, their_terms) == start(heard("T"), terms)


@given(histories.steps | histories.doings, histories.terms)
def test_an_entry_holds_nothing_private(event: Event, terms: Terms) -> None:
    line = orjson.dumps(kept(event, terms)).decode()
    assert [secret for secret in histories.PRIVATE if secret in line] == []


@given(histories.steps | histories.doings)
def test_an_entry_says_what_happened_where_and_to_whom(event: Event) -> None:
    found = kept(event)
    assert (found["event"], found["thread"], found["user"]) == (type(event).__name__, "T", "ana")
    assert (found["id"], found["at"]) == (event.id, event.at.isoformat())


def test_an_entry_without_terms_is_replayed_with_the_usual_ones() -> None:
    assert replay(kept(said("m1")))[1] == Terms()
