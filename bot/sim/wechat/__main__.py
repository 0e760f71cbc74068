"""Runs the simulated WeChat alone.

`python -m bot.sim.wechat --port 4001 --callback http://127.0.0.1:3978/wechat/default`
"""

from __future__ import annotations

import argparse
import asyncio

from bot.sim.wechat.account import Account
from bot.sim.wechat.server import WeChat


async def run(port: int, seed: int, settings: dict[str, str]) -> None:
    """Serve until interrupted."""
    async with WeChat(account=Account().changed(settings), port=port, seed=seed) as wechat:
        print(f"WeChat at {wechat.url}; phone: {wechat.url}/phone", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Read the command line: the account's identity and mode; everything else by `PUT /_sim/settings`."""
    usual = Account()
    parser = argparse.ArgumentParser(
        prog="python -m bot.sim.wechat", description="A simulated WeChat with a phone page."
    )
    parser.add_argument("--port", type=int, default=4001)
    parser.add_argument("--seed", type=int, default=0, help="of the fault dice")
    for name in ("callback", "name", "app_id", "app_secret", "gh_id", "token", "encoding_aes_key", "mode", "format"):
        parser.add_argument(f"--{name.replace('_', '-')}", default=getattr(usual, name))
    given = vars(parser.parse_args())
    port, seed = given.pop("port"), given.pop("seed")
    try:
        asyncio.run(run(port, seed, given))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
