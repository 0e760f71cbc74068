"""What is unread, what shares a card, and what of a user's own settings is taken."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.attention import BURST, BURST_MOST, TIMEZONES, Care, Settings, chosen_settings, heard, minded, shown
from cards import client_cards
from tests.domain.build import NOW, TEAMS

SECOND = timedelta(seconds=1)
FIRST = heard(Care(), "m1", NOW)


def test_the_first_words_get_a_card_of_their_own() -> None:
    assert FIRST == Care(1, NOW, "m1", card="m1", burst=("m1",), burst_at=NOW)


def test_quick_words_share_it_as_long_as_they_are_unread() -> None:
    second = heard(FIRST, "m2", NOW + BURST - SECOND)
    assert (second.unread, second.card, second.burst) == (2, "m1", ("m1", "m2"))
    assert heard(minded(FIRST), "m2", NOW + SECOND).card == "m2"
    assert heard(FIRST, "m2", NOW + BURST).burst == ("m2",)


def test_a_card_does_not_grow_without_end() -> None:
    care = Care()
    for number in range(BURST_MOST + 1):
        care = heard(care, f"m{number}", NOW)
    assert (care.unread, care.burst) == (BURST_MOST + 1, (f"m{BURST_MOST}",))


def test_a_muted_thread_keeps_to_its_card() -> None:
    care = replace(minded(FIRST), muted=True)
    for number in range(2, 12):
        care = heard(care, f"m{number}", NOW + number * BURST)
    assert (care.card, care.burst) == ("m1", ("m7", "m8", "m9", "m10", "m11"))
    assert heard(Care(muted=True), "m1", NOW).card == "m1"


def test_words_are_news_when_they_are_shown() -> None:
    seen = shown(FIRST, "m1", NOW + SECOND)
    assert (seen.news_at, seen.hidden) == (NOW + SECOND, "")
    assert shown(seen, "m1", NOW + 2 * SECOND) == seen


def test_words_are_news_though_the_thread_was_answered_before_they_were_shown() -> None:
    assert shown(minded(FIRST), "m1", NOW + SECOND).news_at == NOW + SECOND


def test_older_words_are_news_as_long_as_newer_ones_are_to_come() -> None:
    both = heard(FIRST, "m2", NOW + SECOND)
    older = shown(both, "m1", NOW + 2 * SECOND)
    assert (older.news_at, older.hidden) == (NOW + 2 * SECOND, "m2")


def test_a_place_is_known_by_its_conversation() -> None:
    assert (Care().place_id, Care(place=TEAMS).place_id) == ("", TEAMS.conversation_id)


@pytest.mark.parametrize("zone", ["auto", "", "Mars/Base", "../etc", "Europe/London\n"])
def test_a_setting_that_we_do_not_know_is_left_to_teams(zone: str) -> None:
    assert chosen_settings("xx", zone, False) == Settings("", "", False)


def test_the_card_offers_what_is_taken() -> None:
    assert client_cards.TIMEZONES == TIMEZONES
    for zone in TIMEZONES:
        assert chosen_settings("zh", zone, True) == Settings("zh", zone, True)
