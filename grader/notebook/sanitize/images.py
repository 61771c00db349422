"""Decodes pictures from a student kernel within limits, and encodes them again."""

from __future__ import annotations

import base64
import contextlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageOps

from grader.language import gettext

# MIME type to what Pillow may take it for: each decoder more is an attack surface more.
TYPES = {"image/png": "PNG", "image/jpeg": "JPEG"}

# A figure of 20 by 20 inches at 100 dots an inch is 4 million pixels.
MAX_PIXELS = 10_000_000
MAX_BASE64 = 6_000_000
# What is kept of one picture: with more characters than that it is made smaller.
KEPT_BASE64 = 750_000

# On figures of images, Pillow's own choice, 6, takes twice the time and is not smaller.
_COMPRESSION = 3

# A photograph of a sheet of paper: what telephones make of it, and what a person reads it at.
_PHOTO_BYTES = 30_000_000
_PHOTO_PIXELS = 50_000_000
_PHOTO_SIDE = 1280

# Each scan of a progressive JPEG goes over the whole picture; encoders write about ten.
_MAX_SCANS = 32
_SCAN = b"\xff\xda"


@dataclass(frozen=True)
class Picture:
    """A picture that is safe to show.

    Attributes:
        base64: PNG, without any metadata.
        pixels: width times height of what was decoded.
    """

    base64: str
    pixels: int


def as_png(encoded: str, pixels: int = MAX_PIXELS) -> Picture:
    """Decode a PNG or JPEG in base64, and encode nothing but its pixels as PNG.

    A picture that would take more than ``KEPT_BASE64`` characters is halved until it does not.

    Args:
        encoded: base64, with or without line breaks.
        pixels: how many the picture may have at most; never more than ``MAX_PIXELS``.

    Raises:
        ValueError: no picture, or one that is too large; the message ends a sentence.
    """
    if len(encoded) > MAX_BASE64:
        raise ValueError(gettext("it takes more than {most:,} characters", most=MAX_BASE64))
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
    except ValueError:
        raise ValueError(gettext("it is not base64")) from None
    image = _opened(content, min(pixels, MAX_PIXELS))
    with _damage_named():
        return Picture(_small_enough(_pixels(image)), image.width * image.height)


def photo_as_png(content: bytes, pixels: int = _PHOTO_PIXELS) -> Picture:
    """As ``as_png``, of a file's bytes, for a person to look at: upright, and not too large.

    Raises:
        ValueError: no picture, or too large a one; the message ends a sentence.
    """
    if len(content) > _PHOTO_BYTES:
        raise ValueError(gettext("it takes more than {most:,} bytes", most=_PHOTO_BYTES))
    image = _opened(content, min(pixels, _PHOTO_PIXELS))
    decoded = image.width * image.height
    with _damage_named():
        # A camera notes beside the pixels how it was held.
        image = ImageOps.exif_transpose(image)
        image.thumbnail((_PHOTO_SIDE, _PHOTO_SIDE))
        return Picture(_encoded(_pixels(image)), decoded)


def _opened(content: bytes, pixels: int) -> Image.Image:
    """The picture that a file holds, with only its head read so far: a bomb has not gone off."""
    if content.startswith(b"\xff\xd8") and content.count(_SCAN) > _MAX_SCANS:
        raise ValueError(gettext("it is a JPEG of more than {most} scans", most=_MAX_SCANS))
    with _damage_named():
        image = Image.open(io.BytesIO(content), formats=tuple(TYPES.values()))
    if image.width * image.height > pixels:
        size = {"width": image.width, "height": image.height}
        raise ValueError(gettext("{width} x {height} pixels are too many", **size))
    return image


def _small_enough(image: Image.Image) -> str:
    while len(encoded := _encoded(image)) > KEPT_BASE64:
        image = image.reduce(2)
    return encoded


def _encoded(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=_COMPRESSION)
    return base64.b64encode(buffer.getvalue()).decode()


def _pixels(image: Image.Image) -> Image.Image:
    """A new picture with the same pixels and nothing else of the file."""
    if image.mode == "L" and "transparency" not in image.info:
        return Image.frombytes(image.mode, image.size, image.tobytes())
    seen_through = image.mode in ("LA", "PA", "RGBA", "RGBa") or "transparency" in image.info
    image = image.convert("RGBA" if seen_through else "RGB")
    if seen_through and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    if image.mode == "RGB" and _is_grey(image):
        image = image.convert("L")
    return Image.frombytes(image.mode, image.size, image.tobytes())


def _is_grey(image: Image.Image) -> bool:
    """Whether red, green and blue are the same everywhere, as in figures of grey images."""
    red, green, blue = image.split()
    pairs = ((red, green), (green, blue))
    return all(ImageChops.difference(*pair).getbbox() is None for pair in pairs)


@contextlib.contextmanager
def _damage_named() -> Iterator[None]:
    """Turn any exception that Pillow raises on a broken file into ``ValueError``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures: we refuse them
            yield
    except Image.DecompressionBombError:
        raise ValueError(gettext("its pixels are too many")) from None
    except Exception as error:
        raise ValueError(gettext("it is neither PNG nor JPEG, or it is damaged")) from error
