"""The README's table of settings is what the settings say, and its commands are ones that there are."""

import re
import shlex
from pathlib import Path

from bot import cli
from bot.settings_table import table

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def test_the_table_is_written_from_the_settings() -> None:
    written = README.partition("<!-- settings -->\n")[2].partition("\n<!-- /settings -->")[0]
    assert written == table(), "write it anew: python -m bot.settings_table"


def test_every_admin_command_that_the_readme_names_exists() -> None:
    known = {command.words for command in cli.COMMANDS}
    lines = re.findall(r"python -m bot admin ([^\n`]+)", README)
    named = {words for line in lines for words in _commands(line.partition("#")[0])}
    assert named <= known
    assert {"doctor", "backup", "stats", "migrate", "users import", "users show", "outbox requeue"} <= named


def _commands(line: str) -> list[str]:
    """`users list | show WHO` names two."""
    first, *others = line.split("|")
    words = [word for word in shlex.split(first) if word.islower() and not word.startswith("-")]
    one = words[:1] if words[0] in ("migrate", "doctor", "backup", "stats") else words[:2]
    return [" ".join(one), *(f"{one[0]} {other.split()[0]}" for other in others)]
