from __future__ import annotations

import base64
import io
import random
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from grader.notebook.sanitize import images


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> str:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return base64.b64encode(buffer.getvalue()).decode()


def decoded(picture: images.Picture) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(picture.base64)))


def bomb(width: int, height: int) -> str:
    """A PNG whose head promises ``width`` x ``height`` pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + crc

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(10_000_000)))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")).decode()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_pixels_stay_as_they_are(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = images.as_png(encoded(Image.new(mode, (5, 3)), kind))
    image = decoded(picture)
    assert (image.format, image.size, picture.pixels) == ("PNG", (5, 3), 15)
    assert image.mode == ("RGBA" if mode in ("LA", "RGBA") else "L")


def test_only_what_is_grey_and_opaque_is_kept_as_grey() -> None:
    seen_through = Image.new("RGBA", (2, 1), (9, 9, 9, 255))
    opaque = images.as_png(encoded(seen_through))
    seen_through.putpixel((1, 0), (9, 9, 9, 254))
    assert (decoded(opaque).mode, decoded(opaque).getpixel((1, 0))) == ("L", 9)
    assert decoded(images.as_png(encoded(seen_through))).getpixel((1, 0)) == (9, 9, 9, 254)
    for colour in ((9, 8, 8), (8, 9, 8), (8, 8, 9)):
        coloured = Image.new("RGB", (2, 1), (8, 8, 8))
        coloured.putpixel((1, 0), colour)
        assert decoded(images.as_png(encoded(coloured))).getpixel((1, 0)) == colour


def test_grey_levels_survive_with_what_can_be_seen_through() -> None:
    grey = Image.new("L", (2, 1), 7)
    grey.putpixel((1, 0), 200)
    kept = decoded(images.as_png(encoded(grey)))
    assert (kept.mode, kept.getpixel((0, 0)), kept.getpixel((1, 0))) == ("L", 7, 200)
    kept = decoded(images.as_png(encoded(grey, transparency=7)))
    assert (kept.getpixel((0, 0)), kept.getpixel((1, 0))) == ((7, 7, 7, 0), (200, 200, 200, 255))


def test_a_colour_survives() -> None:
    red = Image.new("RGBA", (2, 2), (250, 10, 20, 128))
    assert decoded(images.as_png(encoded(red))).getpixel((1, 1)) == (250, 10, 20, 128)


def test_a_jpeg_becomes_a_png() -> None:
    picture = images.as_png(encoded(Image.new("RGB", (8, 8)), "JPEG", progressive=True))
    assert decoded(picture).format == "PNG"


def test_a_picture_of_many_bytes_is_made_smaller_not_left_out() -> None:
    noise = Image.frombytes("RGB", (900, 700), random.Random(0).randbytes(900 * 700 * 3))
    picture = images.as_png(encoded(noise))
    assert len(picture.base64) <= images.KEPT_BASE64
    assert (decoded(picture).size, picture.pixels) == ((450, 350), 900 * 700)


def test_line_breaks_in_base64_are_fine() -> None:
    text = encoded(Image.new("RGB", (9, 9)))
    assert images.as_png(f"{text[:10]}\n{text[10:]}\n").pixels == 81


def test_nothing_but_pixels_is_kept() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "<script>alert(1)</script>", zip=True)
    image = Image.new("RGB", (4, 4))
    text = encoded(image, pnginfo=info, icc_profile=b"<script>", exif=b"Exif\x00\x00<script>")
    assert decoded(images.as_png(text)).info == {}
    behind = base64.b64encode(base64.b64decode(encoded(image)) + b"<script>").decode()
    assert b"script" not in base64.b64decode(images.as_png(behind).base64)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "neither PNG nor JPEG"),
        ("no base64!", "not base64"),
        ("Grüße", "not base64"),
        (base64.b64encode(b"<svg onload=alert(1)>").decode(), "neither PNG nor JPEG"),
        (encoded(Image.new("RGB", (5, 5)))[:60], "neither PNG nor JPEG"),
        (encoded(Image.new("RGB", (5, 5)), "GIF"), "neither PNG nor JPEG"),
        (encoded(Image.new("RGB", (5, 5)), "TIFF"), "neither PNG nor JPEG"),
        (bomb(50_000, 50_000), "its pixels are too many"),
        (bomb(4_000, 4_000), "4000 x 4000 pixels are too many"),
        ("A" * (images.MAX_BASE64 + 4), "more than 6,000,000 characters"),
        (base64.b64encode(b"\xff\xd8\xff" + b"\xff\xda" * 100).decode(), "more than 32 scans"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_picture_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        images.as_png(text)


def test_a_smaller_budget_counts() -> None:
    text = encoded(Image.new("RGB", (5, 5)))
    assert images.as_png(text, pixels=25).pixels == 25
    with pytest.raises(ValueError, match="5 x 5 pixels are too many"):
        images.as_png(text, pixels=24)
