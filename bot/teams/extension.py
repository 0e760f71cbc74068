"""The message extension over Contacts: what Teams asks, and the answers in the shapes that it wants. Pure.

A result is a thumbnail, whose words Teams may read as HTML, so what could be markup is shown as look-alikes. Choosing
one is a second question that names the entry or the thread; whose it is, the book decides again.

A message's menu offers no search, only a dialog: there the same search is a card with a box and what it finds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import cards
from bot.domain.events import Reference
from bot.ports import Found, Known
from bot.teams import views
from bot.teams.activity import CARD, Json, each, part, word
from cards import outside, wording
from cards.contact_cards import RESULTS_SHOWN

COMMAND: Final = "contacts"
PARAMETER: Final = "contact"
QUERY: Final = "composeExtension/query"
SELECT: Final = "composeExtension/selectItem"
OPEN: Final = "composeExtension/fetchTask"
SUBMIT: Final = "composeExtension/submitAction"
FIND: Final = "find"
PAGE: Final = 25

THUMBNAIL: Final = "application/vnd.microsoft.card.thumbnail"
_NO_MARKUP: Final = str.maketrans({"<": "‹", ">": "›", "&": "＆", "[": "［", "]": "］"})


@dataclass(frozen=True, slots=True)
class Search:
    """`text` is empty when the extension was only opened; `count` results after the first `skip` are wanted."""

    text: str
    skip: int
    count: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A result that was chosen: an entry of the book, or (a stranger) the thread with them."""

    entry_id: str
    thread_id: str


def looks_up(activity: Json) -> bool:
    """Whether this invoke only looks somebody up."""
    name = word(activity, "name")
    return name in (QUERY, SELECT, OPEN) or (name == SUBMIT and word(activity, "value", "data", "verb") == FIND)


def search_of(activity: Json) -> Search:
    """The search of a query, or of the dialog: at first for nothing, then for its box's words."""
    value = part(activity, "value")
    if word(activity, "name") in (OPEN, SUBMIT):
        return Search(word(value, "data", "text"), 0, RESULTS_SHOWN + 1)
    options = part(value, "queryOptions")
    said = [each_ for each_ in each(value, "parameters") if word(each_, "name") != "initialRun"]
    text = next((word(each_, "value") for each_ in said if word(each_, "name") == PARAMETER), "")
    return Search(text or next((word(each_, "value") for each_ in said), ""), *_page(options))


def _page(options: Json) -> tuple[int, int]:
    skip, count = (options.get(name) for name in ("skip", "count"))
    return (
        skip if isinstance(skip, int) and skip > 0 else 0,
        min(count, PAGE) if isinstance(count, int) and count > 0 else PAGE,
    )


def choice_of(activity: Json) -> Choice:
    """The choice of a composeExtension/selectItem invoke."""
    value = part(activity, "value")
    return Choice(word(value, "entry_id"), word(value, "thread_id"))


# ---- answers


def results(found: Found | None, search: Search, reference: Reference, now: datetime, mark: str) -> dict[str, Any]:
    """The list of results; in words why there are none. `found` is None for somebody who may not use WeChat.

    `mark` is the address of the WeChat mark.
    """
    if found is None:
        return _told("not_enabled", reference)
    reference = views.as_set(reference, found.settings)
    if not found.known and not search.skip:
        return _told("search.nothing" if search.text.strip() else "search.empty", reference)
    return _results("list", [_result(each_, reference, now, mark) for each_ in found.known])


def dialog(found: Found | None, search: Search, reference: Reference, now: datetime) -> dict[str, Any]:
    """The dialog over a message, with whom the search found."""
    if found is None:
        return {"task": {"type": "message", "value": _text("not_enabled", reference)}}
    reference = views.as_set(reference, found.settings)
    results = [views.of_known(each_, reference, now) for each_ in found.known]
    card = cards.render("search", views.of_search(search.text, results, reference))
    shown = {"contentType": CARD, "content": card}
    value = {"title": _text("search", reference), "width": "medium", "height": "large", "card": shown}
    return {"task": {"type": "continue", "value": value}}


def chosen(found: Found | None, reference: Reference, now: datetime) -> dict[str, Any]:
    """The card of the one chosen."""
    if found is None:
        return _told("not_enabled", reference)
    reference = views.as_set(reference, found.settings)
    if not found.known:
        return _told("search.gone", reference)
    card = cards.render("contact", views.of_known(found.known[0], reference, now))
    return _results("list", [{"contentType": CARD, "content": card}])


def _results(layout: str, attachments: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"composeExtension": {"type": "result", "attachmentLayout": layout, "attachments": list(attachments)}}


def _told(key: str, reference: Reference) -> dict[str, Any]:
    return {"composeExtension": {"type": "message", "text": _text(key, reference)}}


def _text(key: str, reference: Reference) -> str:
    return wording.text(key, wording.language(reference.locale), {})


def _result(known: Known, reference: Reference, now: datetime, mark: str) -> dict[str, Any]:
    view = views.of_known(known, reference, now)
    entry = views.entry_view(known)
    thread_id = known.conversation.thread.id if known.conversation else ""
    said = {"entry_id": known.entry.id if known.entry else "", "thread_id": thread_id}
    shown = {
        "title": _shown(entry.name),
        "subtitle": _shown(" · ".join(filter(None, [entry.company, *entry.numbers[:1]]))),
        "text": cards.contact_state(view),
        "images": [{"url": mark, "alt": _text("wechat", reference)}] if entry.on_wechat else [],
        "tap": {"type": "invoke", "value": said},
    }
    preview = {"contentType": THUMBNAIL, "content": {name: value for name, value in shown.items() if value}}
    return {"contentType": THUMBNAIL, "content": {"title": shown["title"]}, "preview": preview}


def _shown(words: str) -> str:
    return outside.name(words, 100).translate(_NO_MARKUP)
