"""`users import`: from a file and from an Entra group, all or nothing, and the app installed."""

from pathlib import Path
from typing import Any

import pytest

from bot.sim.graph import ALL, Graph, person
from tests.commands.build import HEAD, TENANT, Desk, desk, line

APP = "5f8a2c1e-7d34-4b19-9a60-2e0c4d8b7f13"


@pytest.fixture
async def at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return await desk(tmp_path, capsys)


async def names(at: Desk) -> list[str]:
    return [user["name"] for user in await at.reads("users", "list")]


async def test_a_file_is_taken(at: Desk) -> None:
    told = await at.reads("users", "import", at.file(line(1), line(2)))
    assert (told["written"], told["new"], told["wrong"]) == (True, 2, 0)
    assert await names(at) == ["Person 1", "Person 2"]
    assert {user["tenant"] for user in await at.reads("users", "list")} == {TENANT}
    told = await at.reads("users", "import", at.file(line(1), line(2), line(3)))
    assert (told["new"], told["unchanged"]) == (1, 2)
    assert (await at.reads("audit", "verify"))["intact"] is True


async def test_a_preview_changes_nothing(at: Desk) -> None:
    assert await at.types("users", "import", "--dry-run", at.file(line(1), line(2))) == 0
    assert "written        no" in at.said and "Person 1" in at.said
    assert await names(at) == []


async def test_one_wrong_line_stops_all_unless_told_otherwise(at: Desk) -> None:
    file = at.file(line(1), line(1), "x,y,z", line(2))
    told = await at.reads("users", "import", file, code=1)
    assert (told["written"], told["new"]) == (False, 2)
    assert [each["where"] for each in told["mistakes"]] == ["line 3", "line 4"]
    assert await names(at) == []
    assert (await at.reads("users", "import", "--partial", file))["written"] is True
    assert await names(at) == ["Person 1", "Person 2"]


async def test_what_cannot_be_read_is_said(at: Desk) -> None:
    for words, complaint in (
        (["gone.csv"], "gone.csv"),
        ([], "either a CSV file or --from-graph"),
        ([at.file(line(1), head="id,name")], "id is no column"),
    ):
        assert await at.types("users", "import", *words) == 1
        assert complaint in at.complained


async def test_fifty_thousand_people(at: Desk) -> None:
    told = await at.reads("users", "import", at.file(*(line(number) for number in range(1, 50_001))))
    assert (told["new"], told["written"]) == (50_000, True)
    assert (await at.reads("audit", "verify"))["intact"] is True


# ---- from a group


@pytest.fixture
async def graph(at: Desk) -> Any:
    async with Graph() as found:
        at.values |= {"GRAPH_BASE_URL": found.url, "MicrosoftAppId": APP}
        yield found


PEOPLE = [person(f"Person {number}", f"+49 151 {number:08}") for number in range(1, 6)]


async def test_everybody_of_a_group_is_enabled_and_gets_the_app(at: Desk, graph: Graph) -> None:
    graph.publish(APP)
    graph.group("Advisors", *PEOPLE)
    graph.busy = 1
    told = await at.reads("users", "import", "--from-graph", "Advisors")
    assert (told["new"], told["app installed"], told["app not installed"]) == (5, 5, 0)
    assert next(user["number"] for user in await at.reads("users", "list")) == "+4915100000001"
    assert graph.installed == [each["id"] for each in PEOPLE]
    assert await at.types("users", "disable", "+4915100000001") == 0
    told = await at.reads("users", "import", "--from-graph", "Advisors")
    assert (told["enabled again"], told["unchanged"], told["app there already"]) == (1, 4, 1)


async def test_people_who_cannot_be_enabled_are_named(at: Desk, graph: Graph) -> None:
    blocked = person("Ben Blocked", "+4915100000009", active=False)
    ident = graph.group("Advisors", PEOPLE[0], person("Nora Numberless"), blocked)
    told = await at.reads("users", "import", "--from-graph", ident, code=1)
    assert [(each["where"], each["why"]) for each in told["mistakes"]] == [
        ("nora@contoso.example", "has no phone number with a country code in Entra"),
        ("ben@contoso.example", "may not sign in: the account is blocked in Entra"),
    ]
    assert await names(at) == []
    told = await at.reads("users", "import", "--from-graph", ident, "--partial", "--no-install")
    assert (told["new"], graph.installed) == (1, [])


@pytest.mark.parametrize("group", ["Nobody's", "00000000-0000-0000-0000-000000000009"])
async def test_a_group_that_does_not_exist(group: str, at: Desk, graph: Graph) -> None:
    assert await at.types("users", "import", "--from-graph", group) == 1
    assert "There is no group" in at.complained and "object id" in at.complained


async def test_two_groups_of_one_name_are_not_guessed_between(at: Desk, graph: Graph) -> None:
    graph.group("Advisors")
    graph.group("Advisors")
    assert await at.types("users", "import", "--from-graph", "Advisors") == 1
    assert "several groups" in at.complained


async def test_what_the_app_may_not_do_is_said_and_people_are_enabled_all_the_same(at: Desk, graph: Graph) -> None:
    graph.publish(APP)
    graph.group("Advisors", *PEOPLE[:1])
    graph.permissions = ALL - {"TeamsAppInstallation.ReadWriteSelfForUser.All"}
    told = await at.reads("users", "import", "--from-graph", "Advisors")
    assert "application permissions" in told["app"] and told["new"] == 1
    graph.permissions = ALL - {"GroupMember.Read.All"}
    assert await at.types("users", "import", "--from-graph", "Advisors") == 1
    assert "application permissions" in at.complained


async def test_one_person_is_added_with_the_app(at: Desk, graph: Graph) -> None:
    graph.publish(APP)
    who = ("--aad-object-id", "aad-bea", "--tenant", TENANT, "--name", "Bea Brandt", "--number", "+4915100000077")
    assert await at.types("users", "add", *who, "--install") == 0
    assert at.said.strip() == "Bea Brandt (+4915100000077) can now use WeChat from Teams. The app is installed."
    assert graph.installed == ["aad-bea"]


async def test_one_person_is_enabled_with_the_app(at: Desk, graph: Graph) -> None:
    await at.reads("users", "import", at.file(f"{line(1)},no", head=f"{HEAD},wechat"))
    assert await at.types("users", "enable", "+4915100000001", "--install") == 0
    assert "is not in the organisation's catalog" in at.said
    graph.publish(APP)
    assert await at.types("users", "enable", "+4915100000001", "--install") == 0
    assert at.said.strip() == "Person 1 (+4915100000001) is enabled. The app is installed."
