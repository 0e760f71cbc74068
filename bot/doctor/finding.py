"""What the doctor says of one thing: how it is, in words, and how to mend it. Never a secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import indent
from typing import Any


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at, its state, what was seen; `cure` is empty where nothing has to be done."""

    what: str
    state: State
    said: str
    cure: str = ""

    def record(self) -> Mapping[str, Any]:
        return {"check": self.what, "state": self.state.value, "said": self.said, "cure": self.cure}


def ok(what: str, said: str) -> Finding:
    return Finding(what, State.OK, said)


def warning(what: str, said: str, cure: str) -> Finding:
    return Finding(what, State.WARNING, said, cure)


def failed(what: str, said: str, cure: str) -> Finding:
    return Finding(what, State.FAILED, said, cure)


def lines(findings: Sequence[Finding]) -> str:
    """A line for each, its cure below it, and what it all comes to."""
    width = max((len(finding.what) for finding in findings), default=0)
    shown = [_line(finding, width) for finding in findings]
    count = {state: sum(finding.state is state for finding in findings) for state in State}
    summary = ", ".join(f"{number} {state.value}" for state, number in count.items())
    return "\n".join([*shown, "", summary])


def _line(finding: Finding, width: int) -> str:
    line = f"{finding.state.value:<8} {finding.what:<{width}}  {finding.said}"
    return f"{line}\n{indent(finding.cure, ' ' * (width + 11) + '→ ')}" if finding.cure else line
