"""Whose app it is: the bot's id and the public address, from the environment or `.env`, and whether they can do."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from manifest.finding import Finding

GUID: Final = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
ZERO_GUID: Final = "00000000-0000-0000-0000-000000000000"

_LINE: Final = re.compile(r"""\s*(?:export\s+)?(?P<name>\w+)\s*=\s*(?P<quote>["']?)(?P<value>[^\s"']*)(?P=quote)""")
_LABEL: Final = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_HOST: Final = re.compile(rf"({_LABEL}\.)+[a-z]([a-z0-9-]*[a-z0-9])?", re.IGNORECASE)
# RFC 2606 and 6761: names that nobody can own, hence a forgotten example or this machine.
_RESERVED: Final = re.compile(
    r"(.*\.)?(example\.(com|net|org)|example|test|invalid|localhost|local|internal|lan|home\.arpa)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Registration:
    """An empty text is a value that is not known. `base_url` has no closing slash; ids are in lower case."""

    app_id: str = ""
    bot_id: str = ""
    base_url: str = ""

    @property
    def host(self) -> str:
        return host_of(self.base_url)


def read(environ: Mapping[str, str], env_file: Path, app_id: str = "") -> tuple[Registration, list[Finding]]:
    """What the environment sets wins over `env_file`; a bad value is a finding and stays unknown.

    `app_id` names the Teams app where it is not to be the bot's own id.
    """
    values = {**_written(env_file), **environ}
    bot_id, base_url = (values.get(name, "").strip() for name in ("MicrosoftAppId", "PUBLIC_BASE_URL"))
    findings = [*_bad_id(bot_id), *_bad_address(base_url)]
    told = {finding.where for finding in findings}
    bot_id = "" if "MicrosoftAppId" in told else bot_id.lower()
    base_url = "" if "PUBLIC_BASE_URL" in told else base_url.rstrip("/")
    return Registration((app_id or bot_id).lower(), bot_id, base_url), findings


def missing(registration: Registration) -> list[Finding]:
    """What a build cannot do without."""
    found = []
    if not registration.bot_id:
        where = "Azure portal > your Azure Bot > Configuration > Microsoft App ID"
        found.append(Finding("MicrosoftAppId", "is missing", f"Set it in .env, from {where}."))
    if not registration.base_url:
        cure = "Set it in .env to the outside https address of the service."
        found.append(Finding("PUBLIC_BASE_URL", "is missing", cure))
    return found


def host_of(address: str) -> str:
    """The host in lower case, or nothing where there is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def unreachable(host: str) -> str:
    """Why Teams cannot reach this host; nothing for a good one."""
    if _RESERVED.fullmatch(host):
        return f"{host} is an example or a name of this machine's network"
    if not _HOST.fullmatch(host):
        return f"{host or 'nothing'} is not a public host name"
    return ""


def _written(env_file: Path) -> dict[str, str]:
    text = env_file.read_text("utf-8-sig", "replace") if env_file.is_file() else ""
    matches = filter(None, map(_LINE.match, text.splitlines()))
    return {match["name"]: match["value"] for match in matches}


def _bad_id(bot_id: str) -> Iterator[Finding]:
    if bot_id and (not GUID.fullmatch(bot_id) or bot_id == ZERO_GUID):
        where = "Azure portal > your Azure Bot > Configuration > Microsoft App ID"
        yield Finding("MicrosoftAppId", "is not the id (GUID) of an application", f"Copy it from {where}.")


def _bad_address(base_url: str) -> Iterator[Finding]:
    if not base_url:
        return
    if not base_url.startswith("https://") or re.search(r"[@?#\s\"\\]", base_url):
        cure = "Write it as https://HOST, without user, query or fragment; Teams takes nothing but https."
        yield Finding("PUBLIC_BASE_URL", "is not a plain https address", cure)
    elif why := unreachable(host_of(base_url)):
        yield Finding("PUBLIC_BASE_URL", f"cannot be reached by Teams: {why}", "Set the real outside address.")
