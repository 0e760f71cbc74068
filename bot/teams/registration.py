"""The bot's registration in Azure, from the settings: which application proves itself, by what, to whom."""

from __future__ import annotations

from collections.abc import Callable

from bot.settings import Settings
from bot.teams import credentials
from bot.teams.credentials import RESOURCE, Acquire


def application(settings: Settings, resource: str = RESOURCE) -> Callable[[], Acquire]:
    """Opens the application that asks for tokens for `resource`."""
    if settings.app_type == "UserAssignedMSI":
        return credentials.managed_identity(settings.app_id, resource)
    # Bot Framework's own tenant knows a multi-tenant bot as such; everything else is asked of the bot's own.
    app_type = settings.app_type if resource == RESOURCE else "SingleTenant"
    authority = credentials.tenant_authority(app_type, settings.app_tenant_id)
    if settings.app_certificate_path is not None:
        return credentials.certificate(settings.app_id, authority, settings.app_certificate_path, resource)
    return credentials.secret(settings.app_id, authority, settings.app_password.reveal(), resource)
