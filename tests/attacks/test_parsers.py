"""Every parser, given anything: what it promises to raise, or nothing, and never a word of a secret in it."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot import cli, dotenv, numbers
from bot.book import files
from bot.commands import Bare, Command, Mistake, roster
from bot.domain.events import FromContact, FromUser
from bot.domain.plain import excess, inert
from bot.domain.policy import format_duration, parse_duration
from bot.setting import Secret
from bot.settings import Settings, SettingsError, parse, specs
from bot.store import StoreError, migrations, policies
from bot.store.dialect import parse as database
from bot.teams import extension
from bot.teams.actions import event_of
from bot.teams.hosts import ServiceHosts
from bot.teams.words import read
from bot.wechat import messages
from bot.wechat.crypto import Unreadable
from tests.attacks.test_surface import ACTIVITIES, DATA, JSON, PUSHES, WORDS
from tests.teams.support import click, typed

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SECRET = "hush4711hush"
XML = st.lists(
    st.sampled_from(
        ["<xml>", "</xml>", "<Content>", "</Content>", "<![CDATA[", "]]>", "&lt;", "&#0;", "<!--", "<?x ?>"]
    )
    | st.sampled_from(["<MsgType>text</MsgType>", "<FromUserName>o</FromUserName>", "<CreateTime>1</CreateTime>"])
    | WORDS,
    max_size=12,
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
CELL = WORDS | st.sampled_from(['"', 'a"b', '"a"b', "+8613800138000", "yes"])
CELLS = st.lists(st.lists(CELL, max_size=6), max_size=6).map(lambda rows: "\n".join(",".join(row) for row in rows))
CARDS = st.lists(
    st.sampled_from(["BEGIN:VCARD", "END:VCARD", "VERSION:3.0", "FN:Li", "TEL;TYPE=CELL:+8613800138000", "N:;;"])
    | WORDS.map(lambda text: f"NOTE;ENCODING=QUOTED-PRINTABLE:{text}"),
    max_size=9,
).map("\r\n".join)


def refuses(work: Callable[[], object], *kinds: type[Exception]) -> None:
    try:
        work()
    except kinds as refused:
        assert SECRET not in str(refused)


@given(st.binary(max_size=500) | XML)
def test_wechats_body(body: bytes) -> None:
    refuses(lambda: messages.event(messages.push(body), "default", "id", NOW), Unreadable)


@given(PUSHES)
def test_wechats_fields(push: dict[str, Any]) -> None:
    with contextlib.suppress(Unreadable):
        event = messages.event(messages.push(orjson.dumps(push)), "default", "id", NOW)
        assert event is None or isinstance(event, FromContact)


@given(ACTIVITIES | st.dictionaries(WORDS, JSON, max_size=6))
def test_an_activity(changes: dict[str, Any]) -> None:
    for raw in (changes, typed("words") | changes):
        event = event_of(raw, "id", NOW)
        assert event is None or isinstance(event, FromUser)
        read(raw)
        extension.search_of(raw)
        extension.choice_of(raw)
        extension.looks_up(raw)


@given(DATA)
def test_card_data(data: dict[str, Any]) -> None:
    executed = click(str(data["verb"])) | {"value": {"action": {"verb": "reply", "data": data}}}
    for raw in (typed("", value=data), executed):
        event = event_of(raw, "id", NOW)
        assert event is None or event.aad == raw["from"]["aadObjectId"]


@given((CELLS | CARDS | WORDS).map(str.encode) | st.binary(max_size=200), st.sampled_from([b"", b"name,number\n"]))
def test_contact_files(rest: bytes, head: bytes) -> None:
    content = head + rest
    for name in ("a.csv", "a.vcf", "a.txt"):
        refuses(lambda name=name: files.read(content, name, "CN"), files.Unreadable)  # type: ignore[misc]


@given((CELLS | WORDS).map(str.encode) | st.binary(max_size=200))
def test_a_roster(rest: bytes) -> None:
    head = b"aad_object_id,name,number\n"
    for content in (rest, head + rest):
        refuses(lambda content=content: roster.rows(content), Mistake)  # type: ignore[misc]


@given(WORDS | st.builds("{}{}".format, st.integers(-9, 10**30) | st.integers(0, 999), st.sampled_from("smhdyw")))
def test_durations(text: str) -> None:
    with contextlib.suppress(ValueError):
        found = parse_duration(text)
        assert parse_duration(format_duration(found)) == found


@given(WORDS)
def test_numbers_and_words(text: str) -> None:
    numbers.read(text, "CN")
    numbers.PhoneNumbers().candidates(text, "CN")
    numbers.PhoneNumbers().mobile(text, "CN")
    assert inert(text).replace("<\u200d", "<") == text.replace("<\u200d", "<")
    assert excess(text) >= 0


@given(st.dictionaries(st.sampled_from([spec.name for spec in specs()]), WORDS.map(lambda text: SECRET + text)))
def test_settings(values: dict[str, str]) -> None:
    """Whatever is wrong, no value of a secret setting is repeated."""
    secret = {spec.name for spec in specs() if isinstance(spec.empty, Secret)}
    only = {name: value for name, value in values.items() if name in secret}
    refuses(lambda: parse(only), SettingsError)
    with contextlib.suppress(SettingsError):
        assert isinstance(parse(values), Settings)


@given(WORDS | CELLS)
def test_a_dotenv_file(text: str) -> None:
    assert len(dotenv.read(text)) == 2


@given(st.dictionaries(st.sampled_from(policies.NAMES) | WORDS, JSON, max_size=4))
def test_a_stored_policy(values: dict[str, Any]) -> None:
    wording = values.get("wording")
    if wording is not None and not isinstance(wording, dict):
        return
    refuses(lambda: policies.resolve({"default": ("", {**values, "wording": {}})}), StoreError)


TAILS = WORDS | st.sampled_from(
    ["@evil.example", ".evil.example", ":443@evil.example", "\\@evil.example", "?@evil.example", "#", "/../", "/a"]
)


@given(TAILS)
def test_addresses(text: str) -> None:
    """What is allowed leads to a host of Microsoft's, whoever reads it."""
    for url in (text, f"https://{text}", f"https://smba.trafficmanager.net{text}"):
        if ServiceHosts().allow(url):
            assert {urlsplit(url).hostname, URL(url).host} == {"smba.trafficmanager.net"}
            assert not {"?", "#", "@"} & set(url)
    refuses(lambda: database(f"postgresql+asyncpg://user:{SECRET}@{text}"), StoreError)


OUTSIDE = ("migrate", "doctor", "backup", "restore", "audit export", "audit verify")
"""Commands that write and read elsewhere than in the database."""

TYPED = (
    WORDS.filter(lambda word: "\0" not in word) | st.integers(0, 10**25).map(str) | st.sampled_from(["7d", "default"])
)


def options(command: Command | Bare) -> st.SearchStrategy[list[str]]:
    """A command, with some of its own options and whatever else somebody may type."""
    own = [name for name in command.arguments if name.startswith("-")]
    return st.lists(st.sampled_from([*own, "--json", "--", "-h"]) | TYPED, max_size=5).map(
        lambda rest: [*command.words.split(), *rest]
    )


COMMANDS = st.lists(TYPED, max_size=3) | st.sampled_from(
    [command for command in cli.COMMANDS if command.words not in OUTSIDE]
).flatmap(options)


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('commands')}/{SECRET}.db"
    asyncio.run(migrations.upgrade(url))
    return url


@given(words=COMMANDS)
def test_commands(database_url: str, words: list[str]) -> None:
    """What was typed is done or refused, never a traceback."""
    values = {"DEV_MODE": "1", "DATABASE_URL": database_url}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as complained:
        try:
            code = cli.main(words, values)
        except SystemExit as ended:
            code = int(ended.code or 0)
    assert code in (0, 1, 2)
    assert "Traceback" not in complained.getvalue()
    assert SECRET not in complained.getvalue()


@pytest.mark.parametrize("depth", [100, 10_000, 100_000])
def test_nothing_nested_is_followed_to_its_end(depth: int) -> None:
    for bomb in (b"<a>" * depth, b"[" * depth, b'{"a":' * depth, b'{"Content":' + b"[" * depth + b"]" * depth + b"}"):
        refuses(lambda bomb=bomb: messages.push(bomb), Unreadable)  # type: ignore[misc]


def whole(more: str, before: str = "") -> bytes:
    """A push that lacks nothing, with more in it."""
    fields = "<FromUserName>o</FromUserName><MsgType>text</MsgType><CreateTime>1</CreateTime><MsgId>1</MsgId>"
    return f"{before}<xml>{fields}{more}</xml>".encode()


@pytest.mark.parametrize("more", ["<a>" * 8 + "</a>" * 8, "<a/>" * 1000], ids=["deep", "many"])
def test_a_push_with_more_in_it_than_wechat_ever_sends(more: str) -> None:
    assert messages.push(whole("<a><b/></a>")).openid == "o"
    with pytest.raises(Unreadable):
        messages.push(whole(more))


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(10))
BOMBS = {
    "billion laughs": (f"<!DOCTYPE x [{ENTITIES}]>", "&e9;"),
    "a few laughs": (f"<!DOCTYPE x [{ENTITIES}]>", "&e3;"),
    "an entity from a file": ('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "&f;"),
    "an entity from elsewhere": ('<!DOCTYPE x [<!ENTITY f SYSTEM "http://127.0.0.1:9/">]>', "&f;"),
    "a parameter entity": ('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>', ""),
    "a DTD alone": ('<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd">', ""),
}


@pytest.mark.parametrize("name", BOMBS)
def test_xml_bombs(name: str) -> None:
    before, content = BOMBS[name]
    with pytest.raises(Unreadable):
        messages.push(whole(f"<Content>{content}</Content>", before))
