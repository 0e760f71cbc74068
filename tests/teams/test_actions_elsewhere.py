"""What is written where others are, what a quotation names, and what comes with the words."""

from __future__ import annotations

import pytest

from bot.domain.events import UserConnected, UserWrote
from bot.teams.doing import message_key
from tests.teams.support import payload, typed
from tests.teams.test_actions import CHAT, IN_A_GROUP, REFERENCE, asks, event, meant


@pytest.mark.parametrize(
    ("text", "query"),
    [("connect Li Wei", "Li Wei"), (" CONNECT  +86 138 ", "+86 138"), ("连接 李伟", "李伟"), ("connect", "")],
)
def test_a_client_is_connected_where_others_are(text: str, query: str) -> None:
    assert meant(typed(text) | IN_A_GROUP) == (UserConnected, {"query": query})


def test_words_that_begin_with_connect_are_words_in_the_personal_chat() -> None:
    assert meant(typed("connect the dots"))[0] is UserWrote
    assert meant(typed("connect"))[0] is UserConnected
    assert meant(typed("connected we stand") | IN_A_GROUP)[0] is UserWrote


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<at>WeChat</at> dear WeChat", "dear WeChat"),
        ("<at>WeChat</at>\xa0good day", "good day"),
        ("<at>WeChat</at>  good day ", " good day "),
        ("<at>WeChat</at>good day", "good day"),
    ],
)
def test_the_mention_and_the_space_that_teams_puts_after_it_are_not_the_clients_to_read(text: str, left: str) -> None:
    mention = {"type": "mention", "text": "<at>WeChat</at>", "mentioned": {"id": REFERENCE.bot_id, "name": "WeChat"}}
    assert meant(typed(text, entities=[mention]) | IN_A_GROUP)[1]["text"] == left


def test_a_quoted_reply_names_what_it_quotes() -> None:
    quotation = '<blockquote itemtype="http://schema.skype.com/Reply" itemid="17"><p>Hi</p></blockquote><p>Yes</p>'
    own = meant(typed("Hi\n\nYes", quotation))[1]
    assert (own["text"], own["quoted"], own["quoted_key"]) == ("Yes", "17", message_key(CHAT, "17"))


def test_a_card_chosen_from_contacts_and_sent_to_us_means_nothing() -> None:
    card = [{"contentType": "application/vnd.microsoft.card.adaptive", "content": {}}]
    html = [{"contentType": "text/html", "content": "<p>&nbsp;</p>"}]
    assert event(typed("", attachments=card)) is None
    assert event(typed("", attachments=card + html)) is None
    assert meant(typed("look", attachments=card)) == asks("attachment")
    assert meant(typed("", attachments=[*card, {"contentType": "image/png"}])) == asks("attachment")


def test_files_are_not_passed_off_as_words() -> None:
    raw = typed("see this", attachments=payload("msteams-docs/fragment_file_attachment.json")["attachments"])
    assert meant(raw) == asks("attachment")
