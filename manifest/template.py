"""Fills `appPackage/` with an app's own values: template in, the files of its package out."""

import json
from pathlib import Path
from typing import Any, Final

from manifest.finding import Json, leaves
from manifest.registration import Registration

_BESIDE: Final = Path(__file__).parent.parent / "appPackage"
SOURCE: Final = _BESIDE if _BESIDE.is_dir() else Path("appPackage").resolve()
"""The checkout's; where the code is installed without it, as in the image, that of the working directory."""


def filled(registration: Registration, version: str = "", source: Path = SOURCE) -> dict[str, bytes]:
    """The package's files by name. `version` replaces the template's own.

    What is wrong with the template stays in (a file that is missing, text that is not JSON): the check tells it.
    """
    text = (source / "manifest.json").read_text("utf-8")
    for name, value in _values(registration).items():
        text = text.replace("${{" + name + "}}", value)
    try:
        manifest = json.loads(text)
    except ValueError:
        return {"manifest.json": text.encode()}
    if version:
        manifest["version"] = version
    names = sorted(set(referred(manifest)) - {"manifest.json"})
    present = [name for name in names if (source / name).is_file()]
    return {"manifest.json": _text(manifest)} | {name: _file(source / name) for name in present}


def referred(manifest: Json) -> list[str]:
    """The files that a manifest names: icons and languages."""
    places = ("icons.", "localizationInfo.defaultLanguageFile", "localizationInfo.additionalLanguages[")
    named = [(path, value) for path, value in leaves(manifest) if path.startswith(places)]
    return [value for path, value in named if isinstance(value, str) and not path.endswith("languageTag")]


def _values(registration: Registration) -> dict[str, str]:
    return {
        "TEAMS_APP_ID": registration.app_id,
        "BOT_ID": registration.bot_id,
        "PUBLIC_BASE_URL": registration.base_url,
        "PUBLIC_HOST": registration.host,
    }


def _file(path: Path) -> bytes:
    """A checkout may have given a text file other line ends: written anew, it is the same everywhere."""
    content = path.read_bytes()
    try:
        return _text(json.loads(content)) if path.suffix == ".json" else content
    except ValueError:
        return content


def _text(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
