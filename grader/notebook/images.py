"""Pictures from a student kernel, decoded under caps and encoded again."""

from __future__ import annotations

import base64
import contextlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

# MIME type to what Pillow may take it for: each decoder more is an attack surface more.
TYPES = {"image/png": "PNG", "image/jpeg": "JPEG"}

# A figure of 20 by 20 inches at 100 dots an inch is 4 million pixels.
MAX_PIXELS = 10_000_000
MAX_BASE64 = 6_000_000

# Each scan of a progressive JPEG goes over the whole picture; encoders write about ten.
_MAX_SCANS = 32
_SCAN = b"\xff\xda"


@dataclass(frozen=True)
class Picture:
    """A picture that is safe to show.

    Attributes:
        base64: PNG, without any metadata.
        pixels: width times height.
    """

    base64: str
    pixels: int


def as_png(encoded: str, pixels: int = MAX_PIXELS) -> Picture:
    """Decode a PNG or JPEG in base64, and encode nothing but its pixels as PNG.

    Args:
        encoded: base64, with or without line breaks.
        pixels: how many the picture may have at most; never more than ``MAX_PIXELS``.

    Raises:
        ValueError: no picture, or too large a one; the message ends a sentence.
    """
    if len(encoded) > MAX_BASE64:
        raise ValueError(f"it takes more than {MAX_BASE64:,} characters")
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
    except ValueError:
        raise ValueError("it is not base64") from None
    if content.startswith(b"\xff\xd8") and content.count(_SCAN) > _MAX_SCANS:
        raise ValueError(f"it is a JPEG of more than {_MAX_SCANS} scans")
    with _damage_named():
        image = Image.open(io.BytesIO(content), formats=tuple(TYPES.values()))
    # Only the head was read so far: a bomb is recognised before it goes off.
    if image.width * image.height > min(pixels, MAX_PIXELS):
        raise ValueError(f"{image.width} x {image.height} pixels are too many")
    with _damage_named():
        buffer = io.BytesIO()
        _pixels(image).save(buffer, "PNG")
    return Picture(base64.b64encode(buffer.getvalue()).decode(), image.width * image.height)


def _pixels(image: Image.Image) -> Image.Image:
    """A new picture of the same pixels, with nothing else of the file in it."""
    seen_through = image.mode in ("LA", "PA", "RGBA", "RGBa") or "transparency" in image.info
    mode = "RGBA" if seen_through else "RGB"
    return Image.frombytes(mode, image.size, image.convert(mode).tobytes())


@contextlib.contextmanager
def _damage_named() -> Iterator[None]:
    """Turn whatever Pillow raises on a broken file, and that is anything, into ``ValueError``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures: we refuse them
            yield
    except Image.DecompressionBombError:
        raise ValueError("its pixels are too many") from None
    except Exception as error:
        raise ValueError("it is neither PNG nor JPEG, or it is damaged") from error
