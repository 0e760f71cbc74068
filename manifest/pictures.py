"""The icons' rules, which no tool of Microsoft's checks offline: size, form, transparency, colour."""

from collections.abc import Iterator
from typing import Final

from manifest.finding import Finding
from manifest.package import Package
from manifest.png import Picture, decode
from manifest.registration import Registration

SIZES: Final = {"color": 192, "outline": 32}


def icons(package: Package, registration: Registration) -> Iterator[Finding]:
    """Both icons, as far as they are in the zip."""
    given = package.manifest.get("icons")
    for kind, size in SIZES.items():
        name = given.get(kind) if isinstance(given, dict) else None
        if isinstance(name, str) and name in package.files:
            yield from _icon(kind, name, size, package.files[name])


def _icon(kind: str, name: str, size: int, content: bytes) -> Iterator[Finding]:
    try:
        picture = decode(content)
    except ValueError as why:
        yield Finding(name, str(why), f"Save it as PNG, {size}x{size} pixels, 8 bits a channel, not interlaced.")
        return
    if (picture.width, picture.height) != (size, size):
        yield Finding(name, f"is {picture.width}x{picture.height} pixels", f"Draw it at {size}x{size}.")
    yield from _colour(name, picture) if kind == "color" else _outline(name, picture)


def _colour(name: str, picture: Picture) -> Iterator[Finding]:
    if any(opacity < 255 for *_, opacity in picture.pixels):
        cure = "Fill the square to its edges, without transparency; Teams rounds the corners."
        yield Finding(name, "is transparent in places", cure)
    if len(set(picture.pixels)) == 1:
        yield Finding(name, "is one plain colour", "Draw something on it.")


def _outline(name: str, picture: Picture) -> Iterator[Finding]:
    seen = [pixel for pixel in picture.pixels if pixel[3]]
    if len(seen) == len(picture.pixels):
        yield Finding(name, "has no transparent background", "Draw white lines on a transparent ground.")
    if not seen:
        yield Finding(name, "is empty", "Draw white lines on the transparent ground.")
    if other := sum(pixel[:3] != (255, 255, 255) for pixel in seen):
        yield Finding(name, f"has {other} pixels that are not white", "Use white alone; Teams colours it.")
