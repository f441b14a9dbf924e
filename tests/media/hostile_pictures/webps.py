"""Hostile WebPs."""

from __future__ import annotations

import functools
import io
import struct

from PIL import Image

from ..cases import ACCEPT, Cases
from ..media_factory import MediaFactory

WEBPS = Cases()


@functools.cache
def webp(width: int = 100, height: int = 100, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), "grey").save(out, "WEBP", **{"method": 0, **options})
    return out.getvalue()


def riff(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def extended(width: int, height: int, flags: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + sides)


def picture(data: bytes) -> bytes:
    """The chunk of pixels in a plain file."""
    return data[12:]


def frame(pixels: bytes, width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return chunk(b"ANMF", bytes(6) + sides + (10).to_bytes(3, "little") + b"\0" + pixels)


@WEBPS.add("w01", ACCEPT)
def webp_of_40_megapixels_in_two_kilobytes(shop: MediaFactory) -> bytes:
    return webp(6_400, 6_200, lossless=True)


@WEBPS.add("w02", ACCEPT)
def transparent_webp_of_40_megapixels(shop: MediaFactory) -> bytes:
    return webp(6_400, 6_200, "RGBA", lossless=True)


@WEBPS.add("w03", "image_too_big", "image_damaged", "not_image", "image_too_complex")
def lossless_webp_that_claims_16384_square(shop: MediaFactory) -> bytes:
    return riff(chunk(b"VP8L", b"\x2f" + b"\xff\xff\xff\x0f" + bytes(100)))


@WEBPS.add("w04", "image_too_big", "image_damaged", "not_image", "image_too_complex")
def webp_of_16383_square(shop: MediaFactory) -> bytes:
    return riff(extended(16_383, 16_383, 0), picture(webp(64, 64)))


@WEBPS.add("w05", ACCEPT, "image_damaged")
def webp_of_1000_frames_of_40_megapixels(shop: MediaFactory) -> bytes:
    pixels = picture(webp(6_400, 6_200, lossless=True))
    frames = [frame(pixels, 6_400, 6_200)] * 1_000
    return riff(extended(6_400, 6_200, 2), chunk(b"ANIM", bytes(6)), *frames)


@WEBPS.add("w06", ACCEPT, "image_damaged")
def webp_of_30_000_small_frames(shop: MediaFactory) -> bytes:
    frames = [frame(picture(webp(64, 64)), 64, 64)] * 30_000
    return riff(extended(64, 64, 2), chunk(b"ANIM", bytes(6)), *frames)


@WEBPS.add("w07", "image_damaged", "not_image")
def half_a_webp(shop: MediaFactory) -> bytes:
    whole = webp(400, 300)
    return whole[: len(whole) // 2]


@WEBPS.add("w08", ACCEPT, "image_damaged", "not_image")
def webp_that_claims_four_gigabytes(shop: MediaFactory) -> bytes:
    return b"RIFF\xff\xff\xff\xff" + webp()[8:]


@WEBPS.add("w09", ACCEPT, "image_damaged")
def webp_with_20_megabytes_of_profile_and_exif(shop: MediaFactory) -> bytes:
    parts = (chunk(b"ICCP", bytes(10_000_000)), picture(webp()), chunk(b"EXIF", bytes(10_000_000)))
    return riff(extended(100, 100, 0x28), *parts)


@WEBPS.add("w10", ACCEPT, "image_damaged", "not_image")
def webp_of_a_million_unknown_chunks(shop: MediaFactory) -> bytes:
    return riff(extended(100, 100, 0), chunk(b"JUNK", b"") * 1_000_000, picture(webp()))


@WEBPS.add("w11", "image_damaged", "not_image", ACCEPT)
def webp_whose_frame_exceeds_its_canvas(shop: MediaFactory) -> bytes:
    pixels = picture(webp(6_000, 6_000, lossless=True))
    big = frame(pixels, 6_000, 6_000)
    return riff(extended(100, 100, 2), chunk(b"ANIM", bytes(6)), big)
