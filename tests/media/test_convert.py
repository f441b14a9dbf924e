"""Offsets are removed, faulty channels reported, and files decoded only once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.app.analysis.levels.loudness import measure_loudness
from backend.app.media import convert as conversion
from backend.app.media.admit_track import AdmittedTrack, admit_track
from backend.app.media.ffmpeg.confinement import TimeLimit
from backend.app.media.gate import decode as decoding
from backend.app.media.gate.decode import Decoding
from backend.app.media.normal_form import TrackReader

from .media_factory import RATE, MediaFactory, music

LONG_S = 6.0  # offsets are removed from 5 s on


def admit(shop: MediaFactory, job: Path, samples: np.ndarray, subtype: str) -> AdmittedTrack:
    source = job / "9c1b"
    soundfile.write(source, samples, RATE, format="WAV", subtype=subtype)
    return admit_track(source, workdir=job, ffmpeg=shop.ffmpeg)


def stored(track: AdmittedTrack) -> np.ndarray:
    with TrackReader(track.path) as reader:
        return reader.read(0, reader.n_samples)


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_constant_offset_is_removed_and_reported(
    subtype: str, shop: MediaFactory, job: Path
) -> None:
    sound = music(LONG_S) * np.float32(0.5)
    plain = stored(admit(shop, job, sound, subtype))
    track = admit(shop, job, sound + np.float32([0.35, 0.2]), subtype)
    assert track.warnings == (
        "The recording's zero line was off centre (DC offset of 35.0%). This is corrected; you "
        "need not do anything.",
    )
    clean = stored(track)
    assert np.abs(clean.mean(axis=1)).max() < 1e-4
    # No thump: a high-pass at 4 Hz shifts 220 Hz by 1.5 degrees, and a thump would reach 0.35.
    assert np.abs(clean - plain)[:, :RATE].max() < 0.02
    loudness = [measure_loudness([s]).integrated_lufs for s in (plain, clean)]
    assert loudness[0] == pytest.approx(loudness[1], abs=0.02)
    assert np.abs(clean).max() == pytest.approx(np.abs(plain).max(), rel=0.02)


def test_offset_over_full_scale_needs_no_turning_down(shop: MediaFactory, job: Path) -> None:
    track = admit(shop, job, music(LONG_S) + np.float32(0.7), "FLOAT")
    assert track.recorded_gain_db == 0.0
    assert 0.5 < np.abs(stored(track)).max() < 0.7


def test_hot_track_with_an_offset_is_turned_down_without_clipping(
    shop: MediaFactory, job: Path
) -> None:
    track = admit(shop, job, 3 * music(LONG_S) + np.float32(0.5), "FLOAT")
    assert track.recorded_gain_db > 3.0
    assert np.abs(stored(track)).max() == pytest.approx(1.0 - 2.0**-23, abs=1e-6)


def test_offset_is_measured_against_the_peak_of_a_hot_track(shop: MediaFactory, job: Path) -> None:
    assert admit(shop, job, 4 * music(LONG_S) + np.float32(0.009), "FLOAT").warnings == ()


def test_small_offset_of_soft_sound_is_removed(shop: MediaFactory, job: Path) -> None:
    soft = music(LONG_S) * np.float32(0.01)
    assert admit(shop, job, soft + np.float32(0.003), "PCM_24").warnings
    assert not admit(shop, job, music(LONG_S) + np.float32(0.003), "PCM_24").warnings


@pytest.mark.parametrize(("duration_s", "offset"), [(LONG_S, 0.0), (LONG_S, 0.004), (3.0, 0.2)])
def test_sound_without_offset_or_too_short_for_one_keeps_every_sample(
    duration_s: float, offset: float, shop: MediaFactory, job: Path
) -> None:
    track = admit(shop, job, music(duration_s) + np.float32(offset), "PCM_16")
    assert np.array_equal(stored(track).T, soundfile.read(job / "9c1b", dtype="float32")[0])
    assert track.warnings == ()


@pytest.mark.parametrize(("dead", "alive"), [(1, "left"), (0, "right")])
def test_dead_channel_is_reported(dead: int, alive: str, shop: MediaFactory, job: Path) -> None:
    sound = music()
    sound[:, dead] *= np.float32(10 ** (-55 / 20))
    assert f"Only the {alive} channel has sound" in admit(shop, job, sound, "PCM_24").warnings[0]


def test_soft_channel_is_no_dead_one(shop: MediaFactory, job: Path) -> None:
    sound = music()
    sound[:, 0] *= np.float32(10 ** (-45 / 20))
    assert admit(shop, job, sound, "PCM_24").warnings == ()


def test_reversed_channel_is_reported(shop: MediaFactory, job: Path) -> None:
    sound = music()
    reversed_ = np.stack([sound[:, 0], -sound[:, 0]], axis=1)
    assert "cancel each other" in admit(shop, job, reversed_, "PCM_16").warnings[0]


def hot_ogg(shop: MediaFactory, job: Path) -> Path:
    """An Ogg Vorbis whose peaks exceed full scale."""
    wav, ogg = job / "hot.wav", job / "hot.ogg"
    square = np.sign(np.sin(2 * np.pi * 110 * np.arange(4 * RATE) / RATE)) * 0.99
    soundfile.write(wav, np.stack([square, square], axis=1), RATE)
    shop.run("-i", str(wav), "-c:a", "libvorbis", str(ogg))
    return ogg


@pytest.mark.parametrize(("room", "runs"), [(1 << 30, 1), (1 << 20, 2)])
def test_track_to_be_turned_down_is_decoded_once_if_there_is_room(
    room: int, runs: int, shop: MediaFactory, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    decode = Decoding.blocks

    def counted(self: Decoding) -> object:
        started.append(self)
        return decode(self)

    ogg = hot_ogg(shop, job)
    plain = admit_track(ogg, workdir=job, ffmpeg=shop.ffmpeg)
    monkeypatch.setattr(Decoding, "blocks", counted)
    monkeypatch.setattr(conversion, "_SPOOL_BYTES", room)
    track = admit_track(ogg, workdir=job, ffmpeg=shop.ffmpeg)
    assert len(started) == runs
    assert track.recorded_gain_db > 0.5
    assert track.content_hash == plain.content_hash
    assert {path.suffix for path in job.iterdir()} == {".wav", ".ogg", ".flac"}


def test_decoder_gets_its_whole_time_again_after_some_sound(
    shop: MediaFactory, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restarts = []
    monkeypatch.setattr(TimeLimit, "restart", lambda limit: restarts.append(limit._timeout_s))
    monkeypatch.setattr(TimeLimit, "_ends_at", float("inf"), raising=False)
    monkeypatch.setattr(decoding, "_BLOCKS_A_TIMEOUT", 2)
    admit(shop, job, music(7.0), "PCM_16")  # five blocks of 1.5 s
    # Each program starts with a restart of the clock: probe, tags' reader, decoder.
    assert len(restarts) == 3 + 2
