"""Broken and odd sound files with their expected verdicts."""

from __future__ import annotations

import io
import struct
import zipfile

import numpy as np
import soundfile

from .cases import ACCEPT, Cases
from .containers import flac_header, id3, id3_frame, syncsafe, wav
from .media_factory import RATE, MediaFactory, music

ODD = Cases()


def _pcm(duration_s: float = 3.0) -> bytes:
    return (music(duration_s) * 32_767).astype("<i2").tobytes()


def _floats(samples: np.ndarray) -> bytes:
    return wav(samples.astype("<f4").tobytes(), bits=32, tag=3)


def _noise_bytes(n: int, seed: int = 5) -> bytes:
    return np.random.default_rng(seed).bytes(n)


def _middle_replaced(data: bytes, by: bytes) -> bytes:
    at = len(data) // 2
    return data[:at] + by + data[at + len(by) :]


@ODD.add("c01", "empty")
def no_bytes(shop: MediaFactory) -> bytes:
    return b""


@ODD.add("c02", "damaged")
def under_half_of_an_mp3(shop: MediaFactory) -> bytes:
    mp3 = shop.mp3()
    return mp3[: len(mp3) * 45 // 100]


@ODD.add("c02b", ACCEPT)
def most_of_an_mp3(shop: MediaFactory) -> bytes:
    mp3 = shop.mp3()
    return mp3[: len(mp3) * 70 // 100]


@ODD.add("c03", "not_audio")
def noise_bytes(shop: MediaFactory) -> bytes:
    return _noise_bytes(200_000)


@ODD.add("c04", "not_audio")
def null_bytes(shop: MediaFactory) -> bytes:
    return bytes(200_000)


@ODD.add("c05", ACCEPT)
def garbage_inside_an_mp3(shop: MediaFactory) -> bytes:
    return _middle_replaced(shop.mp3(), _noise_bytes(4_000))


@ODD.add("c06", "not_audio")
def plain_text(shop: MediaFactory) -> bytes:
    return b"Dear diary, today I wrote a song.\n" * 100


@ODD.add("c06b", "not_audio")
def a_web_page(shop: MediaFactory) -> bytes:
    return b"<!DOCTYPE html><html><body>404 Not Found</body></html>"


@ODD.add("c07", ACCEPT)
def mono_of_8_kilohertz(shop: MediaFactory) -> bytes:
    return shop.encode("low.wav", "-ac", "1", "-ar", "8000")


@ODD.add("c08", ACCEPT)
def flac_of_192_kilohertz(shop: MediaFactory) -> bytes:
    return shop.encode("high.flac", "-ar", "192000")


@ODD.add("c09", ACCEPT)
def wav_of_eight_channels(shop: MediaFactory) -> bytes:
    return shop.encode("wide.wav", "-ac", "8", "-c:a", "pcm_s16le")


@ODD.add("c10", ACCEPT)
def floats_with_a_few_nan(shop: MediaFactory) -> bytes:
    samples = music()
    samples[1000:1060, 0] = np.nan
    samples[2000:2020, 1] = np.inf
    return _floats(samples)


@ODD.add("c10b", "not_finite")
def floats_of_nan(shop: MediaFactory) -> bytes:
    return _floats(np.full((3 * RATE, 2), np.nan))


@ODD.add("c11", "out_of_range")
def floats_of_1e30(shop: MediaFactory) -> bytes:
    return _floats(music() * 1e30)


@ODD.add("c12", "not_finite")
def floats_of_which_a_hundredth_are_infinite(shop: MediaFactory) -> bytes:
    samples = music()
    samples[::100] = -np.inf
    return _floats(samples)


@ODD.add("c13", ACCEPT)
def wav_that_claims_4_gigabytes(shop: MediaFactory) -> bytes:
    return wav(_pcm(), claimed=0xFFFFFFFF)


@ODD.add("c14", ACCEPT)
def wav_that_claims_nothing(shop: MediaFactory) -> bytes:
    return wav(_pcm(), claimed=0)


@ODD.add("c15", ACCEPT)
def wav_that_claims_fifty_times_its_length(shop: MediaFactory) -> bytes:
    return wav(_pcm(), claimed=50 * len(_pcm()))


@ODD.add("c16", "damaged", "bad_rate")
def wav_of_rate_zero(shop: MediaFactory) -> bytes:
    return wav(_pcm(), rate=0)


@ODD.add("c17", "damaged", "bad_channels")
def wav_of_no_channels(shop: MediaFactory) -> bytes:
    return wav(_pcm(), channels=0)


@ODD.add("c18", "bad_channels")
def wav_of_255_channels(shop: MediaFactory) -> bytes:
    return wav(_pcm(), channels=255)


@ODD.add("c19", "bad_channels", "damaged")
def wav_of_65535_channels(shop: MediaFactory) -> bytes:
    return wav(_pcm(), channels=65_535)


@ODD.add("c20", "damaged", "unsupported_codec")
def wav_of_no_bits(shop: MediaFactory) -> bytes:
    return wav(_pcm(), bits=0)


@ODD.add("c21", "too_short")
def wav_of_only_a_header(shop: MediaFactory) -> bytes:
    return wav(b"")


@ODD.add("c22", "too_short")
def wav_of_one_sample(shop: MediaFactory) -> bytes:
    return wav(b"\1\2\3\4")


@ODD.add("c23", "too_short")
def mp3_of_50_milliseconds(shop: MediaFactory) -> bytes:
    return shop.mp3(duration_s=0.05)


@ODD.add("c24", "silent")
def silence(shop: MediaFactory) -> bytes:
    return wav(bytes(3 * RATE * 4))


@ODD.add("c24b", "silent")
def silence_with_dither(shop: MediaFactory) -> bytes:
    dither = np.random.default_rng(1).integers(-1, 2, 3 * RATE * 2)
    return wav(dither.astype("<i2").tobytes())


@ODD.add("c25", "silent")
def a_constant_offset(shop: MediaFactory) -> bytes:
    return wav(np.tile(np.array([16_000, -9_000], "<i2"), 3 * RATE).tobytes())


@ODD.add("c25b", "silent")
def a_constant_offset_at_another_rate(shop: MediaFactory) -> bytes:
    """The resampler rings at both ends, which is not music."""
    return wav(np.full(3 * 48_000 * 2, 16_000, "<i2").tobytes(), rate=48_000)


@ODD.add("c26", ACCEPT)
def wav_that_ends_within_a_sample(shop: MediaFactory) -> bytes:
    return wav(_pcm() + b"\7")


@ODD.add("c29b", "unsupported_format")
def windows_media(shop: MediaFactory) -> bytes:
    return shop.encode("a.wma")


@ODD.add("c29c", "unsupported_format")
def raw_aac(shop: MediaFactory) -> bytes:
    return shop.encode("a.aac")


@ODD.add("c29d", "unsupported_codec")
def mp4_of_ac3(shop: MediaFactory) -> bytes:
    return shop.encode("ac3.mp4", "-c:a", "ac3")


@ODD.add("c29e", "unsupported_format")
def flac_in_ogg(shop: MediaFactory) -> bytes:
    return shop.encode("f.ogg", "-c:a", "flac")


@ODD.add("c29f", "video")
def webm_with_a_picture_stream(shop: MediaFactory) -> bytes:
    red = ("-f", "lavfi", "-i", "color=red:s=32x32:d=3")
    return shop.encode("v.webm", *red, "-map", "0:a", "-map", "1:v", "-c:a", "libopus")


@ODD.add("c29g", "unsupported_codec")
def matroska_of_ac3(shop: MediaFactory) -> bytes:
    return shop.encode("a.mka", "-c:a", "ac3")


@ODD.add("c30", "damaged")
def mp4_without_an_index(shop: MediaFactory) -> bytes:
    m4a = shop.encode("tail.m4a", "-c:a", "aac")
    return m4a[: m4a.index(b"moov") - 4]


def _with_sample_entry(shop: MediaFactory, entry: bytes) -> bytes:
    return shop.m4a().replace(b"mp4a", entry, 1)


@ODD.add("c31", "drm")
def fairplay(shop: MediaFactory) -> bytes:
    return _with_sample_entry(shop, b"drms")


@ODD.add("c32", "drm")
def common_encryption_by_its_sample_entry(shop: MediaFactory) -> bytes:
    return _with_sample_entry(shop, b"enca")


@ODD.add("c58", "drm")
def common_encryption_for_real(shop: MediaFactory) -> bytes:
    plain, out = shop.folder / "plain.m4a", shop.folder / "cenc.mp4"
    plain.write_bytes(shop.m4a())
    key = "0123456789abcdef" * 2
    shop.run(
        *("-i", str(plain), "-c", "copy", "-encryption_scheme", "cenc-aes-ctr"),
        *("-encryption_key", key, "-encryption_kid", key, "-y", str(out)),
    )
    return out.read_bytes()


@ODD.add("c34", "tags_only")
def an_id3_tag_alone(shop: MediaFactory) -> bytes:
    return id3(id3_frame(b"TIT2", b"\3Title"), bytes(2_000))


@ODD.add("c35", "damaged")
def an_id3_tag_longer_than_the_file(shop: MediaFactory) -> bytes:
    return b"ID3\4\0\0" + syncsafe(200_000_000) + shop.mp3()


@ODD.add("c41", "damaged", "too_short")
def flac_of_only_a_header(shop: MediaFactory) -> bytes:
    return flac_header(RATE, total=3 * RATE)


@ODD.add("c42", "damaged")
def under_half_of_a_flac(shop: MediaFactory) -> bytes:
    flac = shop.flac()
    return flac[: len(flac) * 45 // 100]


@ODD.add("c43", ACCEPT)
def flac_with_a_wrong_checksum(shop: MediaFactory) -> bytes:
    flac = bytearray(shop.flac())
    flac[26:42] = bytes(range(16))  # the MD5 of STREAMINFO
    return bytes(flac)


@ODD.add("c44", ACCEPT)
def flac_with_bit_rot(shop: MediaFactory) -> bytes:
    flac = bytearray(shop.flac())
    for at in np.random.default_rng(3).integers(20_000, len(flac), 12):
        flac[at] ^= 1 << at % 8
    return bytes(flac)


@ODD.add("c45", "damaged", "too_short")
def mp3_frames_of_garbage(shop: MediaFactory) -> bytes:
    return (b"\xff\xfb\x90\x00" + _noise_bytes(413)) * 20


@ODD.add("c47", ACCEPT)
def two_oggs_in_a_row(shop: MediaFactory) -> bytes:
    return shop.ogg() + shop.ogg()


@ODD.add("c49", "damaged", "unsupported_codec")
def ogg_cut_within_its_headers(shop: MediaFactory) -> bytes:
    return shop.ogg()[:1500]


@ODD.add("c50", ACCEPT)
def mp3_of_variable_rate_without_a_table(shop: MediaFactory) -> bytes:
    return shop.encode("v.mp3", "-q:a", "4", "-write_xing", "0", "-id3v2_version", "0")


@ODD.add("c51", ACCEPT)
def mp3_spliced_of_two_rates(shop: MediaFactory) -> bytes:
    low = shop.encode("l.mp3", "-ar", "22050", "-ac", "1", "-write_xing", "0")
    return shop.encode("m.mp3", "-write_xing", "0") + low


@ODD.add("c52", "archive")
def a_zip_of_mp3s(shop: MediaFactory) -> bytes:
    """Stored without compression, so that MP3 frames are found inside."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.mp3", shop.mp3())
    return packed.getvalue()


@ODD.add("c53", "program")
def an_elf_program(shop: MediaFactory) -> bytes:
    return b"\x7fELF\2\1\1" + bytes(9) + _noise_bytes(5_000)


@ODD.add("c53b", "picture")
def a_png(shop: MediaFactory) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(500)


@ODD.add("c53c", "document")
def a_pdf(shop: MediaFactory) -> bytes:
    return b"%PDF-1.7\n" + bytes(500)


@ODD.add("c54", "damaged")
def mp4_of_3000_nested_boxes(shop: MediaFactory) -> bytes:
    nested = b""
    for _ in range(3_000):
        nested = struct.pack(">I", 8 + len(nested)) + b"moov" + nested
    return b"\0\0\0\x10ftypM4A \0\0\0\0" + nested


@ODD.add("c55", "damaged", "too_short")
def mp4_whose_box_claims_too_much(shop: MediaFactory) -> bytes:
    m4a = bytearray(shop.m4a())
    at = m4a.index(b"stbl")
    struct.pack_into(">I", m4a, at - 4, 0x7FFFFFFF)
    return bytes(m4a[: at + 60])


@ODD.add("c56", "damaged", ACCEPT)
def ogg_whose_comments_claim_too_much(shop: MediaFactory) -> bytes:
    ogg = bytearray(shop.ogg())
    at = ogg.index(b"\x03vorbis") + 7
    struct.pack_into("<I", ogg, at, 0xFFFFFFF0)
    return bytes(ogg)


@ODD.add("c57", ACCEPT)
def mp3_whose_ape_tag_claims_too_much(shop: MediaFactory) -> bytes:
    lie = struct.pack("<IIII", 2000, 0x7FFFFFFF, 1_000_000, 0) + bytes(8)
    return shop.mp3() + b"APETAGEX" + lie


@ODD.add("c38", ACCEPT)
def title_that_injects_a_filter(shop: MediaFactory) -> bytes:
    title = f"x',movie={shop.tenant}/canary.png[out];[in]drawtext=text='"
    return id3(id3_frame(b"TIT2", b"\3" + title.encode())) + shop.mp3()


@ODD.add("c39", ACCEPT)
def title_of_a_megabyte(shop: MediaFactory) -> bytes:
    return id3(id3_frame(b"TIT2", b"\3" + b"la " * 350_000)) + shop.mp3()


@ODD.add("c40", ACCEPT)
def title_of_control_characters_and_markup(shop: MediaFactory) -> bytes:
    title = "\u202egnp.exe\u0007<script>alert(1)</script>\r\nSet-Cookie: x\ue000\u200fy"
    return id3(id3_frame(b"TIT2", b"\3" + title.encode())) + shop.mp3()


@ODD.add("c46", ACCEPT)
def flac_whose_tags_are_garbage(shop: MediaFactory) -> bytes:
    flac = bytearray(shop.flac())
    at = flac.index(b"reference") if b"reference" in flac else flac.index(b"Lavf")
    struct.pack_into("<I", flac, at - 4, 0xFFFFFF)
    return bytes(flac)


@ODD.add("c48", ACCEPT)
def wav_of_64_bit_sizes(shop: MediaFactory) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, music(), RATE, format="RF64", subtype="PCM_24")
    return out.getvalue()


@ODD.add("c48b", ACCEPT)
def wav_with_mp3_inside(shop: MediaFactory) -> bytes:
    return shop.encode("mp3.wav", "-c:a", "libmp3lame")


@ODD.add("c33", "too_short", "silent")
def m4a_of_nothing(shop: MediaFactory) -> bytes:
    return shop.m4a(duration_s=0.01)
