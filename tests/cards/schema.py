"""Microsoft's public 1.5 schema, with the few properties that Teams has and it lacks, and rules that it cannot say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

_FILE = "adaptive-card-1.5.0.json"
_SHARED = Path(__file__).parents[3] / "shared" / "schemas" / "adaptive-card" / _FILE
_OWN = Path(__file__).parents[1] / "data" / _FILE

# Teams takes it in cards of every version, the schema from 1.6 on.
_DATA = {
    "type": "object",
    "properties": {"type": {"const": "Data.Query"}, "dataset": {"type": "string", "minLength": 1}},
    "required": ["type", "dataset"],
    "additionalProperties": False,
}

# Teams' own limit is 28 KB for a card in a webhook, more for a bot; all of ours fit the smallest.
LARGEST = 28 * 1024
MOST_BUTTONS = 6


@cache
def _validator() -> jsonschema.Draft6Validator:
    schema = json.loads((_SHARED if _SHARED.exists() else _OWN).read_text("utf-8"))
    schema.pop("id")
    schema["definitions"]["AdaptiveCard"]["properties"]["msteams"] = {"type": "object"}
    schema["definitions"]["ChoiceInputStyle"]["anyOf"].append({"enum": ["filtered"]})
    schema["definitions"]["Input.ChoiceSet"]["properties"]["choices.data"] = _DATA
    return jsonschema.Draft6Validator(schema)


def complaints(card: dict[str, Any]) -> list[str]:
    """What is wrong with a card; nothing for a good one."""
    found = [f"{error.json_path}: {error.message[:200]}" for error in _validator().iter_errors(card)]
    if card.get("version") != "1.5":
        found.append(f"version is {card.get('version')!r}")
    if (size := len(json.dumps(card, ensure_ascii=False).encode())) > LARGEST:
        found.append(f"{size} bytes")
    ids = [str(item.get("id", "")) for item in objects(card) if str(item.get("type")).startswith("Input.")]
    if "" in ids or len(ids) != len(set(ids)):
        found.append(f"inputs without an id of their own: {ids}")
    if len([button for button in card.get("actions", []) if button.get("mode") != "secondary"]) > MOST_BUTTONS:
        found.append("too many buttons")
    return [*found, *_actions(card)]


def _actions(card: dict[str, Any]) -> Iterator[str]:
    for item in objects(card):
        if item.get("type") == "Action.Execute" and item["data"].get("verb") != item.get("verb"):
            yield f"{item['title']}: verb and data differ"
        if item.get("type") == "Action.Execute" and item["fallback"]["data"] != item["data"]:
            yield f"{item['title']}: the fallback carries other data"


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a card, outside in."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from objects(item)


def texts(card: dict[str, Any]) -> str:
    """All that a reader of the card reads, a line for each block."""
    lines = []
    for item in objects(card):
        if item.get("type") == "RichTextBlock":
            lines.append("".join(run["text"] for run in item["inlines"]))
        elif str(item.get("type")).startswith("Input."):
            lines += [item[name] for name in ("label", "placeholder", "value") if name in item]
        elif str(item.get("type")).startswith("Action."):
            lines.append(item["title"])
    return "\n".join(lines)


def verbs(card: dict[str, Any]) -> set[str]:
    """What its buttons do."""
    return {item["verb"] for item in objects(card) if item.get("type") == "Action.Execute"}
