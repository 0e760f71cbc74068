"""Invitations that are asked for on somebody's card: theirs in name, the user's own in everything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.events import Delivered, UserAsked
from bot.engine import Engine, invitations
from bot.engine.reception import Means
from bot.keys import Keys
from bot.ports import Changes, EmptyDesk, Entry, Invitation, Settle, Snapshot
from tests.domain.build import NOW, TEAMS
from tests.engine.build import ANA, GROUP, NoStore, anas, cards, words

KEYS = Keys("secret")
MINE = Entry("entry", ANA.id, "Li")
ASKED = UserAsked("e", "key", NOW, "tenant", "aad-ana", TEAMS, "invite", entry_id="entry")


class Desk(EmptyDesk):
    """Holds one invitation."""

    def __init__(self, held: Invitation) -> None:
        self.held = held

    def invitation(self, scene: str) -> Invitation | None:
        return self.held if scene == self.held.scene else None


def decide(event: UserAsked, at: Snapshot) -> Changes:
    return Engine(NoStore(), words, means=Means(keys=KEYS)).decide(event, at)


def test_it_is_for_the_entry_and_the_record_says_so() -> None:
    changes = decide(ASKED, replace(anas(), entry=MINE))
    assert changes.invitation is not None
    assert (changes.invitation.entry_id, changes.invitation.user_id) == ("entry", ANA.id)
    assert changes.audit is not None
    assert changes.audit["entry_id"] == "entry"
    assert changes.answer == {}


@pytest.mark.parametrize("entry", [None, replace(MINE, user_id="bo")])
def test_somebody_elses_entry_is_refused(entry: Entry | None) -> None:
    changes = decide(ASKED, replace(anas(), entry=entry))
    assert changes.invitation is None
    assert cards(changes) == ["forbidden"]


def test_asked_for_in_another_chat_it_comes_to_the_users_own() -> None:
    changes = decide(replace(ASKED, reference=GROUP), replace(anas(), entry=MINE))
    assert changes.answer == {"say": "details.elsewhere"}
    assert [row.kind for row in changes.rows] == ["qrcode"]


@pytest.mark.parametrize("entry_id", ["", "entry"])
def test_the_card_with_the_code_names_whom_it_is_for(entry_id: str) -> None:
    asked = decide(replace(ASKED, entry_id=entry_id), replace(anas(), entry=MINE))
    assert asked.invitation is not None
    report = Delivered("r", "", NOW, 1, "wechat/invite.e", "token", "", "e", "ticket")
    at = replace(anas(), desk=Desk(asked.invitation))
    [row] = invitations.reported(KEYS, report, Settle(1, "wechat/invite.e", "token", "sent"), at).rows
    assert row.values["card"] == "invitation"
    assert row.values.get("entry", "") == entry_id
    assert "reference" not in row.values
