"""The exact words of a message: nothing lost, nothing added, nothing trimmed."""

from __future__ import annotations

import pytest

from bot.teams.words import Words, read
from tests.teams.support import Json, payload, typed

BOT = "28:aabdbd62-bc97-4afb-83ee-575594577de5"
REPLY = (
    '<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="1600457867820">\r\n'
    '<strong itemprop="mri" itemid="28:x">WeChat</strong><span itemprop="time" itemid="1600457867820"></span>\r\n'
    '<p itemprop="preview">Shall we say <blockquote>Tuesday</blockquote>?</p>\r\n</blockquote>\r\n'
)
BULB = (
    '<span title="Ampoule" type="(1f4a1)" class="animated-emoticon-20-1f4a1" itemscope=""><img itemscope="" '
    'itemtype="http://schema.skype.com/Emoji" itemid="1f4a1" src="https://statics.teams.cdn.office.net/20_f.png" '
    'title="Ampoule" alt="💡" style="width:20px; height:20px"></span>'
)


def mention(name: str, who: str = BOT) -> Json:
    return {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": who, "name": name}}


def mark(number: int, name: str) -> str:
    return f'<span itemtype="http://schema.skype.com/Mention" itemscope="" itemid="{number}">{name}</span>'


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        "  two spaces before, one after ",
        "line\n\n\nline\t\n",
        "5 < 6 & 7 > 6 &amp; &nbsp; <b>not bold</b>",
        "<at>Somebody</at>",
        "👩‍👩‍👧 ﷽ e\u0301 \u200b你好，世界",
        "",
    ],
)
def test_plain_text_is_left_alone(text: str) -> None:
    assert read(typed(text)) == Words(text)


def test_a_character_that_no_database_keeps_is_shown_as_missing() -> None:
    assert read({"text": "a\0b"}).text == "a\N{REPLACEMENT CHARACTER}b"


def test_the_bots_mention_goes_and_its_name_stays() -> None:
    raw = typed("<at>WeChat</at> send to WeChat group (WeChatPay)", entities=[mention("WeChat")])
    assert read(raw).text == " send to WeChat group (WeChatPay)"


@pytest.mark.parametrize(
    ("text", "entities", "left"),
    [
        ("<at>Bot</at><at>Bot</at>x<at>Bot</at>", [mention("Bot"), mention("Bot")], "x<at>Bot</at>"),
        ("a <at>Bot</at>", [mention("Bot", "29:a person")], "a <at>Bot</at>"),
        ("a <at>Bot</at>", [{"type": "mention", "text": "<at>Bot</at>"}], "a <at>Bot</at>"),
        ("a", [{"type": "mention", "mentioned": {"id": BOT}}], "a"),
        ("a", ["mention", None, {"type": "clientInfo"}], "a"),
        ("a", "mention", "a"),
    ],
)
def test_only_as_many_spans_as_were_mentioned(text: str, entities: list[Json], left: str) -> None:
    assert read(typed(text, entities=entities)).text == left


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("teams.net/channel_message_mention_html_thread_reply.json", " reply to thread"),
        ("officedev-botbuilder-msteams/SampleActivityAtMention.json", "Test Message"),
        (
            "officedev-botbuilder-msteams/SampleActivity2AtMentions.json",
            "<at>Test Bot 1</at> \xa0  \xa0TestMessage",
        ),
        ("officedev-botbuilder-msteams/SampleActivityNoMentions.json", "Test     "),
        ("msteams-docs/personal_message_richtext.json", "Hello Teams TestBot.Sending bold-italic rich text"),
    ],
)
def test_captured_messages(name: str, text: str) -> None:
    assert read(payload(name)) == Words(text)


def test_a_quotation_is_not_the_persons_words() -> None:
    raw = typed("WeChat\nShall we say Tuesday?\n\nYes &amp; no", f"<div>\n{REPLY}<p>Yes &amp;amp; no</p>\n</div>")
    assert read(raw) == Words("Yes &amp; no", quoted="1600457867820")


@pytest.mark.parametrize(
    ("raw", "quoted"),
    [
        (typed("", f"{REPLY}{REPLY}<p>Yes</p>"), "?"),
        (typed("", REPLY.replace(' itemid="1600457867820"', "") + "<p>Yes</p>"), "?"),
        (typed("Yes", entities=[{"type": "quotedReply", "quotedReply": {"messageId": "17"}}]), "17"),
        (typed("Yes", "<p>Yes</p>", entities=[{"type": "quotedReply"}]), "?"),
        (typed("Yes", attachments=[{"contentType": "messageReference", "id": "18"}]), "18"),
        (typed("Yes", "<blockquote>17</blockquote><p>Yes</p>"), ""),
    ],
)
def test_what_was_quoted_is_named_or_known_to_be_unknown(raw: Json, quoted: str) -> None:
    assert read(raw).quoted == quoted


def test_other_quotations_stay() -> None:
    raw = typed("", "<blockquote>Tuesday</blockquote><p>Yes</p>")
    assert read(raw).text == "Tuesday\nYes"


def test_emoji_come_back_from_the_html() -> None:
    raw = typed("Il faut un espace ", f"<p>Il faut un&nbsp; espace {BULB}</p>")
    assert read(raw).text == "Il faut un  espace 💡"


def test_an_emojis_picture_is_no_file() -> None:
    raw = typed("", f"<p>{BULB}</p>", attachments=[{"contentType": "image/png", "contentUrl": "https://x/20_f.png"}])
    assert read(raw) == Words("💡")


def test_the_text_is_taken_where_it_has_the_emoji() -> None:
    assert read(typed("a  💡", f"<p>a {BULB}</p>")).text == "a  💡"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<emoji alt="🙂" title="Smile">:)</emoji> ok', "🙂 ok"),
        ('<img itemtype="http://schema.skype.com/Emoji" title="Party parrot">', "Party parrot"),
        ("<div>\n<p>one</p>\n<p>&nbsp;</p>\n<p>three</p>\n</div>", "one\n\nthree"),
        ("<p>one<br>two<br><br>four<br></p>", "one\ntwo\n\nfour"),
        ("<p><br></p><p>x</p>", "\nx"),
        ("<p>a <b> b</b>\n c </p>", "a b c"),
        ("<p>&nbsp;&nbsp;a&nbsp; b</p>", "  a  b"),
        ("<pre>a\n  b</pre>c   d", "a\n  b\nc d"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ol>", "1. a\n2. b\n- c\n3. d"),
        ("<li>a</li></ul>", "- a"),
        ('<p>see <a href="https://example.com/">https://example.com</a></p>', "see https://example.com"),
        ('<p>see <a href="https://example.com/a">this</a>!</p>', "see this (https://example.com/a)!"),
        ('<a href="https://example.com/a">this</a>', "this (https://example.com/a)"),
        ('<a href="mailto:a@b.c">a</a> <a>b</a></a>', "a b"),
        ('<p>a</p><a href="https://example.com/a">this</a>', "a\nthis (https://example.com/a)"),
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("<attachment id='x'></attachment>", ""),
        ("</p></blockquote>x", "x"),
    ],
)
def test_html_is_read_as_a_person_sees_it(html: str, text: str) -> None:
    assert read(typed("", html)).text == text


def test_the_bots_mention_goes_from_the_html_too() -> None:
    entities = [mention("Anna", "29:anna"), mention("WeChat")]
    html = f"<p>{mark(0, 'Anna')}, {mark(1, 'We<span>Chat</span>')}&nbsp;send to WeChat {BULB}</p>"
    assert read(typed("<at>Anna</at>, <at>WeChat</at> send", html, entities=entities)).text == (
        "Anna,  send to WeChat 💡"
    )


@pytest.mark.parametrize(
    "attachments",
    [
        [{"contentType": "image/png", "contentUrl": "https://x/y.png"}],
        payload("msteams-docs/fragment_file_attachment.json")["attachments"],
        payload("issues/file_attachment_ios_sharing_link.json")["attachments"],
        [{"contentType": "text/html", "content": '<p>a<img itemtype="http://schema.skype.com/AMSImage" src="x"></p>'}],
        [
            {"contentType": "text/html", "content": f"<p>{BULB}</p>"},
            {"contentType": "application/vnd.microsoft.teams.file.download.info"},
        ],
        [{}],
    ],
)
def test_files_and_pictures_are_noticed(attachments: list[Json]) -> None:
    assert read(typed("look", attachments=attachments)).files


@pytest.mark.parametrize("attachments", [None, "x", [], ["x"]])
def test_what_is_no_file(attachments: object) -> None:
    assert read(typed("look", attachments=attachments)) == Words("look")


def test_a_reference_to_a_message_is_no_file() -> None:
    assert not read(typed("look", attachments=[{"contentType": "messageReference"}])).files


def test_without_a_bot_id_nothing_is_taken_off() -> None:
    entities = [{"type": "mention", "text": "<at>x</at>", "mentioned": {"id": ""}}]
    assert read(typed("<at>x</at>", entities=entities, recipient={})).text == "<at>x</at>"
