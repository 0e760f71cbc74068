"""Words of a table searched by how they begin: the range of an index in which they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam

_LAST: Final = "\U0010ffff"


def begins(table: Any, number: int) -> ColumnElement[bool]:
    """Whether a word of the table begins with the token of this number; `bounds` gives the parameters."""
    return and_(table.c.word >= bindparam(f"from{number}"), table.c.word < bindparam(f"to{number}"))


def bounds(tokens: Sequence[str]) -> dict[str, str]:
    """The parameters of `begins` for each token."""
    given: dict[str, str] = {}
    for number, token in enumerate(tokens):
        given |= {f"from{number}": token, f"to{number}": token + _LAST}
    return given
