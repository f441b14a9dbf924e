"""Common formats are admitted; others are rejected with their names."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.app.errors import RejectedFile
from backend.app.media.admit_track import AdmittedTrack, admit_track
from backend.app.media.gate.sniff import sniff
from backend.app.media.normal_form import TrackReader

from ..containers import id3, id3_frame
from ..media_factory import RATE, MediaFactory, music

PCM = (music() * 32_767).astype("<i2").tobytes()


def admit(shop: MediaFactory, job: Path, content: bytes) -> AdmittedTrack:
    source = job / "9c1b"
    source.write_bytes(content)
    return admit_track(source, workdir=job, ffmpeg=shop.ffmpeg)


def message(job: Path, content: bytes) -> str:
    source = job / "9c1b"
    source.write_bytes(content)
    with pytest.raises(RejectedFile) as rejected:
        sniff(source)
    return rejected.value.message


def samples_of(track: AdmittedTrack) -> np.ndarray:
    with TrackReader(track.path) as reader:
        return reader.read(0, reader.n_samples).T


def bw64(pcm: bytes) -> bytes:
    """A WAV with 64-bit sizes (ITU-R BS.2088): sizes are in `ds64`, elsewhere they are -1."""
    fmt = struct.pack("<HHIIHH", 1, 2, RATE, 4 * RATE, 4, 16)
    ds64 = struct.pack("<QQQI", len(pcm) + 80, len(pcm), len(pcm) // 4, 0)
    chunks = b"ds64" + struct.pack("<I", len(ds64)) + ds64
    chunks += b"fmt " + struct.pack("<I", len(fmt)) + fmt
    return b"BW64\xff\xff\xff\xffWAVE" + chunks + b"data\xff\xff\xff\xff" + pcm


@pytest.mark.parametrize(
    ("codec", "bits"),
    [("pcm_s16be", 16), ("pcm_s16le", 16), ("pcm_s24be", 24), ("pcm_f32be", 24)],
)
def test_aiff_and_aiff_c_keep_every_sample(
    codec: str, bits: int, shop: MediaFactory, job: Path
) -> None:
    wav, aiff = job / "plain.wav", job / "a.aiff"
    soundfile.write(wav, music(), RATE, subtype=f"PCM_{bits}")
    shop.run("-i", str(wav), "-c:a", codec, str(aiff))
    track = admit(shop, job, aiff.read_bytes())
    assert (track.source_format, track.bits, track.warnings) == ("aiff", bits, ())
    assert np.array_equal(samples_of(track), soundfile.read(wav, dtype="float32")[0])


def test_tags_of_an_aiff_are_read(shop: MediaFactory, job: Path) -> None:
    aiff = bytearray(shop.encode("a.aiff"))
    tag = id3(id3_frame(b"TIT2", b"\3Night"), id3_frame(b"TPE1", b"\3Driver"))
    aiff += b"ID3 " + struct.pack(">I", len(tag)) + tag + bytes(len(tag) % 2)
    struct.pack_into(">I", aiff, 4, len(aiff) - 8)
    tags = admit(shop, job, bytes(aiff)).tags
    assert (tags.title, tags.artist) == ("Night", "Driver")


def test_bw64_keeps_every_sample(shop: MediaFactory, job: Path) -> None:
    track = admit(shop, job, bw64(PCM))
    assert (track.source_format, track.bits) == ("wav", 16)
    assert np.array_equal(samples_of(track), np.frombuffer(PCM, "<i2").reshape(-1, 2) / 2**15)


@pytest.mark.parametrize("codec", ["libopus", "libvorbis"])
def test_webm_of_sound_alone_is_admitted(codec: str, shop: MediaFactory, job: Path) -> None:
    track = admit(shop, job, shop.encode("a.webm", "-c:a", codec))
    assert (track.source_format, track.warnings) == ("webm", ())
    assert track.n_samples / RATE == pytest.approx(3.0, abs=0.05)


def test_flac_in_mp4_keeps_every_sample(shop: MediaFactory, job: Path) -> None:
    track = admit(shop, job, shop.encode("f.mp4", "-c:a", "flac", "-strict", "-2"))
    assert (track.source_format, track.bits, track.warnings) == ("m4a", 16, ())
    assert track.content_hash == admit(shop, job, shop.flac()).content_hash


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("a.mp2", ("-c:a", "mp2"), "MPEG layer 2 audio"),
        ("a.wma", (), "Windows Media audio"),
        ("a.au", (), "AU (Sun audio) audio"),
        ("a.caf", (), "CAF (Core Audio) audio"),
        ("a.w64", (), "Wave64 audio"),
        ("a.wv", (), "WavPack audio"),
        ("a.tta", (), "True Audio audio"),
        ("a.ac3", (), "AC-3 audio"),
        ("a.aac", (), "raw AAC audio"),
        ("a.voc", (), "Creative Voice audio"),
        ("f.ogg", ("-c:a", "flac"), "FLAC in Ogg"),
    ],
)
def test_other_sound_is_named_for_what_it_is(
    name: str, options: tuple[str, ...], said: str, shop: MediaFactory, job: Path
) -> None:
    assert message(job, shop.encode(name, *options)) == f"This is {said}, which is not supported."


def test_codec_that_is_not_supported_is_named(shop: MediaFactory, job: Path) -> None:
    with pytest.raises(RejectedFile, match=re.escape("audio codec (ac3) is not supported")):
        admit(shop, job, shop.encode("ac3.mp4", "-c:a", "ac3"))


def test_module_of_a_tracker_is_a_sequence(job: Path) -> None:
    assert "notes to be synthesized" in message(job, bytes(1080) + b"M.K." + bytes(2000))
