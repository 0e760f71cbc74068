"""The shape of the project, held by tests: who may import whom, what is pure, how long things are, what tests may use.

Each rule reads one module and says what is wrong with it. `RULES` pairs each with modules that must be refused (so that
a rule that has gone blind is noticed) and with the nearest thing that is allowed.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bot.settings import example

ROOT = Path(__file__).parent.parent
LONGEST_FILE, LONGEST_FUNCTION = 400, 60

# What stands under the path on the left imports, beside the standard library, only this.
ONLY = {
    "bot/domain/": ("bot.domain",),
    "cards/": ("cards", "adaptivecards"),
    "bot/ports/": ("bot.ports", "bot.domain"),
    "bot/engine": ("bot.engine", "bot.domain", "bot.ports"),
    "bot/worker": ("bot.worker", "bot.circuit", "bot.domain", "bot.ports", "bot.points"),
    "bot/circuit": (),
    # What a version made of a database must not change with the program.
    "bot/store/migrations/versions/": ("sqlalchemy", "alembic", "bot.store.dialect"),
}
# What is on the left is imported only under these paths, and by tests.
OWNED = {
    **dict.fromkeys(("sqlmodel", "sqlalchemy", "alembic", "asyncpg"), ("bot/store/",)),
    **dict.fromkeys(("botbuilder", "botframework", "msal"), ("bot/teams/",)),
    **dict.fromkeys(("bot.app", "bot.cli"), ("bot/__main__.py",)),
    "bot.sim": ("bot/sim/", "bot/__main__.py"),
    # Where a crash may be tried: at the edges only, and only tests say what happens there.
    "bot.points": ("bot/store/", "bot/worker.py", "bot/app.py", "bot/keeping.py", "bot/commands/export.py"),
    "bot.points.reached": (),
    "tests": (),
    "wechatpy": (),
}
# What stands under the path on the left imports nothing of the first, but for the second.
NEVER = {
    "bot/wechat/": ("bot.teams", ()),
    "bot/teams/": ("bot.wechat", ()),
    "bot/sim/": ("bot", ("bot.sim",)),
    "manifest/": ("bot", ()),
}
PURE = ("bot/domain/", "bot/circuit", "cards/")
IMPURE_MODULES = (
    *("asyncio", "threading", "multiprocessing", "subprocess", "concurrent", "signal"),
    *("os", "io", "pathlib", "shutil", "tempfile", "sqlite3", "socket", "http", "urllib.request", "logging"),
    *("random", "secrets", "time"),
)
IMPURE_CALLS = {"now", "utcnow", "today", "uuid1", "uuid4", "open", "print", "input", "__import__", "import_module"}
ASYNC_NODES = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
MOCKS = {"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "PropertyMock", "create_autospec"}


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file: its path from the root, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, path: str, text: str) -> "Module":
        return cls(path, text, ast.parse(text, path))


Rule = Callable[[Module], Iterator[str]]


@cache
def modules() -> tuple[Module, ...]:
    paths = [path for top in ("bot", "cards", "manifest", "tests") for path in sorted((ROOT / top).rglob("*.py"))]
    names = [path.relative_to(ROOT).as_posix() for path in paths if "node_modules" not in path.parts]
    return tuple(Module.of(name, (ROOT / name).read_text("utf-8")) for name in names)


def imported(module: Module) -> Iterator[str]:
    """Every name that it imports, in full, relative imports resolved: `from a import b` is `a.b`."""
    package = module.path.split("/")[:-1]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def called(node: ast.AST) -> str:
    """The last name of what a call calls, '' where there is none: `datetime.now(UTC)` calls `now`."""
    function = node.func if isinstance(node, ast.Call) else None
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def imports_only(module: Module) -> Iterator[str]:
    for path, allowed in ONLY.items():
        if module.path.startswith(path):
            ours = (*allowed, *sys.stdlib_module_names)
            yield from (f"imports {name}" for name in imported(module) if not within(name, ours))


def imports_owned(module: Module) -> Iterator[str]:
    for package, owners in OWNED.items():
        if not module.path.startswith(("tests/", *owners)):
            yield from (f"imports {name}" for name in imported(module) if within(name, (package,)))


def imports_never(module: Module) -> Iterator[str]:
    for path, (package, excepted) in NEVER.items():
        if module.path.startswith(path):
            names = [name for name in imported(module) if within(name, (package,))]
            yield from (f"imports {name}" for name in names if not within(name, excepted))


def pure(module: Module) -> Iterator[str]:
    if not module.path.startswith(PURE):
        return
    yield from (f"imports {name}" for name in imported(module) if within(name, IMPURE_MODULES))
    for node in ast.walk(module.tree):
        if called(node) in IMPURE_CALLS:
            yield f"calls {called(node)}"
        if isinstance(node, ASYNC_NODES) or (isinstance(node, ast.comprehension) and node.is_async):
            yield "is asynchronous"


def short(module: Module) -> Iterator[str]:
    if (length := len(module.text.splitlines())) > LONGEST_FILE:
        yield f"has {length} lines"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.name} has {length} lines"


def no_mocks(module: Module) -> Iterator[str]:
    for name in imported(module):
        if within(name, ("unittest.mock", "mock", "pytest_mock")):
            yield f"imports {name}"
    for node in ast.walk(module.tree):
        name = getattr(node, "id", getattr(node, "attr", getattr(node, "arg", "")))
        if name in MOCKS or name == "mocker" or (isinstance(node, ast.Name) and name == "patch"):
            yield f"uses {name}"


def documented(module: Module) -> Iterator[str]:
    if not (ast.get_docstring(module.tree) or "").strip():
        yield "has no docstring"


def finished(module: Module) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type == tokenize.COMMENT and (left := re.search(r"\b(TODO|FIXME|XXX|HACK)\b", token.string)):
            yield f"line {token.start[0]} says {left[0]}"


LONG_FUNCTION = "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION

# rule: modules that it must refuse, modules that it must let be; each a path and a text
RULES: dict[Rule, tuple[list[tuple[str, str]], list[tuple[str, str]]]] = {
    imports_only: (
        [
            ("bot/domain/thread.py", "import aiohttp"),
            ("bot/domain/thread.py", "from bot import ports"),
            ("bot/domain/thread.py", "from ..store import tables"),
            ("bot/domain/thread.py", "def f():\n    from cards import wording"),
            ("cards/inbound.py", "from bot.domain import policy"),
            ("cards/inbound.py", "import orjson"),
            ("bot/ports/records.py", "import bot.engine"),
            ("bot/engine.py", "from bot.store import store"),
            ("bot/engine.py", "from bot.wechat.client import send"),
            ("bot/worker.py", "import orjson"),
            ("bot/engine.py", "from bot.points import point"),
            ("bot/store/migrations/versions/v12_x.py", "from bot.store import directory"),
        ],
        [
            ("bot/store/migrations/versions/v12_x.py", "from alembic import op\nfrom bot.store.dialect import Moment"),
            ("bot/domain/thread.py", "import enum\nfrom . import policy\nfrom bot.domain.events import Event"),
            ("cards/inbound.py", "from cards import wording\nfrom adaptivecards.elements import TextBlock"),
            ("bot/engine.py", "import asyncio\nfrom bot.domain import thread\nfrom .ports import Store"),
            ("bot/app.py", "import bot.store, bot.wechat, bot.teams, cards, aiohttp"),
        ],
    ),
    imports_owned: (
        [
            ("bot/engine.py", "from sqlmodel import select"),
            ("bot/app.py", "import sqlalchemy.ext.asyncio"),
            ("bot/cli.py", "from alembic import command"),
            ("bot/app.py", "from botbuilder.core import TurnContext"),
            ("bot/wechat/client.py", "from botframework.connector import auth"),
            ("bot/app.py", "import msal"),
            ("bot/store/store.py", "import bot.app"),
            ("bot/app.py", "from . import cli"),
            ("bot/worker.py", "from bot.sim import clock"),
            ("bot/app.py", "from tests import fakes"),
            ("bot/wechat/crypto.py", "import wechatpy"),
            ("bot/teams/handler.py", "from bot.points import point"),
            ("bot/store/store.py", "from bot.points import reached"),
        ],
        [
            ("bot/store/store.py", "import sqlmodel, alembic.command"),
            ("bot/teams/sender.py", "import msal\nfrom botbuilder.core import TurnContext"),
            ("bot/__main__.py", "from bot import app, cli\nfrom bot.sim import demo"),
            ("tests/e2e/test_reply.py", "import bot.app, bot.sim, sqlalchemy, wechatpy"),
            ("bot/app.py", "import bot.applause"),
            ("bot/store/write.py", "from bot.points import point"),
        ],
    ),
    imports_never: (
        [
            ("bot/wechat/client.py", "from bot.teams import sender"),
            ("bot/teams/sender.py", "from ..wechat import client"),
            ("bot/sim/demo.py", "from bot.domain import policy"),
            ("bot/sim/wechat/tokens.py", "from ...settings import Settings"),
            ("manifest/build.py", "import bot"),
        ],
        [
            ("bot/teams/sender.py", "from bot.domain import effects\nimport cards"),
            ("bot/sim/wechat/tokens.py", "from ..clock import Clock\nimport aiohttp"),
            ("manifest/build.py", "import json"),
        ],
    ),
    pure: (
        [
            ("bot/domain/thread.py", "import os.path"),
            ("bot/domain/thread.py", "from time import monotonic"),
            ("bot/domain/thread.py", "import secrets"),
            ("bot/domain/thread.py", "from datetime import datetime\nnow = datetime.now()"),
            ("bot/domain/thread.py", "from uuid import uuid4\nkey = uuid4()"),
            ("bot/domain/thread.py", "async def f():\n    pass"),
            ("cards/inbound.py", "import random"),
            ("cards/inbound.py", "text = open('x').read()"),
            ("cards/inbound.py", "import datetime\ntoday = datetime.date.today()"),
            ("cards/inbound.py", "async def f():\n    return [x async for x in y]"),
        ],
        [
            (
                "bot/domain/thread.py",
                "from datetime import datetime\nfrom urllib.parse import quote\ndef f(now): return now",
            ),
            ("bot/worker.py", "import asyncio, time\nasync def f():\n    await g(datetime.now(UTC))"),
        ],
    ),
    short: (
        [("tests/test_x.py", "x = 1\n" * (LONGEST_FILE + 1)), ("bot/app.py", LONG_FUNCTION)],
        [("bot/app.py", "x = 1\n" * LONGEST_FILE), ("bot/app.py", LONG_FUNCTION.removesuffix("    x = 1\n"))],
    ),
    no_mocks: (
        [
            ("tests/test_x.py", "import unittest.mock"),
            ("tests/test_x.py", "from unittest import mock"),
            ("tests/test_x.py", "sender = MagicMock()"),
            ("tests/test_x.py", "sender = m.AsyncMock()"),
            ("tests/test_x.py", "with patch('bot.app.now'):\n    pass"),
            ("tests/test_x.py", "def test_x(mocker):\n    pass"),
        ],
        [("tests/test_x.py", "def test_x(monkeypatch, session):\n    session.patch('/v3')")],
    ),
    documented: (
        [("bot/__init__.py", ""), ("bot/app.py", "x = 1"), ("bot/app.py", '"""  """')],
        [("a.py", '"""A."""')],
    ),
    finished: (
        [("bot/app.py", "x = 1  # TODO: more"), ("bot/app.py", "# FIXME\nx = 1")],
        [("bot/app.py", "TODO = 'a word in the data'  # TODOS")],
    ),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps(rule: Rule) -> None:
    assert [f"{module.path} {complaint}" for module in modules() for complaint in rule(module)] == []


@pytest.mark.parametrize(
    ("rule", "path", "text"), [(rule, *bad) for rule, (refused, _) in RULES.items() for bad in refused]
)
def test_the_rule_refuses(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Module.of(path, text)))


@pytest.mark.parametrize(
    ("rule", "path", "text"), [(rule, *good) for rule, (_, allowed) in RULES.items() for good in allowed]
)
def test_the_rule_allows(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Module.of(path, text))) == []


def test_every_module_was_read() -> None:
    assert {"bot/settings.py", "tests/test_architecture.py"} <= {module.path for module in modules()}


def test_env_example_is_what_the_settings_say() -> None:
    written = (ROOT / ".env.example").read_text("utf-8")
    assert written == example(), "write it anew: python -m bot.settings > .env.example"


def test_migrations_stand_in_one_line() -> None:
    """Two that were written at the same time may have taken the same number."""
    found = sorted(path.name.partition("_")[0] for path in (ROOT / "bot/store/migrations/versions").glob("v*.py"))
    assert found == [f"v{number:02}" for number in range(1, len(found) + 1)]
