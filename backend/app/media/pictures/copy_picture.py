"""Child program: decode one picture, write a clean copy, print the verdict as JSON.

    python -I copy_picture.py SOURCE COPY LIMITS

``LIMITS`` is JSON: ``min_side``, ``max_side``, ``max_pixels``, ``max_scans``. The verdict is
``{"width", "height", "suffix"}``, or ``{"code", "detail"}`` of a rejection. Decoders trust their
input: a picture of a kilobyte can unpack to gigabytes, or take minutes. In a child with limits this
does no harm.

Imports nothing of Segue and no numpy, so that it starts in 60 ms of CPU.
"""

from __future__ import annotations

import errno
import json
import resource
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TypedDict

from PIL import (
    Image,
    ImageOps,
    MpoImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

# Pillow would import these modules for some pictures after the process may no longer open files.
_NEEDED_LATER = (MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
_FORMATS = ("PNG", "JPEG", "WEBP")
# A photograph with more pixels than this becomes a JPEG, because its PNG takes too much space and
# time. 4K video shows 8.3 million pixels.
_PNG_PIXELS = 4_000_000
_JPEG_QUALITY = 95
_JPEG, _START_OF_SCAN = b"\xff\xd8\xff", b"\xff\xda"

# Errors of Pillow on damaged files: libraries raise OSError, Pillow's parsers (PNG chunks, EXIF)
# the others.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    EOFError,
    RecursionError,
)
_TOO_MUCH_MEMORY = "it needs too much memory"


class Limits(TypedDict):
    """Those limits of `gate.limits.ImageLimits` that this program checks."""

    min_side: int
    max_side: int
    max_pixels: int
    max_scans: int


class Rejection(Exception):
    """The verdict on a bad picture: a code of `gate.rejections`, and a detail."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.verdict = {"code": code, "detail": detail}


def main(source: str, copy: str, limits: Limits) -> dict[str, str | int]:
    """Copy the picture and return the verdict; both files stay open until the process ends.

    Closing a copy that has reached a limit of space would fail once more.
    """
    Image.preinit()
    original, ours = open(source, "rb"), open(copy, "wb")  # noqa: PTH123, SIM115
    _open_no_more_files()
    try:
        _check_scans(original, limits["max_scans"])
        return _write(_upright(_opened(original, limits)), ours)
    except Rejection as e:
        return {**e.verdict}


def _open_no_more_files() -> None:
    """Give up the right to open files and sockets, whatever a decoder is made to do."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _check_scans(file: BinaryIO, max_scans: int) -> None:
    """Reject a JPEG with too many scans: each costs time for the whole picture.

    Inside a scan, FF is only followed by 00 or a restart marker (ISO 10918-1, B.1.1.5).
    """
    data = file.read()
    file.seek(0)
    scans = data.count(_START_OF_SCAN) if data.startswith(_JPEG) else 0
    if scans > max_scans:
        raise Rejection("image_too_complex", f"it is stored in {scans} scans")


@contextmanager
def _as_rejections(detail: str) -> Iterator[None]:
    try:
        yield
    except UnidentifiedImageError as e:
        raise Rejection("not_image") from e
    except Image.DecompressionBombError as e:
        raise Rejection("image_too_big", detail) from e
    except MemoryError as e:
        raise Rejection("image_too_complex", _TOO_MUCH_MEMORY) from e
    except _BROKEN as e:
        raise Rejection("image_damaged") from e


def _opened(file: BinaryIO, limits: Limits) -> Image.Image:
    """Read the header and check the size; Pillow decodes the pixels later, on first use."""
    Image.MAX_IMAGE_PIXELS = limits["max_pixels"]
    with _as_rejections(f"over {limits['max_pixels'] / 1e6:.0f} million pixels"):
        image = Image.open(file, formats=_FORMATS)
    size = f"{image.width} x {image.height} pixels"
    too_many = image.width * image.height > limits["max_pixels"]
    if too_many or max(image.size) > limits["max_side"]:
        raise Rejection("image_too_big", size)
    if min(image.size) < limits["min_side"]:
        raise Rejection("image_too_small", size)
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Decode the pixels, rotate them by EXIF, and remove all metadata."""
    with _as_rejections("its parts unpack to far more pixels than it shows"):
        turned = ImageOps.exif_transpose(image)
        mode = "RGBA" if turned.has_transparency_data else "RGB"
        plain = _to_eight_bits(turned).convert(mode)
    plain.info.clear()
    return plain


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Reduce 16-bit grey to 8 bits; Pillow's conversion turns all above 255 white."""
    return image.point(lambda shade: shade * (1 / 256)) if image.mode.startswith("I") else image


def _write(image: Image.Image, copy: BinaryIO) -> dict[str, str | int]:
    large = image.mode == "RGB" and image.width * image.height > _PNG_PIXELS
    try:
        if large:
            image.save(copy, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
        else:
            image.save(copy, "PNG", compress_level=4)
        copy.flush()
    except MemoryError as e:
        raise Rejection("image_too_complex", _TOO_MUCH_MEMORY) from e
    except OSError as e:
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Rejection("storage_full") from e
        raise Rejection("image_too_complex", "its copy takes too much space") from e
    suffix = ".jpg" if large else ".png"
    return {"width": image.width, "height": image.height, "suffix": suffix}


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # the size is checked above
    sys.stdout.write(json.dumps(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))))
