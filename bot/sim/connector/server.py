"""Microsoft Teams and the Bot Connector on one local port: put together, started and stopped here.

async with TeamsSimulator("http://127.0.0.1:3978/api/messages") as teams:      # a free port
    teams.tenant.add_user("Anna Schmidt")
    ...  # teams.url, teams.service_url, teams.openid_url, teams.token_url; TeamsClient(teams.url)
"""

import asyncio
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.sim.clock import Clock
from bot.sim.connector import page
from bot.sim.connector.control import Control, explained
from bot.sim.connector.delivery import Delivery
from bot.sim.connector.doings import Doings
from bot.sim.connector.identity import Identity
from bot.sim.connector.limits import SendLimits
from bot.sim.connector.people import Bot
from bot.sim.connector.rest import Connector
from bot.sim.connector.tenant import Tenant
from bot.sim.faults import Faults

APP_ID = "5f8a2c1e-7d34-4b19-9a60-2e0c4d8b7f13"
TENANT_ID = "c0a7e4d2-91b6-4f58-8d3a-6b1f2e9c5a07"
SECRET = "simulated-secret"
SPARED = ("/_sim/", "/chat", "/web/")
"""What no fault touches: the control API and the page."""


class TeamsSimulator:
    """One simulated tenant with one bot, reachable over HTTP; its parts are public for tests in the same process."""

    def __init__(
        self,
        bot_endpoint: str,
        *,
        app_id: str = APP_ID,
        secret: str = SECRET,
        tenant_id: str = TENANT_ID,
        bot_name: str = "MultiLine Messaging",
        service_path: str = "/amer/",
        clock: Clock | None = None,
        seed: int = 0,
    ) -> None:
        self.clock = clock or Clock()
        self.faults = Faults(seed, spared=SPARED)
        self.identity = Identity(app_id, secret, tenant_id)
        self.limits = SendLimits()
        self.tenant = Tenant(tenant_id, Bot(app_id, bot_name), self.clock)
        self.delivery = Delivery(bot_endpoint, self.identity, self.faults, self.clock)
        self.doings = Doings(self.tenant, self.delivery)
        self.connector = Connector(self.tenant, self.identity, self.limits)
        self.stopping = asyncio.Event()
        self._service_path = service_path
        self._runner: web.AppRunner | None = None
        self.url = ""

    @property
    def service_url(self) -> str:
        return self.doings.service_url

    @property
    def openid_url(self) -> str:
        return f"{self.url}/v1/.well-known/openidconfiguration"

    @property
    def token_url(self) -> str:
        return f"{self.url}/{self.tenant.id}/oauth2/v2.0/token"

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> Self:
        self._runner = web.AppRunner(build(self), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"
        self.doings.service_url = self.url + self._service_path
        return self

    async def stop(self) -> None:
        self.stopping.set()
        self.tenant.clear()  # wakes those who watch, so that they see the end
        await self.delivery.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def reset(self) -> None:
        """Forget people, messages, logs and faults; keys and settings stay."""
        self.tenant.clear()
        self.faults.clear()
        self.limits.clear()
        self.clock.reset()
        self.delivery.log.clear()
        self.doings.dialogs.clear()
        self.doings.results.clear()


def build(world: TeamsSimulator) -> web.Application:
    """The web application of a simulated Teams."""
    app = web.Application(middlewares=[explained, world.faults.middleware], client_max_size=8 * 1024**2)
    app.add_routes([*Control(world).routes(), *world.identity.routes(), *world.connector.routes(), *page.routes()])
    return app
