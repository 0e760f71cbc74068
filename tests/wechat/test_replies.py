"""What is answered, rendered: whole whatever it holds, no live links, within WeChat's bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat import messages
from bot.wechat.messages import Format, envelope, excess, fields, fits_reply, inert, push, reply
from tests.wechat.samples import OPENID, as_json, patient, xml

HOLDABLE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], include_characters="\t\n"))


@pytest.mark.parametrize("text", ["hello", "]]>", "]]>]]>", "]]]]>>", "<a href='x'>", "&amp;", "你好 👋\n "])
def test_a_reply_comes_out_of_wechats_parser_as_it_went_in(text: str) -> None:
    sender = push(xml())
    found = {child.tag: child.text for child in fromstring(reply(sender, text, 1714112445).decode())}
    assert found == {
        "ToUserName": OPENID,
        "FromUserName": "gh_5d0c8a1e7b42",
        "CreateTime": "1714112445",
        "MsgType": "text",
        "Content": text,
    }
    assert json.loads(reply(push(as_json()), text, 1714112445)) == {**found, "CreateTime": 1714112445}


@patient
@given(HOLDABLE)
def test_any_reply_is_whole(text: str) -> None:
    assert fields(reply(push(xml()), text, 1))[1]["Content"] == text
    assert fields(reply(push(as_json()), text, 1))[1]["Content"] == text


@pytest.mark.parametrize("make", [xml, as_json])
def test_a_reply_holds_nothing_that_breaks_it(make: Any) -> None:
    assert fields(reply(push(make()), "a\x08b\ud800", 1))[1]["Content"] == "a\ufffdb\ufffd"


@pytest.mark.parametrize("form", list(Format))
def test_the_envelope(form: Format) -> None:
    body = envelope(form, "QUJD", "f" * 40, 1714112445, "n]]>\ud800")
    expected = {"Encrypt": "QUJD", "MsgSignature": "f" * 40, "TimeStamp": "1714112445", "Nonce": "n]]>\ufffd"}
    assert fields(body) == (form, expected)
    assert form is Format.XML or json.loads(body)["TimeStamp"] == 1714112445


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('<a href="https://evil.example">bank</a>', '<\u200da href="https://evil.example">bank</a>'),
        ("<A\nHREF=x>", "<\u200dA\nHREF=x>"),
        ("<a\u3000href=x>", "<\u200da\u3000href=x>"),
        ("<a\t<a ", "<\u200da\t<\u200da "),
        ("a<b and b>a, <abc>, <a>, < a href", "a<b and b>a, <abc>, <a>, < a href"),
    ],
)
def test_no_link_comes_alive(text: str, shown: str) -> None:
    assert inert(text) == shown
    assert shown.replace("<\u200d", "<") == text


@pytest.mark.parametrize(
    ("text", "over"),
    [("", 0), ("x" * 2048, 0), ("x" * 2049, 1), ("汉" * 683, 1), ("<a " + "x" * 2045, 3), ("\ud800", 0)],
)
def test_excess_is_in_bytes_of_what_is_really_sent(text: str, over: int) -> None:
    assert excess(text) == over


def test_a_passive_reply_has_less_room() -> None:
    assert (fits_reply("x" * 2000), fits_reply("x" * 2001), fits_reply("汉" * 667)) == (True, False, False)
    assert excess("x" * 2001, messages.PASSIVE_LIMIT) == 1
