"""The connector's refusals, with the bodies that Teams really sends.

Codes: msteams-docs, "Status codes from bot conversational APIs"; the odd MessageWritesBlocked body is from its page on
proactive messages.
"""

import json

from aiohttp import web

from bot.sim.connector.people import Json


def _framework(code: str, message: str) -> Json:
    return {"error": {"code": code, "message": message}}


def _teams(code: int, sub_code: str, details: str) -> Json:
    inner = {"subCode": sub_code, "details": details, "errorCode": None, "errorSubCode": None}
    return {"errorCode": code, "message": json.dumps(inner, indent=2).replace("\n", "\r\n")}


REFUSALS: dict[str, tuple[int, Json]] = {
    "BadSyntax": (400, _framework("BadSyntax", "Bad format of the request.")),
    "BotNotRegistered": (401, _framework("BotNotRegistered", "No registration found for this bot.")),
    "BotDisabledByAdmin": (403, _framework("BotDisabledByAdmin", "The tenant admin disabled this bot.")),
    "BotNotInConversationRoster": (
        403,
        _framework("BotNotInConversationRoster", "The bot is not part of the conversation roster."),
    ),
    "ConversationBlockedByUser": (
        403,
        _framework("ConversationBlockedByUser", "User blocked the conversation with the bot."),
    ),
    "MessageWritesBlocked": (403, _teams(209, "MessageWritesBlocked", "Thread is blocked from message writes.")),
    "ConversationNotFound": (404, _framework("ConversationNotFound", "Conversation not found.")),
    "ActivityNotFoundInConversation": (
        404,
        _framework("ActivityNotFoundInConversation", "The message id provided couldn't be found in the conversation."),
    ),
    "MemberNotFoundInConversation": (
        404,
        _framework("MemberNotFoundInConversation", "The member was not found in the conversation."),
    ),
    "PreconditionFailed": (412, _framework("PreconditionFailed", "Precondition failed, please try again.")),
    "MessageSizeTooBig": (413, _framework("MessageSizeTooBig", "Message size too large.")),
    "Throttled": (429, _framework("Throttled", "Too many requests.")),
    "InternalServerError": (500, _framework("InternalServerError", "An internal server error occurred.")),
    "ServiceError": (502, _framework("ServiceError", "Service dependency issue, please try again.")),
    "ServiceUnavailable": (503, _framework("ServiceUnavailable", "Service is unavailable.")),
    "GatewayTimeout": (504, _framework("GatewayTimeout", "Gateway timeout.")),
}


class Refused(Exception):
    """A call that the connector does not carry out, by the name of its refusal."""

    def __init__(self, name: str, retry_after: int | None = None) -> None:
        super().__init__(name)
        self.name, self.retry_after = name, retry_after

    def response(self) -> web.Response:
        status, body = REFUSALS[self.name]
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return web.json_response(body, status=status, headers=headers)
