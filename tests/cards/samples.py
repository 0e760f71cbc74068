"""One picture of every card in each of its shapes: the golden files, the schema test and the gallery draw these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cards import (
    EntryView,
    MessageView,
    PersonView,
    Reader,
    ThreadView,
    View,
    client_cards,
    handover_cards,
    transfer_cards,
)
from cards.mark import MARK

NOW = datetime(2026, 11, 23, 2, 2, tzinfo=UTC)
UNTIL = NOW + timedelta(hours=28, minutes=3)


@dataclass(frozen=True, slots=True)
class Sample:
    """`id` names the golden file, `card` what to render; `view` makes it for a language."""

    id: str
    card: str
    view: Callable[[str], View]


READERS = {"en": Reader("en", "Asia/Hong_Kong"), "zh": Reader("zh", "Asia/Shanghai")}
CONTACTS = {"en": "Zhang Wei", "zh": "张伟"}
INCOMING = {
    "en": "Good morning! Could you send me the fund’s latest fact sheet? 谢谢 🙏",
    "zh": "早上好！能把基金最新的说明书发给我吗？谢谢 🙏",
}
OWN = {"en": "Of course. I will send it this afternoon.", "zh": "好的，我今天下午发给您。"}
OTHERS = {
    "en": ["The sheet covers the third quarter.", "Shall we speak on Thursday at 10?"],
    "zh": ["说明书包含第三季度的数据。", "周四上午 10 点方便通话吗？"],
}

INACTIVE: dict[str, Any] = {"phase": "inactive", "why": "limit", "left": 0}


PEOPLE = [PersonView("u2", "Ben Weber", "+49 1511 2345679"), PersonView("u3", "陈晓明", "+86 139 0013 9000")]


HANDED = {"from": "Sue Meier", "writer": "Anna Schmidt"}


def thread(language: str, **changes: Any) -> ThreadView:
    usual = ThreadView("t1", CONTACTS[language], "+86 138 0013 8000", left=3, until=UNTIL)
    return replace(usual, **changes)


def own(language: str, state: str = "", why: str = "", position: int = 0) -> MessageView:
    return MessageView("m2", OWN[language], at=NOW, state=state, why=why, position=position)


def queued(language: str) -> list[MessageView]:
    texts = [OWN[language], *OTHERS[language]]
    return [MessageView(f"q{at}", text, at=NOW, state="queued", position=at) for at, text in enumerate(texts, start=1)]


def candidates(language: str) -> list[ThreadView]:
    chen = {"en": "Chen Li (Harbour Trading)", "zh": "陈丽（海港贸易）"}[language]
    return [thread(language), ThreadView("t2", chen), ThreadView("t3", "Émilie Dubois", "+33 1 23 45 67 89")]


def about(card: str, id: str = "", values: Any = None, message: Any = None, **changes: Any) -> Sample:
    """A card of a thread; `values` and `message` are functions of the language."""

    def view(language: str) -> View:
        given = values(language) if values else {}
        return View(READERS[language], given, thread(language, **changes), message(language) if message else None, NOW)

    return Sample(f"{card}-{id}" if id else card, card, view)


def alone(card: str, id: str = "", values: Any = None, message: Any = None) -> Sample:
    """A card that belongs to no thread."""

    def view(language: str) -> View:
        given = values(language) if values else {}
        return View(READERS[language], given, None, message(language) if message else None, NOW)

    return Sample(f"{card}-{id}" if id else card, card, view)


def wrote(kind: str = "text", text: str | None = None) -> Callable[[str], MessageView]:
    def message(language: str) -> MessageView:
        return MessageView("m1", INCOMING[language] if text is None else text, kind, NOW)

    return message


def stands(state: str, why: str = "", position: int = 0) -> Callable[[str], MessageView]:
    return lambda language: own(language, state, why, position)


def with_text(**more: Any) -> Callable[[str], dict[str, Any]]:
    return lambda language: {"text": OWN[language], **more}


def with_queue(language: str) -> dict[str, Any]:
    return {"messages": queued(language)}


def entry(**changes: Any) -> Callable[[str], dict[str, Any]]:
    """Somebody of the contact book, with what else the card is told."""
    more = {name: changes.pop(name) for name in ("saved_now",) if name in changes}

    def values(language: str) -> dict[str, Any]:
        company = {"en": "Harbour Trading", "zh": "海港贸易"}[language]
        notes = {"en": "Prefers mornings. Speaks Cantonese.", "zh": "上午联系为宜，会讲粤语。"}[language]
        numbers = ("+86 138 0013 8000", "+852 2345 6789")
        usual = EntryView("b1", CONTACTS[language], company, numbers, numbers[0], notes, on_wechat=True, revision=1)
        return {"entry": replace(usual, **changes), "asked": "a1", "saved": bool(more)}

    return values


STRANGER: dict[str, Any] = {
    **{"id": "", "name": "#4K2Q", "company": "", "numbers": (), "validated": "", "notes": ""},
    **{"saved": False, "revision": 0},
}
NO_WECHAT: dict[str, Any] = {"validated": "", "on_wechat": False}


def results(language: str) -> list[View]:
    """Whom a search finds: in conversation, without one, not on WeChat, and a stranger."""

    def one(about: ThreadView | None, **changes: Any) -> View:
        return View(READERS[language], {"entry": entry(**changes)(language)["entry"]}, about, now=NOW)

    return [one(thread(language)), one(None), one(None, **NO_WECHAT), one(thread(language), **STRANGER)]


STAGES = (
    "offered",
    "asked",
    "agreed",
    "declined",
    "freed",
    "moved",
    "unable",
    "expired",
    "missed",
    "seat_freed",
    "joined",
)


def request(stage: str, about: Callable[[str], dict[str, Any]] | None = None, **more: Any) -> Any:
    """A hand-over request; the holder's name is told in one of them."""
    told = {"stage": stage, "request": "r1", "until": UNTIL.isoformat(), "from": more.pop("asker", ""), **more}
    named = {"holder": "Anna Schmidt"} if stage == "offered" else {}
    return lambda language: {**(about(language) if about else {}), **named, **told}


def wish(show: str = "") -> dict[str, Any]:
    return {"id": "l1", "show": show, "limit": 8, "skip": 0}


def page(language: str, skip: int = 0, total: int = 3) -> dict[str, Any]:
    one, other, third = candidates(language)
    unread = replace(one, unread=2, until=UNTIL, left=5)
    inactive = replace(other, **{**INACTIVE, "queued": 2}, muted=True)
    last = [wrote()(language), own(language, "queued"), wrote("image", "")(language)]
    return {"entries": list(zip((unread, inactive, third), last, strict=True)), "total": total, "skip": skip}


def with_history(language: str) -> dict[str, Any]:
    said = [("contact", wrote()(language)), ("user", own(language, "sent")), ("contact", wrote("voice", "")(language))]
    said.append(("contact", wrote("pin", "••••••")(language)))
    said.append(("colleague", replace(own(language, "sent"), by="Ben Weber")))
    return {"history": said, "current_thread": thread(language)}


SETTLED = {"language": "zh", "timezone": "Asia/Shanghai", "notifications": False}
ASKED: dict[str, Any] = {**INACTIVE, "queued": 3, "prompt": "asked", "prompt_at": NOW}
UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"

SAMPLES: tuple[Sample, ...] = (
    alone("welcome"),
    about("policy"),
    about("incoming", message=wrote()),
    about("incoming", "resumed", lambda _: {"resumed": True}, wrote(), left=5, number=""),
    about("incoming", "spent", lambda _: {"resumed": True}, wrote(), **INACTIVE),
    about("incoming", "last_message", message=wrote(), left=1),
    about("incoming", "last_hours", message=wrote(), until=NOW + timedelta(hours=2)),
    about("incoming", "inactive", message=wrote(), **{**INACTIVE, "queued": 2}),
    about("incoming", "earlier", lambda _: {"earlier": True}, wrote(), validated_at=NOW),
    about("incoming", "pin", message=wrote("pin", "••••••"), validated_at=NOW),
    about("incoming", "left", message=wrote(), phase="left"),
    about("incoming", "image", message=wrote("image", "")),
    about("incoming", "unsupported", message=wrote("unsupported", UNSUPPORTED)),
    about("confirmation", "sending", message=stands("sending")),
    about("confirmation", "waiting", message=stands("waiting")),
    about("confirmation", "sent", message=stands("sent")),
    about("confirmation", "queued", message=stands("queued", position=2), **ASKED),
    about("confirmation", "uncertain", message=stands("uncertain")),
    about("confirmation", "refused", message=stands("refused", "unfollowed")),
    about("confirmation", "refused_code", message=stands("refused", "45002")),
    about("confirmation", "refused_full", message=stands("refused", "queue_full"), **ASKED),
    about("confirmation", "cancelled", message=stands("cancelled", "user")),
    about("confirmation", "cancelled_left", message=stands("cancelled", "left"), phase="left"),
    about("warning", until=NOW + timedelta(hours=4)),
    about("warning", "over", lambda _: {"over": True}),
    about("inactive", "limit", **INACTIVE),
    about("inactive", "no_reply", **{**ASKED, "why": "no_reply"}),
    about(
        "inactive",
        "refused",
        **{**INACTIVE, "why": "refused", "prompt": "failed", "prompt_why": "blocked", "queued": 1},
    ),
    about("inactive", "unfollowed", **{**INACTIVE, "why": "unfollowed"}),
    about("inactive", "sending", **{**INACTIVE, "prompt": "sending", "queued": 1}),
    about("inactive", "failed", **{**INACTIVE, "prompt": "failed", "queued": 1}),
    about("inactive", "off", **{**INACTIVE, "prompt": "off"}),
    about("inactive", "no_queue", **{**INACTIVE, "queue_limit": 0, "why": ""}),
    about("inactive", "over"),
    about("status"),
    about("status", "no_deadline", until=None),
    about("queue", values=with_queue, **ASKED),
    about("queue", "one", lambda language: {"messages": queued(language)[:1]}, **{**ASKED, "queued": 1}),
    about("queue", "empty"),
    about("queue_full", values=with_text(), **{**ASKED, "queued": 5}),
    about("queue_full", "none", with_text(), **{**INACTIVE, "queue_limit": 0}),
    about("too_long", values=with_text(excess=1, max_bytes=2048)),
    alone("too_long", "unaddressed", with_text(excess=900, max_bytes=2048)),
    about("empty"),
    about("released", values=lambda _: {"sent": 3, "waiting": 0}, left=2),
    about("released", "some", lambda _: {"sent": 1, "waiting": 2}, **{**INACTIVE, "queued": 2}),
    about("released", "none"),
    about("review", values=with_queue, queued=3),
    about("review", "decided"),
    about("review", "too_late", with_queue, **ASKED),
    about("leave_confirm"),
    about("leave_confirm", "queued", **ASKED),
    about("stayed"),
    about("transfer", values=lambda _: {"colleagues": PEOPLE, "find": ""}),
    about("transfer", "many", lambda _: {"colleagues": PEOPLE * 5, "find": "a"}),
    about("transfer", "nobody", lambda _: {"colleagues": [], "find": "Xaver"}),
    about("transfer_confirm", values=lambda _: {"colleagues": PEOPLE}),
    about("transfer_confirm", "gone", lambda _: {"colleagues": []}),
    about("transfer_confirm", "queued", lambda _: {"colleagues": PEOPLE}, **ASKED),
    about("transferred", values=lambda _: {"to": "Ben Weber"}, phase="left"),
    about("transferred", "owed", lambda _: {"to": "Ben Weber", "told": 0, "cancelled": 1}, phase="left"),
    about("received", values=lambda language: {**HANDED, **with_history(language)}),
    about("received", "passed_on", lambda _: {"from": "Anna Schmidt"}, phase="left"),
    about("transferred", "by", lambda _: {"to": "Ben Weber", "by": "Sue Meier"}, phase="left"),
    about("joined", values=lambda language: {"from": "Sue Meier", "writer": "Sue Meier", **with_history(language)}),
    about("colleague_came", values=lambda _: {"from": "Sue Meier"}),
    about("colleague_left", values=lambda _: {"from": "Sue Meier"}),
    about("colleague_wrote", values=lambda _: {"from": "Sue Meier"}, message=own),
    *(about(name) for name in transfer_cards.SENTENCES),
    *(alone("takeover", stage, request(stage, entry(**STRANGER))) for stage in STAGES),
    alone("takeover", "unnamed", request("offered", entry(), holder="")),
    *(about("handover", stage, request(stage, asker="Ben Weber")) for stage in STAGES[1:]),
    about("handover", "queued", request("asked", asker="Ben Weber"), **ASKED),
    *(alone(name) for name in handover_cards.SENTENCES),
    about("left", phase="left"),
    about("left", "owed", lambda _: {"told": 0, "cancelled": 1}, phase="left"),
    about("left", "stays", lambda _: {"told": 0, "stays": 1}, phase="left"),
    about("left_already", phase="left"),
    about("left_already", "text", with_text(), phase="left"),
    alone("which", values=lambda language: {"text": OWN[language], "candidates": candidates(language)}, message=own),
    alone("which", "many", lambda language: {"text": OWN[language] * 20, "candidates": candidates(language) * 3}, own),
    alone("invitation", values=lambda _: {"picture": MARK, "until": UNTIL.isoformat()}),
    alone("invitation", "lasting", lambda _: {"picture": MARK, "until": ""}),
    alone("invitation", "client", lambda language: {"picture": MARK, "until": UNTIL.isoformat(), **entry()(language)}),
    alone("invitation_failed"),
    alone("no_conversation", values=with_text()),
    alone("no_conversation", "plain"),
    about("contact", values=entry()),
    about("contact", "stranger", entry(**STRANGER), number=""),
    alone("contact", "no_conversation", entry()),
    alone("contact", "not_on_wechat", entry(**NO_WECHAT)),
    about("details", values=entry()),
    about("details", "saved", entry(saved_now=True), **INACTIVE),
    about("details", "stranger", entry(**STRANGER), number=""),
    alone("details", "not_on_wechat", entry(**NO_WECHAT)),
    alone("details", "held", entry(holder="Anna Schmidt", validated="")),
    alone("details", "held_unnamed", entry(holder="", validated="")),
    about("details", "left", entry(), phase="left"),
    alone("search", values=lambda language: {"text": "", "results": results(language)}),
    alone("search", "many", lambda language: {"text": "z", "results": results(language) * 3}),
    alone("search", "nothing", lambda _: {"text": "z", "results": []}),
    alone("search", "empty", lambda _: {"text": "", "results": []}),
    alone("details.nameless"),
    alone("details.too_long"),
    alone("details.unread"),
    about("edited"),
    about("edited", "deleted", lambda _: {"deleted": True}),
    about("edited", "not_sent", lambda _: {"deleted": False, "sent": False}),
    alone("attachment"),
    alone("personal_only"),
    alone("not_enabled"),
    alone("stale"),
    about("nothing_to_do"),
    alone("forbidden"),
    alone("help"),
    about("incoming", "burst", lambda language: {"burst": [wrote()(language), wrote(text="🙏")(language)]}, wrote()),
    about("confirmation", "current", lambda language: {"current_thread": thread(language)}, stands("sent")),
    alone("which", "news", lambda language: {"text": "Ok", "candidates": candidates(language), "doubt": "news"}, own),
    alone(
        "messages",
        values=lambda language: {"list": wish(), "page": page(language), "current_thread": candidates(language)[1]},
    ),
    alone("messages", "middle", lambda language: {"list": wish("unread"), "page": page(language, 8, 2000)}),
    alone("messages", "none", lambda _: {"list": wish("queued"), "page": {"entries": [], "total": 0, "skip": 0}}),
    about("opened", values=with_history),
    about("opened", "doubt", lambda language: {"history": []}),
    about("opened", "left", with_history, phase="left"),
    about("muted", muted=True),
    about("unmuted"),
    alone("settings", values=lambda _: {"settings": {"language": "", "timezone": "", "notifications": True}}),
    alone("settled", values=lambda _: {"card": "settled", "settings": SETTLED}),
    about("connected", values=lambda _: {"user": "Anna Schmidt"}),
    *(alone(name) for name in client_cards.SENTENCES),
)
