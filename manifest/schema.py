"""Microsoft's manifest schema 1.23, as far as this app declares anything; a test holds it against the schema itself.

It is narrower than the schema where Teams is: a version of three numbers, https only, no empty text.
"""

from typing import Final

from manifest.shape import Flag, Group, Many, OneOf, Text

VERSION: Final = "1.23"
SCHEMA: Final = f"https://developer.microsoft.com/en-us/json-schemas/teams/v{VERSION}/MicrosoftTeams.schema.json"
_NUMBER: Final = "(0|[1-9][0-9]{0,4})"
VERSION_NUMBER: Final = rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}"

_GUID = Text(36, "[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", "a GUID, as 1d5b…-…-…-…-…c3, without braces")
_ADDRESS = Text(2048, r"https://\S+", "an address that begins with https://")
_FILE = Text(2048, r"[^/\\:]+", "the name of a file at the zip's root, without a path")
_LANGUAGE = Text(26, "[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,2}", "a language tag such as en or zh-cn")
_SCOPE = OneOf(("personal", "team", "groupChat"))
_CAPABILITY = OneOf(("bot", "tab", "connector"))

_COMMAND = Group({"title": Text(128), "description": Text(4000)})
_COMMANDS = Group({"scopes": Many(3, _SCOPE), "commands": Many(10, _COMMAND)})
_BOT = Group(
    {"botId": _GUID, "scopes": Many(3, _SCOPE), "commandLists": Many(3, _COMMANDS)},
    {name: Flag() for name in ("isNotificationOnly", "supportsFiles", "supportsCalling", "supportsVideo")},
)
_PARAMETER = Group(
    {"name": Text(64), "title": Text(32)},
    {"description": Text(128), "value": Text(512), "isRequired": Flag(), "inputType": OneOf(("text",))},
)
_LOOKUP = Group(
    {"id": Text(64), "title": Text(32)},
    {
        "parameters": Many(5, _PARAMETER),
        "type": OneOf(("query", "action")),
        "description": Text(128),
        "context": Many(3, OneOf(("compose", "commandBox", "message"))),
        "initialRun": Flag(),
        "fetchTask": Flag(),
    },
)
_EXTENSION = Group({"botId": _GUID, "commands": Many(10, _LOOKUP)}, {"id": Text(64), "canUpdateConfiguration": Flag()})
_TRANSLATION = Group({"languageTag": _LANGUAGE, "file": _FILE})

MANIFEST: Final = Group(
    {
        "$schema": OneOf((SCHEMA, SCHEMA.replace("/en-us", ""))),
        "manifestVersion": OneOf((VERSION,)),
        "version": Text(256, VERSION_NUMBER, "three numbers such as 1.4.0"),
        "id": _GUID,
        "developer": Group(
            {"name": Text(32), "websiteUrl": _ADDRESS, "privacyUrl": _ADDRESS, "termsOfUseUrl": _ADDRESS},
            {"mpnId": Text(10)},
        ),
        "localizationInfo": Group(
            {"defaultLanguageTag": _LANGUAGE, "additionalLanguages": Many(99, _TRANSLATION)},
            {"defaultLanguageFile": _FILE},
        ),
        "name": Group({"short": Text(30), "full": Text(100)}),
        "description": Group({"short": Text(80), "full": Text(4000)}),
        "icons": Group({"color": _FILE, "outline": _FILE}),
        "accentColor": Text(7, "#[0-9a-fA-F]{6}", "a colour such as #0E5A6B"),
        "bots": Many(1, _BOT),
        "composeExtensions": Many(1, _EXTENSION),
        "validDomains": Many(16, Text(2048)),
        # Without it Graph does not let the app install itself for a person who is newly enabled.
        "webApplicationInfo": Group({"id": _GUID, "resource": Text(2048)}),
    },
    {
        "permissions": Many(2, OneOf(("identity", "messageTeamMembers")), least=0),
        "defaultInstallScope": _SCOPE,
        "defaultGroupCapability": Group({}, {"team": _CAPABILITY, "groupchat": _CAPABILITY}),
        "publisherDocsUrl": _ADDRESS,
    },
)
