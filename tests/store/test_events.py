"""One event, one transaction, one answer; and what each kind of event gets to see."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.effects import State
from bot.domain.events import (
    Cause,
    ContactFollowed,
    Delivered,
    Due,
    Event,
    Kind,
    PromptReported,
    Refused,
    UserAsked,
    UserChose,
    UserEdited,
    UserLeft,
)
from bot.domain.state import Phase, Queued
from bot.ports import Changes, Contact, Message, Row, Snapshot, Store
from tests.store.build import (
    ANN,
    BOB,
    HOME,
    HOUR,
    NOW,
    begin,
    claim_one,
    deliver_all,
    doing,
    greet,
    leave,
    look,
    message,
    new_id,
    reported,
    said,
    settles,
    tapped,
    text,
    wrote,
)


async def test_a_repeated_event_gets_the_same_answer_and_changes_nothing(store: Store) -> None:
    event = wrote()
    first = await store.handle(event, greet)
    again = await store.handle(replace(event, id=new_id()), doing(answer={"reply": "another"}))
    assert first == again == {"thread": event.id}
    assert len(await deliver_all(store)) == 1


async def test_an_event_without_key_is_not_kept(store: Store) -> None:
    event = Due(new_id(), "", NOW, "t-none")
    assert await store.handle(event, doing(answer={"n": 1})) == {"n": 1}
    assert await store.handle(event, doing(answer={"n": 2})) == {"n": 2}


async def test_a_hundred_deliveries_of_one_key_are_one_message(store: Store) -> None:
    events = [wrote(key="the-same") for _ in range(100)]
    answers = await asyncio.gather(*(store.handle(event, greet) for event in events))
    assert len({answer["thread"] for answer in answers}) == 1
    assert len(await deliver_all(store)) == 1


async def test_a_decision_that_fails_leaves_nothing(store: Store) -> None:
    def fail(event: Event, at: Snapshot) -> Changes:
        raise LookupError("no such wording")

    event = wrote()
    with pytest.raises(LookupError, match="no such wording"):
        await store.handle(event, fail)
    assert await store.handle(event, greet) == {"thread": event.id}


async def test_a_contact_without_thread_is_shown_whom_they_would_get(store: Store) -> None:
    at = await look(store, wrote())
    assert (at.user, at.contact, at.conversation) == (ANN, None, None)
    assert at.account is not None
    assert at.account.default_user == ANN.id


async def test_an_account_that_nobody_set_up_has_no_default_user(store: Store) -> None:
    at = await look(store, replace(wrote(), account="other"))
    assert at.user is None
    assert at.account is not None
    assert (at.account.name, at.account.default_user) == ("other", "")


async def test_a_thread_is_found_by_its_contact_until_it_is_left(store: Store) -> None:
    begun = await begin(store)
    assert begun.user == ANN
    assert (begun.contact.openid, begun.thread.heard_at) == ("o-1", NOW)
    await store.handle(UserLeft(new_id(), new_id(), NOW, ANN.tenant, ANN.aad, HOME, begun.thread.id), leave)
    at = await look(store, ContactFollowed(new_id(), new_id(), NOW, "default", "o-1"))
    assert (at.conversation, at.contact, at.user) == (None, begun.contact, ANN)


async def test_everything_about_a_contact_is_kept(store: Store) -> None:
    contact = Contact("c-9", "default", "o-9", "王小明", "zh-CN", "+8613800000000", False, ("再见", "bye 😀"), NOW)
    await store.handle(tapped(), doing(contact=contact))
    assert (await look(store, wrote("o-9"))).contact == contact


async def test_a_thread_is_kept_whole_and_its_timer_found(store: Store) -> None:
    begun = await begin(store)
    changed = replace(begun.thread, queue=(Queued("m-1", NOW),), prompt_at=NOW, uncertain=("m-0",), warned=True)
    await store.handle(wrote(), doing(thread=changed))
    at = await look(store, Due(new_id(), "", NOW, changed.id))
    assert at.conversation == replace(begun, thread=changed)
    assert await store.due(changed.deadline - HOUR, 10) == []
    assert await store.due(changed.deadline, 10) == [changed.id]


async def test_timers_come_longest_overdue_first_and_not_after_they_ended(store: Store) -> None:
    threads = [(await begin(store, f"o-{number}")).thread for number in range(4)]
    for thread, hours in zip(threads, (3, 1, 2, 0), strict=True):
        moved = replace(thread, heard_at=NOW + hours * HOUR, phase=Phase.LEFT if hours == 0 else Phase.ACTIVE)
        await store.handle(Due(new_id(), "", NOW, thread.id), doing(thread=moved))
    due = await store.due(NOW + 100 * HOUR, 2)
    assert list(due) == [threads[1].id, threads[2].id]


async def test_a_user_who_names_no_thread_is_shown_all_of_theirs(store: Store) -> None:
    begun = [await begin(store, f"o-{number}") for number in range(3)]
    await store.handle(Due(new_id(), "", NOW, begun[0].thread.id), leave)
    for event in (said(), UserAsked(new_id(), new_id(), NOW, ANN.tenant, ANN.aad, HOME, "queue")):
        at = await look(store, event)
        assert at.user == ANN
        assert {each.thread.id for each in at.open} == {each.thread.id for each in begun[1:]}
    assert (await look(store, said(BOB))).open == ()


async def test_a_user_who_names_a_thread_is_shown_it_whoever_they_are(store: Store) -> None:
    begun = await begin(store)
    asked = UserAsked(new_id(), new_id(), NOW, BOB.tenant, BOB.aad, HOME, "status", begun.thread.id)
    for event in (said(BOB, begun.thread.id), asked):
        at = await look(store, event)
        assert (at.user, at.conversation, at.open) == (BOB, begun, ())


async def test_somebody_who_is_no_user_is_nobody(store: Store) -> None:
    begun = await begin(store)
    at = await look(store, replace(said(ANN, begun.thread.id), tenant="another"))
    assert (at.user, at.conversation) == (None, begun)
    assert (await look(store, replace(said(), aad="another"))).user is None


async def test_held_words_are_found_by_id_and_by_activity_and_get_their_thread(store: Store) -> None:
    begun = await begin(store)
    held = message("", activity_key="a-1")
    await store.handle(said(), doing(messages=(held,)))
    chose = UserChose(new_id(), new_id(), NOW, ANN.tenant, ANN.aad, HOME, begun.thread.id, held.id)
    at = await look(store, chose)
    assert (at.message, at.conversation) == (held, begun)
    edited = UserEdited(new_id(), new_id(), NOW, ANN.tenant, ANN.aad, HOME, "a-1", False, "other words")
    at = await look(store, edited)
    assert (at.message, at.conversation) == (held, None)
    assigned = doing(assigned=((held.id, begun.thread.id),), marks=((held.id, State.QUEUED, "limit"),))
    await store.handle(replace(chose, key="chosen"), assigned)
    at = await look(store, replace(edited, key="edited again"))
    assert at.message == replace(held, thread_id=begun.thread.id, state=State.QUEUED, why="limit")
    assert at.conversation == begun


async def test_an_edit_of_something_unknown_finds_nothing(store: Store) -> None:
    await store.handle(said(), doing(messages=(message(""),)))
    for activity_key in ("", "unknown"):
        edited = UserEdited(new_id(), new_id(), NOW, ANN.tenant, ANN.aad, HOME, activity_key, True)
        assert (await look(store, edited)).message is None


async def test_a_message_is_recorded_once_and_as_it_was(store: Store) -> None:
    words = Message("t.prompt.1", "t", "system", Kind.TEXT, "first", NOW, state=State.SENDING, notice="prompt")
    await store.handle(tapped(), doing(messages=(words,)))
    await store.handle(tapped(), doing(messages=(replace(words, text="second"), message("", id="m-next"))))
    chose = UserChose(new_id(), new_id(), NOW, ANN.tenant, ANN.aad, HOME, "", "t.prompt.1")
    assert (await look(store, chose)).message == words
    assert (await look(store, replace(chose, key=new_id(), message_id="m-next"))).message is not None


async def test_words_are_carried_exactly(store: Store) -> None:
    words = " \t\r\n'\"\\ 你好 😀👩‍👩‍👧 \u202e ‮ %s :x $1 \x7f "
    event = wrote(text=words)
    await store.handle(event, greet)
    job = await claim_one(store, "teams")
    assert job.message is not None
    assert job.message.text == words


async def test_a_user_keeps_what_the_admin_set(store: Store) -> None:
    stale = replace(BOB, enabled=False, policy="gone", number="", reference=HOME, name="Robert")
    await store.handle(tapped(BOB), doing(user=stale))
    assert (await look(store, tapped(BOB))).user == replace(BOB, reference=HOME, name="Robert")


async def test_a_template_is_found_by_what_wechat_calls_it(store: Store) -> None:
    begun = await begin(store)
    row = Row(f"wechat/{begun.thread.id}", "template", begun.thread.id, begun.thread.prompt_ref)
    prompt = message(begun.thread.id, "please reply", id=row.ref)
    await store.handle(wrote(), doing(rows=(row,), messages=(prompt,)))
    job = await claim_one(store, "wechat")
    await store.handle(reported(job, Delivered, "42"), settles)
    report = PromptReported(new_id(), new_id(), NOW, "default", "o-1", "42", "block")
    at = await look(store, report)
    assert (at.conversation, at.message) == (begun, prompt)
    for other in (replace(report, remote_id="43", key="k1"), replace(report, openid="o-2", key="k2")):
        assert (await look(store, other)).conversation is None


async def test_a_report_is_shown_its_thread_and_message(store: Store) -> None:
    begun = await begin(store)
    words = message(begun.thread.id)
    await store.handle(wrote(), doing(messages=(words,), rows=(text(begun.thread.id, words.id),)))
    job = await claim_one(store, "wechat")
    at = await look(store, reported(job, Refused, Cause.COUNT))
    assert (at.conversation, at.message, at.user) == (begun, words, ANN)


async def test_what_became_of_a_card_concerns_nobody(store: Store) -> None:
    row = Row(f"teams/{BOB.id}", "card", "", user_id=BOB.id, values={"card": "help"})
    await store.handle(tapped(BOB), doing(rows=(row,)))
    at = await look(store, reported(await claim_one(store, "teams"), Refused, Cause.BLOCKED))
    assert (at.user, at.conversation) == (None, None)
