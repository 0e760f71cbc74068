"""The cards of somebody with many clients: the list, one opened, settings, and a chat of a client's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cards import outside
from cards.elements import Block, Card, ChoiceSet, Column, ColumnSet, Container, Toggle
from cards.parts import (
    actions,
    button,
    card,
    contact,
    header,
    line,
    notes,
    reply_box,
    say,
    status,
    status_parts,
    the,
    time,
)
from cards.thread_cards import menu
from cards.view import MessageView, ThreadView, View

FILTERS = ("", "unread", "active", "inactive", "queued")
LAST_WORDS, HISTORY_WORDS = 100, 400
LANGUAGES = {"en": "English", "zh": "简体中文"}
TIMEZONES = (
    *("UTC", "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Zurich", "Europe/Moscow", "Asia/Dubai"),
    *("Asia/Kolkata", "Asia/Bangkok", "Asia/Singapore", "Asia/Hong_Kong", "Asia/Shanghai", "Asia/Taipei"),
    *("Asia/Tokyo", "Australia/Sydney", "America/New_York", "America/Chicago", "America/Denver"),
    *("America/Los_Angeles", "America/Sao_Paulo"),
)
SENTENCES = (
    *("connected_already", "connect_none", "connect_which", "connect_where"),
    *("not_connected", "disconnected", "disconnected_already", "observer"),
)
"""Cards that are one sentence."""


# ---- the list


def messages(view: View) -> Card:
    """The user's threads, a page of them. `page` (entries, total, skip) and `list` (show, limit, id) in values."""
    page: Mapping[str, Any] = view.values["page"]
    wish: Mapping[str, Any] = view.values["list"]
    first, total = page["skip"] + 1, page["total"]
    last = page["skip"] + len(page["entries"])
    count = say(view, "messages.range", first=first, last=last, total=total) if total else ""
    entries = [_entry(replace(view, thread=thread), message) for thread, message in page["entries"]]
    nothing = [] if entries else [line(say(view, "messages.none"))]
    paging = _paging(view, wish, page["skip"], last, total)
    return card(view, [header(view, say(view, "messages"), count), *_filters(view, wish), *nothing, *entries], paging)


def _filters(view: View, wish: Mapping[str, Any]) -> list[Block]:
    """In two rows, because a narrow client cuts off what does not fit into one."""

    def choice(show: str) -> Block:
        title = say(view, f"messages.filter_{show}" if show else "messages.all")
        return _turn(view, title, {**wish, "show": show}, 0, "positive" if show == wish["show"] else None)

    return [actions(*map(choice, row), spacing="Small") for row in (FILTERS[:2], FILTERS[2:])]


def _turn(view: View, title: str, wish: Mapping[str, Any], skip: int, style: str | None = None) -> Block:
    """A button that turns this card to another page of the list."""
    return button(view, "messages", title, style=style, list=wish["id"], skip=str(skip), show=wish["show"])


def _paging(view: View, wish: Mapping[str, Any], skip: int, last: int, total: int) -> list[Block]:
    newer = [_turn(view, say(view, "do.previous"), wish, max(0, skip - wish["limit"]))]
    older = [_turn(view, say(view, "do.next"), wish, skip + wish["limit"])]
    return [*(newer if skip else []), *(older if last < total else [])]


def _entry(view: View, message: MessageView | None) -> Block:
    thread = the(view)
    unread = say(view, "messages.unread", unread=thread.unread) if thread.unread else ""
    aside = time(view, message.at) if message else ""
    muted = say(view, "messages.muted") if thread.muted else ""
    current: ThreadView | None = view.values.get("current_thread")
    words = [header(view, aside=aside, opens=True), line(_last(view, message), spacing="Small")]
    if current and current.id == thread.id:
        words.append(line(say(view, "messages.current"), size="Small", weight="Bolder", color="Good", spacing="Small"))
    if unread:
        words.append(line(unread, size="Small", weight="Bolder", color="Accent", spacing="Small"))
    words += notes(" · ".join(filter(None, [*status_parts(view), muted])))
    columns = [
        Column(width="stretch", items=words),
        Column(width="auto", verticalContentAlignment="Center", items=[actions(button(view, "open"))]),
    ]
    return ColumnSet(columns=columns, separator=True, spacing="Medium")


def _words(view: View, message: MessageView) -> str:
    """What it is, and the words; those that held a PIN were not kept."""
    named = "" if message.kind == "text" else say(view, f"kind.{message.kind}")
    return named if message.kind == "pin" else f"{named} {message.text}".strip()


def _last(view: View, message: MessageView | None) -> str:
    if message is None:
        return say(view, "opened.none")
    words = outside.cut(outside.one_line(_words(view, message)), LAST_WORDS)
    return say(view, "messages.you", text=words) if message.state else words


# ---- one of them


def opened(view: View) -> Card:
    """A thread with its recent history. Needs thread; `history` (author, view) and `current_thread` in values."""
    said = [block for author, message in view.values.get("history", ()) for block in spoken(view, author, message)]
    nothing = [] if said else notes(say(view, "opened.none"))
    words = line(opened_text(view), weight="Bolder")
    if the(view).phase == "left":
        return card(view, [header(view), status(view), *nothing, *said])
    return card(view, [header(view), words, *nothing, *said, status(view), reply_box(view)], menu(view))


def opened_text(view: View) -> str:
    """Where free words go now, as it is true when this is drawn."""
    current: ThreadView | None = view.values.get("current_thread")
    if the(view).phase == "left":
        return say(view, "status.over")
    if current is not None and current.id == the(view).id:
        return say(view, "opened")
    return say(view, "current", client=contact(view, current)) if current else say(view, "opened.doubt")


def spoken(view: View, author: str, message: MessageView, writer: str = "") -> list[Block]:
    """Words of a history: who said them, when, and what they were. `writer`: the user who did, if not the reader."""
    user = outside.name(writer) or say(view, "messages.you", text="").strip(" :：")
    colleague = outside.name(message.by) or say(view, "messages.colleague")
    who = {"contact": contact(view), "colleague": colleague}.get(author, user)
    words = outside.cut(_words(view, message), HISTORY_WORDS)
    above = line(f"{who} · {time(view, message.at)}", size="Small", subtle=True)
    return [Container(items=[above, line(words, spacing="None")])]


def muted(view: View) -> Card:
    """What became of *Mute* or *Unmute*. Needs thread."""
    return card(view, [header(view), line(muted_text(view))], menu(view))


def muted_text(view: View) -> str:
    return say(view, "muted" if the(view).muted else "unmuted")


# ---- settings


def settings(view: View) -> Card:
    """Language, time zone, notifications. `settings` in values."""
    own: Mapping[str, Any] = view.values["settings"]
    automatic = {"title": say(view, "settings.automatic"), "value": "auto"}
    languages = [automatic, *({"title": title, "value": value} for value, title in LANGUAGES.items())]
    zones = [automatic, *({"title": zone.replace("_", " "), "value": zone} for zone in TIMEZONES)]
    saved = notes(say(view, "settled")) if view.values.get("card") == "settled" else []
    body = [
        header(view, say(view, "settings")),
        *saved,
        _choice(view, "language", own["language"], languages),
        _choice(view, "timezone", own["timezone"], zones),
        Toggle(
            id="notifications",
            title=say(view, "settings.notifications"),
            value="on" if own["notifications"] else "off",
            value_on="on",
            value_off="off",
        ),
    ]
    return card(view, body, [button(view, "settle", style="positive")])


def _choice(view: View, name: str, value: str, choices: list[dict[str, str]]) -> Block:
    label = say(view, f"settings.{name}")
    return ChoiceSet(id=name, label=label, style="compact", value=value or "auto", choices=choices)


# ---- a conversation of a client's own


def connected(view: View) -> Card:
    """A group chat or channel thread belongs to a client now. Needs thread; `user` in values."""
    body = [header(view), line(connected_text(view), weight="Bolder")]
    return card(view, [*body, *notes(say(view, "connected.next", user=view.values["user"])), status(view)])


def connected_text(view: View) -> str:
    return say(view, "connected")
