"""What is answered, rendered: whole whatever it holds, no live links, within WeChat's bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat.messages import Format, envelope, fields, fits_reply, push, reply
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


def test_a_passive_reply_has_less_room() -> None:
    assert (fits_reply("x" * 2000), fits_reply("x" * 2001), fits_reply("汉" * 667)) == (True, False, False)
