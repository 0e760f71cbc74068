"""The edges of getting connected and of bound chats: what is asked of a desk, a gateway or a card that is not there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.attention import Care
from bot.domain.events import ContactFollowed, Delivered, UserAsked, UserConnected
from bot.domain.onboarding import Onboarding, Phase, SendPin
from bot.domain.policy import Policy
from bot.engine import invitations
from bot.engine.reception import Means, NoNumbers, Reception
from bot.ports import Changes, EmptyDesk, Settle, Snapshot
from cards import Reader, View, client_cards, contact_cards
from tests.domain.build import NOW, heard
from tests.engine.build import CONTACT, GROUP, anas, bos, cards, decide, known, talk, unknown, words

WHO = ("e", "k", NOW, "tenant", "aad-ana")
FOLLOWED = ContactFollowed("f", "f", NOW, "default", "openid")


def test_without_a_reader_of_numbers_nothing_is_one() -> None:
    assert NoNumbers().candidates("+86 138 0013 8000") == ()
    assert NoNumbers().mobile("+86 138 0013 8000") == ""


def test_a_code_that_nobody_asked_for_is_only_settled() -> None:
    report = Delivered("r", "", NOW, 1, "wechat/invite.x", "token", "", "n", "ticket")
    settled = Settle(1, "wechat/invite.x", "token", "sent")
    assert invitations.reported(None, report, settled, Snapshot(Policy())) == Changes(settled=settled)


def test_a_scan_of_somebody_who_talks_to_nobody_is_no_scan_while_talking() -> None:
    assert Reception(words, Means())._already(FOLLOWED, None, unknown()) is None


def test_without_keys_or_without_a_state_no_pin_goes() -> None:
    reception = Reception(words, Means())
    state = Onboarding(CONTACT.id, Phase.PIN, NOW)
    for at_state in (state, None):
        met = reception._carried(FOLLOWED, at_state, (SendPin("+8613800138000"),), CONTACT, unknown())
        assert met.pin is None
        assert not met.rows


class OneNumber(NoNumbers):
    """Reads the same number in everything."""

    def mobile(self, text: str, *near: str) -> str:
        return "+8613800138000"


class AskedForTheNumber(EmptyDesk):
    """The contact is to prove their phone number before they reach anybody."""

    def onboarding(self, contact_id: str) -> Onboarding | None:
        return Onboarding(contact_id, Phase.NUMBER, NOW, user_id="ana")


@pytest.mark.parametrize("means", [Means(OneNumber()), Means(OneNumber(), sms=True)])
def test_without_a_gateway_or_keys_whoever_gives_their_number_reads_that_no_pin_can_be_sent(means: Means) -> None:
    at = unknown(contact=CONTACT, desk=AskedForTheNumber())
    met = Reception(words, means).wrote(heard(), CONTACT, at)
    assert [key for key, _ in met.replies] == ["pin_failed"]
    assert (met.user, met.pin, met.rows) == (None, None, [])


@pytest.mark.parametrize("place", ["19:team", "19:other"])
def test_a_group_is_told_only_of_its_own_client(place: str) -> None:
    bound = replace(talk(), care=Care(place=replace(GROUP, conversation_id=place)))
    changes = decide(UserAsked(*WHO, GROUP, "queue", bound.thread.id), anas(bound))
    assert cards(changes) == (["queue"] if place == "19:team" else ["personal_only"])


def test_whoever_speaks_in_another_place_is_no_observer_of_this_one() -> None:
    bound = replace(bos(), care=Care(place=replace(GROUP, conversation_id="19:other")))
    changes = decide(UserConnected(*WHO, GROUP, "li"), replace(known(bound), user=None))
    assert cards(changes) == ["not_enabled"]


def test_a_thread_without_words_says_so_in_the_list() -> None:
    assert client_cards._last(View(Reader()), None) == "Nothing was written yet."


def test_a_details_card_needs_an_entry() -> None:
    with pytest.raises(ValueError, match="EntryView"):
        contact_cards.of(View(Reader(), {"entry": None}))
