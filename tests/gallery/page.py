"""The gallery's one page: all cards, drawn by Microsoft's own renderer in Teams' colours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

WEB = Path(__file__).parents[2] / "bot" / "sim" / "web"
RENDERER = WEB / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.min.js"
HOST_CONFIG = WEB / "hostconfig.json"

# Where `</script>` could end the data block, the slash is written as an escape.
_TEMPLATE = (Path(__file__).parent / "page.html").read_text("utf-8")


def page(cards: list[dict[str, Any]]) -> str:
    """The page as one self-contained file; each card is {id, language, title, json}."""
    data = {"cards": cards, "hosts": json.loads(HOST_CONFIG.read_text("utf-8"))}
    quoted = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return _TEMPLATE.replace("/*RENDERER*/", RENDERER.read_text("utf-8")).replace('"DATA"', quoted)
