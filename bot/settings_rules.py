"""The rules between settings: what must not be left out or set together, in development and for a real start. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from bot.setting import Problem, Spec

if TYPE_CHECKING:
    from bot.settings import Settings


def broken(settings: Settings, specs: Mapping[str, Spec], fields: Mapping[str, str]) -> Iterator[Problem]:
    """Every rule that is broken; `specs` and `fields` by the setting's outside name."""
    yield from _broken_registration(settings)
    yield from _broken_sms(settings, specs, fields)
    if settings.dev_mode:
        if not _loopback(settings.host):
            yield Problem("DEV_MODE", "is 1 but HOST is not loopback", "Set HOST=127.0.0.1, or leave DEV_MODE out.")
    else:
        yield from _broken_live(settings, specs, fields)


def _broken_registration(settings: Settings) -> Iterator[Problem]:
    if settings.app_type == "MultiTenant" and not settings.allowed_tenants:
        yield Problem(
            "MicrosoftAppType",
            "is MultiTenant without ALLOWED_TENANTS",
            "Azure creates no new multi-tenant bots since 31 July 2025: use SingleTenant or UserAssignedMSI;"
            " for a bot that already is one, list its customers in ALLOWED_TENANTS.",
        )


_SMS: Final = {
    "twilio": ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"),
    "azure": ("AZURE_SMS_ENDPOINT", "AZURE_SMS_ACCESS_KEY", "AZURE_SMS_FROM"),
}


def _broken_sms(settings: Settings, specs: Mapping[str, Spec], fields: Mapping[str, str]) -> Iterator[Problem]:
    for name in _SMS.get(settings.sms_gateway, ()):
        if not getattr(settings, fields[name]):
            yield Problem(name, f"is missing, though SMS_GATEWAY is {settings.sms_gateway}", specs[name].mend)


def _broken_live(settings: Settings, specs: Mapping[str, Spec], fields: Mapping[str, str]) -> Iterator[Problem]:
    """What holds for a start that is not for development: nothing missing, nothing in the clear."""
    for name, spec in specs.items():
        if spec.required and not getattr(settings, fields[name]):
            yield Problem(name, "is missing", spec.mend)
    if settings.app_type != "UserAssignedMSI" and not (settings.app_password or settings.app_certificate_path):
        mend = f"{specs['MicrosoftAppPassword'].mend} Or set MicrosoftAppCertificatePath."
        yield Problem("MicrosoftAppPassword", "is missing", mend)
    for name in (
        "PUBLIC_BASE_URL",
        "WECHAT_API_BASE_URL",
        "GRAPH_BASE_URL",
        "TWILIO_API_BASE_URL",
        "AZURE_SMS_ENDPOINT",
    ):
        if getattr(settings, fields[name]).startswith("http:"):
            yield Problem(name, "is not https", "Only DEV_MODE accepts http.")
    for name in ("TEAMS_SERVICE_HOSTS", "DEV_CLOCK_FILE"):
        if getattr(settings, fields[name]):
            yield Problem(name, "is set without DEV_MODE", "Remove it.")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
