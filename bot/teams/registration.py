"""The bot's registration in Azure, from the settings: which application proves itself, by what, to whom."""

from __future__ import annotations

from collections.abc import Callable

from bot.settings import Settings
from bot.teams import credentials
from bot.teams.credentials import RESOURCE, Acquire

LOGIN = "https://login.microsoftonline.com"
BOT_FRAMEWORK = "botframework.com"


def application(settings: Settings, resource: str = RESOURCE) -> Callable[[], Acquire]:
    """Opens the application that asks for tokens for `resource`."""
    if settings.app_type == "UserAssignedMSI":
        return credentials.managed_identity(settings.app_id, resource)
    issuer = authority(settings, resource)
    if settings.app_certificate_path is not None:
        return credentials.certificate(settings.app_id, issuer, settings.app_certificate_path, resource)
    return credentials.secret(settings.app_id, issuer, settings.app_password.reveal(), resource)


def authority(settings: Settings, resource: str) -> str:
    """Who issues the token: the bot's own tenant, but for a MultiTenant bot's way to Teams Bot Framework's."""
    of_many = settings.app_type == "MultiTenant" and resource == RESOURCE
    return f"{LOGIN}/{BOT_FRAMEWORK if of_many else settings.app_tenant_id}"
