"""The published vectors, and pushes made from them for the tests of this folder."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "wechat_vectors.json").read_text("utf-8"))
SAMPLES: dict[str, str] = VECTORS["push_xml_samples"]["samples"] | VECTORS["push_xml_samples_wechatpy"]["samples"]

# The first strategy over all of Unicode reads its tables for seconds.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
APP_ID, TOKEN = "wx5a6f2d8c1b3e4f70", "multilinetest"
ENCODING_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_TOKEN, OLD_ENCODING_KEY = "multilineold", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
OPENID = "oM4x1t0ZqRkPVmW2cYdUe7JhLs9A"


def xml(**values: object) -> bytes:
    """A push in XML with these fields over those of a first text message."""
    found = {**_first(), **values}
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in found.items() if value is not None)
    return f"<xml>{inner}</xml>".encode()


def as_json(**values: object) -> bytes:
    """The same in JSON."""
    return json.dumps({name: value for name, value in {**_first(), **values}.items() if value is not None}).encode()


def _first() -> dict[str, object]:
    return {
        "ToUserName": "gh_5d0c8a1e7b42",
        "FromUserName": OPENID,
        "CreateTime": int(NOW.timestamp()) - 1,
        "MsgType": "text",
        "Content": "你好",
        "MsgId": 24123456789012345,
    }
