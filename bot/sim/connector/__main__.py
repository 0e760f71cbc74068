"""`python -m bot.sim.connector`: a simulated Teams to play with, until Ctrl-C."""

import argparse
import asyncio
import contextlib

from bot.sim.connector.server import APP_ID, SECRET, TENANT_ID, TeamsSimulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sim.connector", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4000)
    parser.add_argument("--bot", default="http://127.0.0.1:3978/api/messages", help="the bot's messaging endpoint")
    parser.add_argument("--app-id", default=APP_ID)
    parser.add_argument("--secret", default=SECRET)
    parser.add_argument("--tenant", default=TENANT_ID)
    parser.add_argument("--no-token-check", action="store_true", help="let the bot call without signing in (DEV_MODE)")
    parser.add_argument(
        "--user", action="append", default=[], metavar="NAME", help="a person who has the app installed"
    )
    return parser.parse_args()


async def _main(wish: argparse.Namespace) -> None:
    teams = TeamsSimulator(wish.bot, app_id=wish.app_id, secret=wish.secret, tenant_id=wish.tenant)
    teams.identity.checked = not wish.no_token_check
    await teams.start(wish.port, wish.host)
    print(
        f"Teams: {teams.url}/chat   service URL: {teams.service_url}\n"
        f"keys: {teams.openid_url}   tokens: {teams.token_url}"
    )
    try:
        for name in wish.user or ["Anna Schmidt", "Ben Carter"]:
            await teams.doings.install(teams.tenant.add_user(name))
        await asyncio.Event().wait()
    finally:
        await teams.stop()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main(_arguments()))
