"""A colleague's name typed into a card: what Teams asks for meanwhile, and whom it is to offer. Pure.

It names no card and no conversation, so nothing is decided by it: it offers those whom the person who types may hand
something to at all, and what is chosen comes back as a click, of which all that is decided again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import cards
from bot.ports import User
from bot.teams.activity import Json, part, word
from bot.teams.views import person_view

SEARCH: Final = "application/search"
MOST: Final = 15
"""As many choices as Teams shows."""


def sought(activity: Json) -> str | None:
    """What was typed; None for a list that is not ours, or a page of ours after the first, which is all there is."""
    value = part(activity, "value")
    ours = word(value, "dataset") == cards.DATASET
    return word(value, "queryText") if ours and not part(value, "queryOptions").get("skip") else None


def offered(people: Sequence[User]) -> dict[str, Any]:
    """The choices, in the shape that Teams wants."""
    choices = [cards.colleague_choice(person_view(each)) for each in people[:MOST]]
    return {
        "statusCode": 200,
        "type": "application/vnd.microsoft.search.searchResponse",
        "value": {"results": choices},
    }
