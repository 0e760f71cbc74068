"""The doors into botbuilder, which has no types, and the one place that makes its `Activity`."""

from __future__ import annotations

from typing import Any

from botbuilder.core import TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity, ChannelAccount, ConversationAccount
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
    ConnectorFactory,
    UserTokenClient,
)

from bot.teams.activity import Json, part, word

__all__ = [
    "ANSWER",
    "RAW",
    "Activity",
    "AuthenticateRequestResult",
    "BotFrameworkAuthentication",
    "ClaimsIdentity",
    "CloudAdapter",
    "ConnectorFactory",
    "TeamsActivityHandler",
    "TurnContext",
    "UserTokenClient",
    "activity_of",
]

RAW = "multiline.activity"
"""Where a turn's state holds the activity as it came: botbuilder's own model loses `conversation.tenantId` and more."""

ANSWER = "multiline.answer"
"""Where it holds what an invoke is answered; None is an answer without a body."""


def activity_of(raw: Json) -> Any:
    """botbuilder's Activity of the JSON.

    Put together from the few fields that a turn needs, in 5 µs: `Activity().deserialize` takes 185 µs for all of them,
    which is more than the rest of the request.
    """
    return Activity(
        type=word(raw, "type"),
        id=word(raw, "id"),
        name=word(raw, "name"),
        text=word(raw, "text"),
        channel_id=word(raw, "channelId"),
        service_url=word(raw, "serviceUrl"),
        reply_to_id=word(raw, "replyToId"),
        locale=word(raw, "locale"),
        from_property=_account(part(raw, "from")),
        recipient=_account(part(raw, "recipient")),
        conversation=ConversationAccount(
            id=word(raw, "conversation", "id"), tenant_id=word(raw, "conversation", "tenantId")
        ),
        channel_data=raw.get("channelData"),
        value=raw.get("value"),
    )


def _account(raw: Json) -> Any:
    return ChannelAccount(id=word(raw, "id"), name=word(raw, "name"), aad_object_id=word(raw, "aadObjectId"))
