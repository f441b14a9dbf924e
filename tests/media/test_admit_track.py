"""Admitted tracks keep their length, samples and peaks."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.app.dsp.samples import gain_of_db
from backend.app.errors import RejectedFile
from backend.app.media.admit_track import AdmittedTrack, admit_track
from backend.app.media.gate.limits import GateLimits
from backend.app.media.normal_form import TrackReader

from .containers import id3, id3_frame
from .media_factory import RATE, MediaFactory, music
from .tags.test_reader_process import cover_bytes

LOSSY = {
    "mp3": ("a.mp3", "-b:a", "128k"),
    "ogg": ("a.ogg", "-c:a", "libvorbis"),
    "opus": ("a.opus", "-c:a", "libopus"),
    "m4a": ("a.m4a", "-c:a", "aac"),
}


def admit(shop: MediaFactory, job: Path, content: bytes, name: str = "9c1b") -> AdmittedTrack:
    source = job / name
    source.write_bytes(content)
    return admit_track(source, workdir=job, ffmpeg=shop.ffmpeg)


def stored(track: AdmittedTrack) -> np.ndarray:
    with TrackReader(track.path) as reader:
        return reader.read(0, reader.n_samples).T


def file_of(job: Path, samples: np.ndarray, format: str, subtype: str) -> bytes:
    soundfile.write(job / "made", samples, RATE, format=format, subtype=subtype)
    return (job / "made").read_bytes()


@pytest.mark.parametrize("kind", LOSSY)
def test_lossy_formats_keep_length_and_alignment(kind: str, shop: MediaFactory, job: Path) -> None:
    track = admit(shop, job, shop.encode(*LOSSY[kind]))
    assert track.source_format == kind
    assert track.bits == 16
    assert track.warnings == ()
    # an encoder delay that is not removed adds 23 ms or more
    assert abs(track.n_samples / RATE - 3.0) < 0.05
    mono, original = stored(track).mean(axis=1), music().mean(axis=1)
    n = min(len(mono), len(original))
    spectrum = np.fft.rfft(mono[:n]) * np.conj(np.fft.rfft(original[:n]))
    lag = int(np.argmax(np.fft.irfft(spectrum)))
    assert min(lag, n - lag) <= 2  # samples; the encoders' delays are removed


@pytest.mark.parametrize(
    ("format", "subtype", "bits"),
    [
        ("WAV", "PCM_U8", 16),
        ("WAV", "PCM_16", 16),
        ("WAV", "PCM_24", 24),
        ("WAV", "PCM_32", 24),
        ("WAV", "FLOAT", 24),
        ("FLAC", "PCM_16", 16),
        ("FLAC", "PCM_24", 24),
    ],
)
def test_lossless_formats_keep_every_sample(
    format: str, subtype: str, bits: int, shop: MediaFactory, job: Path
) -> None:
    track = admit(shop, job, file_of(job, music(), format, subtype))
    assert track.bits == bits
    assert track.recorded_gain_db == 0.0
    expected, _ = soundfile.read(job / "made", dtype="float32")
    # 32-bit and float samples are rounded to 24 bits; others fit exactly.
    step = 2.0**-23 if subtype in ("PCM_32", "FLOAT") else 0.0
    assert np.abs(stored(track) - expected).max() <= step / 2


@pytest.mark.parametrize(("sample_format", "bits"), [("s16p", 16), ("s32p", 24)])
def test_alac_keeps_every_sample(
    sample_format: str, bits: int, shop: MediaFactory, job: Path
) -> None:
    plain = file_of(job, music(), "WAV", f"PCM_{bits}")
    wav, m4a = job / "plain.wav", job / "alac.m4a"
    wav.write_bytes(plain)
    shop.run("-i", str(wav), "-c:a", "alac", "-sample_fmt", sample_format, str(m4a))
    track = admit(shop, job, m4a.read_bytes())
    assert (track.bits, track.source_format) == (bits, "m4a")
    expected, _ = soundfile.read(wav, dtype="float32")
    assert np.array_equal(stored(track), expected)


def test_mono_is_copied_to_both_channels_at_its_level(shop: MediaFactory, job: Path) -> None:
    mono = music()[:, 0]
    track = admit(shop, job, file_of(job, mono, "WAV", "PCM_16"))
    expected, _ = soundfile.read(job / "made", dtype="float32")
    assert np.array_equal(stored(track), np.stack([expected, expected], axis=1))


def test_peaks_above_full_scale_keep_their_shape(shop: MediaFactory, job: Path) -> None:
    hot = music() * 3.0
    track = admit(shop, job, file_of(job, hot, "WAV", "FLOAT"))
    assert track.recorded_gain_db == pytest.approx(20 * np.log10(np.abs(hot).max()), abs=0.001)
    restored = stored(track) * gain_of_db(track.recorded_gain_db)
    # Half a step of 24 bits, raised by 5 dB; clipping would show as 0.5.
    assert np.abs(restored - hot).max() < 2e-7


def test_mp3_over_full_scale_is_turned_down_not_clipped(shop: MediaFactory, job: Path) -> None:
    square = np.sign(np.sin(2 * np.pi * 110 * np.arange(3 * RATE) / RATE)) * 0.99
    wav, mp3 = job / "square.wav", job / "square.mp3"
    soundfile.write(wav, np.stack([square, square], axis=1), RATE)
    shop.run("-i", str(wav), "-b:a", "96k", str(mp3))
    track = admit(shop, job, mp3.read_bytes())
    assert track.recorded_gain_db > 0.5  # the edges of a band-limited square wave overshoot by 9 %
    at_full_scale = (np.abs(stored(track)) >= 32_767 / 32_768).sum()
    assert at_full_scale <= 2  # the peak itself, on two equal channels


def test_same_file_gives_the_same_bytes(shop: MediaFactory, tmp_path: Path) -> None:
    tracks = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        tracks.append(admit(shop, folder, shop.mp3(), name))
    one, two = tracks
    assert one.content_hash == two.content_hash
    assert one.path.read_bytes() == two.path.read_bytes()
    assert hashlib.sha256(one.path.read_bytes()).hexdigest() == one.content_hash == one.path.stem


def test_tags_do_not_change_the_content_hash(shop: MediaFactory, job: Path) -> None:
    plain = admit(shop, job, shop.mp3())
    tagged = admit(shop, job, id3(id3_frame(b"TIT2", b"\3Night")) + shop.mp3())
    assert (tagged.tags.title, plain.tags.title) == ("Night", "")
    assert tagged.content_hash == plain.content_hash


@pytest.mark.parametrize(
    "name",
    [
        *("concat:x|y.mp3", "pipe:0.mp3", "data:audio,x.mp3", "http:x", "-i", "--", "%03d.mp3"),
        *("a\nb.mp3", 'it\'s "so".mp3', "🎧.mp3", "\u202egnp.mp3", " .mp3", "a;b&c|d.wav", "[0:a]"),
    ],
)
def test_file_names_are_never_parsed(name: str, shop: MediaFactory, job: Path) -> None:
    assert admit(shop, job, shop.mp3(), name).source_format == "mp3"


@pytest.mark.parametrize(("name", "kind"), [("a.wav", "mp3"), ("a.mp3", "wav"), ("a.m3u8", "m4a")])
def test_content_decides_the_format_not_the_suffix(
    name: str, kind: str, shop: MediaFactory, job: Path
) -> None:
    content = {"mp3": shop.mp3, "wav": shop.wav, "m4a": shop.m4a}[kind]()
    assert admit(shop, job, content, name).source_format == kind


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000, 192_000])
def test_every_sample_rate_keeps_the_duration(rate: int, shop: MediaFactory, job: Path) -> None:
    track = admit(shop, job, shop.encode("r.wav", "-ar", str(rate)))
    assert abs(track.n_samples / RATE - 3.0) < 0.05


def test_rejected_file_leaves_nothing_behind(shop: MediaFactory, job: Path) -> None:
    source = job / "s"
    cover = id3_frame(b"APIC", b"\3image/png\0\3\0" + cover_bytes())
    plain = shop.encode("x.mp3", "-write_xing", "0", "-id3v2_version", "0")  # states no length
    source.write_bytes(id3(cover) + plain)
    with pytest.raises(RejectedFile, match="longer than 2 s"):
        admit_track(source, workdir=job, ffmpeg=shop.ffmpeg, limits=GateLimits(max_track_s=2.0))
    assert list(job.iterdir()) == [source]


def test_a_soft_recording_is_no_silence(shop: MediaFactory, job: Path) -> None:
    soft = music() * np.float32(gain_of_db(-60.0))
    track = admit(shop, job, file_of(job, soft, "WAV", "PCM_24"))
    assert np.abs(stored(track) - soft).max() < 2**-23


def test_track_of_exactly_the_limit_is_admitted(shop: MediaFactory, job: Path) -> None:
    source = job / "s"
    source.write_bytes(shop.wav())
    limits = GateLimits(max_track_s=3.0)
    track = admit_track(source, workdir=job, ffmpeg=shop.ffmpeg, limits=limits)
    assert track.n_samples == 3 * RATE
