"""What is looked at in the outside world: the public address, Microsoft, the clocks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import jwt

from bot.doctor.finding import Finding, failed, ok, warning
from bot.doctor.probe import Probe
from bot.settings import Settings
from bot.teams.credentials import Acquire

SKEW_BAD: Final = timedelta(minutes=5)
"""From here on WeChat's pushes are stale to us and Microsoft's tokens not yet valid."""

SKEW_ODD: Final = timedelta(seconds=30)

_WHERE: Final = "Azure portal > your Azure Bot > Configuration > Manage Password"
_CURES: Final[Mapping[str, tuple[str, str]]] = {
    "AADSTS7000215": ("the client secret is wrong", f"{_WHERE}: copy the secret's value, not its ID."),
    "AADSTS7000222": ("the client secret has expired", f"{_WHERE} > New client secret; set MicrosoftAppPassword."),
    "AADSTS700016": (
        "Entra does not know the application in this tenant",
        "Compare MicrosoftAppId and MicrosoftAppTenantId with the Azure Bot's Configuration.",
    ),
    "AADSTS90002": ("there is no such tenant", "Compare MicrosoftAppTenantId with Entra > Overview > Tenant ID."),
    "AADSTS700027": (
        "the certificate is not one of the application's",
        "Upload it: Entra > App registrations > Certificates & secrets.",
    ),
    "AADSTS7000112": ("the application is disabled", "Enable it: Entra > Enterprise applications > Properties."),
}


async def public_address(probe: Probe, settings: Settings) -> Finding:
    """Whether the address that both consoles call leads to this service, as seen from this machine."""
    what, cure = "public address", "Look at PUBLIC_BASE_URL, DNS, the certificate and the reverse proxy; is it running?"
    answer = await probe.ask(f"{settings.public_base_url}/healthz")
    if not answer.status:
        return failed(what, f"{settings.public_base_url} does not answer: {answer.why}", cure)
    if 300 <= answer.status < 400:
        return failed(what, f"{settings.public_base_url} redirects elsewhere", "Set the address that it leads to.")
    if answer.status != 200 or answer.json.get("status") != "ok":
        said = f"something else answers at {settings.public_base_url} (status {answer.status})"
        return failed(what, said, "The reverse proxy must pass every path on to HOST:PORT, unchanged.")
    return ok(what, f"{settings.public_base_url} leads to this service")


async def signing_keys(probe: Probe, openid_url: str) -> Finding:
    """Teams' keys, without which nothing that Teams sends can be believed."""
    answer = await probe.ask(openid_url, whose="Microsoft")
    if answer.status == 200 and answer.json.get("jwks_uri"):
        return ok("Teams keys", "can be fetched")
    said = f"cannot be fetched: {answer.why or f'status {answer.status}'}"
    return failed("Teams keys", said, "Let this machine reach login.botframework.com over https.")


async def teams_credentials(settings: Settings, open_application: Callable[[], Acquire]) -> Finding:
    """Whether Microsoft gives us a token, and whether it is this bot's."""
    what = "Teams credentials"
    try:
        answer = await asyncio.to_thread(lambda: open_application()())
    except Exception as error:
        return failed(what, *_not_asked(error, settings))
    token = answer.get("access_token")
    if not isinstance(token, str):
        return failed(what, *_refused(answer))
    try:
        claims: Mapping[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return warning(what, "a token was given that cannot be read", "Look whether a proxy answers for Microsoft.")
    return _whose(claims, settings)


def _not_asked(error: Exception, settings: Settings) -> tuple[str, str]:
    if isinstance(error, FileNotFoundError | PermissionError):
        return "the certificate's file cannot be read", "Look at MicrosoftAppCertificatePath and its permissions."
    if isinstance(error, ValueError):
        return (
            f"Microsoft knows no tenant {settings.app_tenant_id}, or the certificate's file is none",
            "Compare MicrosoftAppTenantId with Entra > Overview > Tenant ID.",
        )
    return f"Microsoft cannot be asked ({type(error).__name__})", "Let this machine reach login.microsoftonline.com."


def _refused(answer: Mapping[str, Any]) -> tuple[str, str]:
    """Only the number of Microsoft's answer: its words repeat ids and times."""
    code = re.search(r"AADSTS\d+", str(answer.get("error_description", "")))
    said = code[0] if code else str(answer.get("error", "no reason given"))[:80]
    known, cure = _CURES.get(said, ("Microsoft gives no token", "Look it up at login.microsoftonline.com/error."))
    return f"{known} ({said})", cure


def _whose(claims: Mapping[str, Any], settings: Settings) -> Finding:
    app_id, tenant = claims.get("appid") or claims.get("azp"), claims.get("tid")
    if app_id != settings.app_id:
        said = f"the token is application {app_id}'s, not {settings.app_id}'s"
        return failed("Teams credentials", said, "Compare MicrosoftAppId with the Azure Bot's Configuration.")
    if settings.app_type == "SingleTenant" and tenant and tenant != settings.app_tenant_id:
        said = f"the token is of tenant {tenant}"
        return failed("Teams credentials", said, "Compare MicrosoftAppTenantId with the Azure Bot's Configuration.")
    return ok("Teams credentials", "a token was given, for this bot")


def clocks(ahead: Mapping[str, timedelta]) -> Finding:
    """How far this machine's clock is from those that were seen."""
    if not ahead:
        return warning("clock", "no other clock could be read", "Mend what failed above, then look again.")
    whose, most = max(ahead.items(), key=lambda pair: abs(pair[1]))
    seconds = abs(round(most.total_seconds()))
    said = f"{seconds} seconds {'ahead of' if most > timedelta(0) else 'behind'} {whose}'s"
    if abs(most) >= SKEW_BAD:
        return failed("clock", said, "Set it, and keep it right: timedatectl set-ntp true")
    if abs(most) >= SKEW_ODD:
        return warning("clock", said, "Keep it right: timedatectl set-ntp true")
    return ok("clock", f"agrees with {' and '.join(sorted(ahead))}'s")
