"""What the load consists of: WeChat's encrypted pushes and Teams' activities, as the simulators write them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

import orjson

from bot.sim.connector import activities
from bot.sim.connector.activities import Scene
from bot.sim.connector.people import Json, Message, User
from bot.sim.connector.server import TeamsSimulator
from bot.sim.wechat import forgery
from bot.sim.wechat.account import Account
from tests.bench.loads import request
from tests.bench.marks import text

PUSH, ACTIVITY = "/wechat/default", "/api/messages"


@dataclass(slots=True)
class Writers:
    """The contacts of one account and one Teams user; a simulated Teams, never started, says who is who."""

    account: Account
    teams: TeamsSimulator
    user: User
    contacts: Sequence[str]
    threads: Sequence[str] = ()
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(24_000_000_000_000_000))

    def pushes(self, run: int, count: int, path: str = PUSH) -> list[bytes]:
        """Texts of the contacts in turn, each with a new MsgId."""
        turns = zip(range(count), itertools.cycle(self.contacts), strict=False)
        return [self._push(openid, text(run, number), path) for number, openid in turns]

    def replies(self, run: int, count: int, path: str = ACTIVITY) -> list[bytes]:
        """The user's answers from the reply box of each thread's card in turn."""
        turns = zip(range(count), itertools.cycle(self.threads), strict=False)
        return [_posted(self._reply(thread, text(run, number)), path) for number, thread in turns]

    def messages(self, run: int, count: int, path: str = ACTIVITY) -> list[bytes]:
        """What the user types into the chat."""
        return [_posted(self._typed(number, text(run, number)), path) for number in range(count)]

    def installation(self) -> bytes:
        """The user adds the app."""
        return _posted(activities.installation(self._scene(), "add"))

    def _push(self, openid: str, words: str, path: str) -> bytes:
        now = int(datetime.now(UTC).timestamp())
        fields = {
            "ToUserName": self.account.gh_id,
            "FromUserName": openid,
            "CreateTime": now,
            "MsgType": "text",
            "Content": words,
            "MsgId": next(self._numbers),
        }
        letter = forgery.write(self.account, openid, fields, now, None)
        return request(f"{path}?{urlencode(letter.query)}", letter.body, "text/xml")

    def _reply(self, thread: str, words: str) -> Json:
        scene = self._scene()
        card = Message("1700000000000", scene.conversation.id, "", scene.bot.id, [{}])
        action = {"type": "Action.Execute", "title": "Send", "verb": "reply"}
        return activities.execute(scene, card, action, {"verb": "reply", "thread_id": thread, "text": words})

    def _typed(self, number: int, words: str) -> Json:
        return activities.message(self._scene(), str(1_700_000_000_000 + number), words, activities.as_html(words))

    def _scene(self) -> Scene:
        tenant = self.teams.tenant
        service_url = f"{self.teams.url}/amer/"
        return Scene(self.user, tenant.bot, tenant.chat(self.user), datetime.now(UTC), service_url)


def _posted(activity: Json, path: str = ACTIVITY) -> bytes:
    return request(path, orjson.dumps(activity))
