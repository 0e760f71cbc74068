"""What the admin reads and changes, and that a running service sees it at its next event."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.effects import State
from bot.domain.events import Due
from bot.domain.policy import Policy, PromptWay, Release
from bot.domain.state import Phase
from bot.store import SqlStore, StoreError, admin
from bot.store.policies import Stored, resolve
from tests.store.build import (
    ACT,
    ANN,
    BOB,
    HOUR,
    NOW,
    begin,
    deliver_all,
    doing,
    leave,
    look,
    message,
    new_id,
    tapped,
    text,
    wrote,
)

CAT = replace(BOB, id="u-cat", aad="aad-cat", number="+4915100000003", name="Cat", upn="cat@example.com")


async def test_users_are_listed_and_found_by_whatever_names_them(sql: SqlStore) -> None:
    assert await sql.run(admin.users) == [ANN, BOB]
    for who in (ANN.number, "ANN@example.com", ANN.aad, ANN.id):
        assert await sql.run(admin.user, who) == ANN
    for who in ("", "nobody"):
        with pytest.raises(StoreError, match="There is no user"):
            await sql.run(admin.user, who)


async def test_what_we_know_of_a_contact_is_set_and_kept(sql: SqlStore) -> None:
    begun = await begin(sql)
    named = await sql.run(admin.set_contact, ACT, begun.contact.id, {"name": "Li Wei", "language": "zh"})
    assert (named.name, named.language, named.label) == ("Li Wei", "zh", "Li Wei")
    assert await sql.run(admin.contacts) == [named]
    assert (await look(sql, wrote())).contact == named
    last = [entry async for entry in sql.audit()][-1]
    assert (last.event, "Li Wei" in last.body) == ("ContactSet", False)
    with pytest.raises(StoreError, match="There is no contact 'nobody'"):
        await sql.run(admin.set_contact, ACT, "nobody", {"name": "Li Wei"})


async def test_two_users_without_number_may_be(sql: SqlStore) -> None:
    await sql.run(admin.add_user, ACT, replace(CAT, number=""))
    await sql.run(admin.add_user, ACT, replace(CAT, id="u-dan", aad="aad-dan", number=""))
    with pytest.raises(StoreError, match="more than one user"):
        await sql.run(admin.user, CAT.upn)


@pytest.mark.parametrize("change", [{"aad": BOB.aad}, {"number": BOB.number}])
async def test_nobody_is_there_twice(sql: SqlStore, change: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="is there already"):
        await sql.run(admin.add_user, ACT, replace(CAT, **change))


async def test_a_user_is_switched_off_for_the_next_event(sql: SqlStore) -> None:
    assert await sql.run(admin.enable_user, ACT, ANN.number, False) == ANN
    at = await look(sql, tapped())
    assert at.user == replace(ANN, enabled=False)


async def test_the_default_user_changes_for_the_next_contact(sql: SqlStore) -> None:
    await sql.run(admin.set_default_user, ACT, "default", BOB.upn or BOB.number)
    assert (await look(sql, wrote())).user == BOB
    assert [account.default_user for account in await sql.run(admin.accounts)] == [BOB.id]


async def test_a_policy_is_in_force_at_the_next_event(sql: SqlStore) -> None:
    assert (await look(sql, tapped())).policy == Policy()
    await sql.run(admin.set_policy, ACT, "default", {"reply_limit": 4, "reply_window": "24h"})
    await sql.run(admin.set_policy, ACT, "desk", {"queue_limit": 2, "wording": {"en": {"to_contact.who": "Hi"}}})
    assert (await look(sql, tapped())).policy == Policy(reply_limit=4, reply_window=timedelta(hours=24))
    await sql.run(admin.assign_policy, ACT, ANN.number, "desk")
    desk = Policy("desk", 4, timedelta(hours=24), 2, wording={("en", "to_contact.who"): "Hi"})
    at = await look(sql, tapped())
    assert (at.policy, at.policies["desk"]) == (desk, desk)
    await sql.run(admin.set_policy, ACT, "desk", {"queue_limit": None})
    assert (await look(sql, tapped())).policy == replace(desk, queue_limit=5)
    assert await sql.run(admin.own_values, "desk") == ("default", {"wording": {"en": {"to_contact.who": "Hi"}}})


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"reply_limits": 4}, "reply_limits is no setting of a policy"),
        ({"name": "x"}, "name is no setting"),
        ({"reply_limit": 0}, "at least 1"),
        ({"reply_limit": "4"}, "whole number"),
        ({"queue_limit": True}, "whole number"),
        ({"reply_window": "soon"}, "not a duration"),
        ({"warn_before": "48h"}, "shorter than reply-window"),
        ({"prompt": "maybe"}, "maybe"),
        ({"release": "auto-if-younger-than"}, "go together"),
    ],
)
async def test_a_policy_that_would_be_wrong_is_refused(sql: SqlStore, values: dict[str, Any], complaint: str) -> None:
    with pytest.raises(StoreError, match=complaint):
        await sql.run(admin.set_policy, ACT, "default", values)
    assert (await look(sql, tapped())).policy == Policy()


async def test_a_policy_cannot_break_its_children(sql: SqlStore) -> None:
    await sql.run(admin.set_policy, ACT, "short", {"warn_before": "3h"})
    with pytest.raises(StoreError, match="policy short"):
        await sql.run(admin.set_policy, ACT, "default", {"reply_window": "2h", "warn_before": "1h"})


async def test_a_policy_has_a_parent_that_exists_and_is_not_itself(sql: SqlStore) -> None:
    await sql.run(admin.set_policy, ACT, "desk", {})
    await sql.run(admin.set_policy, ACT, "night", {}, "desk")
    with pytest.raises(StoreError, match="inherits from itself"):
        await sql.run(admin.set_policy, ACT, "desk", {}, "night")
    with pytest.raises(StoreError, match="no policy 'gone'"):
        await sql.run(admin.set_policy, ACT, "desk", {}, "gone")
    with pytest.raises(StoreError, match="no policy 'gone'"):
        await sql.run(admin.assign_policy, ACT, ANN.number, "gone")
    with pytest.raises(StoreError, match="no policy 'gone'"):
        await sql.run(admin.add_user, ACT, replace(CAT, policy="gone"))
    assert set(await sql.run(admin.all_policies)) == {"default", "desk", "night"}


def test_wording_is_inherited_text_by_text() -> None:
    stored: Stored = {
        "default": ("", {"wording": {"en": {"a": "A", "b": "B"}}, "prompt": "off"}),
        "desk": (
            "",
            {"wording": {"en": {"b": "β"}, "zh": {"a": "甲"}}, "release": "auto-if-younger-than", "release_age": "2h"},
        ),
    }
    desk = resolve(stored)["desk"]
    assert desk.wording == {("en", "a"): "A", ("en", "b"): "β", ("zh", "a"): "甲"}
    assert (desk.prompt, desk.release, desk.release_age) == (PromptWay.OFF, Release.YOUNGER, 2 * HOUR)


async def test_a_thread_is_shown_with_its_words_and_what_was_sent(sql: SqlStore) -> None:
    begun = await begin(sql)
    words = replace(message(begun.thread.id, "befor"), at=NOW + HOUR, state=State.QUEUED)
    row = text(begun.thread.id, words.id, slot=2, use="message")
    await sql.handle(Due(new_id(), "", NOW, begun.thread.id), doing(messages=(words,), rows=(row,)))
    for text_ in ("before", "after"):
        await sql.handle(Due(new_id(), "", NOW, begun.thread.id), doing(rewords=((words.id, text_),)))
    [job] = await deliver_all(sql, "wechat")
    history = await sql.run(admin.thread, begun.thread.id)
    assert (history.conversation, history.opened_at) == (begun, NOW)
    assert [(said.message.author, said.message.text, said.original) for said in history.messages] == [
        ("contact", "hello", None),
        ("user", "after", "befor"),
    ]
    [sent] = history.ledger
    assert (sent.row, sent.ref, sent.slot, sent.use, sent.state) == (job.id, words.id, 2, "message", "sent")
    assert (sent.remote_id, sent.settled_at) == (f"remote-{job.id}", NOW)


async def test_threads_are_listed_the_left_ones_on_request(sql: SqlStore) -> None:
    first, second = await begin(sql), await begin(sql, "o-2")
    await sql.handle(Due(new_id(), "", NOW, first.thread.id), leave)
    assert await sql.run(admin.threads) == [second]
    everything = await sql.run(admin.threads, 10, left=True)
    assert {each.thread.phase for each in everything} == {Phase.ACTIVE, Phase.LEFT}
    with pytest.raises(StoreError, match="There is no thread 'gone'"):
        await sql.run(admin.thread, "gone")


async def test_every_change_is_on_record_with_who_made_it(sql: SqlStore) -> None:
    await sql.run(admin.set_policy, ACT, "default", {"reply_limit": 4})
    await sql.run(admin.enable_user, ACT, ANN.number, True)
    entries = [entry async for entry in sql.audit()]
    assert [entry.event for entry in entries][-2:] == ["PolicySet", "UserEnabled"]
    assert '"by":"test"' in entries[-1].body
    assert ANN.number not in "".join(entry.body for entry in entries)
