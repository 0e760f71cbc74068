"""The texts: complete in both languages, the specification's own where it gives them, safe to be replaced."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cards import wording
from cards.wording import TEXTS, check, language, placeholders, text

SPECIFICATION = Path(__file__).parents[1] / "data" / "specification.txt"

POLICY = """A WeChat user (#) is contacting you. For chats to remain active:

- You can send up to 5 messages before the WeChat user must reply.
- WeChat users must reply within 48 hours.

For inactive chats, your messages will be paused until the WeChat user resumes the conversation."""
WELCOME = """Thank you! You can now start chatting.

This account can only message you while the chat is active. The chat becomes inactive if you do not reply:

- After receiving 5 messages
- After 48 hours

You can send a message at any time to resume the conversation."""
INACTIVE = "This chat is now inactive. You can queue up to 5 messages to be sent after the WeChat user responds."
PROMPT = (
    "You have new messages from this sender. Please reply to the chat to resume the conversation and receive the "
    "latest messages."
)


def en(key: str, **values: object) -> str:
    return text(key, "en", {}, **values)


def zh(key: str, **values: object) -> str:
    return text(key, "zh", {}, **values)


@pytest.mark.parametrize("words", [POLICY, WELCOME, INACTIVE, PROMPT])
def test_these_are_the_words_of_the_specification(words: str) -> None:
    lines = [line.strip() for line in SPECIFICATION.read_text("utf-8").splitlines() if line.strip()]
    own = [line for line in words.splitlines() if line]
    assert any(lines[at : at + len(own)] == own for at in range(len(lines)))


def test_defaults_are_those_words() -> None:
    assert en("policy", contact="#", limit=5, hours=48) == POLICY
    assert en("to_contact.welcome", user="Anna", limit=5, hours=48) == WELCOME
    assert en("inactive", queue_limit=5) == INACTIVE
    assert en("to_contact.prompt", user="Anna", limit=5, hours=48) == PROMPT


def test_numbers_in_force_are_the_ones_written() -> None:
    words = en("to_contact.welcome", limit=1, hours=1.5)
    assert "- After receiving 1 message\n- After 1.5 hours\n" in words


def test_welcome_can_say_who_unless_the_company_hides_it() -> None:
    assert en("to_contact.who", user="Anna Schmidt") == "You are chatting with Anna Schmidt."
    assert zh("to_contact.who", user="Anna Schmidt") == "正在与您沟通的是 Anna Schmidt。"
    assert text("to_contact.who", "en", {("en", "to_contact.who"): ""}) == ""


def test_an_sms_without_its_pin_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must hold \{pin\}"):
        check("to_contact.pin_sms", "Your PIN is on its way.")


def test_both_languages_have_the_same_keys() -> None:
    assert list(TEXTS["en"]) == list(TEXTS["zh"])


@pytest.mark.parametrize("key", TEXTS["en"])
def test_translation_has_the_same_placeholders_and_none_is_left(key: str) -> None:
    names = [set(re.findall(r"\{(\w+)[^}]*}", texts[key])) for texts in TEXTS.values()]
    assert names[0] == names[1]
    for tag, texts in TEXTS.items():
        check(key, texts[key])
        assert not re.search(r"[{}|]", text(key, tag, {}, **dict.fromkeys(placeholders(key), 2)))


@pytest.mark.parametrize("key", TEXTS["zh"])
def test_chinese_has_chinese_punctuation(key: str) -> None:
    assert not re.search(r"[\u4e00-\u9fff] ?[,.;:!?()\"]|[,;:!?()\"] ?[\u4e00-\u9fff]", TEXTS["zh"][key])


def test_nouns_follow_their_number() -> None:
    assert en("too_long", excess=1, max_bytes=2048) == "Not sent: 1 byte too long. WeChat takes 2048 bytes."
    assert en("review", contact="Li", queued=1).startswith("Li replied. 1 queued message waits ")
    assert en("review", contact="Li", queued=2).startswith("Li replied. 2 queued messages wait ")


def test_chinese_sets_latin_words_apart() -> None:
    assert zh("to", contact="#4K2Q") == "发给 #4K2Q"
    assert zh("to", contact="Zhang Wei") == "发给 Zhang Wei"
    assert zh("to", contact="张伟") == "发给张伟"
    assert zh("warning", contact="张伟", until="周二 14:05") == "若张伟不回复，会话将于周二 14:05 暂停。"
    assert zh("to", contact="") == "发给"
    assert zh("to", contact="αβγ") == "发给αβγ"


def test_values_are_put_in_once() -> None:
    assert en("to", contact="{contact} {0.__class__} {{}}") == "To {contact} {0.__class__} {{}}"


def test_company_replaces_a_text_in_one_language() -> None:
    own = {("en", "to_contact.prompt"): "{user} of the bank has written to you. {{Reply}}"}
    assert text("to_contact.prompt", "en", own, user="Anna") == "Anna of the bank has written to you. {Reply}"
    assert text("to_contact.prompt", "zh", own) == TEXTS["zh"]["to_contact.prompt"]


def test_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="contact"):
        en("to")


@pytest.mark.parametrize(
    ("key", "template", "complaint"),
    [
        ("inactiv", "x", "there is no text 'inactiv'"),
        ("inactive", " \n", "must not be empty"),
        ("inactive", "{queue_limits} messages", r"unknown placeholder \{queue_limits\}.*\{queue_limit\}"),
        ("stale", "{contact}", "it may use: none"),
        ("inactive", "{queue_limit:message}", "one noun for 1 and one for more"),
        ("inactive", "{queue_limit:a|b|c}", "one noun for 1 and one for more"),
        ("inactive", "{queue_limit.__class__}", "is not a placeholder"),
        ("inactive", "{queue_limit[0]}", "is not a placeholder"),
        ("inactive", "{queue_limit!r}", "is not a placeholder"),
        ("inactive", "{}", "is not a placeholder"),
        ("inactive", "{queue_limit", "expected '}'"),
        ("inactive", "queue_limit}", "Single '}'"),
        ("to_contact.prompt", "{contact}", r"it may use: \{hours\}, \{limit\}, \{user\}"),
    ],
)
def test_bad_template_is_refused_by_name(key: str, template: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        check(key, template)


def test_good_template_is_taken() -> None:
    check("inactive", "Paused. {{ok}} {queue_limit:message|messages} wait.")
    check("to_contact.prompt", "{user} waits for you.")
    check("to_contact.who", "")


def test_language_of_a_locale() -> None:
    assert [language(tag) for tag in ("zh-CN", "zh", "ZH-Hans", "en-GB", "de-DE", "")] == ["zh"] * 3 + ["en"] * 3


def test_every_text_to_the_contact_can_name_the_user() -> None:
    assert all(wording.TO_CONTACT <= placeholders(key) for key in TEXTS["en"] if key.startswith("to_contact."))
