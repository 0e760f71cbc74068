"""The README's commands are there to be typed: quick, in every run; `make fresh` plays them."""

import re
import shlex
from pathlib import Path

import pytest

from bot import cli
from manifest.__main__ import _parser as manifest
from tests.fresh.image import steps
from tests.fresh.readme import CHAPTERS, ELSEWHERE, commands
from tests.fresh.shell import Shell

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
TARGETS = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
COMMANDS = commands(README)


def test_every_chapter_that_is_played_is_there() -> None:
    headings = re.findall(r"^###? (?:\d\. )?(.+)$", README, re.MULTILINE)
    assert set(CHAPTERS) <= set(headings) and len(COMMANDS) > 15


def test_nothing_is_left_out_that_is_not_there() -> None:
    assert [beginning for beginning in ELSEWHERE if not any(one.startswith(beginning) for one in COMMANDS)] == []


@pytest.mark.parametrize("command", [one for one in COMMANDS if not one.startswith(tuple(ELSEWHERE))])
def test_a_command_is_understood(command: str) -> None:
    match shlex.split(command):
        case ["make", target, *_]:
            assert target in TARGETS
        case [".venv/bin/python", "-m", "bot", "admin", *words]:
            assert cli._parser().parse_args(words).command in cli.COMMANDS
        case [".venv/bin/python", "-m", "bot", role]:
            assert role == "serve"
        case [".venv/bin/python", "-m", "manifest", *words]:
            assert manifest().parse_args(words).command in ("build", "check")
        case ["cp", source, ".env"]:
            assert (ROOT / source).is_file()
        case _:
            pytest.fail(f"nobody plays {command!r}")


def test_every_step_of_the_recipe_is_read() -> None:
    found = list(steps((ROOT / "Dockerfile").read_text("utf-8")))
    assert [name for name, _ in found].count("RUN") >= 4 and not [said for _, said in found if "\\\n" in said]


async def test_what_make_was_told_here_a_strangers_terminal_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ARGS", "MAKEFLAGS", "PYTHONPATH", "DATABASE_URL"):
        monkeypatch.setenv(name, "told to make")
    monkeypatch.setenv("LANG", "C.UTF-8")
    said = await Shell(tmp_path, {"PORT": "1"}).run("env")
    assert {"LANG=C.UTF-8", "PORT=1"} <= set(said.splitlines())
    assert "told to make" not in said
