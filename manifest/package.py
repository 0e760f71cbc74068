"""The zip: written so that the same input gives the same bytes, read with everything that is wrong with it."""

import io
import json
import re
import zipfile
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from manifest.finding import Finding, Json, leaves
from manifest.template import referred

# Ours is 12 KB. More is no app package, and reading it could fill the memory.
LARGEST: Final = 2 * 1024 * 1024
_UNIX: Final = 3
_READABLE: Final = 0o100644 << 16
_OLDEST: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Package:
    """What could be read: the files, the manifest, and the language files by name."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    manifest: Json = field(default_factory=dict)
    languages: Mapping[str, Json] = field(default_factory=dict)


def write(files: Mapping[str, bytes]) -> bytes:
    """The zip. Stored, not deflated: what zlib makes of the same input differs from one machine to another."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _OLDEST)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, content)
    return out.getvalue()


def read(data: bytes) -> tuple[Package, list[Finding]]:
    """The package, as far as it can be read, and what is wrong with its form."""
    findings: list[Finding] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                return Package(), [Finding("zip", "holds more than 2 MB", "Take out what does not belong to the app.")]
            names = [name for name in archive.namelist() if not name.endswith("/")]
            files = {name: archive.read(name) for name in names}
    except Exception as why:  # zipfile and the decompressors raise a dozen kinds for a broken file
        return Package(), [Finding("zip", f"cannot be read ({why})", "Build it anew: python -m manifest build.")]
    findings += _names(names)
    if "manifest.json" not in files:
        return Package(files), [*findings, _no_manifest(names)]
    manifest = _parsed("manifest.json", files["manifest.json"], findings)
    languages = _languages(manifest, files, findings)
    findings += _layout(manifest, names)
    return Package(files, manifest, languages), findings


def _no_manifest(names: list[str]) -> Finding:
    deeper = next((name for name in names if name.endswith("/manifest.json")), "")
    if deeper:
        cure = "Zip the files themselves, not the folder they are in."
        return Finding("manifest.json", f"is not at the zip's root, but at {deeper}", cure)
    return Finding("manifest.json", "is not in the zip", "Build it: python -m manifest build.")


def _names(names: list[str]) -> Iterator[Finding]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Finding(name, "is in the zip twice", "Keep one; programs differ in which one they take.")
    for name in names:
        if re.search(r"^/|^[A-Za-z]:|\\|(^|/)\.\.(/|$)", name):
            yield Finding(name, "is a path that leads out of the zip", "Zip the files with plain names.")


def _layout(manifest: Json, names: list[str]) -> Iterator[Finding]:
    wanted = {"manifest.json", *referred(manifest)}
    for name in sorted(set(names) - wanted):
        yield Finding(name, "is in the zip, but the manifest does not name it", "Take it out.")
    for name in sorted(wanted - set(names)):
        yield Finding(name, "is named by the manifest, but is not in the zip", "Put it in, at the zip's root.")


def _languages(manifest: Json, files: Mapping[str, bytes], findings: list[Finding]) -> dict[str, Json]:
    named = sorted(name for name in set(referred(manifest)) & set(files) if name.endswith(".json"))
    return {name: _parsed(name, files[name], findings) for name in named if name != "manifest.json"}


def _parsed(name: str, content: bytes, findings: list[Finding]) -> Json:
    """An object without any member where it is none; Teams refuses a byte order mark, Python's reader would not."""
    if content.startswith(b"\xef\xbb\xbf"):
        findings.append(Finding(name, "begins with a byte order mark", "Save it as UTF-8 without BOM."))
    try:
        value = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
        deque(leaves(value), maxlen=0)  # what is nested too deeply to be walked is refused here, too
    except (ValueError, RecursionError) as why:
        findings.append(Finding(name, f"is not JSON in UTF-8 ({why})", "Mend it there."))
        return {}
    if not isinstance(value, dict):
        findings.append(Finding(name, "is not a JSON object", "Begin from appPackage's own."))
        return {}
    return value


def _once(pairs: list[tuple[str, Any]]) -> Json:
    names = [name for name, _ in pairs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{', '.join(twice)} given twice in one object")
    return dict(pairs)
