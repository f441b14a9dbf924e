"""The gate for pictures: what comes in is decoded within limits and written anew by us."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from .refusals import refusal

MAX_PIXELS = 40_000_000
MAX_SIDE = 10_000
MIN_SIDE = 64

# Pillow's own check, for whoever else opens a picture in this process: a warning past this, an
# error past twice as much. The gate refuses at once, by the size in the header.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

_FORMATS = ("PNG", "JPEG", "WEBP")
# Past this a PNG of a photograph takes more room and time than its last bits are worth: 4K video
# shows 8.3 million pixels.
_PNG_PIXELS = 4_000_000
_JPEG_QUALITY = 95

# What Pillow's decoders raise on bytes that lie: libraries' errors come as OSError, its own parsers
# (PNG chunks, EXIF) as the others.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    EOFError,
    MemoryError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class AdmittedImage:
    """A picture of ours, RGB or RGBA, upright, free of metadata; ``path`` ends in .png or .jpg."""

    path: Path
    width: int
    height: int


def admit_image(source: Path, *, into: Path) -> AdmittedImage:
    """Let a PNG, JPEG or WebP picture in; the copy gets a random name in the folder ``into``.

    Raises
    ------
    RejectedFile
        ``empty``, ``not_image``, ``image_too_big``, ``image_too_small`` or ``image_damaged``.
    """
    if source.stat().st_size == 0:
        raise refusal("empty")
    with _opened(source) as image:
        _expect_fair_size(image.width, image.height)
        return _write(_upright(image), into)


def _opened(source: Path) -> Image.Image:
    """Read the header only; Pillow decodes the pixels when they are asked for."""
    try:
        return Image.open(source, formats=_FORMATS)
    except UnidentifiedImageError as e:
        raise refusal("not_image") from e
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as e:
        raise refusal("image_too_big", f"over {MAX_PIXELS / 1e6:.0f} million pixels") from e
    except _BROKEN as e:
        raise refusal("image_damaged") from e


def _expect_fair_size(width: int, height: int) -> None:
    size = f"{width} x {height} pixels"
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise refusal("image_too_big", size)
    if min(width, height) < MIN_SIDE:
        raise refusal("image_too_small", size)


def _upright(image: Image.Image) -> Image.Image:
    """Decode, turn as the camera was held (EXIF), and keep nothing but the pixels."""
    try:
        turned = ImageOps.exif_transpose(image)
        mode = "RGBA" if turned.has_transparency_data else "RGB"
        plain = _of_eight_bits(turned).convert(mode)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as e:
        raise refusal("image_too_big", "its parts unpack to far more than it shows") from e
    except _BROKEN as e:
        raise refusal("image_damaged") from e
    plain.info.clear()
    return plain


def _of_eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits brought down to 8; Pillow's own conversion makes all above 255 white."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image) // 256).astype(np.uint8))


def _write(image: Image.Image, into: Path) -> AdmittedImage:
    large = image.mode == "RGB" and image.width * image.height > _PNG_PIXELS
    path = into / f"{secrets.token_hex(16)}.{'jpg' if large else 'png'}"
    if large:
        image.save(path, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    else:
        image.save(path, "PNG", compress_level=4)
    return AdmittedImage(path, image.width, image.height)
