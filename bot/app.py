"""The composition root: builds everything from the settings. Nothing else constructs things."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from bot import memory, pages
from bot.circuit import Circuits
from bot.clock import FileClock, SystemClock, new_id
from bot.domain.pacing import CONVERSATION, TENANT, Window, shared
from bot.engine import Engine
from bot.engine.reception import Means
from bot.keeping import Keeper
from bot.keys import Keys
from bot.metrics import Counted, Metrics, Timed
from bot.numbers import PhoneNumbers
from bot.pacing import Pace, Paced
from bot.points import point
from bot.ports import Clock, Gateway
from bot.settings import Settings
from bot.sms import gateway as sms
from bot.sms.azure import AzureSms, Resource
from bot.sms.twilio import Subscription, Twilio
from bot.store import SqlStore, open_store
from bot.store.copies import GraphCopies
from bot.store.search import Books
from bot.store.tokens import Shelf
from bot.teams import credentials, views
from bot.teams.adapter import TeamsAdapter
from bot.teams.adapter import routes as teams_routes
from bot.teams.auth import Authentication, NoSignIn
from bot.teams.contacts import GraphContacts
from bot.teams.handler import Conversations
from bot.teams.hosts import ServiceHosts
from bot.teams.keys import SigningKeys
from bot.teams.registration import application
from bot.teams.sender import Sender
from bot.teams.sender import session as teams_session
from bot.watch import Watch
from bot.wechat.access import AccessToken
from bot.wechat.client import Credentials, OfficialAccount, Template
from bot.wechat.crypto import AccountKeys
from bot.wechat.errors import QUOTAS
from bot.wechat.webhook import Door
from bot.worker import PATIENCE, Worker
from cards.wording import text

ACCOUNT: Final = "default"
"""The account that the environment describes."""

WEB, WORKER = "web", "worker"
DRAIN_SECONDS: Final = 10.0
BACKLOG: Final = 1024
"""Connections that the system keeps for us until we come to them; whoever finds no place there tries for seconds."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """One process: `web` is None in one that only works and is not watched, `worker` in one that only answers."""

    settings: Settings
    store: SqlStore
    engine: Engine
    web: web.Application | None
    worker: Worker | None
    contacts: GraphContacts | None = None
    keeper: Keeper | None = None


@asynccontextmanager
async def service(
    settings: Settings, roles: frozenset[str] = frozenset({WEB, WORKER}), clock: Clock | None = None
) -> AsyncIterator[Service]:
    """Everything that `roles` need, built from `settings`, closed in the right order at the end."""
    time = clock or (FileClock(settings.dev_clock_file) if settings.dev_clock_file else SystemClock())
    metrics = Metrics()
    async with AsyncExitStack() as closing:
        store = await open_store(settings.database_url.reveal(), metrics.group_failed)
        closing.push_async_callback(store.close)
        templates = frozenset({ACCOUNT} if settings.wechat_resume_template_id else ())
        keys = Keys(settings.wechat_app_secret.reveal())
        engine = Engine(store, text, templates, Means(PhoneNumbers(), keys, bool(settings.sms_gateway), ACCOUNT))
        circuits = Circuits()
        timed, watch = Timed(engine, metrics), Watch(store, time, metrics, circuits)
        application = web.Application(middlewares=[_answered]) if WEB in roles or settings.worker_port else None
        if application is not None:
            application.add_routes(watch.routes())
        if application is not None and WEB in roles:
            await _web(application, settings, store, timed, time, metrics, closing)
        worker = None
        if WORKER in roles:
            worker = await _worker(settings, store, timed, time, metrics, circuits, keys, closing)
        copies = WORKER in roles and settings.graph_contacts
        contacts = await _contacts(settings, store, time, closing) if copies else None
        keeper = Keeper(store, time, settings.audit_heads_file) if WORKER in roles else None
        yield Service(settings, store, engine, application, worker, contacts, keeper)


@web.middleware
async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    asyncio.get_running_loop().call_soon(point, "acked")  # aiohttp has written the answer by then
    return response


async def _web(
    application: web.Application,
    settings: Settings,
    store: SqlStore,
    engine: Timed,
    clock: Clock,
    metrics: Metrics,
    closing: AsyncExitStack,
) -> None:
    hosts = _hosts(settings)
    if settings.dev_mode:
        authentication: Authentication = NoSignIn(hosts, settings.allowed_tenants)
    else:
        http = await closing.enter_async_context(teams_session())
        keys = SigningKeys(http, clock)
        closing.push_async_callback(keys.close)
        await keys.warm()
        authentication = Authentication(settings.app_id, keys, hosts, settings.allowed_tenants, clock)
    adapter = TeamsAdapter(authentication, lambda reason: metrics.refused("teams", reason))
    door = Door(
        {ACCOUNT: _account_keys(settings)},
        engine,
        clock,
        lambda reason: metrics.refused("wechat", reason),
        new_id,
        dev_mode=settings.dev_mode,
    )
    mark = settings.public_base_url + pages.MARK_PATH
    application.add_routes(teams_routes(adapter, Conversations(engine, clock, new_id, Books(store), mark)))
    application.add_routes(door.routes())
    application.add_routes(pages.routes())


async def _worker(
    settings: Settings,
    store: SqlStore,
    engine: Timed,
    clock: Clock,
    metrics: Metrics,
    circuits: Circuits,
    keys: Keys,
    closing: AsyncExitStack,
) -> Worker:
    http = await closing.enter_async_context(teams_session())
    tokens = credentials.NoTokens() if settings.dev_mode else credentials.Tokens(application(settings), clock)
    account = OfficialAccount(
        Credentials(settings.wechat_app_id, settings.wechat_app_secret.reveal()),
        clock,
        base_url=settings.wechat_api_base_url,
        template=_template(settings),
        shelf=Shelf(store.run, AccessToken),
    )
    closing.push_async_callback(account.close)
    teams = Sender(http, tokens, _hosts(settings), clock)
    gateways: dict[str, Gateway] = {
        "wechat": Paced(Counted("wechat", account, metrics), Pace(()), lambda _: ACCOUNT, QUOTAS),
        "teams": _paced(Counted("teams", teams, metrics), settings.teams_rate),
    }
    if settings.sms_gateway:
        carrier = _carrier(settings, await closing.enter_async_context(sms.session()), clock)
        gateways["sms"] = Counted("sms", sms.PinGateway(carrier, keys.pin), metrics)
    most = settings.worker_concurrency
    return Worker(store, engine, gateways, clock, new_id, concurrency=most, circuits=circuits)


def _paced(teams: Gateway, rate: int) -> Gateway:
    """As Teams wants it: so many requests a second in a tenant, and few in one conversation."""
    if not rate:
        return teams
    tenant = Paced(teams, Pace([Window(rate, 1)], PATIENCE / 4), lambda job: job.user.tenant if job.user else "")
    return Paced(tenant, Pace(shared(CONVERSATION, rate / TENANT.most)), views.place, ("429",))


def _template(settings: Settings) -> Template | None:
    ident = settings.wechat_resume_template_id
    return Template(ident, settings.wechat_resume_template_data) if ident else None


async def _contacts(settings: Settings, store: SqlStore, clock: Clock, closing: AsyncExitStack) -> GraphContacts:
    http = await closing.enter_async_context(teams_session())
    opened = application(settings, credentials.GRAPH)
    tokens = credentials.NoTokens() if settings.dev_mode else credentials.Tokens(opened, clock)
    tenant, address = settings.app_tenant_id, settings.graph_base_url
    return GraphContacts(http, tokens, GraphCopies(store), clock, tenant=tenant, base_url=address)


def _carrier(settings: Settings, http: aiohttp.ClientSession, clock: Clock) -> sms.Carrier:
    if settings.sms_gateway == "azure":
        key = settings.azure_sms_access_key.reveal()
        return AzureSms(http, Resource(settings.azure_sms_endpoint, key, settings.azure_sms_from), clock)
    subscription = Subscription(settings.twilio_account_sid, settings.twilio_auth_token.reveal(), settings.twilio_from)
    return Twilio(http, subscription, clock, settings.twilio_api_base_url)


def _hosts(settings: Settings) -> ServiceHosts:
    return ServiceHosts(settings.teams_service_hosts, loopback=settings.dev_mode)


def _account_keys(settings: Settings) -> AccountKeys:
    settings.require("WECHAT_APP_ID", "WECHAT_TOKEN", "WECHAT_ENCODING_AES_KEY")
    return AccountKeys.read(
        settings.wechat_app_id,
        settings.wechat_token.reveal(),
        settings.wechat_encoding_aes_key.reveal(),
        settings.wechat_previous_token.reveal(),
        settings.wechat_previous_encoding_aes_key.reveal(),
    )


async def serve(settings: Settings, roles: frozenset[str]) -> None:
    """Run until SIGTERM or Ctrl-C; what is under way then is finished."""
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with service(settings, roles) as running:
        port = settings.port if WEB in roles else settings.worker_port
        runner = await _listen(settings.host, port, running.web) if running.web else None  # before work is begun
        working = asyncio.create_task(running.worker.run()) if running.worker else None
        beside = [asyncio.create_task(each.run()) for each in (running.contacts, running.keeper) if each is not None]
        memory.settle()
        log.info("started", extra={"action": "started", "roles": sorted(roles), "port": port})
        await stop.wait()
        log.info("stopping", extra={"action": "stopping"})
        for task in beside:
            task.cancel()
        if running.worker:
            running.worker.stop()
        ending = [asyncio.create_task(runner.cleanup())] if runner else []
        await _drained([*ending, *([working] if working else [])])


async def _drained(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Both sides end together; what takes longer is cut off: its lease runs out and it is done after the next start."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=DRAIN_SECONDS)
    for task in late:
        log.warning("cut off while stopping", extra={"action": "cut_off"})
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=1)


async def _listen(host: str, port: int, application: web.Application) -> web.AppRunner:
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=DRAIN_SECONDS)
    await runner.setup()
    await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
    return runner
