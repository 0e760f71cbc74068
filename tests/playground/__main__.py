"""`python -m tests.playground [--out DIR]`: a day in Microsoft 365 Agents Playground, with a picture of every act.

The service is the real one, in a process of its own, with a simulated WeChat behind it. It ends with 1 where something
that must be seen does not come, or where the Playground finds fault with an answer of ours.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from bot.sim.connector.server import TeamsSimulator
from bot.sim.service import Service, SharedClock, environment, free_port
from bot.sim.wechat.server import WeChat
from tests.conftest import CHROMIUM
from tests.playground.acts import ACTS, Stage
from tests.playground.window import ANNA, BOT, PROGRAM, TENANT, window

NUMBER = "+4915112345678"


async def play(folder: Path, out: Path) -> list[str]:
    """Every act; what the Playground complained of."""
    clock = SharedClock(folder / "clock")
    port, own = free_port(), free_port()
    wechat = await WeChat(clock=clock).start()
    nobody = TeamsSimulator("")
    registered = {"MicrosoftAppId": BOT, "MicrosoftAppTenantId": TENANT, "TEAMS_SERVICE_HOSTS": f"localhost:{own}"}
    service = Service(environment(wechat, nobody, folder, port) | registered, folder)
    wechat.call_back(f"{service.url}/wechat/default")
    try:
        await service.admin("migrate")
        who = ("--aad-object-id", ANNA["aadObjectId"], "--tenant", TENANT, "--name", ANNA["name"], "--number", NUMBER)
        await service.admin("users", "add", *who)
        await service.admin("account", "set", "--default-user", NUMBER)
        await service.start()
        async with window(f"{service.url}/api/messages", own, folder, out) as anna:
            on = Stage(anna, *[await wechat.phone.contact(name) for name in ("Li Wei", "Chen Li")])
            for act in ACTS:
                await act(on)
                await anna.pictured(act.__name__.replace("_", "-"))
                print(act.__name__.replace("_", " "), flush=True)
            return await anna.complains()
    finally:
        await service.stop()
        await wechat.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.playground", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/playground"), help="where to (default: %(default)s)")
    out: Path = parser.parse_args().out
    if CHROMIUM is None or not PROGRAM.exists():
        parser.exit(1, "Chromium and the Playground are needed: with Node.js, `make playground` brings the latter.\n")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="multiline-playground-") as folder:
        complaints = asyncio.run(play(Path(folder), out))
    print(*(f"the Playground says: {each}" for each in complaints), sep="\n", file=sys.stderr)
    print(f"pictures: {out}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
