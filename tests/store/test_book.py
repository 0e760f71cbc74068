"""Contact books on both databases: found by their words, linked by saving or by number, and each only its user's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy.exc import DatabaseError

from bot.domain.attention import Settings
from bot.domain.events import ContactSaved, DetailsAsked
from bot.engine.details import known_as
from bot.ports import Contact, Conversation, Entry, Found, Known, Snapshot
from bot.store import SqlStore, admin, book
from bot.store.search import Books
from tests.store.build import (
    ACT,
    ANN,
    BOB,
    HOME,
    HOUR,
    LEASE,
    NOW,
    SECOND,
    begin,
    card,
    deliver_all,
    doing,
    leave,
    look,
    new_id,
    tapped,
    wrote,
)

ZHANG = Entry("e-zhang", ANN.id, "张伟", "海港贸易", ("+8613800138000",), "Mornings", source="file")
DUBOIS = Entry("e-dubois", ANN.id, "Émilie Dubois", "Harbour", ("+33123456789",), source="file")
BOBS = Entry("e-bobs", BOB.id, "张伟", "海港贸易", ("+8613800138000",), source="file")


async def fill(sql: SqlStore, *entries: Entry) -> None:
    for entry in entries:
        await sql.run(book.save, [entry], NOW)


async def found(sql: SqlStore, text: str = "", who: str = ANN.aad, skip: int = 0, count: int = 25) -> list[str]:
    people = await Books(sql).search("tenant", who, text, skip, count)
    assert people is not None
    return [each.entry.id if each.entry else each.contact.id if each.contact else "" for each in people.known]


async def saves(sql: SqlStore, thread_id: str, entry: Entry | None = None) -> Snapshot:
    """What the decision about a save sees."""
    named = ("Li", "", (), "")
    ident = new_id()
    saved = ContactSaved(ident, ident, NOW, "tenant", ANN.aad, HOME, thread_id, entry.id if entry else "", "", *named)
    return await look(sql, saved)


async def test_an_entry_is_found_by_every_word_it_has(sql: SqlStore) -> None:
    await fill(sql, ZHANG, DUBOIS, BOBS)
    for text in ("zhang", "ZW", "张", "伟", "海港", "138 0013", "+86 138", "zhang 海港 138"):
        assert await found(sql, text) == [ZHANG.id], text
        assert await found(sql, text, BOB.aad) == [BOBS.id], text
    assert await found(sql, "har emi") == [DUBOIS.id]
    assert await found(sql, "zhang dubois") == []
    assert await found(sql, "%") == await found(sql, "_") == await found(sql, "'") == []


async def test_a_changed_entry_is_found_by_its_new_words_only(sql: SqlStore) -> None:
    await fill(sql, ZHANG, replace(ZHANG, name="Li", numbers=(), company=""))
    assert await found(sql, "zhang") == await found(sql, "138") == []
    assert await found(sql, "li") == [ZHANG.id]


async def test_what_was_removed_is_found_no_more_and_only_ones_own_can_be(sql: SqlStore) -> None:
    await fill(sql, ZHANG, BOBS)
    await sql.run(book.forget, ANN.id, [ZHANG.id, BOBS.id])
    assert await found(sql, "zhang") == []
    assert await found(sql, "zhang", BOB.aad) == [BOBS.id]


async def test_nobody_can_write_over_anothers_entry(sql: SqlStore) -> None:
    await fill(sql, BOBS)
    await fill(sql, replace(DUBOIS, id=BOBS.id))
    assert await sql.run(book.by_id, BOB.id, [BOBS.id]) == [BOBS]
    assert await found(sql, "dubois") == []


async def test_pages_follow_each_other(sql: SqlStore) -> None:
    await sql.run(book.save, [Entry(f"e{at:03}", ANN.id, f"Wang {at:03}") for at in range(60)], NOW)
    pages = [await found(sql, "wang", skip=skip) for skip in (0, 25, 50, 75)]
    assert [len(page) for page in pages] == [25, 25, 10, 0]
    assert len({ident for page in pages for ident in page}) == 60
    recent = [await found(sql, skip=skip) for skip in (0, 25, 50)]
    assert len({ident for page in recent for ident in page}) == 60


async def test_without_words_the_conversations_come_first_and_nobody_twice(sql: SqlStore) -> None:
    older, newer = await begin(sql, "o-1"), await begin(sql, "o-2")
    later = replace(newer.thread, heard_at=NOW + HOUR)
    await sql.handle(wrote("o-2"), doing(thread=later))
    await fill(sql, ZHANG, replace(DUBOIS, contact_id=older.contact.id))
    assert await found(sql) == [newer.contact.id, DUBOIS.id, ZHANG.id]
    assert [await found(sql, skip=skip, count=1) for skip in range(4)] == [
        [newer.contact.id],
        [DUBOIS.id],
        [ZHANG.id],
        [],
    ]
    await sql.handle(wrote("o-1"), leave)
    assert await found(sql, count=1) == [newer.contact.id]
    assert set(await found(sql)) == {newer.contact.id, DUBOIS.id, ZHANG.id}


async def test_somebody_who_may_not_use_wechat_finds_nothing_at_all(sql: SqlStore) -> None:
    await fill(sql, ZHANG)
    await sql.run(admin.enable_user, ACT, ANN.number, False)
    books = Books(sql)
    assert await books.search("tenant", ANN.aad, "zhang", 0, 5) is None
    assert await books.search("other", ANN.aad, "zhang", 0, 5) is None
    assert await books.search("tenant", "", "", 0, 5) is None
    assert await books.chosen("tenant", ANN.aad, ZHANG.id, "") is None


async def test_the_chosen_one_is_the_users_or_nobody(sql: SqlStore) -> None:
    about = await begin(sql)
    await fill(sql, replace(ZHANG, contact_id=about.contact.id), BOBS)
    books = Books(sql)
    mine = Known(replace(ZHANG, contact_id=about.contact.id), about.contact, about)
    assert await books.chosen("tenant", ANN.aad, ZHANG.id, "") == Found((mine,))
    assert await books.chosen("tenant", ANN.aad, "", about.thread.id) == Found((mine,))
    for entry_id, thread_id in ((BOBS.id, ""), ("", "t-none"), ("", ""), ("e-none", "")):
        assert await books.chosen("tenant", ANN.aad, entry_id, thread_id) == Found()
    for entry_id, thread_id in ((ZHANG.id, ""), ("", about.thread.id)):
        assert await books.chosen("tenant", BOB.aad, entry_id, thread_id) == Found()


async def test_what_is_found_comes_with_the_language_that_the_user_set(sql: SqlStore) -> None:
    await fill(sql, ZHANG)
    own = Settings(language="zh", timezone="Asia/Shanghai")
    await sql.handle(tapped(), doing(settings=(ANN.id, own)))
    books = Books(sql)
    assert await books.search("tenant", ANN.aad, "zhang", 0, 5) == Found((Known(ZHANG),), own)
    assert await books.chosen("tenant", ANN.aad, ZHANG.id, "") == Found((Known(ZHANG),), own)
    assert await books.chosen("tenant", ANN.aad, "", "t-none") == Found((), own)


async def test_a_validated_number_finds_the_entry_unless_it_is_of_several(sql: SqlStore) -> None:
    about = await begin(sql)
    validated = replace(about.contact, number="+8613800138000")
    await sql.handle(wrote(), doing(contact=validated))
    await fill(sql, ZHANG, BOBS)
    assert (await saves(sql, about.thread.id)).entry == ZHANG
    zhang = await Books(sql).search("tenant", ANN.aad, "zhang", 0, 5)
    known = Known(ZHANG, validated, Conversation(about.thread, validated, about.user))
    assert zhang and zhang.known == (known,)
    await fill(sql, replace(DUBOIS, numbers=ZHANG.numbers))
    assert (await saves(sql, about.thread.id)).entry is None
    await fill(sql, replace(DUBOIS, numbers=ZHANG.numbers, contact_id=about.contact.id))
    linked = (await saves(sql, about.thread.id)).entry
    assert linked is not None
    assert linked.id == DUBOIS.id


async def test_a_contact_that_begins_anew_comes_with_what_the_new_user_calls_them(sql: SqlStore) -> None:
    about = await begin(sql)
    await fill(sql, replace(ZHANG, contact_id=about.contact.id), replace(BOBS, name="Mr Zhang"))
    await sql.handle(wrote(), leave)
    at = await look(sql, wrote())
    assert at.entry is not None
    assert at.entry.id == ZHANG.id
    await sql.run(admin.set_default_user, ACT, "default", BOB.number)
    assert (await look(sql, wrote())).entry is None
    assert known_as(Contact("c", "a", "o", "Zhang"), None).name == ""


async def test_a_save_sees_its_entry_its_conversation_and_nobody_elses(sql: SqlStore) -> None:
    about = await begin(sql)
    await fill(sql, ZHANG, BOBS, replace(DUBOIS, contact_id=about.contact.id))
    assert (await saves(sql, "", ZHANG)).entry == ZHANG
    assert (await saves(sql, "", BOBS)).entry is None
    by_entry = await saves(sql, "", DUBOIS)
    assert by_entry.conversation == about
    other = await saves(sql, about.thread.id, ZHANG)
    assert other.conversation is None, "that contact was saved as Dubois"


async def test_what_a_decision_saves_is_there_and_a_card_shows_it(sql: SqlStore) -> None:
    about = await begin(sql)
    mine = replace(ZHANG, contact_id=about.contact.id, source="own")
    row = card(f"teams/{about.thread.id}", thread_id=about.thread.id, values={"card": "details", "entry": ZHANG.id})
    await sql.handle(wrote(), doing(entry=mine, rows=(row,)))
    assert await found(sql, "zhang") == [ZHANG.id]
    [job] = await sql.claim(NOW, LEASE, 5, "teams")
    assert job.known == Known(mine, about.contact, about)


async def test_the_card_of_a_stranger_knows_the_contact(sql: SqlStore) -> None:
    about = await begin(sql)
    row = card(f"teams/{about.thread.id}", thread_id=about.thread.id, values={"card": "details", "entry": ""})
    lost = card("teams/lost", values={"card": "details", "entry": "e-none"})
    await sql.handle(wrote(), doing(rows=(row, lost)))
    jobs = {job.lane: job.known for job in await sql.claim(NOW, LEASE, 5, "teams")}
    assert jobs == {f"teams/{about.thread.id}": Known(None, about.contact, about), "teams/lost": None}
    await deliver_all(sql)


async def test_what_comes_from_outside_changes_nothing_that_was_saved_in_teams(sql: SqlStore) -> None:
    taken = await sql.run(book.take, [ZHANG, DUBOIS], NOW)
    assert taken == book.Taken(new=2)
    await fill(sql, replace(ZHANG, name="Mine", source="own"))
    again = [replace(ZHANG, notes="new"), replace(DUBOIS, notes="new")]
    assert await sql.run(book.take, again, NOW + SECOND) == book.Taken(changed=1, kept=1)
    assert await sql.run(book.take, again, NOW + SECOND) == book.Taken(same=1, kept=1)
    assert await sql.run(book.take, [], NOW) == book.Taken()
    assert [each.name for each in await sql.run(book.listed, ANN.id, 10)] == ["Mine", "Émilie Dubois"]
    assert await sql.run(book.size, ANN.id) == 2
    assert await sql.run(book.ids_from, ANN.id, "file") == {DUBOIS.id}


async def test_nothing_can_be_saved_twice_for_one_contact(sql: SqlStore) -> None:
    await fill(sql, replace(ZHANG, contact_id="c"), replace(BOBS, contact_id="c"))
    with pytest.raises(DatabaseError):
        await fill(sql, replace(DUBOIS, contact_id="c"))


async def test_a_search_does_not_wait_for_the_writer(sqlite_url: str) -> None:
    from tests.store.conftest import opened

    sql = await opened(sqlite_url)
    await fill(sql, ZHANG)
    begun, go = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(_: object) -> None:
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(go.wait(), loop).result(10)

    writing = asyncio.create_task(sql.run(slow))
    await begun.wait()
    async with asyncio.timeout(5):
        assert await found(sql, "zhang") == [ZHANG.id]
    go.set()
    await writing
    with pytest.raises(DatabaseError, match="readonly"):
        await sql.read(book.save, [DUBOIS], NOW)
    await sql.close()


NAMES = ("张伟", "王伟", "李娜", "Zoë Wang", "O’Neil", "Wei Wang", "曾志伟", "Émilie", "x" * 300, "\u202eevil")
QUERIES = ("", "w", "wei", "王", "z", "138", "+86", "o'n", "em", "x", "zz", "伟", "a b", "wang wei")


def _books(random: Random) -> Sequence[Entry]:
    return [
        Entry(f"{user.id}-{at}", user.id, random.choice(NAMES), random.choice(NAMES), (f"+86138001380{at:02}",))
        for user in (ANN, BOB)
        for at in range(20)
    ]


@pytest.mark.parametrize("seed", range(5))
async def test_nobody_ever_finds_another_users_contact(sql: SqlStore, seed: int) -> None:
    random = Random(seed)
    everybody = _books(random)
    await fill(sql, *everybody)
    theirs = await begin(sql, f"o-{seed}")
    for user in (ANN, BOB):
        mine = {each.id for each in everybody if each.user_id == user.id}
        mine |= {theirs.contact.id} if user is ANN else set()
        for query in QUERIES:
            assert set(await found(sql, query, user.aad, random.randrange(3), random.randrange(1, 30))) <= mine
        for each in everybody:
            chosen = await Books(sql).chosen("tenant", user.aad, each.id, "")
            assert (chosen == Found()) is (each.id not in mine)
            asked = DetailsAsked(new_id(), new_id(), NOW, "tenant", user.aad, HOME, "", each.id)
            assert ((await look(sql, asked)).entry is None) is (each.id not in mine)
