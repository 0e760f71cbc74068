"""The simulator's pictures, drawn here: something like a QR code (no camera reads it) and a contact's snapshot."""

from __future__ import annotations

import hashlib
import math
import struct
import zlib

_SIDE, _SCALE, _QUIET = 29, 8, 4
_HILL = bytes((58, 92, 84))


def code_like(ticket: str) -> bytes:
    """A PNG, always the same for the same ticket."""
    bits = hashlib.shake_256(ticket.encode()).digest(_SIDE * _SIDE)
    size = (_SIDE + 2 * _QUIET) * _SCALE
    rows = bytearray()
    for y in range(size):
        rows.append(0)
        rows += bytes(0 if _dark(x // _SCALE - _QUIET, y // _SCALE - _QUIET, bits) else 255 for x in range(size))
    return _png(size, size, 0, bytes(rows))


def snapshot() -> bytes:
    """A PNG of hills under an evening sky: what a simulated contact sends when nobody gives a picture."""
    width, height, rows = 160, 120, bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += _HILL if y > 84 - 18 * math.sin(x / 28) else bytes((250 - y, 190 - y // 2, 140 + y // 2))
    return _png(width, height, 2, bytes(rows))


def _png(width: int, height: int, colour: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _dark(x: int, y: int, bits: bytes) -> bool:
    if not (0 <= x < _SIDE and 0 <= y < _SIDE):
        return False
    for left, top in ((0, 0), (_SIDE - 7, 0), (0, _SIDE - 7)):
        if left - 1 <= x <= left + 7 and top - 1 <= y <= top + 7:
            ring = max(abs(x - left - 3), abs(y - top - 3))
            return ring in (0, 1, 3)
    return bits[y * _SIDE + x] & 1 == 1


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
