"""What each card says and lets one do, in the cases that golden files show but do not explain."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cards import MessageView, Reader, ThreadView, View, edit_field, preview, render
from cards.elements import TextRun, adaptive_card
from cards.parts import edit
from tests.cards.samples import INACTIVE, NOW, SAMPLES, thread
from tests.cards.schema import objects, texts, verbs


def view(id: str, language: str = "en", **changes: Any) -> View:
    """A sample's view, with changes to its thread."""
    drawn = next(sample for sample in SAMPLES if sample.id == id).view(language)
    return replace(drawn, thread=replace(drawn.thread, **changes)) if drawn.thread else drawn


def button(card: dict[str, Any], verb: str) -> dict[str, Any]:
    return next(item for item in objects(card) if item.get("verb") == verb and item.get("type") == "Action.Execute")


def test_incoming_shows_who_what_when_and_the_budget() -> None:
    shown = texts(render("incoming", view("incoming"))).splitlines()
    assert shown[:3] == ["Zhang Wei", "Mon 10:02", "+86 138 0013 8000 · validated"]
    assert "3 of 5 messages left · active until Tue 14:05" in shown


def test_without_a_validated_number_none_is_claimed() -> None:
    assert "validated" not in texts(render("incoming", view("incoming", number="")))


def test_reply_box_is_bound_to_thread_and_card() -> None:
    card = render("incoming", view("incoming"))
    box = next(item for item in objects(card) if item.get("id") == "text")
    assert box["inlineAction"]["data"] == {"verb": "reply", "thread_id": "t1", "message_id": "m1", "once": "m1"}
    assert box["inlineAction"]["fallback"]["type"] == "Action.Submit"


def test_menu_holds_what_can_be_done_with_the_conversation() -> None:
    menu = [item for item in render("incoming", view("incoming"))["actions"] if item.get("mode") == "secondary"]
    assert [item["title"] for item in menu] == [
        "Leave Conversation",
        "Transfer",
        "Show queue",
        "Contact details",
        "Mute",
    ]


def test_a_thread_that_was_left_offers_nothing() -> None:
    assert verbs(render("incoming", view("incoming-left"))) == set()


@pytest.mark.parametrize(
    ("left", "hours", "status", "pressing"),
    [
        (3, 28, "3 of 5 messages left · active until Tue 14:02", False),
        (1, 28, "1 of 5 messages left · active until Tue 14:02", True),
        (3, 4, "Active until Mon 14:02 · 3 of 5 messages left", True),
        (1, 4, "1 of 5 messages left · active until Mon 14:02", True),
    ],
)
def test_what_bites_first_comes_first(left: int, hours: int, status: str, pressing: bool) -> None:
    card = render("status", view("status", left=left, until=NOW + timedelta(hours=hours)))
    block = card["body"][1]
    assert "".join(run["text"] for run in block["inlines"]) == status
    assert (block["inlines"][0].get("weight") == "Bolder") is pressing


def test_without_a_clock_nothing_presses() -> None:
    card = render("status", replace(view("status"), now=None))
    assert "3 of 5 messages left · active until Tue 24 Nov 2026, 14:05" in texts(card)


def test_one_left_of_one() -> None:
    assert "1 of 1 message left" in texts(render("status", view("status", left=1, limit=1, until=None)))


@pytest.mark.parametrize(
    ("state", "does"),
    [
        ("sending", set()),
        ("waiting", set()),
        ("sent", set()),
        ("queued", {"edit", "cancel"}),
        ("uncertain", {"send_again"}),
        ("refused", set()),
        ("cancelled", set()),
    ],
)
def test_confirmation_offers_what_its_state_allows(state: str, does: set[str]) -> None:
    message = MessageView("m7", "Hello", at=NOW, state=state, position=2)
    card = render("confirmation", View(Reader(), thread=thread("en"), message=message, now=NOW))
    assert verbs(card) == does
    assert "To Zhang Wei" in texts(card)
    assert all(item["data"]["message_id"] == "m7" for item in objects(card) if "verb" in item and "data" in item)


def test_edit_field_is_named_after_its_message() -> None:
    card = render("queue", view("queue"))
    boxes = [item["id"] for item in objects(card) if item.get("type") == "Input.Text"]
    assert boxes == [edit_field(f"q{at}") for at in (1, 2, 3)]
    assert button(card, "edit")["data"]["message_id"] == "q1"


def test_cancel_all_names_no_message() -> None:
    every = [item for item in render("queue", view("queue"))["actions"] if item["verb"] == "cancel"]
    assert [item["data"]["message_id"] for item in every] == [""]


def test_refusal_gives_the_reason_or_the_code() -> None:
    assert "Not sent. Zhang Wei no longer follows the account." in texts(
        render("confirmation", view("confirmation-refused"))
    )
    assert "Not sent. WeChat did not accept it (45002)." in texts(
        render("confirmation", view("confirmation-refused_code"))
    )
    unexplained = replace(view("confirmation-refused"), message=MessageView("m", "x", state="refused"))
    assert "Not sent. WeChat did not accept it." in texts(render("confirmation", unexplained))


@pytest.mark.parametrize("kind", ["image", "voice", "video", "location", "link", "unsupported"])
def test_every_kind_is_named(kind: str) -> None:
    message = MessageView("m1", "", kind, NOW)
    assert "Sent " in texts(render("incoming", replace(view("incoming"), message=message)))


@pytest.mark.parametrize("why", ["limit", "no_reply", "refused", "unfollowed"])
def test_inactive_banner_has_the_rule_and_the_reason(why: str) -> None:
    shown = texts(render("inactive", view("inactive-limit", why=why))).splitlines()
    assert (
        "This chat is now inactive. You can queue up to 5 messages to be sent after the WeChat user responds." in shown
    )
    assert len([line for line in shown if "Zhang Wei" in line and line != "Zhang Wei"]) == (
        1 if why == "unfollowed" else 2
    )


def test_prompt_is_never_shown_as_sent_when_it_was_not() -> None:
    for prompt in ("none", "off", "sending", "failed"):
        shown = texts(render("inactive", view("inactive-limit", prompt=prompt, prompt_at=NOW, queued=1)))
        assert "was asked" not in shown
    assert "Zhang Wei was asked to reply (Mon 10:02)." in texts(
        render("inactive", view("inactive-limit", prompt="asked", prompt_at=NOW))
    )


def test_active_thread_says_nothing_of_a_prompt() -> None:
    assert "asked" not in texts(render("status", view("status", prompt="asked", prompt_at=NOW)))


def test_warning_without_messages_left_does_not_invite() -> None:
    assert "You can still send 3 messages" in texts(render("warning", view("warning")))
    assert "You can still send" not in texts(render("warning", view("warning", left=0)))


def test_leave_asks_first_and_says_what_is_lost() -> None:
    card = render("leave_confirm", view("leave_confirm-queued"))
    assert verbs(card) == {"leave_confirmed", "leave_dismissed"}
    assert "3 queued messages will be cancelled." in texts(card)
    assert "cancelled" not in texts(render("leave_confirm", view("leave_confirm")))


def test_which_has_one_button_for_each_candidate_and_holds_the_text() -> None:
    card = render("which", view("which"))
    chosen = [item["data"] for item in objects(card) if item.get("type") == "Action.Execute"]
    assert chosen == [{"verb": "choose", "thread_id": id, "message_id": "m2"} for id in ("t1", "t2", "t3")]
    assert {"Zhang Wei", "Émilie Dubois", "+33 1 23 45 67 89 · validated"} <= set(texts(card).splitlines())


def test_which_shows_eight_and_says_that_there_are_more() -> None:
    card = render("which", view("which-many"))
    assert len([item for item in objects(card) if item.get("type") == "Action.Submit"]) == 8
    assert "There are more conversations" in texts(card)


@pytest.mark.parametrize("name", ["queue", "review"])
def test_however_much_waits_teams_takes_the_card(name: str) -> None:
    longest = [MessageView(f"{at:032}", "中" * 682, at=NOW, state="queued", position=at) for at in range(1, 101)]
    card = render(name, replace(view(name, queued=100, queue_limit=100), values={"messages": longest}))
    assert len(json.dumps(card, ensure_ascii=False).encode()) < 64 * 1024
    assert "10 of 100" in texts(card)
    assert "90 more messages wait behind these." in texts(card)


@pytest.mark.parametrize("id", ["queue_full", "queue_full-none", "too_long", "left_already-text", "no_conversation"])
def test_refused_words_are_kept(id: str) -> None:
    sample = next(sample for sample in SAMPLES if sample.id == id)
    boxes = [item for item in objects(render(sample.card, sample.view("en"))) if item.get("id") == "kept"]
    assert [box["value"] for box in boxes] == ["Of course. I will send it this afternoon."]


def test_resumed_and_spent_at_once_is_not_called_active() -> None:
    shown = texts(render("incoming", view("incoming-spent")))
    assert "active again" not in shown
    assert "stays inactive until Zhang Wei replies again" in shown


def test_window_may_be_part_of_an_hour() -> None:
    assert "reply within 1.5 hours" in texts(render("policy", view("policy", hours=1.5)))
    assert "reply within 1 hour." in texts(render("policy", view("policy", hours=1.0)))


def test_company_wording_is_used_and_is_text() -> None:
    own = {("en", "inactive"): "**Paused.** {queue_limit} places."}
    changed = replace(view("inactive-limit"), reader=Reader("en", "UTC", own))
    assert "**Paused.** 5 places." in texts(render("inactive", changed))


def test_previews_name_the_contact() -> None:
    for sample in SAMPLES:
        drawn = sample.view("en")
        if drawn.thread:
            assert "Zhang Wei" in preview(sample.card, drawn)
    assert preview("incoming", view("incoming")).startswith("Zhang Wei: Good morning! Could you")
    assert preview("incoming", view("incoming-image")) == "Zhang Wei: Sent a photo. Photos cannot be shown here."
    assert preview("not_enabled", View(Reader())).endswith("ask your MultiLine administrator.")


def test_chinese_cards_say_so() -> None:
    assert render("help", View(Reader("zh")))["lang"] == "zh"


@pytest.mark.parametrize("name", ["status", "incoming", "policy"])
def test_a_card_without_its_thread_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="needs View"):
        render(name, View(Reader(), message=MessageView("m", "x", state="sent")))


def test_a_card_without_its_message_is_refused() -> None:
    lonely = View(Reader(), thread=ThreadView("t", "Li", **INACTIVE))
    with pytest.raises(ValueError, match="needs View"):
        render("incoming", lonely)
    with pytest.raises(ValueError, match="no message to edit"):
        edit(lonely)


def test_misspelt_property_is_refused() -> None:
    with pytest.raises(TypeError, match="TextRun has no property 'colour'"):
        TextRun(text="x", colour="Good")
    with pytest.raises(TypeError, match="AdaptiveCard has no property 'boddy'"):
        adaptive_card(boddy=[])
    with pytest.raises(TypeError, match="must be of type"):
        TextRun(text=5)


def marks(card: dict[str, Any]) -> list[dict[str, Any] | None]:
    """What a tap on each WeChat mark does, if anything."""
    drawn = [item for item in objects(card) if item.get("type") == "Image" and item.get("altText") == "WeChat"]
    return [mark["selectAction"]["data"] if "selectAction" in mark else None for mark in drawn]


@pytest.mark.parametrize("id", ["contact", "contact-stranger", "details", "details-stranger"])
def test_the_mark_opens_the_conversation_as_the_button_does(id: str) -> None:
    card = render(id.partition("-")[0], view(id))
    opens = [item["data"] for item in card["actions"] if item.get("verb") == "open"]
    assert marks(card) == opens
    assert opens == [{"verb": "open", "thread_id": "t1", "message_id": ""}]


def test_in_the_list_each_mark_opens_its_own_conversation() -> None:
    title, *entries = marks(render("messages", view("messages")))
    assert title is None
    assert [each and each["thread_id"] for each in entries] == ["t1", "t2", "t3"]


def test_the_list_says_which_one_is_current() -> None:
    words = texts(render("messages", view("messages"))).splitlines()
    said = words.index("Current")
    assert words.index("Chen Li (Harbour Trading)") < said < words.index("Émilie Dubois")
    assert words.count("Current") == 1
    assert "Current" not in texts(render("messages", view("messages-middle")))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_welcome_explains_the_app_in_four_lines(language: str) -> None:
    card = render("welcome", view("welcome", language))
    lines = [item for item in card["body"] if item["type"] == "RichTextBlock"]
    assert len(lines) == 4


def test_a_mark_that_leads_nowhere_is_no_button() -> None:
    assert marks(render("contact", view("contact-no_conversation"))) == [None]
    assert marks(render("incoming", view("incoming"))) == [None]


@pytest.mark.parametrize(
    ("id", "offered"),
    [
        ("contact", []),
        ("contact-no_conversation", ["b1"]),
        ("contact-not_on_wechat", ["b1"]),
        ("details", []),
        ("details-not_on_wechat", ["b1"]),
        ("details-left", ["b1"]),
    ],
)
def test_an_invitation_is_offered_where_no_conversation_is_open(id: str, offered: list[str]) -> None:
    card = render(id.partition("-")[0], view(id))
    assert [item["data"]["entry_id"] for item in card["actions"] if item.get("verb") == "invite"] == offered


def test_a_code_for_somebody_names_them() -> None:
    assert "WeChat QR code for Zhang Wei" in texts(render("invitation", view("invitation-client")))
    assert preview("invitation", view("invitation-client")) == "WeChat QR code for Zhang Wei"
    assert "Your QR code for WeChat" in texts(render("invitation", view("invitation")))


def test_a_contact_known_by_number_alone_does_not_read_it_twice() -> None:
    for contact, line in (("+8613800138000", "Validated "), ("Li Wei", "+8613800138000 · validated ")):
        seen = ThreadView("t", contact, "+8613800138000", validated_at=NOW)
        drawn = render("policy", View(Reader(), thread=seen, now=NOW))
        assert f"\n{line}" in texts(drawn)
