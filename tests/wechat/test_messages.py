"""Pushes into events, and replies out: real samples, exact text, and noise that is only ever unreadable."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import wechatpy
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.events import ContactFollowed, ContactUnfollowed, ContactWrote, FromContact, Kind, PromptReported
from bot.wechat import messages
from bot.wechat.crypto import Unreadable
from bot.wechat.messages import Format, fields, push
from tests.wechat.samples import NOW, OPENID, SAMPLES, VECTORS, as_json, patient, xml

HOLDABLE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], include_characters="\t\n"))


def event(body: bytes, now: datetime = NOW) -> FromContact | None:
    return messages.event(push(body), "default", "01J", now)


def wrote(body: bytes, now: datetime = NOW) -> ContactWrote:
    found = event(body, now)
    assert isinstance(found, ContactWrote)
    return found


NO_MSGID = {"xmlVideo"}  # made by hand for another SDK: WeChat never leaves it out
KINDS = {
    "xmlText": (Kind.TEXT, "TNT2"),
    "xmlImage": (Kind.IMAGE, ""),
    "xmlVoice": (Kind.VOICE, ""),
    "xmlShortVideo": (Kind.VIDEO, ""),
    "xmlLocation": (Kind.LOCATION, "中国江苏省苏州市沧浪区桐泾南路251号-309号\n31.285774, 120.597610"),
    "xmlLink": (Kind.LINK, "公众平台官网链接\nhttps://sdk.weixin.senparc.com"),
}
EVENTS: dict[str, tuple[type[FromContact], dict[str, str]]] = {
    "xmlEvent_Subscribe": (ContactFollowed, {"scene": ""}),
    "subscribe_event": (ContactFollowed, {"scene": ""}),
    "subscribe_scan_event": (ContactFollowed, {"scene": "123123"}),
    "xmlEvent_Scan": (ContactFollowed, {"scene": "SCENE_VALUE"}),
    "scan_event": (ContactFollowed, {"scene": "SCENE_VALUE"}),
    "xmlEvent_Unsubscribe": (ContactUnfollowed, {}),
    "unsubscribe_event": (ContactUnfollowed, {}),
    "template_send_job_finish_event": (PromptReported, {"remote_id": "200163836", "failure": ""}),
}


@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - NO_MSGID))
def test_every_sample(name: str) -> None:
    found = event(SAMPLES[name].encode())
    theirs = wechatpy.parse_message(SAMPLES[name])
    assert (found is None) == (name not in KINDS and name not in EVENTS)
    if name in KINDS:
        assert isinstance(found, ContactWrote)
        assert (found.kind, found.text) == KINDS[name]
        media = getattr(theirs, "media_id", None) or ""
        assert (found.openid, found.order, found.media) == (theirs.source, theirs.id, media)
        assert found.key == f"wechat:default:m:{theirs.id}"
    elif name in EVENTS:
        kind, expected = EVENTS[name]
        assert isinstance(found, kind)
        assert {field: getattr(found, field) for field in expected} == expected
        assert found.openid == theirs.source


@pytest.mark.parametrize("vector", VECTORS["decrypt"], ids=lambda vector: vector["name"])
def test_vector_contents(vector: dict[str, Any]) -> None:
    if "format" not in vector:
        return
    found = fields(vector["expect_plaintext"].encode())
    assert found[0] == vector["format"]
    assert vector.get("expect_fields", {}).items() <= found[1].items()


@pytest.mark.parametrize("name", NO_MSGID)
def test_a_message_that_cannot_be_told_from_a_repetition_is_unreadable(name: str) -> None:
    with pytest.raises(Unreadable):
        event(SAMPLES[name].encode())


def test_a_compatible_body_holds_both_and_the_ciphertext_is_found() -> None:
    vector = next(found for found in VECTORS["decrypt"] if "compat_body" in found)
    assert fields(vector["compat_body"].encode())[1]["Encrypt"] == vector["encrypt"]


@pytest.mark.parametrize("make", [xml, as_json])
@pytest.mark.parametrize("text", ["  padded\n ", "", "👨‍👩‍👧 &amp; <b>", "a\u200bb", "'; --", "\t"])
def test_text_is_kept_to_the_character(make: Any, text: str) -> None:
    assert wrote(make(Content=text)).text == text


@patient
@given(HOLDABLE.filter(lambda text: "]]>" not in text))
def test_any_text_is_kept_in_either_format(text: str) -> None:
    assert wrote(as_json(Content=text)).text == wrote(xml(Content=text)).text == text


@pytest.mark.parametrize("make", [xml, as_json])
def test_what_a_database_cannot_hold_is_marked_not_dropped(make: Any) -> None:
    assert wrote(make(Content="a\x00b\x08c")).text == "a\ufffdb\ufffdc"


def test_a_message_has_its_own_time_but_never_one_to_come() -> None:
    assert wrote(xml()).created_at == NOW - timedelta(seconds=1)
    for later in (int(NOW.timestamp()) + 90, 10**19):
        assert wrote(xml(CreateTime=later)).created_at == NOW
    exact = replace(wrote(xml()), id="x")
    assert (exact.at, exact.account, exact.order, exact.created_at.tzinfo) == (NOW, "default", 24123456789012345, UTC)


def test_an_order_fits_a_signed_column_and_the_key_keeps_the_number() -> None:
    found = wrote(xml(MsgId=2**64 - 1))
    assert (found.order, found.key) == (2**63 - 1, "wechat:default:m:18446744073709551615")


@pytest.mark.parametrize(
    "sentence",
    [
        "【收到不支持的消息类型，暂无法显示】",
        "【收到不支援的訊息類型，無法顯示】",
        "[Unsupported Message]",
        "[Unsupported message]",
    ],
)
def test_what_wechat_says_it_cannot_show_is_not_the_contacts_words(sentence: str) -> None:
    found = wrote(xml(Content=sentence))
    assert (found.kind, found.text) == (Kind.UNSUPPORTED, sentence)


def test_a_sentence_about_it_is() -> None:
    assert wrote(xml(Content="why [Unsupported Message]?")).kind is Kind.TEXT


def test_a_type_without_a_name_is_shown_as_unsupported() -> None:
    assert wrote(xml(MsgType="miniprogrampage", Content=None)).kind is Kind.UNSUPPORTED
    assert event(xml(MsgType="device_event", MsgId=None)) is None


def test_a_tap_on_a_menu_is_text_for_now() -> None:
    assert wrote(xml(bizmsgmenuid="101")).text == "你好"


def happened(name: str, **values: object) -> FromContact | None:
    return event(xml(MsgType="event", Event=name, MsgId=None, Content=None, **values))


@pytest.mark.parametrize(
    ("name", "key", "scene"),
    [
        ("subscribe", "qrscene_qrscene_x", "qrscene_x"),
        ("subscribe", "last_trade_no_4200000001", ""),
        ("subscribe", None, ""),
        ("SCAN", "u7", "u7"),
    ],
)
def test_scene(name: str, key: str | None, scene: str) -> None:
    found = happened(name, EventKey=key)
    assert isinstance(found, ContactFollowed)
    assert found.scene == scene


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("success", ""),
        ("failed:user block", "user block"),
        ("failed: system failed", "system failed"),
        ("Failed:  User   Block ", "user block"),
        ("", "unknown"),
        ("x" * 100, "x" * 64),
    ],
)
def test_template_status(status: str, failure: str) -> None:
    found = happened("TEMPLATESENDJOBFINISH", Status=status, MsgID="200163836")
    assert isinstance(found, PromptReported)
    assert (found.remote_id, found.failure) == ("200163836", failure)


@pytest.mark.parametrize("name", ["VIEW", "CLICK", "LOCATION", "kf_create_session", "subscribe_msg_sent_event", ""])
def test_what_concerns_nobody(name: str) -> None:
    assert happened(name, EventKey="menu") is None


def test_event_keys_are_one_per_occurrence_and_hold_no_openid() -> None:
    occurrences = [
        happened("subscribe", EventKey="qrscene_a"),
        happened("subscribe", EventKey="qrscene_b"),
        happened("SCAN", EventKey="qrscene_a"),
        happened("unsubscribe"),
        happened("unsubscribe", CreateTime=1),
        happened("unsubscribe", FromUserName="oSomebodyElse"),
        happened("TEMPLATESENDJOBFINISH", MsgID="1"),
        happened("TEMPLATESENDJOBFINISH", MsgID="2"),
    ]
    keys = [found.key for found in occurrences if found is not None]
    assert len(set(keys)) == len(occurrences)
    assert all(key.startswith("wechat:default:e:") and OPENID not in key for key in keys)
    again = happened("unsubscribe")
    assert again is not None and again.key == keys[3]


XML_TRICKS = {
    "bomb": '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Content>&b;</Content></xml>',
    "external entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>',
    "bare doctype": '<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd"><xml><Content>a</Content></xml>',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/"> %a;]><xml/>',
    "unknown entity": "<xml><Content>&nobody;</Content></xml>",
    "character that XML cannot hold": "<xml><Content>&#8;</Content></xml>",
    "deep": "<a>" * 9 + "</a>" * 9,
    "very deep": "<a>" * 50_000,
    "wide": "<xml>" + "<a/>" * 1000 + "</xml>",
    "unclosed": "<xml><Content>",
    "two roots": "<xml/><xml/>",
    "neither": "Content=hello",
    "nothing": "",
    "blank": " \n ",
    "array": '[{"a": 1}]',
    "half JSON": '{"a": ',
    "deep JSON": '{"a":' * 5000,
    "NaN": '{"a": NaN}',
    "large": "<xml>" + "a" * messages.BODY_LIMIT + "</xml>",
}


@pytest.mark.parametrize("body", XML_TRICKS.values(), ids=XML_TRICKS.keys())
def test_tricks_are_unreadable(body: str) -> None:
    with pytest.raises(Unreadable):
        fields(body.encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gb18030", "latin-1"])
def test_no_encoding_but_utf8_is_believed(encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?><xml><Content>é你</Content></xml>'
    assert fields(declared.encode())[1]["Content"] == "é你"
    with pytest.raises(Unreadable):
        fields(declared.encode(encoding, "replace"))


def test_a_byte_order_mark_and_leading_space_are_no_harm() -> None:
    assert fields(b"\xef\xbb\xbf \n<xml><a>1</a></xml>") == (Format.XML, {"a": "1"})


def test_what_is_nested_is_left_out() -> None:
    nested = b'{"a": {"b": 1}, "c": [1], "d": null, "e": 1, "f": 1.5, "g": true}'
    assert fields(nested)[1] == {"a": "", "c": "", "d": "", "e": "1", "f": "1.5", "g": "True"}
    assert fields(b"<xml>x<a>1<b>2</b>3</a>y</xml>")[1] == {"a": "13"}


@pytest.mark.parametrize(
    "values",
    [
        {"FromUserName": ""},
        {"FromUserName": None},
        {"FromUserName": "o" * 129},
        {"MsgType": None},
        {"CreateTime": None},
        {"CreateTime": "yesterday"},
        {"CreateTime": "-1"},
        {"CreateTime": "١٢٣"},
        {"CreateTime": "1" * 21},
        {"MsgId": None},
        {"MsgId": "1_000"},
        {"MsgId": 1e30},
    ],
)
@pytest.mark.parametrize("make", [xml, as_json])
def test_a_push_without_what_every_push_has_is_unreadable(make: Any, values: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        event(make(**values))


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner))
NAMES = st.sampled_from(["FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MsgId", "Content", "Encrypt"])
VALUES = st.sampled_from(["event", "text", "subscribe", "1714112445", "", "link"]) | JSON


@patient
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_noise_is_only_ever_unreadable(noise: bytes) -> None:
    for body in (noise, b"<xml>" + noise + b"</xml>", b'{"a":' + noise + b"}", xml()[:-9] + noise):
        with contextlib.suppress(Unreadable):
            event(body)


@patient
@given(st.dictionaries(NAMES, VALUES))
def test_fields_of_any_shape_are_only_ever_unreadable(found: dict[str, Any]) -> None:
    with contextlib.suppress(Unreadable):
        event(json.dumps(found).encode("utf-8", "surrogatepass"))
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in found.items())
    with contextlib.suppress(Unreadable):
        event(f"<xml>{inner}</xml>".encode("utf-8", "surrogatepass"))
