"""The app's package, as far as Teams reads more in it than the bot: the commands of its message extension."""

from pathlib import Path

import orjson

from bot.sim.connector.people import Json

MANIFEST = Path(__file__).parents[3] / "appPackage" / "manifest.json"


def commands() -> list[Json]:
    """As the manifest has them."""
    extensions = orjson.loads(MANIFEST.read_bytes())["composeExtensions"]
    return [command for extension in extensions for command in extension["commands"]]
