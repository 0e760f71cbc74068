"""What a person wrote, exactly: the bot's own mention and a quotation taken off, emoji kept, nothing trimmed. Pure.

Teams says a message twice: as `text`, which has lost the emoji and contains a quoted message as if it were the
person's own words, and as a text/html attachment, which has everything. The text is taken wherever it is faithful;
where it is not (a quotation, an emoji it lacks, no text at all) the words are read from the HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from bot.teams.activity import Json, each, part, word

_SCHEMA = "http://schema.skype.com/"
_BLOCKS = frozenset("p div li ul ol blockquote pre codeblock h1 h2 h3 h4 h5 h6 table tr td th hr".split())
_SPACES = re.compile(r"[ \t\r\n\f]+")
_NOT_A_FILE = ("text/html", "text/plain", "messageReference")


@dataclass(frozen=True, slots=True)
class Words:
    """`files`: pictures or files came with it, which the words alone would not show. `quoted`: the message replied to.

    `quoted` is an activity id; `?` when something was quoted and it is not said what.
    """

    text: str
    files: bool = False
    quoted: str = ""


def read(activity: Json) -> Words:
    """The words of a message, an edit or an undeletion."""
    text = word(activity, "text")
    body = _body(activity)
    if body is None:
        return Words(_without_own_mentions(activity, text), _files(activity, emoji=False), _referred(activity))
    lost = any(emoji not in text for emoji in body.emoji)
    faithful = bool(text) and not body.quoted and not lost
    files = body.pictures or _files(activity, emoji=bool(body.emoji))
    quoted = (body.quoted_id or "?") if body.quoted else _referred(activity)
    return Words(_without_own_mentions(activity, text) if faithful else body.text, files, quoted)


def _referred(activity: Json) -> str:
    """The message that an entity says was quoted (newer clients), or a forwarded reference to one."""
    for entity in each(activity, "entities"):
        if entity.get("type") == "quotedReply":
            reply = part(entity, "quotedReply")
            return word(reply, "messageId") or word(entity, "messageId") or "?"
    referred = (a for a in each(activity, "attachments") if a.get("contentType") == "messageReference")
    return next((word(attachment, "id") or "?" for attachment in referred), "")


def _body(activity: Json) -> _Body | None:
    for attachment in each(activity, "attachments"):
        if attachment.get("contentType") == "text/html":
            body = _Body(frozenset(str(number) for number, own, _ in _mentions(activity) if own))
            body.feed(word(attachment, "content"))
            body.close()
            return body
    return None


def _files(activity: Json, *, emoji: bool) -> bool:
    """Whether there is more than words. Teams attaches every emoji as a small picture as well, which is not."""
    kinds = [word(attachment, "contentType") for attachment in each(activity, "attachments")]
    return any(kind not in _NOT_A_FILE and not (emoji and kind.startswith("image/")) for kind in kinds)


def _mentions(activity: Json) -> list[tuple[int, bool, str]]:
    """Number, whether it is the bot that is meant, and the span in `text`, of every mention."""
    bot = word(activity, "recipient", "id")
    found = [entity for entity in each(activity, "entities") if entity.get("type") == "mention"]
    return [(n, bot != "" and word(e, "mentioned", "id") == bot, word(e, "text")) for n, e in enumerate(found)]


def _without_own_mentions(activity: Json, text: str) -> str:
    for _, own, span in _mentions(activity):
        if own and span:
            text = text.replace(span, "", 1)
    return text


class _Body(HTMLParser):
    """Reads the HTML that Teams' compose box makes, as a person sees it."""

    def __init__(self, own: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._own = own
        self._lines: list[str] = []
        self._fresh = True  # the next words begin a line
        self._hidden = ""  # the tag whose content is left out, and how deep we are in it
        self._depth = 0
        self._lists: list[int] = []
        self._link = ("", 0)
        self._verbatim = False
        self.emoji: list[str] = []
        self.quoted = self.pictures = False
        self.quoted_id = ""

    @property
    def text(self) -> str:
        """A line that holds nothing but a hard space is how Teams writes an empty one."""
        return "\n".join("" if line == "\xa0" else line.replace("\xa0", " ") for line in self._lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden:
            self._depth += tag == self._hidden
            return
        given = {name: value or "" for name, value in attrs}
        if self._left_out(tag, given.get("itemtype", ""), given):
            self._hidden, self._depth = tag, 1
        elif tag in ("img", "emoji"):
            self._picture(tag, given)
        elif tag == "br":
            self._line_break()
        elif tag in _BLOCKS:
            self._block(tag)
        elif tag == "a":
            self._link = (given.get("href", ""), len(self._lines[-1]) if self._lines and not self._fresh else 0)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            self._depth -= tag == self._hidden
            self._hidden = self._hidden if self._depth else ""
        elif tag in _BLOCKS:
            self._end_line()
            self._verbatim = self._verbatim and tag != "pre"
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
        elif tag == "a":
            self._end_link()

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if not self._verbatim:
            data = _SPACES.sub(" ", data)
            if self._fresh or self._lines[-1].endswith(" "):
                data = data.lstrip(" ")
        if data:
            self._write(data)

    def _left_out(self, tag: str, kind: str, given: dict[str, str]) -> bool:
        if tag == "blockquote" and kind == _SCHEMA + "Reply":
            # Several quotations in one message name no one thread.
            self.quoted_id = "?" if self.quoted else given.get("itemid", "")
            self.quoted = True
            return True
        return tag == "span" and kind == _SCHEMA + "Mention" and given.get("itemid") in self._own

    def _picture(self, tag: str, given: dict[str, str]) -> None:
        if tag == "img" and given.get("itemtype") != _SCHEMA + "Emoji":
            self.pictures = True
            return
        if tag == "emoji":
            self._hidden, self._depth = tag, 1
        shown = given.get("alt") or given.get("title", "")
        self.emoji.append(shown)
        self._write(shown)

    def _block(self, tag: str) -> None:
        self._end_line()
        self._verbatim = self._verbatim or tag == "pre"
        if tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self._bullet()

    def _bullet(self) -> None:
        if not self._lists or self._lists[-1] < 0:
            self._write("- ")
            return
        self._lists[-1] += 1
        self._write(f"{self._lists[-1]}. ")

    def _end_link(self) -> None:
        """A link whose words are not its address would lose it."""
        href, start = self._link
        self._link = ("", 0)
        if self._lines and href.startswith(("http://", "https://")):
            shown = self._lines[-1][start:].strip()
            if shown.rstrip("/") != href.rstrip("/"):
                self._write(f" ({href})")

    def _line_break(self) -> None:
        if self._fresh:
            self._lines.append("")
        self._fresh = True

    def _end_line(self) -> None:
        if self._lines and not self._verbatim:
            self._lines[-1] = self._lines[-1].rstrip(" ")
        self._fresh = True

    def _write(self, words: str) -> None:
        if self._fresh:
            self._lines.append("")
            self._fresh = False
        self._lines[-1] += words
