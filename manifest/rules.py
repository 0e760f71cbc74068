"""What the schema lets pass and Teams does not notice: whose ids, which addresses, commands and permissions."""

import re
from collections.abc import Iterator
from typing import Any, Final

from manifest.finding import Finding, leaves
from manifest.package import Package
from manifest.registration import ZERO_GUID, Registration, host_of, unreachable

COMMANDS: Final = {
    "personal": ("help", "messages", "queue", "status", "leave", "settings", "invite"),
    "team": ("help", "queue", "status", "leave"),
    "groupChat": ("help", "queue", "status", "leave"),
}
SEARCH: Final = "contacts"
DIALOG: Final = "find_contact"
# Nothing else is asked for: the app reads who writes to it, and that is all it needs.
PERMISSIONS: Final = ("identity",)

_BOT_IDS: Final = ("bots[0].botId", "composeExtensions[0].botId", "webApplicationInfo.id")
_PLACEHOLDER: Final = re.compile(
    r"\$\{|\{\{|\}\}|<[a-z_ -]+>|\b(TODO|FIXME|TBD|CHANGE.?ME|lorem ipsum)\b", re.IGNORECASE
)
_BUILD: Final = "Build it anew: python -m manifest build."


def ids(package: Package, registration: Registration) -> Iterator[Finding]:
    """Every id is the app's own or its bot's."""
    found = dict(leaves(package.manifest))
    bot_id = registration.bot_id or str(found.get(_BOT_IDS[0], "")).lower()
    for place, own in (("id", registration.app_id), *((place, bot_id) for place in _BOT_IDS)):
        given = str(found.get(place, "")).lower()
        if given == ZERO_GUID:
            yield Finding(place, "is a GUID of zeros", f"Set MicrosoftAppId in .env. {_BUILD}")
        elif given and own and given != own:
            source = "MicrosoftAppId in the environment" if registration.bot_id else "bots[0].botId"
            source = "--app-id" if place == "id" and own != registration.bot_id else source
            yield Finding(place, f"is {given}, but {source} is {own}", f"One app, one id. {_BUILD}")


def addresses(package: Package, registration: Registration) -> Iterator[Finding]:
    """Every address is https, can be reached, and is the service's own."""
    for place, value in _texts(package):
        if "http://" in value:
            yield Finding(place, "has an http address", "Write https; Teams shows nothing that comes without it.")
        if place.startswith("developer.") and value.startswith("https://"):
            yield from _own(place, host_of(value), registration)


def domains(package: Package, registration: Registration) -> Iterator[Finding]:
    """Whoever owns a valid domain may show pages in the app's name: our own host, and nobody else."""
    given = [str(entry) for entry in _list(package.manifest.get("validDomains"))]
    for number, domain in enumerate(given):
        place = f"validDomains[{number}]"
        if "*" in domain:
            yield Finding(place, f"is {domain}, a wildcard", "Name the one host of PUBLIC_BASE_URL.")
        elif re.search(r"[/:]", domain):
            yield Finding(place, f"is {domain}", "Write the host alone, without https://, port or path.")
        else:
            yield from _own(place, domain.lower(), registration)
    if registration.host and registration.host not in map(str.lower, given):
        yield Finding("validDomains", f"lacks {registration.host}, the host of PUBLIC_BASE_URL", _BUILD)


def placeholders(package: Package, registration: Registration) -> Iterator[Finding]:
    """Nothing is left to be filled in."""
    texts = [
        *_texts(package),
        *((name, text) for name, inner in package.languages.items() for _, text in leaves(inner)),
    ]
    for place, value in texts:
        if match := _PLACEHOLDER.search(str(value)):
            yield Finding(place, f"has a placeholder left in it ({match[0]})", f"Fill it in. {_BUILD}")


def commands(package: Package, registration: Registration) -> Iterator[Finding]:
    """In every scope the bot is there, and its commands are in the menu, each once."""
    bot = _first(package.manifest.get("bots"))
    lists = [entry for entry in _list(bot.get("commandLists")) if isinstance(entry, dict)]
    for scope, needed in COMMANDS.items():
        if scope not in _list(bot.get("scopes")):
            yield Finding("bots[0].scopes", f"lacks {scope}", f'Add "{scope}"; without it the app is not there.')
        titles = [
            _word(command, "title")
            for entry in lists
            if scope in _list(entry.get("scopes"))
            for command in _list(entry.get("commands"))
        ]
        if missing := [title for title in needed if title not in titles]:
            cure = "Add each with a title and a description."
            yield Finding("bots[0].commandLists", f"lacks for {scope}: {', '.join(missing)}", cure)
        if twice := sorted({title for title in titles if titles.count(title) > 1}):
            yield Finding("bots[0].commandLists", f"has twice for {scope}: {', '.join(twice)}", "Keep one of each.")
    if bot.get("isNotificationOnly") is True:
        yield Finding("bots[0].isNotificationOnly", "is true", "Write false; otherwise nobody can write to the bot.")


def search(package: Package, registration: Registration) -> Iterator[Finding]:
    """The message extension finds contacts: by a search, and from a message's menu, where Teams takes dialogs only."""
    commands = _list(_first(package.manifest.get("composeExtensions")).get("commands"))
    found = [each for each in commands if isinstance(each, dict)]
    searches = [each for each in found if _word(each, "type") in ("", "query")]
    if SEARCH not in [_word(each, "id") for each in searches if _list(each.get("parameters"))]:
        cure = f'Add the command with the id "{SEARCH}" and the type "query", as appPackage/manifest.json has it.'
        yield Finding("composeExtensions[0].commands", f"lacks the search {SEARCH}", cure)
    dialogs = [each for each in found if _word(each, "type") == "action" and "message" in _list(each.get("context"))]
    if DIALOG not in [_word(each, "id") for each in dialogs if each.get("fetchTask") is True]:
        cure = f'Add the command with the id "{DIALOG}" and the type "action", as appPackage/manifest.json has it.'
        yield Finding("composeExtensions[0].commands", f"lacks the dialog {DIALOG}", cure)


def permissions(package: Package, registration: Registration) -> Iterator[Finding]:
    """Nothing is asked for that the app does not use; every administrator reads the list before consenting."""
    for number, name in enumerate(_list(package.manifest.get("permissions"))):
        if name not in PERMISSIONS:
            yield Finding(f"permissions[{number}]", f"asks for {name}, which the app does not use", "Take it out.")
    for name in ("authorization", "devicePermissions"):
        if package.manifest.get(name):
            yield Finding(name, "asks for permissions that the app does not use", "Take it out.")
    bot = _first(package.manifest.get("bots"))
    for name in ("supportsCalling", "supportsVideo"):
        if bot.get(name) is True:
            yield Finding(f"bots[0].{name}", "is true, but the bot takes no calls", "Write false.")


def _own(place: str, host: str, registration: Registration) -> Iterator[Finding]:
    if why := unreachable(host):
        yield Finding(place, f"cannot be reached by Teams: {why}", f"Set the real PUBLIC_BASE_URL. {_BUILD}")
    elif registration.host and host != registration.host:
        yield Finding(place, f"is at {host}, but PUBLIC_BASE_URL is at {registration.host}", _BUILD)


def _texts(package: Package) -> list[tuple[str, str]]:
    found = leaves(package.manifest)
    return [(place, value) for place, value in found if isinstance(value, str) and place != "$schema"]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _first(value: Any) -> dict[str, Any]:
    return next((entry for entry in _list(value) if isinstance(entry, dict)), {})


def _word(value: Any, name: str) -> str:
    return str(value.get(name, "")) if isinstance(value, dict) else ""
