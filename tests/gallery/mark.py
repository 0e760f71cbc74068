"""Draws the mark in `cards/mark.py`, two speech bubbles of our own: `python -m tests.gallery.mark` prints it."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageDraw

_GREEN = (7, 193, 96, 255)
_CLEAR = (0, 0, 0, 0)
_SIZE, _SCALE, _DRAWN = 48, 6, 64


def draw() -> bytes:
    """A small transparent PNG, drawn several times as large and reduced for smooth edges."""
    picture = Image.new("RGBA", (_DRAWN * _SCALE, _DRAWN * _SCALE), _CLEAR)
    pen = ImageDraw.Draw(picture)

    def bubble(box: tuple[int, int, int, int], tail: tuple[tuple[int, int], ...], colour: tuple[int, ...]) -> None:
        pen.ellipse([_SCALE * edge for edge in box], fill=colour)
        pen.polygon([(_SCALE * x, _SCALE * y) for x, y in tail], fill=colour)

    bubble((1, 6, 44, 43), ((8, 34), (9, 50), (22, 40)), _GREEN)
    bubble((20, 22, 64, 60), ((50, 50), (59, 63), (62, 46)), _CLEAR)
    bubble((24, 26, 62, 57), ((48, 50), (56, 61), (59, 46)), _GREEN)
    for x, y in ((16, 20), (30, 20), (36, 38), (50, 38)):
        pen.ellipse([_SCALE * (x - 3), _SCALE * (y - 3), _SCALE * (x + 3), _SCALE * (y + 3)], fill=_CLEAR)
    small = picture.resize((_SIZE, _SIZE), Image.Resampling.LANCZOS).quantize(12)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    print(base64.b64encode(draw()).decode())
