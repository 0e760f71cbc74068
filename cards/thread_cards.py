"""The cards of a conversation under way: the contact's message, the user's own, and how the thread stands."""

from __future__ import annotations

from cards import outside, wording
from cards.elements import Block, Card, Container
from cards.parts import (
    button,
    card,
    contact,
    edit,
    header,
    line,
    notes,
    paragraphs,
    reply_box,
    say,
    status,
    the,
    time,
)
from cards.view import MessageView, ThreadView, View

_COLORS = {
    "sent": "Good",
    "queued": "Accent",
    "waiting": "Warning",
    "uncertain": "Warning",
    "refused": "Attention",
}


def own(view: View) -> MessageView:
    """The message of a card that cannot do without."""
    if view.message is None:
        raise ValueError("this card needs View.message")
    return view.message


def incoming(view: View) -> Card:
    """The contact's message. Needs thread and message; `resumed` in values says that it woke the chat."""
    message = own(view)
    resumed = _resumed(view) if view.values.get("resumed") else []
    earlier = notes(say(view, "incoming.earlier")) if view.values.get("earlier") else []
    before = view.values.get("burst", ())
    words = [block for each in before or (message,) for block in _content(view, each)]
    body = [header(view, aside=time(view, message.at)), *words, *earlier, *resumed, status(view)]
    box = [] if the(view).phase == "left" else [reply_box(view)]
    return card(view, [*body, *box], menu(view))


def _resumed(view: View) -> list[Block]:
    if the(view).phase == "inactive":
        return notes(say(view, "incoming.spent"))
    return [line(say(view, "incoming.resumed"), size="Small", color="Good", spacing="Small")]


def menu(view: View) -> list[Block]:
    """The overflow menu of a thread's card; nothing more can be done in one that was left."""
    if the(view).phase == "left":
        return []
    mute = "unmute" if the(view).muted else "mute"
    return [button(view, verb, menu=True) for verb in ("leave", "transfer", "queue", "details", mute)]


def _content(view: View, message: MessageView) -> list[Block]:
    if message.kind == "text":
        return [line(message.text)]
    named = notes(say(view, f"kind.{message.kind}"))
    if message.kind == "pin":
        return named
    return [*named, *([line(message.text, spacing="Small")] if message.text else [])]


def confirmation(view: View) -> Card:
    """The user's own message and what became of it. Needs thread and message."""
    message = own(view)
    state = line(state_text(view), size="Small", color=_COLORS.get(message.state), spacing="Small")
    body = [header(view, say(view, "to")), line(message.text), state]
    # It stays as it is while the chat goes on: that the chat is inactive, and how many wait, the banner says.
    budget = status(view, queued=False) if the(view).phase == "active" else None
    return card(view, [*body, budget, *current(view)], _state_buttons(view, message.state))


def current(view: View) -> list[Block]:
    """Which client words go to that name none, in a chat where there are several."""
    found: ThreadView | None = view.values.get("current_thread")
    return notes(say(view, "current", client=contact(view, found))) if found else []


def _state_buttons(view: View, state: str) -> list[Block]:
    if state == "queued":
        return [edit(view), button(view, "cancel")]
    return [button(view, "send_again")] if state == "uncertain" else []


def state_text(view: View) -> str:
    """What became of the message, in a sentence."""
    message = own(view)
    if message.state == "refused":
        return say(view, "confirmation.refused", why=why(view, message.why or "none"))
    if message.state == "cancelled":
        return say(view, "confirmation.cancelled", why=why(view, message.why or "user"))
    return say(view, f"confirmation.{message.state}")


def why(view: View, reason: str) -> str:
    """A reason that we know by name, else WeChat's code as it came."""
    key = f"why.{reason}"
    return say(view, key) if key in wording.TEXTS["en"] else say(view, "why.unknown", code=outside.name(reason))


def policy(view: View) -> Card:
    """The start notice. Needs thread."""
    return card(view, [header(view), *paragraphs(say(view, "policy")), status(view)], menu(view))


def policy_text(view: View) -> str:
    """For one line, where the list's bullets would be dashes between sentences."""
    return "\n".join(line.removeprefix("- ") for line in say(view, "policy").splitlines())


def inactive(view: View) -> Card:
    """The banner of a chat that became inactive: why, and what happens next. Needs thread.

    Once that is over (the chat is active again, was left, or `over` in values says so) it is a line of history.
    """
    thread = the(view)
    if _over(view):
        return card(view, [header(view), *notes(say(view, "inactive.over"))])
    reason = [line(say(view, f"inactive.{thread.why}"), spacing="Small")] if thread.why else []
    rule = line(inactive_text(view), weight="Bolder")
    banner = Container(style="warning", items=[rule, *reason], bleed=True, spacing="Small")
    return card(view, [header(view), banner, *notes(prompt_text(view)), status(view)], menu(view))


def _over(view: View) -> bool:
    return the(view).phase != "inactive" or bool(view.values.get("over"))


def inactive_text(view: View) -> str:
    if _over(view):
        return say(view, "inactive.over")
    return say(view, "inactive" if the(view).queue_limit else "inactive.no_queue")


def prompt_text(view: View) -> str:
    """The prompt's true state; nothing for a thread that is active or cannot queue."""
    thread = the(view)
    if thread.phase != "inactive" or not thread.queue_limit or thread.why == "unfollowed":
        return ""
    at = time(view, thread.prompt_at)
    if thread.prompt == "failed" and thread.prompt_why:
        return say(view, "prompt.failed_why", why=why(view, thread.prompt_why))
    return say(view, f"prompt.{thread.prompt}", at=at)


def warning(view: View) -> Card:
    """The window closes soon. Needs thread. Once that is over, as with the banner, it is a line of history."""
    if _warned_of(view):
        return card(view, [header(view), *notes(warning_text(view))])
    banner = Container(style="warning", items=[line(warning_text(view), weight="Bolder")], bleed=True)
    next_step = say(view, "warning.next") if the(view).left else ""
    return card(view, [header(view), banner, *notes(next_step), status(view)], menu(view))


def warning_text(view: View) -> str:
    return say(view, "warning.over" if _warned_of(view) else "warning")


def _warned_of(view: View) -> bool:
    """Whether what the warning spoke of has come, or can come no more."""
    return the(view).phase != "active" or bool(view.values.get("over"))


def overview(view: View) -> Card:
    """The thread's status card. Needs thread."""
    return card(view, [header(view), status(view), *notes(prompt_text(view))], menu(view))


def edited(view: View) -> Card:
    """An edit or deletion in Teams cannot reach WeChat. Needs thread; `deleted` and `sent` in values."""
    return card(view, [header(view), line(edited_text(view)), *notes(say(view, "edited.record")), status(view)])


def edited_text(view: View) -> str:
    if not view.values.get("sent", True):
        return say(view, "edited.not_sent")
    return say(view, "edited.deleted" if view.values.get("deleted") else "edited")


def preview_incoming(view: View) -> str:
    """The contact's name and the beginning of what they wrote."""
    message = own(view)
    named = "" if message.kind == "text" else say(view, f"kind.{message.kind}")
    words = named if message.kind == "pin" else f"{named} {message.text}"
    return say(view, "incoming.preview", contact=contact(view), text=outside.cut(outside.one_line(words), 120))


def preview_confirmation(view: View) -> str:
    return say(view, "confirmation.preview", state=state_text(view))
