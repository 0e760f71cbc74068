"""One turn: botbuilder's hooks, all of which do the same: activity → event → engine → answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from bot.domain.events import FromUser
from bot.ports import Book, Clock
from bot.teams import answers, extension, typeahead
from bot.teams.actions import event_of
from bot.teams.activity import Json, aad, locale, reference, tenants, word
from bot.teams.sdk import ANSWER, RAW, TeamsActivityHandler, TurnContext

log = logging.getLogger(__name__)


class Handles(Protocol):
    """The engine, as this side sees it."""

    async def handle(self, event: FromUser) -> Mapping[str, Any]:
        """Carry the event out, durably, before this returns; the answer is one of those in `bot.teams.answers`."""


class Conversations(TeamsActivityHandler):
    """Overrides the hooks by activity type, not Teams' finer ones: those call the connector and break on odd data.

    `ids()` names each event; `mark` is the address of the WeChat mark in search results.
    """

    def __init__(self, engine: Handles, clock: Clock, ids: Callable[[], str], book: Book, mark: str) -> None:
        super().__init__()
        self._engine, self._clock, self._ids, self._book, self._mark = engine, clock, ids, book, mark

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await self._tell(turn_context)

    async def on_message_update_activity(self, turn_context: TurnContext) -> None:
        await self._tell(turn_context)

    async def on_message_delete_activity(self, turn_context: TurnContext) -> None:
        await self._tell(turn_context)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        await self._tell(turn_context)

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        await self._tell(turn_context)

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:
        """Every invoke is answered with 200, whatever its name: Teams shows an error for 501.

        The answer goes to the door as it is: what is returned here botbuilder copies field by field, twice.
        """
        raw: Json = turn_context.turn_state[RAW]
        if extension.looks_up(raw):
            turn_context.turn_state[ANSWER] = await self._look_up(raw)
        elif word(raw, "name") == typeahead.SEARCH:
            turn_context.turn_state[ANSWER] = await self._offer(raw)
        else:
            answer = await self._tell(turn_context)
            turn_context.turn_state[ANSWER] = answers.body(word(raw, "name"), answer, locale(raw))

    async def _look_up(self, raw: Json) -> Mapping[str, Any]:
        """Searching changes nothing, so it is no event: it is read beside everything that is being written."""
        who, told, now = aad(raw), reference(raw), self._clock.now()
        told_apart = bool(who) and len(tenants(raw)) == 1
        if word(raw, "name") == extension.SELECT:
            choice = extension.choice_of(raw)
            ids = (choice.entry_id, choice.thread_id)
            found = await self._book.chosen(told.tenant_id, who, *ids) if told_apart else None
            return extension.chosen(found, told, now)
        wish = extension.search_of(raw)
        page = (wish.text, wish.skip, wish.count)
        found = await self._book.search(told.tenant_id, who, *page) if told_apart else None
        if word(raw, "name") == extension.QUERY:
            return extension.results(found, wish, told, now, self._mark)
        return extension.dialog(found, wish, told, now)

    async def _offer(self, raw: Json) -> Mapping[str, Any]:
        sought = typeahead.sought(raw)
        told_apart = sought is not None and bool(aad(raw)) and len(tenants(raw)) == 1
        known = (reference(raw).tenant_id, aad(raw), sought or "")
        return typeahead.offered(await self._book.colleagues(*known) if told_apart else ())

    async def on_message_reaction_activity(self, turn_context: TurnContext) -> None:
        """A like means nothing to us."""

    async def on_event_activity(self, turn_context: TurnContext) -> None:
        """Nor do read receipts and meetings."""

    async def _tell(self, turn_context: TurnContext) -> Mapping[str, Any]:
        raw: Json = turn_context.turn_state[RAW]
        event = event_of(raw, self._ids(), self._clock.now())
        told = {"action": "teams_activity", "activity": word(raw, "type"), "invoke": word(raw, "name")}
        if event is None:
            log.debug("an activity that means nothing to us", extra=told)
            return {}
        log.info("from Teams", extra=told | {"event": type(event).__name__, "event_id": event.id})
        return await self._engine.handle(event)
