"""Hostile PNGs."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

from ..cases import ACCEPT, Cases
from ..media_factory import MediaFactory

PNGS = Cases()
GREY, RGB, PALETTE, RGBA = 0, 2, 3, 6
_CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, 4: 2, RGBA: 4}


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def packed(blocks: Iterable[bytes]) -> bytes:
    packer = zlib.compressobj(1)
    return b"".join(map(packer.compress, blocks)) + packer.flush()


def zeros(n_bytes: int) -> bytes:
    """Compressed zeros."""
    block = bytes(1 << 20)
    return packed([block] * (n_bytes >> 20) + [block[: n_bytes & (1 << 20) - 1]])


def png(
    width: int = 100,
    height: int = 100,
    *,
    bits: int = 8,
    colour: int = GREY,
    interlaced: bool = False,
    before: bytes = b"",
    pixels: bytes | None = None,
    after: bytes = b"",
) -> bytes:
    """A black picture with additional chunks before and after its pixels."""
    row_bytes = 1 + (width * bits * _CHANNELS.get(colour, 1) + 7) // 8
    if pixels is None:
        pixels = zeros(row_bytes * height + (height * 8 if interlaced else 0))
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced)
    chunks = (chunk(b"IHDR", header), before, chunk(b"IDAT", pixels), after, chunk(b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@PNGS.add("p01", ACCEPT)
def interlaced_png_of_40_megapixels(shop: MediaFactory) -> bytes:
    return png(6_400, 6_200, bits=1, interlaced=True)


@PNGS.add("p02", ACCEPT)
def png_of_40_megapixels_with_64_bits_each(shop: MediaFactory) -> bytes:
    return png(6_400, 6_200, bits=16, colour=RGBA)


@PNGS.add("p03", ACCEPT)
def png_of_40_megapixels_in_16_bit_grey(shop: MediaFactory) -> bytes:
    return png(6_400, 6_200, bits=16)


@PNGS.add("p04", ACCEPT)
def transparent_png_of_40_megapixels(shop: MediaFactory) -> bytes:
    return png(6_400, 6_200, colour=RGBA)


@PNGS.add("p05", ACCEPT)
def png_of_one_row_of_pixels_too_many(shop: MediaFactory) -> bytes:
    return png(10_000, 64, bits=1, pixels=zeros(1_251 * 65))


@PNGS.add("p06", "image_too_big")
def png_one_pixel_too_wide(shop: MediaFactory) -> bytes:
    return png(10_001, 64, bits=1)


@PNGS.add("p07", "image_damaged", ACCEPT)
def png_with_64_texts_that_unpack(shop: MediaFactory) -> bytes:
    text = chunk(b"zTXt", b"Comment\0\0" + zeros(1_000_000))
    return png(before=text * 64)


@PNGS.add("p08", "image_damaged", ACCEPT)
def png_with_texts_behind_its_pixels(shop: MediaFactory) -> bytes:
    return png(after=chunk(b"iTXt", b"Comment\0\1\0\0\0" + zeros(200_000_000)))


@PNGS.add("p09", ACCEPT, "image_damaged")
def png_with_100_000_texts(shop: MediaFactory) -> bytes:
    return png(before=b"".join(chunk(b"tEXt", b"k%d\0v" % n) for n in range(100_000)))


@PNGS.add("p10", ACCEPT, "image_damaged")
def png_with_a_colour_profile_that_unpacks(shop: MediaFactory) -> bytes:
    return png(before=chunk(b"iCCP", b"p\0\0" + zeros(500_000_000)))


@PNGS.add("p11", ACCEPT, "image_damaged")
def png_whose_pixels_unpack_to_a_gigabyte(shop: MediaFactory) -> bytes:
    return png(pixels=zeros(1 << 30))


@PNGS.add("p12", ACCEPT, "image_damaged")
def png_of_200_000_empty_chunks_of_pixels(shop: MediaFactory) -> bytes:
    return png(before=chunk(b"IDAT") * 200_000)


def _frame(number: int, width: int, height: int) -> bytes:
    control = struct.pack(">IIIIIHHBB", 2 * number, width, height, 0, 0, 1, 1, 0, 0)
    data = struct.pack(">I", 2 * number + 1) + zeros(10_100)
    return chunk(b"fcTL", control) + chunk(b"fdAT", data)


@PNGS.add("p13", ACCEPT, "image_damaged")
def animated_png_of_10_000_frames(shop: MediaFactory) -> bytes:
    frames = b"".join(_frame(n, 100, 100) for n in range(10_000))
    return png(before=chunk(b"acTL", struct.pack(">II", 10_000, 0)), after=frames)


@PNGS.add("p14", "not_image", "image_damaged", "image_too_big")
def animated_png_with_a_frame_of_65535_square(shop: MediaFactory) -> bytes:
    control = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 65_535, 65_535, 0, 0, 1, 1, 0, 0))
    return png(before=chunk(b"acTL", struct.pack(">II", 2, 0)) + control)


@PNGS.add("p15", ACCEPT, "image_damaged")
def animated_png_that_claims_four_billion_frames(shop: MediaFactory) -> bytes:
    return png(before=chunk(b"acTL", b"\xff" * 8))


@PNGS.add("p16", ACCEPT, "image_damaged")
def png_of_colours_without_a_palette(shop: MediaFactory) -> bytes:
    return png(colour=PALETTE)


@PNGS.add("p17", ACCEPT, "image_damaged")
def png_of_colours_outside_its_palette(shop: MediaFactory) -> bytes:
    pixels = packed([b"\0" + b"\xff" * 100] * 100)
    return png(colour=PALETTE, before=chunk(b"PLTE", b"\1\2\3"), pixels=pixels)


@PNGS.add("p18", ACCEPT, "image_damaged")
def png_with_an_endless_palette(shop: MediaFactory) -> bytes:
    return png(colour=PALETTE, before=chunk(b"PLTE", bytes(3_000_000)))


@PNGS.add("p19", ACCEPT, "image_damaged")
def png_with_more_transparencies_than_colours(shop: MediaFactory) -> bytes:
    chunks = chunk(b"PLTE", b"\1\2\3") + chunk(b"tRNS", bytes(1_000_000))
    return png(colour=PALETTE, before=chunks)


@PNGS.add("p20", "image_damaged", "not_image")
def png_with_a_wrong_checksum(shop: MediaFactory) -> bytes:
    data = bytearray(png())
    data[29] ^= 1
    return bytes(data)


@PNGS.add("p21", "image_damaged", "not_image")
def png_whose_header_ends_early(shop: MediaFactory) -> bytes:
    return png()[:20]


@PNGS.add("p22", "image_too_small", "image_damaged", "not_image")
def png_without_width(shop: MediaFactory) -> bytes:
    return png(0, 100, pixels=zeros(100))


@PNGS.add("p23", "image_too_big", "image_damaged", "not_image")
def png_of_a_negative_width(shop: MediaFactory) -> bytes:
    return png(0x8000_0001, 100, pixels=zeros(100))


@PNGS.add("p24", "image_damaged", "not_image")
def png_of_three_bits_and_an_unknown_colour(shop: MediaFactory) -> bytes:
    return png(bits=3, colour=5, pixels=zeros(4_000))


@PNGS.add("p25", "image_damaged", "not_image")
def png_whose_chunk_claims_four_gigabytes(shop: MediaFactory) -> bytes:
    return png()[:33] + b"\xff\xff\xff\xffIDAT" + zeros(1_000)


@PNGS.add("p26", "image_damaged")
def png_with_a_tenth_of_its_40_megapixels(shop: MediaFactory) -> bytes:
    return png(6_400, 6_200, colour=RGB, pixels=zeros(6_400 * 3 * 620))


@PNGS.add("p27", ACCEPT, "image_damaged")
def png_whose_exif_contains_itself(shop: MediaFactory) -> bytes:
    entries = struct.pack("<HHHII", 2, 0x8769, 4, 1, 8) + struct.pack("<HHII", 0x0112, 3, 1, 8)
    return png(before=chunk(b"eXIf", b"II*\0\x08\0\0\0" + entries + struct.pack("<I", 8)))


@PNGS.add("p28", ACCEPT)
def png_that_is_a_web_page_too(shop: MediaFactory) -> bytes:
    page = b"<html><script>fetch('/auth/me')</script></html>"
    return png(before=chunk(b"tEXt", b"Comment\0" + page), after=chunk(b"teXt", page)) + page


@PNGS.add("p29", "image_damaged", ACCEPT)
def png_as_phones_pack_it(shop: MediaFactory) -> bytes:
    """Apple's private form of PNG: raw deflate without a header, after a special chunk."""
    raw = zeros(10_100)[2:-4]
    plain = png(pixels=raw)
    return plain[:8] + chunk(b"CgBI", bytes(4)) + plain[8:]


@PNGS.add("p30", ACCEPT, "image_damaged")
def png_of_impossible_gamma_and_colours(shop: MediaFactory) -> bytes:
    chunks = chunk(b"gAMA", bytes(4)) + chunk(b"cHRM", b"\xff" * 32) + chunk(b"pHYs", b"\xff" * 9)
    return png(before=chunks)
