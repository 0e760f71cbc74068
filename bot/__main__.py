"""`python -m bot …`: serve, web, worker, demo and admin."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

USAGE = """usage: python -m bot COMMAND

  serve     answer Teams and WeChat, and deliver: everything in one process
  web       only answer (any number of processes; of machines, on PostgreSQL)
  worker    only deliver (any number of processes; of machines, on PostgreSQL)
  admin     migrate, doctor, backup, users, policy, threads, outbox, stats, audit …: see `python -m bot admin --help`
  demo      both outside worlds simulated on this machine; needs no account (--script: by itself, then ends)

Settings come from the environment and from .env; .env.example explains each."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 well, 1 failed, 2 not understood or refused to start."""
    command, *rest = [*(sys.argv[1:] if arguments is None else arguments), ""]
    rest = rest[:-1]
    match command:
        case "serve" | "web" | "worker":
            return _serve(command)
        case "admin":
            from bot import cli

            return cli.main(rest)
        case "demo":
            from bot.sim import demo

            return demo.main(rest)
        case "-h" | "--help":
            print(USAGE)
            return 0
    print(USAGE, file=sys.stderr)
    return 2


def _serve(command: str) -> int:
    from bot import app, logs
    from bot.settings import Settings, SettingsError
    from bot.store import StoreError

    roles = {"serve": {app.WEB, app.WORKER}, "web": {app.WEB}, "worker": {app.WORKER}}[command]
    try:
        settings = Settings.load(os.environ, Path(".env"))
        logs.configure(settings.log_level)
        with asyncio.Runner(loop_factory=event_loop()) as runner:
            runner.run(app.serve(settings, frozenset(roles)))
    except (SettingsError, StoreError, OSError) as refused:
        print(f"Refused to start: {refused}", file=sys.stderr)
        return 2
    return 0


def event_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the service's: uvloop, where there is one; None for Python's own."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop


if __name__ == "__main__":
    sys.exit(main())
