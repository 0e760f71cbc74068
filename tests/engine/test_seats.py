"""Several users for one contact, decided: who gets a seat, what each is shown, and what the contact is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from bot.domain.colleagues import HandOverAsked, UserTransferred
from bot.domain.effects import Use
from bot.domain.events import (
    Cause,
    ContactFollowed,
    ContactUnfollowed,
    ContactWrote,
    Delivered,
    Event,
    Kind,
    PromptReported,
    Refused,
    Rejected,
    UserLeft,
    UserOpened,
    UserWrote,
)
from bot.domain.handover import Stage
from bot.domain.policy import Policy, PromptWay, Transfer
from bot.domain.seats import Asked, Change, SeatShared
from bot.domain.state import Phase, Prompt, Slot, Thread, Why
from bot.engine import record
from bot.ports import Changes, Conversation, Snapshot
from tests.domain.build import HEARD, NOW, TEAMS, inactive, left, thread, waiting
from tests.engine.build import ANA, BO, CONTACT, anas, decide, known, message, talk
from tests.engine.test_handovers import ENTRY, OFFERED, Desk

WHO = ("N", "k", NOW, "tenant", "aad-ana", TEAMS)
BOS = ("N", "k", NOW, "tenant", "aad-bo", TEAMS)
TWO = Policy(seats=2)
WROTE = ContactWrote("w", "w", NOW, "default", "openid", NOW, 9, "hello all")
SCANS = ContactFollowed("f", "f", NOW, "default", "openid", "bos")


def mine(**changes: Any) -> Conversation:
    return talk(thread(others=("U",), **changes))


def bos(of: Thread | None = None) -> Conversation:
    return Conversation(replace(of or thread(), id="U", seat=1, others=("T",)), CONTACT, BO)


def both(about: Conversation | None = None, other: Conversation | None = None, **more: Any) -> Snapshot:
    about, other = about or mine(), other or bos()
    return known(about, siblings=(about, other), **{"policy": TWO, "policies": {"default": TWO}, **more})


def shown(changes: Changes, name: str) -> list[str]:
    rows = [row for each in (changes, *changes.shared) for row in each.rows]
    return [row.user_id for row in rows if row.values.get("card") == name and not row.again]


def threads(changes: Changes) -> dict[str, Thread]:
    each = [one.thread for one in (changes, *changes.shared) if one.thread]
    return {one.id: one for one in each}


def audited(changes: Changes) -> list[tuple[str, str]]:
    return [(each.audit["event"], each.audit["thread"]) for each in (changes, *changes.shared) if each.audit]


def replayed(changes: Changes) -> Change:
    """What the thread was told, read back from its record."""
    event, _ = record.replay(orjson.loads(orjson.dumps(changes.audit)))
    assert isinstance(event, SeatShared)
    return event.changes[0]


def test_the_contacts_words_are_in_every_thread_and_answered_once() -> None:
    owing = replace(CONTACT, owed=("left",))
    at = both(replace(mine(), contact=owing), replace(bos(), contact=owing))
    changes = decide(replace(WROTE, kind=Kind.IMAGE), at)
    assert changes.answer == {"reply": "left\n\nto_contact.not_a_text en"}
    said = [(each.id, each.thread_id) for one in (changes, *changes.shared) for each in one.messages if not each.notice]
    assert said == [("w", "T"), ("w~1", "U")]
    assert [each.notice for one in changes.shared for each in one.messages if each.notice] == []
    assert changes.contact == replace(CONTACT, owed=())
    assert audited(changes) == [("ContactWroteToSeveral", "T"), ("ContactWroteToSeveral", "U")]
    assert shown(changes, "incoming") == ["ana", "bo"]


def test_what_one_sends_takes_from_the_other_and_carries_the_name() -> None:
    changes = decide(UserWrote(*WHO, "hi", "T"), both(user=ANA))
    (sent,) = [row for row in changes.rows if row.kind == "text"]
    assert sent.values == {"from": "to_contact.from en"}
    (told,) = changes.shared
    assert told.thread is not None
    assert told.thread.slots == (Slot("N", Use.COLLEAGUE, 1),)
    assert audited(changes) == [("UserWrote", "T"), ("SeatShared", "U")]
    assert replayed(told) == Change(taken=(Slot("N", Use.MESSAGE, 1),))


def test_alone_nobody_is_named() -> None:
    changes = decide(UserWrote(*WHO, "hi", "T"), anas(talk()))
    assert [row.values for row in changes.rows if row.kind == "text"] == [{}]
    assert changes.shared == ()


def test_the_contact_is_asked_once_and_both_wait_for_the_answer() -> None:
    spent = (*(Slot(f"m{n}", Use.MESSAGE, 1, NOW) for n in range(4)),)
    theirs = (*(Slot(f"m{n}", Use.COLLEAGUE, 1, NOW) for n in range(4)),)
    about = talk(inactive(Why.LIMIT, slots=spent, others=("U",)))
    other = bos(inactive(Why.LIMIT, slots=theirs, queue=waiting("q")))
    changes = decide(UserWrote(*WHO, "hi", "T"), both(about, other, user=ANA))
    assert [row.ref for row in changes.rows if row.kind == "text"] == ["T.prompt.1"]
    asked = threads(changes)["U"]
    assert (asked.prompt, asked.asker, asked.queue) == (Prompt.SENDING, "T", waiting("q"))
    assert replayed(changes.shared[0]).asked == Asked("T", Prompt.SENDING)


def test_a_refusal_closes_the_way_for_both() -> None:
    about = mine(slots=(Slot("m", Use.MESSAGE, 1),))
    other = bos(thread(slots=(Slot("m", Use.COLLEAGUE, 1),)))
    event = Refused("r", "", NOW, 1, "wechat/T", "t", "T", "m", Cause.COUNT)
    changes = decide(event, both(about, other))
    told = threads(changes)["U"]
    assert (told.phase, told.why, told.slots) == (Phase.INACTIVE, Why.REFUSED, ())
    assert replayed(changes.shared[0]) == Change(returned=("m",), cause=Cause.COUNT)


def test_the_colleague_reads_what_was_sent() -> None:
    about = mine(slots=(Slot("m", Use.MESSAGE, 1),))
    other = bos(thread(slots=(Slot("m", Use.COLLEAGUE, 1),)))
    event = Delivered("r", "", NOW, 1, "wechat/T", "t", "T", "m")
    changes = decide(event, both(about, other, message=message("m")))
    assert shown(changes, "colleague_wrote") == ["bo"]
    assert replayed(changes.shared[0]) == Change(settled=(Slot("m", Use.MESSAGE, 1, NOW),))
    (copy,) = changes.shared[0].messages
    assert (copy.id, copy.thread_id, copy.author, copy.user_id, copy.text) == ("m~U", "U", "colleague", "ana", "hello")
    prompt = decide(replace(event, ref="T.prompt.1"), both(about, other, message=message("m")))
    assert shown(prompt, "colleague_wrote") == []


def test_an_unfollow_is_known_to_both() -> None:
    changes = decide(ContactUnfollowed("u", "u", NOW, "default", "openid"), both())
    assert {each.why for each in threads(changes).values()} == {Why.UNFOLLOWED}


def test_who_leaves_leaves_the_contact_to_the_other() -> None:
    changes = decide(UserLeft(*WHO, "T"), both(user=ANA))
    assert [row for row in changes.rows if row.kind == "text"] == []
    assert shown(changes, "colleague_left") == ["bo"]
    assert threads(changes)["U"].others == ()
    (card,) = [row for row in changes.rows if row.values.get("card") == "left"]
    assert card.values["stays"] == 1


def test_who_asked_for_a_conversation_that_one_of_several_left_may_ask_again() -> None:
    desk = Desk(replace(OFFERED, thread_id="T"))
    changes = decide(UserLeft(*WHO, "T"), both(user=ANA, desk=desk))
    assert [each.stage for each in changes.requests] == [Stage.SEAT_FREED]


@pytest.mark.parametrize("lasting", [True, False])
def test_a_scan_takes_a_free_seat(lasting: bool) -> None:
    desk = Desk()
    if not lasting:
        found = desk.invitation("bos")
        assert found is not None
        desk.invitation = lambda scene: replace(found, expires_at=NOW + (NOW - HEARD))  # type: ignore[method-assign]
    changes = decide(SCANS, known(desk=desk, policy=TWO, policies={"default": TWO}))
    assert changes.answer == {"reply": "to_contact.joined en"}
    opened = changes.shared[0].opened
    assert opened is not None
    assert (opened.user, opened.thread.id, opened.thread.seat, opened.thread.others) == (BO, "f", 1, ("T",))
    assert audited(changes) == [("ContactFollowed", "T"), ("SeatTaken", "f"), ("SeatShared", "T")]
    assert (shown(changes, "joined"), shown(changes, "colleague_came")) == (["bo"], ["ana"])
    assert (changes.invitation is None) is lasting
    assert threads(Changes(shared=changes.shared[1:]))["T"].others == ("f",)


def test_a_scan_ends_the_request_of_whoever_gets_the_seat() -> None:
    asked = replace(OFFERED, stage=Stage.ASKED, thread_id="T")
    changes = decide(SCANS, known(desk=Desk(asked), policy=TWO, policies={"default": TWO}))
    assert [each.stage for each in changes.requests] == [Stage.JOINED]
    assert [(row.values["card"], row.user_id) for row in changes.rows if row.values.get("stage") == "joined"] == [
        ("takeover", "bo"),
        ("handover", "ana"),
    ]


@pytest.mark.parametrize(
    "policies",
    [
        {"default": Policy(seats=1)},
        {"default": Policy(seats=2, transfer=Transfer.NOBODY)},
        {"default": Policy(seats=2), "single": Policy("single")},
    ],
)
def test_no_seat_where_policy_has_none(policies: dict[str, Policy]) -> None:
    desk = Desk(people=(ANA, replace(BO, policy="single") if "single" in policies else BO))
    changes = decide(SCANS, known(desk=desk, policy=policies["default"], policies=policies))
    assert (changes.shared, changes.answer) == ((), {"reply": "to_contact.held en"})


@pytest.mark.parametrize("scene", ["bos", "made up"])
def test_a_full_table_and_a_code_that_leads_nowhere_take_no_seat(scene: str) -> None:
    changes = decide(replace(SCANS, scene=scene), both(desk=Desk()))
    assert [each for each in changes.shared if each.opened] == []


def test_whoever_asks_while_a_seat_is_free_has_it() -> None:
    given = {"user": BO, "contact": CONTACT, "policies": {"default": TWO}, "policy": TWO}
    at = anas(talk(), **given, desk=Desk(OFFERED))
    changes = decide(HandOverAsked(*BOS, request_id="r"), at)
    assert [each.stage for each in changes.requests] == [Stage.JOINED]
    assert (shown(changes, "takeover"), shown(changes, "joined"), shown(changes, "handover")) == (["bo"], ["bo"], [])
    asked = replace(OFFERED, stage=Stage.ASKED, thread_id="T")
    changes = decide(HandOverAsked(*BOS, request_id="r"), anas(talk(), **given, desk=Desk(asked)))
    assert [row.user_id for row in changes.rows if row.again and row.values["stage"] == "joined"] == ["ana"]
    freed = Desk(replace(OFFERED, stage=Stage.SEAT_FREED))
    changes = decide(HandOverAsked(*BOS, request_id="r"), anas(talk(), **given, desk=freed))
    assert [each.stage for each in changes.requests] == [Stage.JOINED]
    changes = decide(HandOverAsked(*BOS, entry_id="b"), anas(talk(), **given, desk=freed, entry=ENTRY))
    assert changes.requests == ()
    quiet = replace(BO, settings=replace(BO.settings, notifications=False))
    at = anas(talk(), **{**given, "user": quiet}, desk=Desk(), entry=ENTRY)
    changes = decide(HandOverAsked(*BOS, entry_id="b"), at)
    assert (changes.requests, shown(changes, "joined")) == ((), ["bo"])
    assert [row.values.get("alert") for row in changes.shared[0].rows if row.values["card"] == "joined"] == [None]


def test_who_sits_there_asks_for_nothing_and_is_handed_nothing() -> None:
    at = both(user=BO, contact=CONTACT, desk=Desk(OFFERED))
    assert shown(decide(HandOverAsked(*BOS, request_id="r"), at), "takeover_over") == ["bo"]
    moved = decide(UserTransferred(*WHO, "T", "bo"), both(user=ANA, desk=Desk()))
    assert shown(moved, "transfer_nobody") == ["ana"]


def test_a_template_that_failed_is_the_askers() -> None:
    terms = replace(thread().terms, prompt=PromptWay.TEMPLATE)
    asker = talk(inactive(Why.LIMIT, terms=terms, others=("U",), prompt=Prompt.ASKED))
    other = bos(inactive(Why.LIMIT, terms=terms, prompt=Prompt.ASKED, asker="T"))
    event = PromptReported("p", "p", NOW, "default", "openid", "remote", "failed: system")
    prompt = replace(message("T.prompt.1"), author="system")
    for about in ((asker, other), (other, asker)):
        changes = decide(event, both(*about, message=prompt), frozenset({"default"}))
        assert {each.prompt for each in threads(changes).values()} == {Prompt.FAILED}


def test_without_a_thread_that_moved_nothing_is_shared() -> None:
    event: Event = UserWrote(*WHO, "", "T")
    assert decide(event, both(user=ANA)).shared == ()


def test_words_for_nobody_yet_are_shared_with_nobody() -> None:
    at = anas(None, mine(), talk(replace(thread(), id="V")), siblings=(mine(), bos()))
    changes = decide(UserWrote(*WHO, "hi"), at)
    assert (shown(changes, "which"), changes.shared) == (["ana"], ())


def test_what_one_takes_from_what_came_back_is_known_to_all() -> None:
    terms = replace(thread().terms, prompt=PromptWay.TEMPLATE)
    spent = tuple(Slot(f"m{n}", Use.COLLEAGUE, 1, NOW) for n in range(4))
    full = inactive(Why.LIMIT, terms=terms, slots=(*spent, Slot("m", Use.MESSAGE, 1)), others=("U", "V"))
    theirs = inactive(Why.LIMIT, terms=terms, slots=(*spent, Slot("m", Use.COLLEAGUE, 1)), queue=waiting("q"))
    bo = bos(replace(theirs, prompt=Prompt.ASKED))
    cy = Conversation(replace(theirs, id="V", seat=2, others=("T", "U")), CONTACT, replace(BO, id="cy"))
    about = talk(full)
    bo = replace(bo, thread=replace(bo.thread, others=("T", "V")))
    event = Rejected("r", "", NOW, 1, "wechat/T", "t", "T", "m", "too_long")
    changes = decide(event, known(about, siblings=(about, bo, cy), policy=TWO))
    after = threads(changes)
    assert (after["U"].queue, after["V"].queue) == ((), waiting("q"))
    assert (after["V"].prompt, after["T"].asker) == (Prompt.SENDING, "V")
    assert [name for name, _ in audited(changes)].count("SeatShared") == 5
    assert {len(each.slots) for each in after.values()} == {5}


def test_whoever_gets_a_seat_by_transfer_hears_what_the_others_do_then() -> None:
    spent = tuple(Slot(f"m{n}", Use.MESSAGE, 1, NOW) for n in range(4))
    asking = (*spent, Slot("T.prompt.1", Use.PROMPT, 1))
    about = talk(inactive(Why.LIMIT, slots=asking, prompt=Prompt.SENDING, queue=waiting("p"), others=("U",)))
    counted = tuple(replace(each, use=Use.COLLEAGUE) for each in asking)
    other = bos(inactive(Why.LIMIT, slots=counted, prompt=Prompt.SENDING, asker="T", queue=waiting("q")))
    cy = replace(BO, id="cy", name="Cy")
    changes = decide(UserTransferred(*WHO, "T", "cy"), both(about, other, user=ANA, desk=Desk(people=(ANA, BO, cy))))
    after = threads(changes)
    assert (after["U"].prompt, after["U"].others, after["N"].asker) == (Prompt.SENDING, ("N",), "U")
    assert (shown(changes, "colleague_came"), shown(changes, "colleague_left")) == (["bo"], ["bo", "cy"])


def test_who_left_and_looks_back_does_not_sit_there_again() -> None:
    gone = talk(left(others=("U",)))
    at = both(gone, Conversation(replace(bos().thread, others=()), CONTACT, BO), user=ANA)
    assert decide(UserOpened(*WHO, "T"), at).shared == ()
    late = Delivered("r", "", NOW, 1, "wechat/T", "t", "T", "m")
    assert [each.thread.others for each in decide(late, at).shared if each.thread] == []
