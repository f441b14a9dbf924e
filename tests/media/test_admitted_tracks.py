"""What the gate lets in keeps its length, its samples and its shape."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.app.dsp.samples import gain_of_db
from backend.app.errors import RejectedFile
from backend.app.media.gate import AdmittedTrack, GateLimits, admit_track
from backend.app.media.normal_form import TrackReader

from .containers import id3, id3_frame
from .test_tags import cover_bytes
from .workshop import RATE, Workshop, music

LOSSY = {
    "mp3": ("a.mp3", "-b:a", "128k"),
    "ogg": ("a.ogg", "-c:a", "libvorbis"),
    "opus": ("a.opus", "-c:a", "libopus"),
    "m4a": ("a.m4a", "-c:a", "aac"),
}


def admit(shop: Workshop, job: Path, content: bytes, name: str = "9c1b") -> AdmittedTrack:
    source = job / name
    source.write_bytes(content)
    return admit_track(source, workdir=job, ffmpeg=shop.ffmpeg)


def heard(track: AdmittedTrack) -> np.ndarray:
    with TrackReader(track.path) as reader:
        return reader.read(0, reader.n_samples).T


def file_of(job: Path, samples: np.ndarray, format: str, subtype: str) -> bytes:
    soundfile.write(job / "made", samples, RATE, format=format, subtype=subtype)
    return (job / "made").read_bytes()


@pytest.mark.parametrize("kind", LOSSY)
def test_lossy_formats_keep_their_length_and_place(kind: str, shop: Workshop, job: Path) -> None:
    track = admit(shop, job, shop.encode(*LOSSY[kind]))
    assert track.source_format == kind
    assert track.bits == 16
    assert track.warnings == ()
    assert abs(track.n_samples / RATE - 3.0) < 0.05  # encoder delay that stays in shows as 23 ms up
    mono, original = heard(track).mean(axis=1), music().mean(axis=1)
    n = min(len(mono), len(original))
    spectrum = np.fft.rfft(mono[:n]) * np.conj(np.fft.rfft(original[:n]))
    lag = int(np.argmax(np.fft.irfft(spectrum)))
    assert min(lag, n - lag) <= 2  # samples; the encoders' delays are taken off


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
def test_lossless_formats_come_out_sample_for_sample(
    format: str, subtype: str, bits: int, shop: Workshop, job: Path
) -> None:
    track = admit(shop, job, file_of(job, music(), format, subtype))
    assert track.bits == bits
    assert track.recorded_gain_db == 0.0
    expected, _ = soundfile.read(job / "made", dtype="float32")
    # 32-bit and float samples are rounded to 24 bits; the others fit as they are
    step = 2.0**-23 if subtype in ("PCM_32", "FLOAT") else 0.0
    assert np.abs(heard(track) - expected).max() <= step / 2


@pytest.mark.parametrize(("sample_format", "bits"), [("s16p", 16), ("s32p", 24)])
def test_alac_comes_out_sample_for_sample(
    sample_format: str, bits: int, shop: Workshop, job: Path
) -> None:
    plain = file_of(job, music(), "WAV", f"PCM_{bits}")
    wav, m4a = job / "plain.wav", job / "alac.m4a"
    wav.write_bytes(plain)
    shop.run("-i", str(wav), "-c:a", "alac", "-sample_fmt", sample_format, str(m4a))
    track = admit(shop, job, m4a.read_bytes())
    assert (track.bits, track.source_format) == (bits, "m4a")
    expected, _ = soundfile.read(wav, dtype="float32")
    assert np.array_equal(heard(track), expected)


def test_mono_comes_out_on_both_sides_at_its_own_level(shop: Workshop, job: Path) -> None:
    mono = music()[:, 0]
    track = admit(shop, job, file_of(job, mono, "WAV", "PCM_16"))
    expected, _ = soundfile.read(job / "made", dtype="float32")
    assert np.array_equal(heard(track), np.stack([expected, expected], axis=1))


def test_peaks_above_full_scale_keep_their_shape(shop: Workshop, job: Path) -> None:
    hot = music() * 3.0
    track = admit(shop, job, file_of(job, hot, "WAV", "FLOAT"))
    assert track.recorded_gain_db == pytest.approx(20 * np.log10(np.abs(hot).max()), abs=0.001)
    restored = heard(track) * gain_of_db(track.recorded_gain_db)
    # half a step of 24 bits, turned up by 5 dB; clipping would show as 0.5
    assert np.abs(restored - hot).max() < 2e-7


def test_a_hot_mp3_is_turned_down_and_not_clipped(shop: Workshop, job: Path) -> None:
    square = np.sign(np.sin(2 * np.pi * 110 * np.arange(3 * RATE) / RATE)) * 0.99
    wav, mp3 = job / "square.wav", job / "square.mp3"
    soundfile.write(wav, np.stack([square, square], axis=1), RATE)
    shop.run("-i", str(wav), "-b:a", "96k", str(mp3))
    track = admit(shop, job, mp3.read_bytes())
    assert track.recorded_gain_db > 0.5  # the edges of a band-limited square overshoot by 9 %
    at_the_top = (np.abs(heard(track)) >= 32_767 / 32_768).sum()
    assert at_the_top <= 2  # the peak itself, on two equal channels


def test_the_same_file_gives_the_same_bytes(shop: Workshop, tmp_path: Path) -> None:
    tracks = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        tracks.append(admit(shop, folder, shop.mp3(), name))
    one, two = tracks
    assert one.content == two.content
    assert one.path.read_bytes() == two.path.read_bytes()
    assert hashlib.sha256(one.path.read_bytes()).hexdigest() == one.content == one.path.stem


def test_tags_do_not_change_the_content(shop: Workshop, job: Path) -> None:
    plain = admit(shop, job, shop.mp3())
    tagged = admit(shop, job, id3(id3_frame(b"TIT2", b"\3Night")) + shop.mp3())
    assert (tagged.tags.title, plain.tags.title) == ("Night", "")
    assert tagged.content == plain.content


@pytest.mark.parametrize(
    "name",
    [
        *("concat:x|y.mp3", "pipe:0.mp3", "data:audio,x.mp3", "http:x", "-i", "--", "%03d.mp3"),
        *("a\nb.mp3", 'it\'s "so".mp3', "🎧.mp3", "\u202egnp.mp3", " .mp3", "a;b&c|d.wav", "[0:a]"),
    ],
)
def test_odd_names_are_never_read_as_anything_else(name: str, shop: Workshop, job: Path) -> None:
    assert admit(shop, job, shop.mp3(), name).source_format == "mp3"


@pytest.mark.parametrize(("name", "kind"), [("a.wav", "mp3"), ("a.mp3", "wav"), ("a.m3u8", "m4a")])
def test_what_counts_is_the_content_not_the_suffix(
    name: str, kind: str, shop: Workshop, job: Path
) -> None:
    content = {"mp3": shop.mp3, "wav": shop.wav, "m4a": shop.m4a}[kind]()
    assert admit(shop, job, content, name).source_format == kind


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000, 192_000])
def test_every_rate_is_brought_to_one_length(rate: int, shop: Workshop, job: Path) -> None:
    track = admit(shop, job, shop.encode("r.wav", "-ar", str(rate)))
    assert abs(track.n_samples / RATE - 3.0) < 0.05


def test_a_refused_file_leaves_nothing_behind(shop: Workshop, job: Path) -> None:
    source = job / "s"
    cover = id3_frame(b"APIC", b"\3image/png\0\3\0" + cover_bytes())
    plain = shop.encode("x.mp3", "-write_xing", "0", "-id3v2_version", "0")  # claims no length
    source.write_bytes(id3(cover) + plain)
    with pytest.raises(RejectedFile, match="longer than 2 s"):
        admit_track(source, workdir=job, ffmpeg=shop.ffmpeg, limits=GateLimits(max_track_s=2.0))
    assert list(job.iterdir()) == [source]


def test_a_track_of_just_the_limit_is_let_in(shop: Workshop, job: Path) -> None:
    source = job / "s"
    source.write_bytes(shop.wav())
    limits = GateLimits(max_track_s=3.0)
    track = admit_track(source, workdir=job, ffmpeg=shop.ffmpeg, limits=limits)
    assert track.n_samples == 3 * RATE
