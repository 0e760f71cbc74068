"""PNG pictures, read and written: enough to draw our icons and to look at the pixels of anybody's."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_CHANNELS: Final = {_GREY: 1, _RGB: 3, _PALETTE: 1, _GREY_ALPHA: 2, _RGBA: 4}
_DEPTHS: Final = {_GREY: (1, 2, 4, 8), _PALETTE: (1, 2, 4, 8)}
_WIDEST: Final = 1024

Pixel = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels are red, green, blue, opacity, each 0 to 255, row by row from the top left."""

    width: int
    height: int
    pixels: tuple[Pixel, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    width: int
    height: int
    depth: int
    kind: int

    @property
    def bits(self) -> int:
        return self.depth * _CHANNELS[self.kind]

    @property
    def stride(self) -> int:
        return (self.width * self.bits + 7) // 8


def encode(picture: Picture) -> bytes:
    """Eight bits a channel; without the opacity if nothing in it is transparent."""
    opaque = all(pixel[3] == 255 for pixel in picture.pixels)
    channels, kind = (3, _RGB) if opaque else (4, _RGBA)
    rows = [picture.pixels[at : at + picture.width] for at in range(0, len(picture.pixels), picture.width)]
    raw = b"".join(b"\0" + bytes(value for pixel in row for value in pixel[:channels]) for row in rows)
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, kind, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, content) for name, content in parts)


def decode(data: bytes) -> Picture:
    """ValueError, worded to follow "the picture": it cannot be read here, and why."""
    chunks = list(_chunks(data))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise ValueError("has no header")
    header = _header(chunks[0][1])
    named = dict(chunks)
    raw = _inflated(b"".join(content for name, content in chunks if name == b"IDAT"), header)
    pixels = _pixels(header, _unfiltered(raw, header), named.get(b"PLTE", b""), named.get(b"tRNS", b""))
    return Picture(header.width, header.height, pixels)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not data.startswith(_SIGNATURE):
        raise ValueError("is not a PNG file")
    at = len(_SIGNATURE)
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        name, content, check = data[at + 4 : at + 8], data[at + 8 : at + 8 + length], data[at + 8 + length :][:4]
        if len(check) != 4 or zlib.crc32(name + content) != int.from_bytes(check, "big"):
            raise ValueError("is damaged")
        yield name, content
        at += 12 + length


def _header(content: bytes) -> _Header:
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", content)
    if interlaced or kind not in _CHANNELS or depth not in _DEPTHS.get(kind, (8,)):
        raise ValueError("is interlaced or has more than 8 bits a channel")
    if not (0 < width <= _WIDEST and 0 < height <= _WIDEST):
        raise ValueError(f"is {width}x{height} pixels")
    return _Header(width, height, depth, kind)


def _inflated(data: bytes, header: _Header) -> bytes:
    size = (header.stride + 1) * header.height
    try:
        raw = zlib.decompressobj().decompress(data, size)
    except zlib.error as damaged:
        raise ValueError("is damaged") from damaged
    if len(raw) != size:
        raise ValueError("is cut short")
    return raw


def _unfiltered(raw: bytes, header: _Header) -> list[bytes]:
    """The rows, each with the prediction from its neighbours (PNG specification, section 9) added back."""
    step = max(1, header.bits // 8)
    above = bytes(header.stride)
    rows = []
    for at in range(0, len(raw), header.stride + 1):
        kind, row = raw[at], bytearray(raw[at + 1 : at + 1 + header.stride])
        if kind > 4:
            raise ValueError("is damaged")
        for x in range(len(row)) if kind else ():
            left, corner = (row[x - step], above[x - step]) if x >= step else (0, 0)
            row[x] = (row[x] + _predicted(kind, left, above[x], corner)) & 255
        above = bytes(row)
        rows.append(above)
    return rows


def _predicted(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        guess = left + up - corner
        return min((left, up, corner), key=lambda near: abs(guess - near))
    return (0, left, up, (left + up) // 2)[kind]


def _pixels(header: _Header, rows: list[bytes], palette: bytes, clear: bytes) -> tuple[Pixel, ...]:
    count = _CHANNELS[header.kind]
    samples = b"".join(rows) if header.depth == 8 else bytes(_unpacked(rows, header))
    groups = zip(*(samples[channel::count] for channel in range(count)), strict=True)
    known: dict[tuple[int, ...], Pixel] = {}
    return tuple(known.get(group) or known.setdefault(group, _pixel(header, group, palette, clear)) for group in groups)


def _unpacked(rows: list[bytes], header: _Header) -> Iterator[int]:
    """The samples of pixels that share a byte, the first in its highest bits."""
    per_byte, most = 8 // header.depth, (1 << header.depth) - 1
    for row in rows:
        values = [byte >> (8 - header.depth * (place + 1)) & most for byte in row for place in range(per_byte)]
        yield from values[: header.width]


def _pixel(header: _Header, group: tuple[int, ...], palette: bytes, clear: bytes) -> Pixel:
    match header.kind:
        case 3:
            (number,) = group
            if len(palette) < number * 3 + 3:
                raise ValueError("is damaged")
            red, green, blue = palette[number * 3 : number * 3 + 3]
            return red, green, blue, clear[number] if number < len(clear) else 255
        case 6:
            red, green, blue, opacity = group
            return red, green, blue, opacity
        case 4:
            grey, opacity = group
            return grey, grey, grey, opacity
    cut_out = struct.unpack(f">{len(group)}H", clear) if len(clear) == 2 * len(group) else ()
    opacity = 0 if group == cut_out else 255
    if header.kind == _GREY:
        grey = group[0] * 255 // ((1 << header.depth) - 1)
        return grey, grey, grey, opacity
    red, green, blue = group
    return red, green, blue, opacity
