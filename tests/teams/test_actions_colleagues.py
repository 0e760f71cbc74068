"""What is done between colleagues, and that no click of it means anything that does not say enough."""

from __future__ import annotations

import pytest

from bot.domain.colleagues import ColleagueChosen, ColleagueSought, HandOverAnswered, HandOverAsked, UserTransferred
from bot.domain.events import FromUser
from tests.teams.support import Json, click, typed
from tests.teams.test_actions import asks, event, meant

T, U = {"thread_id": "t"}, {"user_id": "u"}


@pytest.mark.parametrize(
    ("verb", "data", "kind", "own"),
    [
        ("transfer_find", T | {"colleague": "Ben"}, ColleagueSought, T | {"words": "Ben"}),
        ("transfer_to", T | U, ColleagueChosen, T | {"colleague": "u"}),
        ("transfer_confirmed", T | U, UserTransferred, T | {"colleague": "u"}),
    ],
)
def test_a_click(verb: str, data: Json, kind: type[FromUser], own: Json) -> None:
    assert meant(click(verb, **data)) == (kind, own)


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("transfer_find", {"colleague": "Ben"}),
        ("transfer_to", T),
        ("transfer_confirmed", T),
        ("transfer_confirmed", U),
        ("transfer_confirmed", T | {"user_id": ["u"]}),
    ],
)
def test_a_click_that_does_not_say_enough_changes_nothing(verb: str, data: Json) -> None:
    assert event(click(verb, **data)) is None


@pytest.mark.parametrize("word", ["transfer", "Transfer ", "转交", "轉交"])
def test_the_command(word: str) -> None:
    assert meant(typed(word)) == asks("transfer")


@pytest.mark.parametrize(
    ("verb", "data", "kind", "own"),
    [
        ("take_over", {"request_id": "r"}, HandOverAsked, {"request_id": "r", "entry_id": ""}),
        ("take_over", {"entry_id": "b"}, HandOverAsked, {"request_id": "", "entry_id": "b"}),
        ("hand_over", {"request_id": "r"}, HandOverAnswered, {"request_id": "r", "agreed": True}),
        ("keep", {"request_id": "r"}, HandOverAnswered, {"request_id": "r", "agreed": False}),
    ],
)
def test_a_request_and_its_answer(verb: str, data: Json, kind: type[FromUser], own: Json) -> None:
    assert meant(click(verb, **data)) == (kind, own)
