"""Small files that expand into much time, memory or disk space."""

from __future__ import annotations

import functools
import struct
import zlib

from .cases import ACCEPT, Cases
from .containers import flac_frame, flac_header, id3, id3_frame, ogg_page, png, wav
from .media_factory import MediaFactory

BOMBS = Cases()
PICTURE_BOMBS = Cases()


@BOMBS.add("b01", "not_audio")
def sbagen_script(shop: MediaFactory) -> bytes:
    return b"# a script for a synthesizer\nbase: pink/40 100+5/20\nNOW base\n"


@BOMBS.add("b02", "sequence")
def nes_sound_file(shop: MediaFactory) -> bytes:
    return b"NESM\x1a\x01\x01\x01" + bytes(120) + b"\x60" * 64


def _flac_of_constant_blocks(rate_hz: int, n_frames: int) -> bytes:
    frames = (flac_frame(number, 65_535, (-1) ** number * 9_000) for number in range(n_frames))
    return flac_header(rate_hz, total=0) + b"".join(frames)


@BOMBS.add("b03", "too_long")
def flac_of_an_hour_in_ten_kilobytes(shop: MediaFactory) -> bytes:
    return _flac_of_constant_blocks(8_000, 460)


@BOMBS.add("b05", "too_long")
def flac_of_days_in_a_megabyte(shop: MediaFactory) -> bytes:
    return _flac_of_constant_blocks(8_000, 600) * 70


@BOMBS.add("b04", "bad_rate")
def wav_of_one_hertz(shop: MediaFactory) -> bytes:
    return wav(bytes(10_000), rate=1)


@BOMBS.add("b06", "bad_rate")
def wav_of_two_gigahertz(shop: MediaFactory) -> bytes:
    return wav(bytes(100_000), rate=2_147_483_647)


@BOMBS.add("b07", "bad_rate")
def flac_of_one_hertz(shop: MediaFactory) -> bytes:
    return flac_header(1, total=0) + flac_frame(0, 65_535, 5)


@BOMBS.add("b08", "too_long")
def opus_of_an_hour_of_pauses(shop: MediaFactory) -> bytes:
    """Packets of two bytes that contain 48 frames of 2.5 ms, all empty."""
    head = ogg_page([b"OpusHead\x01\x02" + struct.pack("<HIh", 312, 48_000, 0) + b"\0"], 0, 0, 2)
    tags = ogg_page([b"OpusTags" + struct.pack("<I", 1) + b"x" + struct.pack("<I", 0)], 0, 1, 0)
    packets = [b"\xe7\x30"] * 250  # TOC: CELT, 2.5 ms, stereo, code 3; 48 frames
    pages = (ogg_page(packets, 5_760 * 250 * (i + 1), 2 + i, 0) for i in range(120))
    return head + tags + b"".join(pages)


@BOMBS.add("b09", "too_short", ACCEPT)
def m4a_with_a_day_between_two_samples(shop: MediaFactory) -> bytes:
    m4a = bytearray(shop.m4a())
    at = m4a.index(b"stts") + 8  # entries of (count, duration)
    struct.pack_into(">III", m4a, at, 1, 129, 24 * 3600 * 44_100)  # 129 frames are 3 s
    return bytes(m4a)


@BOMBS.add("b10", "video")
def film_of_two_frames_a_day_apart(shop: MediaFactory) -> bytes:
    source = "color=c=red:s=64x64:r=1:d=2,settb=1/1000,setpts=N*86400000"
    out = shop.folder / "far.mp4"
    shop.run("-f", "lavfi", "-i", source, "-c:v", "libx264", "-fps_mode", "passthrough", str(out))
    return out.read_bytes()


def _m4a_with_table(shop: MediaFactory, table: bytes, *values: int) -> bytes:
    m4a = bytearray(shop.m4a(duration_s=0.2))
    struct.pack_into(f">{len(values)}I", m4a, m4a.index(table) + 8, *values)
    return bytes(m4a)


@BOMBS.add("b11", "too_short", "damaged")
def m4a_that_claims_67_million_samples(shop: MediaFactory) -> bytes:
    return _m4a_with_table(shop, b"stsz", 1, 67_000_000)


@BOMBS.add("b12", "too_short", "damaged")
def m4a_that_claims_67_million_durations(shop: MediaFactory) -> bytes:
    return _m4a_with_table(shop, b"stts", 1, 67_000_000, 1)


@functools.cache
def _640_megabytes_of_title() -> bytes:
    packer = zlib.compressobj(1)
    text = packer.compress(b"\3Inflated ")
    return text + b"".join(packer.compress(b"a" * (1 << 22)) for _ in range(160)) + packer.flush()


@BOMBS.add("b20", ACCEPT)
def tag_frame_that_inflates_to_640_megabytes(shop: MediaFactory) -> bytes:
    body = struct.pack(">I", 1 << 27) + _640_megabytes_of_title()
    return id3(id3_frame(b"TIT2", body, flags=b"\x00\x09")) + shop.mp3()


@BOMBS.add("b21", "damaged")
def mp4_of_half_a_million_boxes(shop: MediaFactory) -> bytes:
    return b"\0\0\0\x10ftypM4A \0\0\0\0" + b"\0\0\0\x08free" * 500_000 + shop.m4a()[24:]


@BOMBS.add("b22", ACCEPT)
def mp4_with_half_a_million_boxes_after_its_sound(shop: MediaFactory) -> bytes:
    return shop.m4a() + b"\0\0\0\x08free" * 500_000


@BOMBS.add("b24", "damaged")
def mp4_whose_box_ends_past_every_disk(shop: MediaFactory) -> bytes:
    m4a = bytearray(shop.m4a())
    at = m4a.index(b"mvhd")
    m4a[at - 4 : at] = struct.pack(">I", 1)
    m4a[at + 4 : at + 12] = b"\x7f" * 8
    return bytes(m4a)


@BOMBS.add("c36", ACCEPT)
def mp3_with_a_cover_of_20_megabytes(shop: MediaFactory) -> bytes:
    picture = b"\3image/png\0\3\0" + bytes(20_000_000)
    return id3(id3_frame(b"APIC", picture)) + shop.mp3()


@BOMBS.add("c37", ACCEPT)
def mp3_with_a_cover_of_a_quarter_billion_pixels(shop: MediaFactory) -> bytes:
    picture = b"\3image/png\0\3\0" + png(16_000, 16_000)
    return id3(id3_frame(b"APIC", picture)) + shop.mp3()


@PICTURE_BOMBS.add("b13", "image_too_big")
def png_of_13000_square(shop: MediaFactory) -> bytes:
    return png(13_000, 13_000)


@PICTURE_BOMBS.add("b14", "image_too_big")
def png_of_30000_square(shop: MediaFactory) -> bytes:
    return png(30_000, 30_000, rows=100)


@PICTURE_BOMBS.add("b15", "image_too_big")
def png_that_claims_65535_square(shop: MediaFactory) -> bytes:
    return png(65_535, 65_535, rows=1)


@PICTURE_BOMBS.add("b16", "image_too_big")
def png_of_one_column(shop: MediaFactory) -> bytes:
    return png(1, 60_000)


@PICTURE_BOMBS.add("b17", "image_damaged", "image_too_big", "not_image")
def png_with_200_megabytes_of_text(shop: MediaFactory) -> bytes:
    packer = zlib.compressobj(9)
    text = (
        packer.compress(b"\3Inflated ")
        + b"".join(packer.compress(b"a" * (1 << 20)) for _ in range(200))
        + packer.flush()
    )
    return png(100, 100, extra=(b"zTXt", b"Comment\0\0" + text))


@PICTURE_BOMBS.add("b18", "not_image")
def gif_of_60_frames(shop: MediaFactory) -> bytes:
    frame = b"\x2c\0\0\0\0\xd0\x07\xd0\x07\0\x02\x02\x44\x01\0"
    return b"GIF89a\xd0\x07\xd0\x07\x80\0\0\0\0\0\xff\xff\xff" + frame * 60 + b";"


@PICTURE_BOMBS.add("b19", "not_image")
def postscript(shop: MediaFactory) -> bytes:
    return b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9000 9000\n(x) run\n%%EOF\n"


@PICTURE_BOMBS.add("b23", "image_too_big", "not_image", "image_damaged")
def webp_that_claims_16383_square(shop: MediaFactory) -> bytes:
    size = (16_382).to_bytes(3, "little") * 2
    body = b"WEBPVP8X\x0a\0\0\0\x02\0\0\0" + size + b"ANIM\x06\0\0\0\0\0\0\0\0\0"
    return b"RIFF" + struct.pack("<I", len(body)) + body


@PICTURE_BOMBS.add("a18", "not_image")
def svg_named_png(shop: MediaFactory) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{shop.url}/x"/></svg>'.encode()
