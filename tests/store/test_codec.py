"""Records as JSON and back."""

from collections import OrderedDict
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.effects import Use
from bot.domain.events import Cause, Reference
from bot.domain.policy import OnUncertain, PromptWay, Release, Terms
from bot.domain.state import Phase, Prompt, Queued, Slot, Thread, Why
from bot.store import codec
from bot.store.store import SqlStore
from bot.store.tables import InboxRow
from tests.store.build import NOW

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware
SPANS = st.timedeltas(timedelta(0), timedelta(days=400))
NUMBERS = st.integers(0, 2**63 - 1)
TERMS = st.builds(
    Terms,
    NUMBERS,
    SPANS,
    NUMBERS,
    st.sampled_from(PromptWay),
    st.sampled_from(Release),
    st.none() | SPANS,
    SPANS,
    st.sampled_from(OnUncertain),
)
SLOTS = st.lists(st.builds(Slot, TEXTS, st.sampled_from(Use), NUMBERS, st.none() | MOMENTS), max_size=6).map(tuple)
THREADS = st.builds(
    Thread,
    TEXTS,
    TERMS,
    MOMENTS,
    NUMBERS,
    TEXTS,
    st.sampled_from(Phase),
    st.none() | st.sampled_from(Why),
    st.none() | st.sampled_from(Cause),
    NUMBERS,
    SLOTS,
    st.lists(st.builds(Queued, TEXTS, MOMENTS), max_size=6).map(tuple),
    st.lists(TEXTS, max_size=3).map(tuple),
    st.sampled_from(Prompt),
    st.none() | MOMENTS,
    TEXTS,
    st.booleans(),
    TEXTS,
    NUMBERS,
    st.lists(TEXTS, max_size=3).map(tuple),
    TEXTS,
)


@given(THREADS)
def test_a_thread_comes_back_as_it_went(thread: Thread) -> None:
    assert codec.thread(codec.loads(codec.dumps(thread))) == thread


def test_the_test_above_speaks_of_every_field() -> None:
    assert len(fields(Thread)) == 20
    assert len(fields(Terms)) == 8


def test_what_a_newer_release_added_is_skipped_and_what_an_older_left_out_is_usual() -> None:
    json = {"id": "t", "terms": {"new": 1}, "heard_at": "2026-03-01T09:30:00+00:00", "heard_order": 1, "heard_id": "m"}
    heard = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert codec.thread({**json, "added": {"later": []}}) == Thread("t", Terms(), heard, 1, "m")


@given(st.builds(Reference, *[TEXTS] * 8))
def test_a_reference_comes_back_as_it_went(reference: Reference) -> None:
    assert codec.reference(codec.loads(codec.dumps(reference))) == reference


def test_any_mapping_is_an_object() -> None:
    assert codec.dumps(MappingProxyType({"a": OrderedDict(b=timedelta(seconds=1))})) == '{"a":{"b":1000000}}'


def test_the_canonical_form_does_not_depend_on_order() -> None:
    assert codec.canonical({"b": 1, "a": {"d": 1, "c": "你"}}) == '{"a":{"c":"你","d":1},"b":1}'


@pytest.mark.parametrize("value", [object(), {1, 2}, "\ud800"])
def test_what_has_no_json_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        codec.dumps(value)


async def test_a_time_without_zone_never_reaches_the_database(sql: SqlStore) -> None:
    from sqlmodel import insert

    naive = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="has no time zone"):
        await sql.run(lambda connection: connection.execute(insert(InboxRow), {"key": "k", "answer": {}, "at": naive}))


async def test_tokens_are_shared(sql: SqlStore) -> None:
    shelf = sql.shelf(Token)
    assert await shelf.get("wx1") is None
    await shelf.put("wx1", Token("first", NOW))
    await shelf.put("wx1", Token("second", NOW + timedelta(hours=2)))
    found = await shelf.get("wx1")
    assert found is not None
    assert (found.value, found.fresh_until) == ("second", NOW + timedelta(hours=2))


async def test_the_store_answers(sql: SqlStore) -> None:
    await sql.ping()


class Token:
    def __init__(self, value: str, fresh_until: datetime) -> None:
        self.value = value
        self.fresh_until = fresh_until
