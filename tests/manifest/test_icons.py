"""The icons, pixel by pixel, and other people's: our reader of PNG against Pillow's."""

import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from manifest import icons
from manifest.png import Picture, decode, encode
from manifest.template import SOURCE
from tests.manifest.samples import files, found, tells

WHITE = (255, 255, 255)


def png(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", **options)
    return out.getvalue()


def pixels(data: bytes) -> list[tuple[int, ...]]:
    raw = Image.open(io.BytesIO(data)).convert("RGBA").tobytes()
    return [tuple(raw[at : at + 4]) for at in range(0, len(raw), 4)]


def test_the_files_are_what_our_script_draws(tmp_path: Path) -> None:
    icons.main(tmp_path)
    drawn = {path.name: decode(path.read_bytes()) for path in tmp_path.iterdir()}
    assert drawn == {path.name: decode(path.read_bytes()) for path in SOURCE.glob("*.png")}
    assert len(drawn) == 2


def test_the_colour_icon_fills_its_square() -> None:
    data = files()["color.png"]
    assert Image.open(io.BytesIO(data)).size == (192, 192)
    assert {opacity for *_, opacity in pixels(data)} == {255}
    assert len(set(pixels(data))) > 10


def test_the_outline_icon_is_white_on_nothing() -> None:
    data = files()["outline.png"]
    seen = [pixel for pixel in pixels(data) if pixel[3]]
    assert Image.open(io.BytesIO(data)).size == (32, 32)
    assert {pixel[:3] for pixel in seen} == {WHITE}
    assert 0.15 < len(seen) / 32**2 < 0.5
    edge = [at for at, pixel in enumerate(pixels(data)) if pixel[3] and (at % 32 in (0, 31) or at // 32 in (0, 31))]
    assert edge == []


def random_picture(mode: str) -> Image.Image:
    numbers = random.Random(mode)
    size = {"RGBA": 4, "RGB": 3, "LA": 2}.get(mode, 1)
    return Image.frombytes("L" if mode in "P1" else mode, (13, 7), numbers.randbytes(13 * 7 * size))


FORMS: dict[str, Callable[[], bytes]] = {
    "rgba": lambda: png(random_picture("RGBA")),
    "rgb": lambda: png(random_picture("RGB")),
    "rgb with one clear colour": lambda: png(
        random_picture("RGB"), transparency=random_picture("RGB").getpixel((3, 3))
    ),
    "grey": lambda: png(random_picture("L")),
    "grey and opacity": lambda: png(random_picture("LA")),
    "black and white": lambda: png(random_picture("L").convert("1")),
    "palette of 256": lambda: png(random_picture("L").convert("P")),
    "palette of 16": lambda: png(random_picture("RGB").quantize(16), bits=4),
    "palette with clear colours": lambda: png(random_picture("RGBA").quantize(4), bits=2),
    "smooth, with every filter": lambda: png(Image.linear_gradient("L").resize((64, 64)).convert("RGB")),
}


@pytest.mark.parametrize("form", FORMS)
def test_pictures_are_read_as_pillow_reads_them(form: str) -> None:
    data = FORMS[form]()
    assert list(decode(data).pixels) == pixels(data)


@pytest.mark.parametrize("mode", ["RGBA", "RGB"])
def test_what_we_write_pillow_reads(mode: str) -> None:
    picture = random_picture(mode)
    data = encode(Picture(13, 7, decode(png(picture)).pixels))
    assert Image.open(io.BytesIO(data)).mode == mode
    assert pixels(data) == pixels(png(picture))


def _outline(ground: tuple[int, ...], pen: tuple[int, ...]) -> bytes:
    picture = Image.new("RGBA", (32, 32), ground)
    picture.paste(pen, (8, 8, 24, 24))
    return png(picture)


CLEAR = (255, 255, 255, 0)
GOOD = files()["color.png"]
ICONS: list[tuple[str, bytes, str, str]] = [
    ("color.png", png(Image.new("RGB", (100, 100), "teal")), "100x100", "192x192"),
    ("color.png", png(Image.new("RGBA", (192, 192), CLEAR)), "transparent in places", "edges"),
    ("color.png", png(Image.new("RGB", (192, 192), "teal")), "one plain colour", "Draw"),
    ("color.png", b"GIF89a", "not a PNG", "Save it as PNG"),
    ("color.png", GOOD[:-20], "damaged", "Save it as PNG"),
    ("color.png", GOOD[:50] + bytes([GOOD[50] ^ 1]) + GOOD[51:], "damaged", "Save it as PNG"),
    ("color.png", GOOD[:8], "no header", "Save it as PNG"),
    ("color.png", png(Image.new("RGB", (1025, 8))), "1025x8", "192x192"),
    ("color.png", png(Image.new("I;16", (192, 192))), "8 bits", "8 bits"),
    ("outline.png", png(Image.new("RGBA", (32, 32), (*WHITE, 255))), "no transparent background", "transparent"),
    ("outline.png", png(Image.new("RGBA", (32, 32), CLEAR)), "is empty", "Draw white"),
    ("outline.png", _outline(CLEAR, (0, 0, 0, 255)), "256 pixels that are not white", "white alone"),
    ("outline.png", _outline((0, 0, 0, 255), (*WHITE, 255)), "not white", "white alone"),
    ("outline.png", png(Image.new("RGBA", (64, 64), CLEAR)), "64x64", "32x32"),
]


@pytest.mark.parametrize(("name", "content", "what", "cure"), ICONS, ids=range(len(ICONS)))
def test_a_spoilt_icon(name: str, content: bytes, what: str, cure: str) -> None:
    findings = found(files() | {name: content})
    assert tells(findings, name, what, cure), "\n".join(map(str, findings))


def _chunked(header: bytes, rows: bytes, *more: tuple[bytes, bytes]) -> bytes:
    parts = ((b"IHDR", header), *more, (b"IDAT", rows))
    chunks = (struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


_DOT = struct.pack(">IIBBBBB", 1, 1, 8, 3, 0, 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        _chunked(_DOT, b"not deflated", (b"PLTE", b"abc")),
        _chunked(_DOT, zlib.compress(b"\x05\x00"), (b"PLTE", b"abc")),
        _chunked(_DOT, zlib.compress(b"\x00\x01"), (b"PLTE", b"abc")),
    ],
    ids=["its data", "its filter", "its palette"],
)
def test_a_picture_damaged_in(data: bytes) -> None:
    with pytest.raises(ValueError, match="is damaged"):
        decode(data)


def test_a_picture_that_unpacks_to_too_little_is_refused() -> None:
    short = encode(Picture(4, 4, ((1, 2, 3, 4),) * 12))
    with pytest.raises(ValueError, match="cut short"):
        decode(short)
