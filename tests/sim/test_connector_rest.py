"""The simulated Bot Connector answers as the real one does."""

from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from bot.sim.connector.errors import REFUSALS
from bot.sim.connector.limits import SendLimits
from tests.sim.teams_stage import card, payload, stage

TEXT = {"type": "message", "text": "hello"}


async def test_create_returns_the_personal_chat_and_posts_the_activity() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        tenant = {"tenant": {"id": s.teams.tenant.id}}
        wish = {"members": [{"id": anna.mri}], "channelData": tenant, "activity": TEXT}
        status, body = await s.bot.call("POST", "", wish)
        assert (status, body["id"]) == (201, anna.conversation)
        assert (await anna.sees("hello")).id == body["activityId"]
        assert body["serviceUrl"] == s.teams.service_url
        assert (await s.bot.call("POST", "", {**wish, "channelData": {"tenant": {"id": "other"}}}))[0] == 400


async def test_create_in_a_channel_opens_a_thread() -> None:
    async with stage() as s:
        channel = await s.client.channel("Sales", "General", await s.client.user("Anna Schmidt"))
        status, body = await s.bot.call("POST", "", {"channelData": {"channel": {"id": channel}}, "activity": TEXT})
        assert status == 201
        assert body["id"] == f"{channel};messageid={body['activityId']}"
        assert await s.bot.sends(body["id"], TEXT)
        assert len(await s.client.transcript(body["id"])) == 2


async def test_update_replaces_in_place_and_delete_leaves_a_mark() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        path = f"/{quote(anna.conversation, safe='')}/activities"
        first, second = await s.bot.sends(anna.conversation, TEXT), await s.bot.sends(anna.conversation, TEXT)
        assert await s.bot.call("PUT", f"{path}/{first}", {"type": "message", "text": "changed"}) == (
            200,
            {"id": first},
        )
        assert (await s.bot.call("DELETE", f"{path}/{second}"))[0] == 200
        assert [(m.id, m.text, m.updates, m.deleted) for m in await anna.chat()] == [
            (first, "changed", 1, False),
            (second, "hello", 0, True),
        ]
        assert [v["text"] for v in (await anna.chat())[0].raw["versions"]] == ["hello", "changed"]
        assert (await s.bot.call("PUT", f"{path}/{second}", TEXT))[0] == 404
        assert (await s.bot.call("DELETE", f"{path}/1"))[0] == 404


async def test_text_with_a_card_is_split_and_returns_no_id() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        both = {**card({"type": "TextBlock", "text": "on the card"}), "text": "in the text"}
        assert await s.bot.call("POST", f"/{quote(anna.conversation, safe='')}/activities", both) == (201, {})
        assert [m.words for m in await anna.chat()] == [("in the text",), ("on the card",)]


async def test_a_reply_is_posted_and_typing_is_not_kept() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        path = f"/{quote(anna.conversation, safe='')}/activities"
        assert (await s.bot.call("POST", f"{path}/any-uuid", TEXT))[0] == 201
        assert (await s.bot.call("POST", path, {"type": "typing"}))[0] == 201
        assert len(await anna.chat()) == 1


async def test_members_have_the_shape_of_the_real_answer() -> None:
    async with stage() as s:
        people = [await s.client.user(name) for name in ("Anna Schmidt", "Ben Carter", "Chen Fang")]
        path = "/" + quote(await s.client.group("Deal", *people), safe="")
        real = payload("officedev-botbuilder-msteams/SampleResponseGetTeamsPaginatedConversationMembers")
        status, page = await s.bot.call("GET", f"{path}/pagedmembers?pageSize=2")
        assert status == 200
        assert set(page) == set(real)
        assert set(real["members"][0]) <= set(page["members"][0])
        token = page["continuationToken"]
        _, rest = await s.bot.call("GET", f"{path}/pagedmembers?pageSize=2&continuationToken={token}")
        assert [m["name"] for m in page["members"] + rest["members"]] == [p.name for p in people]
        assert "continuationToken" not in rest
        _, one = await s.bot.call("GET", f"{path}/members/{people[1].aad}")
        assert one["id"] == people[1].mri
        assert len((await s.bot.call("GET", f"{path}/members"))[1]) == 3
        assert (await s.bot.call("GET", f"{path}/members/nobody"))[0] == 404


@pytest.mark.parametrize("token", ["garbage", "channel"])
async def test_a_call_without_a_connector_token_is_401(token: str) -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        shown = s.teams.identity.channel_token(s.teams.service_url) if token == "channel" else token
        path = f"/{quote(anna.conversation, safe='')}/activities"
        assert (await s.bot.call("POST", path, TEXT, token=shown))[0] == 401
        await s.client.settings(check_tokens=False)
        assert (await s.bot.call("POST", path, TEXT, token=shown))[0] == 201


async def test_refusals_by_the_state_of_the_conversation() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        path = f"/{quote(anna.conversation, safe='')}/activities"

        async def refusal(body: Any = TEXT, path: str = path) -> tuple[int, Any]:
            return await s.bot.call("POST", path, body)

        assert await refusal() == REFUSALS["BotNotInConversationRoster"]
        await anna.installs()
        await anna.does("block")
        assert await refusal() == REFUSALS["ConversationBlockedByUser"]
        await anna.does("block", blocked=False)
        await s.client.settings(writes_blocked=anna.conversation)
        blocked = await refusal()
        assert blocked == (403, payload("msteams-docs/connector_error_403_MessageWritesBlocked"))
        await s.client.settings(writes_blocked=None)
        assert await refusal({"type": "message", "text": "x" * 102_400}) == REFUSALS["MessageSizeTooBig"]
        assert await refusal(path="/a:1nobody/activities") == REFUSALS["ConversationNotFound"]
        assert await refusal([]) == REFUSALS["BadSyntax"]


async def test_faults_are_played_in_teams_own_words() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        path = f"/{quote(anna.conversation, safe='')}/activities"
        await s.client.fault("*/v3/*", refusal="Throttled", retry_after="7")
        await s.client.fault("*/v3/*", refusal="PreconditionFailed")
        await s.client.fault("*/v3/*", "reset", accepted=True)
        assert await s.bot.call("POST", path, TEXT) == REFUSALS["Throttled"]
        assert await s.bot.call("POST", path, TEXT) == REFUSALS["PreconditionFailed"]
        with pytest.raises(aiohttp.ClientError):
            await s.bot.call("POST", path, TEXT)
        assert len(await anna.chat()) == 1
        assert (await s.client.counters())["faults"] == {"status": 2, "reset": 1}


async def test_teams_limits_when_switched_on() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        await s.client.settings(limits=True)
        await s.client.clock(set="2026-03-01T12:00:00+00:00")
        for _ in range(7):
            await s.bot.sends(anna.conversation, TEXT)
        path = f"/{quote(anna.conversation, safe='')}/activities"
        assert (await s.bot.call("POST", path, TEXT))[0] == 429
        await s.client.clock(advance=2)
        assert (await s.bot.call("POST", path, TEXT))[0] == 201


def test_limits_tell_when_to_come_back() -> None:
    limits = SendLimits()
    assert all(limits.wait("c", 0.0) is None for _ in range(100))
    limits.enabled = True
    assert [limits.wait("c", 0.1 * n) for n in range(8)] == [None] * 7 + [1]
    assert limits.wait("c", 1.05) is None
    assert limits.wait("c", 1.06) == 1
    assert limits.wait("other", 1.06) is None
