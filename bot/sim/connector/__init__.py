"""Microsoft Teams and the Bot Connector, simulated on real HTTP, with a chat page. It knows nothing of the bot.

May import: the standard library, aiohttp, cryptography, PyJWT, orjson, bot.sim.clock, bot.sim.faults.
"""

from bot.sim.connector.cards import NotPossible
from bot.sim.connector.client import Person, Seen, TeamsClient
from bot.sim.connector.identity import FORGERIES
from bot.sim.connector.server import TeamsSimulator, build

__all__ = ["FORGERIES", "NotPossible", "Person", "Seen", "TeamsClient", "TeamsSimulator", "build"]
