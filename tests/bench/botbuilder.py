"""botbuilder as a peer: exactly as it comes, and its turn with the known hot spots removed.

As it comes it makes two connector clients for each turn, and for each of them tests 999 codes for membership in a list.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from botbuilder.core import ActivityHandler, CardFactory, InvokeResponse, MessageFactory, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import (
    Activity,
    AdaptiveCardInvokeResponse,
    ChannelAccount,
    ConversationAccount,
    ConversationReference,
)
from msrest.universal_http.requests import ClientRetryPolicy

Handler = Callable[[web.Request], Awaitable[web.Response]]
Json = dict[str, Any]


class Nobody:
    """botbuilder's configuration without an application id: authentication is off."""

    APP_ID = APP_PASSWORD = ""


class EchoBot(ActivityHandler):  # type: ignore[misc] # botbuilder has no types
    """The sample of Microsoft's documentation."""

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await turn_context.send_activity(f"Echo: {turn_context.activity.text}")


class ReplyBot(ActivityHandler):  # type: ignore[misc]
    """Gives a card's button's data to `replied`."""

    def __init__(self, replied: Callable[[Json], Awaitable[object]]) -> None:
        self._replied = replied

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        await self._replied(turn_context.activity.value["action"]["data"])
        body = AdaptiveCardInvokeResponse(status_code=200, type="application/vnd.microsoft.card.adaptive", value={})
        return InvokeResponse(status=200, body=body)


def as_it_comes(bot: ActivityHandler) -> Handler:
    """A door of botbuilder's, before `bot`."""
    return _door(CloudAdapter(ConfigurationBotFrameworkAuthentication(Nobody)), bot)


class Cached(ConfigurationBotFrameworkAuthentication):  # type: ignore[misc]
    """Makes each client once."""

    def __init__(self) -> None:
        super().__init__(Nobody)
        self._connectors: dict[str, Any] = {}
        self._user_tokens: Any = None

    async def authenticate_request(self, activity: Activity, auth_header: str) -> Any:
        result = await super().authenticate_request(activity, auth_header)
        make = result.connector_factory.create

        async def create(service_url: str, audience: str | None = None) -> Any:
            if service_url not in self._connectors:
                self._connectors[service_url] = await make(service_url, audience)
            return self._connectors[service_url]

        result.connector_factory.create = create
        return result

    async def create_user_token_client(self, claims_identity: Any) -> Any:
        if self._user_tokens is None:
            self._user_tokens = await super().create_user_token_client(claims_identity)
        return self._user_tokens


def turns(replied: Callable[[Json], Awaitable[object]]) -> Handler:
    """botbuilder's turn with a set in the place of the list, and the clients made once."""
    ClientRetryPolicy.safe_codes = frozenset(ClientRetryPolicy.safe_codes)  # type: ignore[assignment]
    return _door(CloudAdapter(Cached()), ReplyBot(replied))


def _door(adapter: CloudAdapter, bot: ActivityHandler) -> Handler:
    async def messages(request: web.Request) -> web.Response:
        answer: web.Response | None = await adapter.process(request, bot)
        return answer or web.Response()

    return messages


class Proactive:
    """Cards sent to a conversation outside a turn, as Microsoft's sample of proactive messages does it."""

    def __init__(self, url: str) -> None:
        self._adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(Nobody))
        conversation = ConversationAccount(id="a")
        self._reference = ConversationReference(
            channel_id="msteams", service_url=url, conversation=conversation, bot=ChannelAccount(id="bot")
        )

    async def show(self, card: Json) -> None:
        async def send(turn_context: TurnContext) -> None:
            await turn_context.send_activity(MessageFactory.attachment(CardFactory.adaptive_card(card)))

        await self._adapter.continue_conversation(self._reference, send, "app")
