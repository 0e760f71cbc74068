"""Draws our icons, two overlapping speech bubbles with lines of text: `python -m manifest.icons` writes them anew."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import hypot
from pathlib import Path
from typing import Final

from manifest.png import Picture, Pixel, encode
from manifest.template import SOURCE

Inside = Callable[[float, float], bool]
Layer = tuple[Pixel, Inside]

_GROUND: Final = (14, 90, 107, 255)
_PALE: Final = (125, 205, 193, 255)
_WHITE: Final = (255, 255, 255, 255)
_CLEAR: Final = (255, 255, 255, 0)
_FINE: Final = 4


@dataclass(frozen=True, slots=True)
class Bubble:
    """A speech bubble, in pixels: left, top, right, bottom; the corners' radius; the tail's points, clockwise."""

    box: tuple[float, float, float, float]
    radius: float
    tail: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]

    def inside(self, x: float, y: float, grown: float = 0) -> bool:
        """`grown`: how many pixels the bubble is larger on each side, negative for smaller."""
        return self._in_box(x, y, grown) or self._in_tail(x, y, grown)

    def _in_box(self, x: float, y: float, grown: float) -> bool:
        left, top, right, bottom = self.box
        across = max(left + self.radius - x, 0, x - right + self.radius)
        down = max(top + self.radius - y, 0, y - bottom + self.radius)
        return across**2 + down**2 <= (self.radius + grown) ** 2

    def _in_tail(self, x: float, y: float, grown: float) -> bool:
        corners = zip(self.tail, (*self.tail[1:], self.tail[0]), strict=True)
        return all(_right_of(start, end, x, y) >= -grown for start, end in corners)

    def larger(self, grown: float) -> Inside:
        return lambda x, y: self.inside(x, y, grown)

    def ring(self, width: float) -> Inside:
        return lambda x, y: self.inside(x, y) and not self.inside(x, y, -width)


def color() -> Picture:
    """192x192, opaque to the edges: Teams rounds the corners itself."""
    back = Bubble((28, 34, 126, 106), 24, ((44, 90), (80, 96), (42, 130)))
    front = Bubble((64, 72, 166, 142), 24, ((112, 132), (150, 128), (152, 166)))
    lines = [_line(86, 140, 92), _line(86, 144, 107), _line(86, 120, 122)]
    dark = [(_GROUND, line) for line in lines]
    layers = [(_PALE, back.inside), (_GROUND, front.larger(8)), (_WHITE, front.inside), *dark]
    return _drawn(192, _GROUND, layers)


def outline() -> Picture:
    """32x32, white on transparent: Teams gives it the colour of its bar."""
    back = Bubble((2, 4, 22, 18), 5, ((4.5, 13), (13, 15), (4.5, 23.5)))
    front = Bubble((10, 12, 30, 25), 5, ((18, 22), (27.5, 20), (27.5, 31)))
    line = _line(14, 26, 18, 1.0)
    layers = [(_WHITE, back.ring(2)), (_CLEAR, front.larger(2)), (_WHITE, front.ring(2)), (_WHITE, line)]
    return _drawn(32, _CLEAR, layers)


def _line(left: float, right: float, middle: float, half: float = 3.5) -> Inside:
    return lambda x, y: (max(left + half - x, 0, x - right + half) ** 2 + (y - middle) ** 2) <= half**2


def _right_of(start: tuple[float, float], end: tuple[float, float], x: float, y: float) -> float:
    """How far the point is to the right of the way from start to end, in pixels."""
    along, down = end[0] - start[0], end[1] - start[1]
    return (along * (y - start[1]) - down * (x - start[0])) / hypot(along, down)


def _drawn(size: int, ground: Pixel, layers: list[Layer]) -> Picture:
    return Picture(size, size, tuple(_mixed(x, y, ground, layers) for y in range(size) for x in range(size)))


def _mixed(x: int, y: int, ground: Pixel, layers: list[Layer]) -> Pixel:
    """What `_FINE` times `_FINE` points of the pixel show, on average: smooth edges.

    Nothing drawn is thinner than a pixel, so where all corners show the same, so does all between.
    """
    steps = [(number + 0.5) / _FINE for number in range(_FINE)]
    corners = {_top(x + right, y + down, ground, layers) for right in (0, 1) for down in (0, 1)}
    if len(corners) == 1:
        return corners.pop()
    points = [_top(x + right, y + down, ground, layers) for down in steps for right in steps]
    red, green, blue, opacity = (round(sum(channel) / len(points)) for channel in zip(*points, strict=True))
    return red, green, blue, opacity


def _top(x: float, y: float, ground: Pixel, layers: list[Layer]) -> Pixel:
    return next((colour for colour, inside in reversed(layers) if inside(x, y)), ground)


def main(folder: Path = SOURCE) -> int:
    """Writes both pictures into the folder."""
    (folder / "color.png").write_bytes(encode(color()))
    (folder / "outline.png").write_bytes(encode(outline()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
