"""The Store in memory, for tests of what is above it; the store's own tests hold it to the same behaviour."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.attention import Care
from bot.domain.effects import State
from bot.domain.events import (
    Delivered,
    Due,
    Event,
    FromContact,
    FromOthers,
    FromUser,
    PromptReported,
    Report,
    RequestLapsed,
    UserAsked,
    UserConnected,
    UserDisconnected,
    UserEdited,
    UserInstalled,
    UserListed,
    UserRemoved,
    UserSettled,
    UserWrote,
)
from bot.domain.policy import Policy
from bot.domain.state import Phase, Prompt, Thread
from bot.ports import Account, Changes, Contact, Conversation, Decide, Job, Message, Row, Settle, Snapshot, User
from bot.store import codec


@dataclass(slots=True)
class Sending:
    """An outbox row and what became of it."""

    id: int
    row: Row
    state: str = "pending"
    tries: int = 0
    remote_id: str = ""
    code: str = ""


@dataclass(slots=True)
class Lane:
    head: int | None = None
    due_at: datetime | None = None
    token: str = ""
    user_id: str = ""


@dataclass(slots=True)
class Place:
    """A thread and whose it is."""

    thread: Thread
    contact_id: str
    user_id: str
    care: Care = field(default_factory=Care)


@dataclass(slots=True)
class FakeStore:
    """Fill it with `users`, `accounts` and `policies`; everything it holds may be looked at."""

    users: dict[str, User] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=lambda: {"default": Policy()})
    contacts: dict[str, Contact] = field(default_factory=dict)
    threads: dict[str, Place] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    originals: dict[str, str] = field(default_factory=dict)
    inbox: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    outbox: dict[int, Sending] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)
    posts: dict[tuple[str, str], str] = field(default_factory=dict)
    audit: list[Mapping[str, Any]] = field(default_factory=list)
    claims: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    # ---- the Protocol

    async def handle(self, event: Event, decide: Decide) -> Mapping[str, Any]:
        if event.key in self.inbox:
            return self.inbox[event.key]
        if isinstance(event, Report) and not isinstance(event, Delivered) and not self._stands(event):
            return {}
        changes = decide(event, self.snapshot(event))
        self._write(changes, event)
        answer: Mapping[str, Any] = codec.loads(codec.dumps(changes.answer))
        if event.key:
            self.inbox[event.key] = answer
        if changes.audit is not None:
            self.audit.append(codec.loads(codec.canonical(changes.audit)))
        self.news.set()
        return answer

    async def claimable(self, now: datetime, ways: Sequence[str]) -> Sequence[str]:
        self.news.clear()
        due = {name.partition("/")[0] for name, lane in self.lanes.items() if lane.due_at and lane.due_at <= now}
        return [way for way in ways if way in due]

    async def claim(self, now: datetime, lease: timedelta, limit: int, way: str) -> Sequence[Job]:
        due = [(lane.due_at, name, lane) for name, lane in self.lanes.items() if lane.due_at and lane.due_at <= now]
        due = sorted((each for each in due if each[1].partition("/")[0] == way.rstrip("/")), key=lambda each: each[:2])
        jobs = []
        for _, _, lane in due[:limit]:
            self.claims += 1
            lane.due_at, lane.token = now + lease, f"claim-{self.claims}"
            jobs.append(self._job(lane))
        return jobs

    async def put_off(self, held: Sequence[tuple[Job, datetime]]) -> None:
        for job, until in held:
            lane = self.lanes[job.lane]
            if lane.token == job.token:
                lane.due_at, lane.token = min(until, job.before or until), ""

    async def hasten(self, way: str, latest: datetime, until: datetime) -> None:
        for name, lane in self.lanes.items():
            if name.startswith(way) and lane.due_at and lane.due_at > latest:
                lane.due_at = until

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        timers = [(place.thread.due, ident) for ident, place in self.threads.items() if place.thread.due]
        return [ident for at, ident in sorted(timers) if at <= now][:limit]

    async def lapsed(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        return []  # nobody asks for a hand-over here

    async def wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.news.wait()
        except TimeoutError:
            pass

    def wake(self) -> None:
        self.news.set()

    # ---- reading

    def conversation(self, thread_id: str) -> Conversation | None:
        place = self.threads.get(thread_id)
        if place is None:
            return None
        return Conversation(place.thread, self.contacts[place.contact_id], self.users[place.user_id], place.care)

    def open(self) -> Iterator[Conversation]:
        """Conversations that were not left, the newest first."""
        places = [place for place in self.threads.values() if place.thread.phase is not Phase.LEFT]
        for place in sorted(places, key=lambda place: place.thread.heard_at, reverse=True):
            yield Conversation(place.thread, self.contacts[place.contact_id], self.users[place.user_id], place.care)

    def snapshot(self, event: Event) -> Snapshot:
        match event:
            case FromContact():
                found = self._of_contact(event)
            case FromUser():
                found = self._of_user(event)
            case _:
                found = self._of_thread(event)
        return replace(found, policy=self._policy(found.user), policies=dict(self.policies))

    def _policy(self, user: User | None) -> Policy:
        return self.policies.get(user.policy if user else "default") or self.policies["default"]

    def _of_contact(self, event: FromContact) -> Snapshot:
        account = self.accounts.get(event.account, Account(event.account))
        people = self.contacts.values()
        contact = next((c for c in people if (c.account, c.openid) == (event.account, event.openid)), None)
        found = [each for each in self._about(event) if contact and each.contact.id == contact.id]
        user = found[0].user if found else self.users.get(account.default_user)
        return Snapshot(Policy(), account, user, contact, found[0] if found else None, message=self._prompt(event))

    def _prompt(self, event: FromContact) -> Message | None:
        if not isinstance(event, PromptReported):
            return None
        sent = (each for each in self.outbox.values() if each.row.kind == "template")
        refs = [each.row.ref for each in sent if each.remote_id == event.remote_id]
        return self.messages.get(refs[-1]) if refs else None

    def _about(self, event: FromContact) -> Iterator[Conversation]:
        if not isinstance(event, PromptReported):
            yield from self.open()
            return
        for sending in reversed(self.outbox.values()):
            if sending.remote_id == event.remote_id and sending.row.kind == "template":
                yield from filter(None, [self.conversation(sending.row.thread_id)])
        yield from (each for each in self.open() if each.thread.prompt is Prompt.SENDING)

    def _of_user(self, event: FromUser) -> Snapshot:
        user = next((u for u in self.users.values() if (u.tenant, u.aad) == (event.tenant, event.aad)), None)
        message, thread_id = self._named(event)
        about = self.conversation(thread_id)
        mine: tuple[Conversation, ...] = ()
        if isinstance(event, UserWrote | UserAsked | UserConnected | UserDisconnected | UserRemoved) and not thread_id:
            mine = tuple(each for each in self.open() if user and each.user.id == user.id)
            about = self._addressed(event, user)
        contact = about.contact if about else None
        return Snapshot(Policy(), None, user, contact, about, mine, message)

    def _addressed(self, event: FromUser, user: User | None) -> Conversation | None:
        """The conversation that the place is bound to, or whose message is quoted."""
        if event.reference.kind != "personal":
            bound = (ident for ident, at in self.threads.items() if at.care.place_id == event.reference.conversation_id)
            return self.conversation(next(bound, ""))
        if not isinstance(event, UserWrote) or not event.quoted or user is None:
            return None
        rows = (each.row for each in self.outbox.values())
        posted = {row.thread_id for row in rows if self.posts.get((user.id, row.post)) == event.quoted}
        said = {m.thread_id for m in self.messages.values() if m.activity_key and m.activity_key == event.quoted_key}
        found = self.conversation(next(iter((posted | said) - {""}), ""))
        return found if found and found.user.id == user.id else None

    def _named(self, event: FromUser) -> tuple[Message | None, str]:
        if isinstance(event, UserInstalled | UserRemoved | UserListed | UserSettled):
            return None, ""
        if isinstance(event, UserEdited):
            known = (m for m in self.messages.values() if m.activity_key and m.activity_key == event.activity_key)
            message = next(known, None)
            return message, message.thread_id if message else ""
        return self.messages.get(getattr(event, "message_id", "")), str(getattr(event, "thread_id", ""))

    def _of_thread(self, event: Due | RequestLapsed | Report | FromOthers) -> Snapshot:
        if isinstance(event, Report) and not event.lane.startswith("wechat/"):
            return Snapshot(Policy())
        about = self.conversation(event.thread_id)
        user = about.user if about else None
        if isinstance(event, Report) and user is None and event.row in self.outbox:
            user = self.users.get(self.outbox[event.row].row.user_id)
        message = self.messages.get(getattr(event, "ref", ""))
        return Snapshot(Policy(), None, user, about.contact if about else None, about, (), message)

    # ---- writing

    def _write(self, changes: Changes, event: Event) -> None:
        self._write_people(changes)
        for message in changes.messages:
            self.messages.setdefault(message.id, message)
        for ident, thread_id in changes.assigned:
            self.messages[ident] = replace(self.messages[ident], thread_id=thread_id)
        for ident, state, why in changes.marks:
            self._mark(ident, state, why)
        for ident, text in changes.rewords:
            self.originals.setdefault(ident, self.messages[ident].text)
            self.messages[ident] = replace(self.messages[ident], text=text)
        self._write_outbox(changes, event)

    def _write_people(self, changes: Changes) -> None:
        opened = changes.opened
        if contact := changes.contact or (opened.contact if opened else None):
            self.contacts[contact.id] = contact
        if user := changes.user:
            known = self.users.get(user.id, user)
            self.users[user.id] = replace(known, name=user.name, upn=user.upn, reference=user.reference)
        if opened:
            assert opened.contact.id not in {each.contact.id for each in self.open()}, "one open thread per contact"
            self.threads[opened.thread.id] = Place(opened.thread, opened.contact.id, opened.user.id)
        if changes.thread:
            self.threads[changes.thread.id].thread = changes.thread
        for ident, care in changes.cares:
            self.threads[ident].care = care
        if changes.desk:
            self.users[changes.desk[0]] = replace(self.users[changes.desk[0]], desk=changes.desk[1])
        if changes.settings:
            self.users[changes.settings[0]] = replace(self.users[changes.settings[0]], settings=changes.settings[1])

    def _mark(self, ident: str, state: State, why: str) -> None:
        if ident in self.messages:
            self.messages[ident] = replace(self.messages[ident], state=state, why=why)

    def _write_outbox(self, changes: Changes, event: Event) -> None:
        if changes.recalled:
            thread = changes.thread or (changes.opened.thread if changes.opened else None)
            self._recall(thread.id if thread else getattr(event, "thread_id", ""), changes.recalled, event.at)
        if changes.settled:
            self._settle(changes.settled, event.at)
        known = len(self.outbox)
        for row in changes.rows:
            self._enqueue(replace(row, values={**row.values, "event": event.id}), event.at, known)
        if changes.wake_user:
            for lane in self.lanes.values():
                if lane.user_id == changes.wake_user and lane.due_at and not lane.token:
                    lane.due_at = min(lane.due_at, event.at)

    def _enqueue(self, row: Row, now: datetime, known: int) -> None:
        if row.again and not self._shown(row):
            return
        lane = self.lanes.setdefault(row.lane, Lane(user_id=row.user_id))
        if not self._become(row, lane, known):
            ident = len(self.outbox) + 1
            self.outbox[ident] = Sending(ident, replace(row, values=codec.loads(codec.dumps(row.values))))
            if lane.head is None:
                lane.head, lane.due_at, lane.token, lane.user_id = ident, now + row.hold, "", row.user_id
        if lane.head and lane.due_at and not lane.token and not row.hold and not self.outbox[lane.head].tries:
            lane.due_at = min(lane.due_at, now)

    def _become(self, row: Row, lane: Lane, known: int) -> bool:
        """Whether one of the first `known` cards, which still waits, became this one."""
        for each in reversed([self.outbox[ident] for ident in range(1, known + 1)]):
            there = each.row
            same = row.post and (there.lane, there.user_id, there.post) == (row.lane, row.user_id, row.post)
            if same and each.state == "pending" and not (each.id == lane.head and lane.token):
                if row.values.get("moves") or there.values.get("moves"):
                    return False
                kept = {name: there.values[name] for name in ("event", "alert") if name in there.values}
                values = codec.loads(codec.dumps({**row.values, **kept}))
                each.row = replace(there, ref=row.ref, values=values)
                return True
        return False

    def _shown(self, row: Row) -> bool:
        pending = (each.row for each in self.outbox.values() if each.state == "pending")
        return (row.user_id, row.post) in self.posts or any(
            (each.lane, each.post) == (row.lane, row.post) for each in pending
        )

    def _recall(self, thread_id: str, refs: Sequence[str], now: datetime) -> None:
        for sending in self.outbox.values():
            row = sending.row
            if sending.state == "pending" and row.kind != "card" and row.thread_id == thread_id and row.ref in refs:
                sending.state = "recalled"
        for name in {sending.row.lane for sending in self.outbox.values() if sending.state == "recalled"}:
            head = self.lanes[name].head
            if head is not None and self.outbox[head].state == "recalled":
                self._advance(name, head, now)

    def _stands(self, report: Report) -> bool:
        lane = self.lanes.get(self.outbox[report.row].row.lane) if report.row in self.outbox else None
        return lane is not None and (lane.head, lane.token) == (report.row, report.token)

    def _settle(self, settle: Settle, now: datetime) -> None:
        sending, lane = self.outbox[settle.row], self.lanes[settle.lane]
        if settle.until is not None:
            if sending.state == "pending":
                sending.tries, sending.code = sending.tries + 1, settle.code
            if lane.head == settle.row:
                lane.due_at, lane.token = min(settle.until, sending.row.before or settle.until), ""
            return
        if sending.state != "sent":
            sending.state, sending.remote_id, sending.code = settle.state, settle.remote_id, settle.code
            row = sending.row
            if row.kind == "card" and row.post and settle.state == "sent" and settle.remote_id:
                self.posts[row.user_id, row.post] = settle.remote_id
        elif settle.state == "sent" and not settle.remote_id:
            self._show_newest(sending, now)
        self._advance(settle.lane, settle.row, now)

    def _show_newest(self, late: Sending, now: datetime) -> None:
        there = late.row
        same = [
            each.row
            for each in self.outbox.values()
            if each.id > late.id and each.state in ("pending", "sent") and there.post
            if (each.row.lane, each.row.user_id, each.row.post) == (there.lane, there.user_id, there.post)
        ]
        if same and not same[-1].values.get("moves"):
            self._enqueue(replace(same[-1], again=True), now, len(self.outbox))

    def _advance(self, name: str, row: int, now: datetime) -> None:
        lane = self.lanes[name]
        if lane.head == row:
            waiting = [each.id for each in self.outbox.values() if each.row.lane == name and each.state == "pending"]
            lane.head, lane.token = min(waiting, default=None), ""
            lane.due_at = now if waiting else None

    # ---- claiming

    def _job(self, lane: Lane) -> Job:
        assert lane.head is not None
        sending = self.outbox[lane.head]
        row, about = sending.row, self.conversation(sending.row.thread_id)
        user = self.users.get(row.user_id) or (about.user if about else None)
        queue = about.thread.queue if about and row.kind == "card" else ()
        return Job(
            *(sending.id, row.lane, lane.token, row.kind, row.thread_id, row.ref, sending.tries, row.before),
            row.values,
            post=row.post,
            posted=self.posts.get((row.user_id, row.post), "") if row.post else "",
            message=self.messages.get(row.ref),
            conversation=about,
            user=user,
            waiting=tuple(self.messages[q.message_id] for q in queue if q.message_id in self.messages),
            candidates=tuple(filter(None, map(self.conversation, row.values.get("candidates", ())))),
            policy=self._policy(user),
        )
