"""Wrong lengths, junk and endless tags don't spoil a good file: decoded sound counts."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from backend.app.errors import RejectedFile
from backend.app.media.admit_track import AdmittedTrack, admit_track
from backend.app.media.gate.limits import GateLimits

from ..containers import flac_header, id3, id3_frame, syncsafe
from ..media_factory import RATE, MediaFactory
from .test_hostile_files import cpu_s

LIMITS = GateLimits(max_track_s=60.0)
TAGLESS = ("-id3v2_version", "0", "-b:a", "128k")


def admit(shop: MediaFactory, job: Path, content: bytes) -> AdmittedTrack:
    source = job / "9c1b"
    source.write_bytes(content)
    return admit_track(source, workdir=job, ffmpeg=shop.ffmpeg, limits=LIMITS)


def bare(shop: MediaFactory) -> bytes:
    return shop.encode("bare.mp3", *TAGLESS)


def with_frames(mp3: bytes, times: int) -> bytes:
    """The same MP3 with a header that states a multiple of its frames."""
    changed = bytearray(mp3)
    at = max(mp3.find(b"Xing"), mp3.find(b"Info")) + 8
    struct.pack_into(">I", changed, at, times * struct.unpack_from(">I", mp3, at)[0])
    return bytes(changed)


@pytest.mark.parametrize("times", [10, 200])
def test_mp3_with_a_wrong_number_of_frames_is_admitted(
    times: int, shop: MediaFactory, job: Path
) -> None:
    track = admit(shop, job, with_frames(shop.mp3(), times))
    assert track.n_samples == pytest.approx(3 * RATE, abs=1200)
    assert "states a wrong length" in track.warnings[0]


def test_vbri_header_with_a_wrong_number_of_frames_is_admitted(
    shop: MediaFactory, job: Path
) -> None:
    mp3 = shop.encode("v.mp3", *TAGLESS, "-write_xing", "0")
    vbri = b"VBRI" + struct.pack(">HHHIIHHHH", 1, 0, 75, len(mp3) + 417, 90_000, 0, 1, 2, 1)
    first = (mp3[:4] + bytes(32) + vbri).ljust(417, b"\0")
    track = admit(shop, job, first + mp3)
    assert track.n_samples == pytest.approx(3 * RATE, abs=3500)


def test_flac_that_states_too_many_samples_is_admitted(shop: MediaFactory, job: Path) -> None:
    flac = shop.flac()
    head = flac_header(RATE, total=7_000_000)
    track = admit(shop, job, flac[:18] + head[18:26] + flac[26:])
    assert track.n_samples == 3 * RATE
    assert "3.0 of 158.7 s can be read" in track.warnings[0]


def test_m4a_that_states_too_long_a_time_is_admitted(shop: MediaFactory, job: Path) -> None:
    m4a = bytearray(shop.m4a())
    for box in (b"mvhd", b"tkhd", b"mdhd"):  # version 0: 12, 20 and 12 bytes into the box
        at = m4a.index(box) + 4 + (20 if box == b"tkhd" else 16)
        struct.pack_into(">I", m4a, at, 100 * struct.unpack_from(">I", m4a, at)[0])
    track = admit(shop, job, bytes(m4a))
    assert track.n_samples == pytest.approx(3 * RATE, abs=3000)
    assert "states a wrong length" in track.warnings[0]


def test_broken_download_of_half_an_mp3_is_still_rejected(shop: MediaFactory, job: Path) -> None:
    mp3 = shop.mp3()
    with pytest.raises(RejectedFile, match=r"1\.\d of 3\.0 s can be read"):
        admit(shop, job, mp3[: len(mp3) * 45 // 100])


def test_delay_of_an_encoder_at_8_khz_is_no_loss(shop: MediaFactory, job: Path) -> None:
    track = admit(shop, job, shop.encode("low.mp3", "-ar", "8000", "-ac", "1"))
    assert track.warnings == ()


def test_padding_before_the_first_frame_is_skipped(shop: MediaFactory, job: Path) -> None:
    plain = admit(shop, job, bare(shop))
    padded = admit(shop, job, b"ID3\3\0\0\0\0\0\0" + bytes(200_000) + bare(shop))
    assert padded.content_hash == plain.content_hash
    assert padded.warnings == ()


def test_junk_before_the_first_frame_is_skipped(shop: MediaFactory, job: Path) -> None:
    junk = np.random.default_rng(3).integers(0, 128, 250_000, np.uint8).tobytes()
    track = admit(shop, job, junk + bare(shop))
    assert track.content_hash == admit(shop, job, bare(shop)).content_hash


def test_text_before_the_first_frame_is_skipped_for_64_kib(shop: MediaFactory, job: Path) -> None:
    line = b"icy-name: a station, and what it plays today\n"
    assert admit(shop, job, 20 * line + bare(shop)).source_format == "mp3"
    with pytest.raises(RejectedFile, match="it holds text"):
        admit(shop, job, 2_000 * line + bare(shop))


@pytest.mark.parametrize("kind", ["mp3", "flac"])
def test_tag_of_endless_frames_costs_no_time(kind: str, shop: MediaFactory, job: Path) -> None:
    """ffmpeg's time grows with the square of the frames: half a minute for these."""
    frames = b"".join(id3_frame(b"TXXX", b"\3%07d\0ab" % i) for i in range(50_000))
    sound = bare(shop) if kind == "mp3" else shop.flac()
    plain = admit(shop, job, sound)
    start_s = cpu_s()
    track = admit(shop, job, b"ID3\4\0\0" + syncsafe(len(frames)) + frames + sound)
    assert cpu_s() - start_s < 15.0  # of which mutagen may take 4
    assert track.content_hash == plain.content_hash
    assert track.warnings == ()


def test_endless_comments_that_cannot_be_skipped_are_rejected(
    shop: MediaFactory, job: Path
) -> None:
    comments = b"".join(struct.pack("<I", 10) + b"K%06d=ab" % i for i in range(50_000))
    body = struct.pack("<II", 0, 50_000) + comments
    flac = shop.flac()
    after = 4 + 4 + 34  # the marker and STREAMINFO
    block = b"\x04" + len(body).to_bytes(3, "big") + body
    start_s = cpu_s()
    with pytest.raises(RejectedFile) as rejected:
        admit(shop, job, flac[:after] + block + flac[after:])
    assert rejected.value.code == "takes_too_long"
    assert cpu_s() - start_s < 20.0  # the probe and mutagen may take 4 each


def test_short_title_behind_junk_is_still_read(shop: MediaFactory, job: Path) -> None:
    tagged = id3(id3_frame(b"TIT2", b"\3Night")) + bytes(100_000) + bare(shop)
    assert admit(shop, job, tagged).tags.title == "Night"
