"""Hostile JPEGs."""

from __future__ import annotations

import functools
import io
import struct
import zipfile

import numpy as np
from PIL import Image

from ..cases import ACCEPT, Cases
from ..media_factory import MediaFactory

JPEGS = Cases()
_END = b"\xff\xd9"


@functools.cache
def jpeg(width: int = 120, height: int = 90, mode: str = "RGB", **options: object) -> bytes:
    """A picture of one colour, or of noise if ``noisy``."""
    if options.pop("noisy", False):
        pixels = np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)
        image = Image.fromarray(pixels).convert(mode)
    else:
        image = Image.new(mode, (width, height))
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def with_segments(*segments: bytes, of: bytes | None = None) -> bytes:
    """A picture with these segments behind its first marker."""
    plain = of or jpeg()
    return plain[:2] + b"".join(segments) + plain[2:]


def with_scans(plain: bytes, n_scans: int) -> bytes:
    """A progressive JPEG whose last scan is repeated until there are ``n_scans``."""
    head, *scans = plain.removesuffix(_END).split(b"\xff\xda")
    scans += scans[-1:] * (n_scans - len(scans))
    return b"\xff\xda".join([head, *scans]) + _END


def with_frame(kind: int | None = None, **changes: int) -> bytes:
    """A picture whose start-of-frame segment states something else."""
    data = bytearray(jpeg(noisy=True))
    at = data.index(b"\xff\xc0")
    if kind is not None:
        data[at + 1] = kind
    for name, value in changes.items():
        offset, form = {
            "bits": (4, "B"),
            "height": (5, ">H"),
            "width": (7, ">H"),
            "sampling": (11, "B"),
        }[name]
        struct.pack_into(form, data, at + offset, value)
    return bytes(data)


def exif(*entries: bytes, order: bytes = b"II*\0\x08\0\0\0", n_entries: int | None = None) -> bytes:
    count = struct.pack("<H", len(entries) if n_entries is None else n_entries)
    body = b"Exif\0\0" + order + count + b"".join(entries) + struct.pack("<I", 8)
    return segment(0xE1, body[:65_533])


def entry(tag: int, kind: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, kind, count, value)


@JPEGS.add("j01", "image_too_complex")
def jpeg_of_3000_scans_over_40_megapixels(shop: MediaFactory) -> bytes:
    return with_scans(jpeg(6_400, 6_200, progressive=True), 3_000)


@JPEGS.add("j02", ACCEPT, "image_too_complex")
def jpeg_of_100_scans_over_40_megapixels(shop: MediaFactory) -> bytes:
    return with_scans(jpeg(6_400, 6_200, progressive=True), 100)


@JPEGS.add("j03", ACCEPT, "image_too_complex")
def jpeg_of_100_full_scans(shop: MediaFactory) -> bytes:
    return with_scans(jpeg(1_500, 1_000, progressive=True, noisy=True, quality=50), 100)


@JPEGS.add("j04", "image_too_complex")
def small_jpeg_of_5000_scans(shop: MediaFactory) -> bytes:
    return with_scans(jpeg(64, 64, progressive=True), 5_000)


@JPEGS.add("j05", "image_too_big")
def jpeg_that_claims_65500_square(shop: MediaFactory) -> bytes:
    return with_frame(width=65_500, height=65_500)


@JPEGS.add("j06", ACCEPT, "image_damaged")
def jpeg_that_claims_40_megapixels(shop: MediaFactory) -> bytes:
    return with_frame(width=6_400, height=6_200)


@JPEGS.add("j07", "image_damaged")
def half_a_jpeg(shop: MediaFactory) -> bytes:
    whole = jpeg(noisy=True)
    return whole[: len(whole) // 2]


@JPEGS.add("j08", "image_damaged")
def half_a_progressive_jpeg_of_40_megapixels(shop: MediaFactory) -> bytes:
    whole = jpeg(6_400, 6_200, progressive=True)
    return whole[: len(whole) // 2]


@JPEGS.add("j09", ACCEPT, "image_damaged")
def jpeg_with_100_000_comments(shop: MediaFactory) -> bytes:
    return with_segments(*[segment(0xFE, b"x")] * 100_000)


@JPEGS.add("j10", ACCEPT, "image_damaged")
def jpeg_with_a_colour_profile_of_16_megabytes(shop: MediaFactory) -> bytes:
    parts = (b"ICC_PROFILE\0" + bytes([n, 255]) + bytes(65_519) for n in range(1, 256))
    return with_segments(*(segment(0xE2, part) for part in parts))


@JPEGS.add("j11", ACCEPT, "image_damaged")
def jpeg_whose_exif_directory_contains_itself(shop: MediaFactory) -> bytes:
    return with_segments(exif(entry(0x8769, 4, 1, 8), entry(0x8825, 4, 1, 8)))


@JPEGS.add("j12", ACCEPT, "image_damaged")
def jpeg_with_65535_exif_entries(shop: MediaFactory) -> bytes:
    return with_segments(exif(*[entry(0x010F, 2, 4, 0)] * 5_000, n_entries=65_535))


@JPEGS.add("j13", ACCEPT, "image_damaged")
def jpeg_whose_exif_claims_four_gigabytes(shop: MediaFactory) -> bytes:
    return with_segments(exif(entry(0x0112, 5, 0xFFFFFFFF, 0xFFFFFFF0)))


@JPEGS.add("j14", ACCEPT, "image_damaged")
def jpeg_whose_exif_divides_by_zero(shop: MediaFactory) -> bytes:
    return with_segments(exif(entry(0x0112, 5, 1, 0), entry(0x011A, 10, 1, 2)))


@JPEGS.add("j15", ACCEPT)
def jpeg_turned_by_an_impossible_number(shop: MediaFactory) -> bytes:
    return with_segments(exif(entry(0x0112, 3, 1, 999)))


@JPEGS.add("j16", ACCEPT)
def cmyk_jpeg_of_40_megapixels(shop: MediaFactory) -> bytes:
    return jpeg(6_400, 6_200, "CMYK")


@JPEGS.add("j17", "not_image", "image_damaged")
def jpeg_of_12_bits(shop: MediaFactory) -> bytes:
    return with_frame(bits=12)


@JPEGS.add("j18", "image_damaged", "not_image")
def lossless_jpeg(shop: MediaFactory) -> bytes:
    return with_frame(kind=0xC3)


@JPEGS.add("j19", "image_damaged", ACCEPT)
def arithmetic_coded_jpeg(shop: MediaFactory) -> bytes:
    return with_frame(kind=0xC9)


@JPEGS.add("j20", "image_too_small", "image_damaged", "not_image")
def jpeg_without_height(shop: MediaFactory) -> bytes:
    return with_frame(height=0)


@JPEGS.add("j21", "image_damaged", ACCEPT)
def jpeg_with_absurd_sampling(shop: MediaFactory) -> bytes:
    return with_frame(sampling=0xFF)


@JPEGS.add("j22", ACCEPT, "image_damaged")
def jpeg_without_huffman_tables(shop: MediaFactory) -> bytes:
    return jpeg(noisy=True).replace(b"\xff\xc4", b"\xff\xfe")


@JPEGS.add("j23", ACCEPT, "image_damaged")
def jpeg_of_100_pictures(shop: MediaFactory) -> bytes:
    pictures = [Image.new("RGB", (100, 100), (n, n, n)) for n in range(100)]
    out = io.BytesIO()
    pictures[0].save(out, "MPO", save_all=True, append_images=pictures[1:])
    return out.getvalue()


@JPEGS.add("j24", ACCEPT)
def jpeg_that_is_an_archive_too(shop: MediaFactory) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../x", bytes(10_000_000))
    return jpeg() + out.getvalue()


@JPEGS.add("j25", ACCEPT, "image_damaged")
def jpeg_with_ten_megabytes_of_xmp(shop: MediaFactory) -> bytes:
    part = b"http://ns.adobe.com/xap/1.0/\0" + b'tiff:Orientation="' * 3_600
    return with_segments(*[segment(0xE1, part)] * 150)


@JPEGS.add("j26", ACCEPT, "image_damaged")
def jpeg_of_restart_markers_alone(shop: MediaFactory) -> bytes:
    plain = jpeg(6_400, 6_200)
    at = plain.index(b"\xff\xda") + 14
    return with_segments(segment(0xDD, b"\0\1"), of=plain[:at]) + b"\xff\xd0" * 500_000 + _END


@JPEGS.add("j27", "not_image", "image_damaged")
def three_bytes_of_a_jpeg(shop: MediaFactory) -> bytes:
    return b"\xff\xd8\xff"


@JPEGS.add("j28", "image_too_complex", "not_image")
def jpeg_of_30_million_fill_bytes(shop: MediaFactory) -> bytes:
    return b"\xff\xd8" + b"\xff" * 30_000_000
