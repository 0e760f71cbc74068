"""Microsoft's newer kits, each an echo bot as its documentation has it: `python other_sdks.py PORT agents|teams`.

They live in an environment of their own (`make peers`), because what they need does not fit what the service needs.
Nobody is signed in.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any


def agents(port: int) -> None:
    """Microsoft 365 Agents SDK."""
    from aiohttp import web
    from microsoft_agents.hosting.aiohttp import CloudAdapter
    from microsoft_agents.hosting.core import ActivityHandler, RestChannelServiceClientFactory, TurnContext
    from microsoft_agents.hosting.core.authorization import AnonymousTokenProvider

    class Anonymous:
        def get_token_provider(self, *_: Any) -> AnonymousTokenProvider:
            return AnonymousTokenProvider()

    class Echo(ActivityHandler):  # type: ignore[misc]
        async def on_message_activity(self, turn_context: TurnContext) -> None:
            await turn_context.send_activity(f"Echo: {turn_context.activity.text}")

    adapter, echo = CloudAdapter(channel_service_client_factory=RestChannelServiceClientFactory(Anonymous())), Echo()

    async def messages(request: web.Request) -> web.Response:
        answer: web.Response | None = await adapter.process(request, echo)
        return answer or web.Response()

    app = web.Application()
    app.add_routes([web.post("/api/messages", messages)])
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


def teams(port: int) -> None:
    """Teams SDK."""
    import uvicorn
    from microsoft_teams.apps import App, FastAPIAdapter

    def quiet(app: Any) -> uvicorn.Server:
        return uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False))

    app = App(http_server_adapter=FastAPIAdapter(server_factory=quiet), dangerously_allow_unauthenticated_requests=True)

    @app.on_message  # type: ignore[untyped-decorator]
    async def echo(context: Any) -> None:
        await context.send(f"Echo: {context.activity.text}")

    asyncio.run(app.start(port))


if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())  # a warning for each turn would be paid for in its time
    {"agents": agents, "teams": teams}[sys.argv[2]](int(sys.argv[1]))
