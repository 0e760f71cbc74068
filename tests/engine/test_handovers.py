"""Who may ask for a contact, who may answer, and who reads what of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.colleagues import HandOverAnswered, HandOverAsked
from bot.domain.events import ContactFollowed, RequestLapsed, UserLeft
from bot.domain.handover import LIFE, Request, Stage
from bot.domain.policy import Policy, Reveal, Transfer
from bot.domain.state import Phase
from bot.ports import Changes, Entry, Invitation, Snapshot, User
from tests.domain.build import NOW, TEAMS
from tests.engine.build import ANA, BO, CONTACT, anas, bos, card, cards, decide, known, talk
from tests.engine.test_transfers import Office

SUE = replace(ANA, id="sue", aad="aad-sue", name="Sue")
ASKED = Request("r", "contact", "bo", "T", Stage.ASKED, NOW)
OFFERED = replace(ASKED, stage=Stage.OFFERED)
AGREES = HandOverAnswered("N", "k", NOW, "tenant", "aad-ana", TEAMS, "r", True)
DECLINES = replace(AGREES, agreed=False)
ASKS = HandOverAsked("N", "k", NOW, "tenant", "aad-bo", TEAMS, "r")
ENTRY = Entry("b", "bo", "Li", contact_id="contact")


class Desk(Office):
    """An office where these requests were made."""

    def __init__(self, *requests: Request, people: Sequence[User] = (ANA, BO, SUE)) -> None:
        super().__init__(*people)
        self._requests = requests

    def request(self, request_id: str) -> Request | None:
        return next((each for each in self._requests if each.id == request_id), None)

    def request_by(self, contact_id: str, asker: str) -> Request | None:
        return next((each for each in self._requests if (each.contact_id, each.asker) == (contact_id, asker)), None)

    def requests(self, contact_id: str) -> Sequence[Request]:
        return [each for each in self._requests if each.contact_id == contact_id]

    def invitation(self, scene: str) -> Invitation | None:
        return Invitation(scene, "default", "bo", NOW) if scene == "bos" else None


def found(user: User, *requests: Request, **more: Any) -> Snapshot:
    """What an event of the user's finds that is about Ana's contact."""
    given = {"user": user, "contact": CONTACT, "desk": Desk(*requests), **more}
    return anas(given.pop("conversation", talk()), **given)


def to(changes: Changes, name: str) -> list[str]:
    return [row.user_id for row in changes.rows if row.values.get("card") == name]


def test_a_request_goes_to_the_holder_and_the_supervisor() -> None:
    changes = decide(ASKS, found(BO, OFFERED, policies={"default": Policy(supervisor="sue")}))
    assert (to(changes, "takeover"), to(changes, "handover")) == (["bo"], ["ana", "sue"])
    assert changes.requests == (ASKED,)
    assert changes.audit is not None
    assert (changes.audit["user"], changes.audit["request"], changes.audit["thread"]) == ("bo", "r", "")


def test_by_the_book() -> None:
    changes = decide(replace(ASKS, request_id="", entry_id="b"), found(BO, entry=ENTRY))
    assert changes.requests == (replace(ASKED, id="N"),)


@pytest.mark.parametrize(
    ("event", "more"),
    [
        (ASKS, {}),
        (replace(ASKS, request_id="", entry_id="b"), {}),
        (replace(ASKS, request_id="", entry_id="b"), {"entry": replace(ENTRY, user_id="ana")}),
        (replace(ASKS, request_id="", entry_id="b"), {"entry": ENTRY, "contact": None, "conversation": None}),
    ],
)
def test_who_never_met_the_contact_cannot_ask(event: HandOverAsked, more: dict[str, Any]) -> None:
    changes = decide(event, found(BO, **more))
    assert (cards(changes), changes.requests) == (["forbidden"], ())


def test_an_offer_to_somebody_else_is_nobodys() -> None:
    assert cards(decide(ASKS, found(SUE, OFFERED))) == ["forbidden"]


@pytest.mark.parametrize(
    "more",
    [
        {"conversation": None},
        {"conversation": talk(user=BO)},
        {"policies": {"default": Policy(reveal=Reveal.NOTHING)}},
    ],
)
def test_where_there_is_nothing_to_ask_for(more: dict[str, Any]) -> None:
    changes = decide(ASKS, found(BO, OFFERED, **more))
    assert (cards(changes), changes.requests) == (["takeover_over"], ())


def test_what_may_not_be_handed_over_cannot_be_asked_for() -> None:
    walls = {"default": Policy(transfer=Transfer.PEERS), "research": Policy("research")}
    changes = decide(ASKS, found(replace(BO, policy="research"), OFFERED, policies=walls))
    assert (cards(changes), changes.requests) == (["takeover_denied"], ())


@pytest.mark.parametrize(("reveal", "told"), [(Reveal.NAME, "Ana"), (Reveal.HELD, None)])
def test_the_asker_learns_what_the_policy_lets_them(reveal: Reveal, told: str | None) -> None:
    changes = decide(ASKS, found(BO, OFFERED, policies={"default": Policy(reveal=reveal)}))
    assert card(changes, "takeover").values.get("holder") == told


def test_a_repeated_request_only_shows_how_it_stands() -> None:
    changes = decide(ASKS, found(BO, ASKED))
    assert (cards(changes), changes.requests, changes.audit) == (["takeover"], (), None)


@pytest.mark.parametrize("event", [AGREES, DECLINES])
def test_only_holder_and_supervisor_answer(event: HandOverAnswered) -> None:
    for user in (BO, SUE):
        changes = decide(event, found(user, ASKED))
        assert (cards(changes), changes.requests, changes.opened) == (["forbidden"], (), None)


@pytest.mark.parametrize("supervisor", [replace(SUE, enabled=False), None])
def test_a_supervisor_who_is_gone_is_not_asked(supervisor: User | None) -> None:
    people = [ANA, BO, *([supervisor] if supervisor else [])]
    at = found(BO, desk=Desk(OFFERED, people=people), policies={"default": Policy(supervisor="sue")})
    assert to(decide(ASKS, at), "handover") == ["ana"]


def test_agreed() -> None:
    changes = decide(AGREES, found(ANA, ASKED))
    assert changes.thread is not None and changes.thread.phase is Phase.LEFT
    assert changes.opened is not None and changes.opened.user == BO
    assert changes.requests == (replace(ASKED, stage=Stage.AGREED, by="ana"),)
    assert changes.audit is not None
    assert [changes.audit[name] for name in ("event", "user", "by", "request")] == [
        "UserTransferred",
        "ana",
        "ana",
        "r",
    ]


def test_a_supervisor_speaks_in_the_words_of_the_holders_policy() -> None:
    policies = {"default": Policy(supervisor="sue", language="zh"), "bosses": Policy("bosses")}
    boss = replace(SUE, policy="bosses")
    at = found(boss, desk=Desk(ASKED, people=[ANA, BO, boss]), policies=policies, policy=policies["bosses"])
    changes = decide(AGREES, at)
    assert [message.text for message in changes.messages if message.id == "T.left"] == ["to_contact.transferred zh"]
    assert card(changes, "received").values["from"] == "Sue"
    assert card(changes, "transferred").values["by"] == "Sue"


def test_declined() -> None:
    changes = decide(DECLINES, found(ANA, ASKED))
    assert (changes.thread, changes.opened) == (None, None)
    assert changes.requests == (replace(ASKED, stage=Stage.DECLINED, by="ana"),)
    told = card(changes, "takeover")
    assert (told.user_id, told.values["stage"], told.values["moves"]) == ("bo", "declined", True)


@pytest.mark.parametrize("asker", [replace(BO, enabled=False), replace(BO, reference=None)])
def test_an_asker_who_cannot_have_it_any_more(asker: User) -> None:
    changes = decide(AGREES, found(ANA, desk=Desk(ASKED, people=[ANA, asker])))
    assert changes.opened is None
    assert changes.requests == (replace(ASKED, stage=Stage.UNABLE, by="ana"),)


@pytest.mark.parametrize(
    "request_", [OFFERED, replace(ASKED, thread_id="U"), replace(ASKED, at=NOW - LIFE), replace(ASKED, asker="nobody")]
)
def test_an_answer_that_does_not_count_shows_how_it_stands(request_: Request) -> None:
    changes = decide(AGREES, found(ANA, request_))
    assert (changes.opened, changes.requests, changes.audit) == (None, (), None)
    assert [(row.values["card"], row.again) for row in changes.rows] == [("handover", True)]


@pytest.mark.parametrize("more", [{"conversation": None}, {"desk": Desk()}])
def test_an_answer_to_nothing(more: dict[str, Any]) -> None:
    assert cards(decide(AGREES, found(ANA, ASKED, **more))) == ["stale"]


def test_a_leave_frees_what_was_asked_for_and_tells_who_did() -> None:
    others = replace(ASKED, id="s", asker="sue", stage=Stage.OFFERED)
    old = replace(ASKED, id="o", asker="x", thread_id="before")
    done = replace(ASKED, id="d", asker="y", stage=Stage.DECLINED)
    event = UserLeft("N", "k", NOW, "tenant", "aad-ana", TEAMS, "T")
    changes = decide(event, found(ANA, ASKED, others, old, done))
    assert {(each.id, each.stage) for each in changes.requests} == {("r", Stage.FREED), ("s", Stage.FREED)}
    told = {row.user_id: row.values.get("moves", False) for row in changes.rows if row.values.get("card") == "takeover"}
    assert told == {"bo": True, "sue": False}
    assert to(changes, "handover") == ["ana"]


def test_a_scan_offers_what_is_not_asked_for_yet() -> None:
    event = ContactFollowed("N", "k", NOW, "default", "openid", "bos")
    new = decide(event, known(desk=Desk()))
    assert new.requests == (replace(OFFERED, id="N"),)
    assert (to(new, "takeover"), to(new, "handover")) == (["bo"], [])
    for silent in (known(desk=Desk(OFFERED)), known(desk=Desk(), policies={"default": Policy(reveal=Reveal.NOTHING)})):
        changes = decide(event, silent)
        assert (changes.requests, to(changes, "takeover")) == ((), [])


def test_ones_own_code_offers_nothing() -> None:
    his = replace(bos(), contact=CONTACT)
    changes = decide(ContactFollowed("N", "k", NOW, "default", "openid", "bos"), known(his, desk=Desk()))
    assert changes.requests == ()


LAPSED = RequestLapsed("N", "", NOW + LIFE, "T", "r")


def overdue(*requests: Request, **more: Any) -> Changes:
    return decide(LAPSED, found(ANA, *requests, policies={"default": Policy(supervisor="sue")}, **more))


def test_a_request_that_nobody_answered_is_over_for_all_who_saw_it() -> None:
    changes = overdue(ASKED)
    over = replace(ASKED, stage=Stage.EXPIRED, at=NOW + LIFE)
    assert (changes.requests, to(changes, "takeover"), to(changes, "handover")) == ((over,), ["bo"], ["ana", "sue"])
    assert [row.values["stage"] for row in changes.rows] == ["expired"] * 3
    assert [(row.values.get("alert", False), row.again) for row in changes.rows] == [
        (True, False),
        *[(False, True)] * 2,
    ]
    assert changes.audit is not None
    assert (changes.audit["event"], changes.audit["request"], changes.audit["stage"]) == (
        "RequestLapsed",
        "r",
        "expired",
    )


def test_an_offer_that_nobody_took_up_goes_quietly() -> None:
    changes = overdue(OFFERED)
    (row,) = changes.rows
    assert (row.values["card"], row.values["stage"], "alert" in row.values) == ("takeover", "missed", False)


def test_a_request_for_a_conversation_that_is_gone_still_ends() -> None:
    changes = overdue(ASKED, conversation=None)
    assert ([each.stage for each in changes.requests], to(changes, "handover")) == ([Stage.EXPIRED], [])


@pytest.mark.parametrize(
    "requests", [(), (replace(ASKED, stage=Stage.AGREED),), (replace(ASKED, at=NOW + timedelta(seconds=1)),)]
)
def test_what_was_answered_meanwhile_or_asked_anew_does_not_lapse(requests: Sequence[Request]) -> None:
    assert overdue(*requests) == Changes()
