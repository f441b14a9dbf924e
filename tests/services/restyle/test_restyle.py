"""Restyles from stems to files: levels, pitch, loudness, silence, report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import find_peaks

from audio_checks.levels import lufs, true_peak_db
from backend.app.dsp.samples import Samples
from backend.app.errors import InvalidRequest
from composer.compose import compose_song
from composer.song import Song, SongSpec
from tests.sounds import SR, noise, rms_db, silence

from ..restyle_jobs import (
    BELL_HZ,
    NOTES_HZ,
    cached_stems,
    files_of,
    job_of,
    melody_harness,
    put_sound,
    report_of,
    restyled,
    stem_of,
    tones,
    whole,
)
from ..stems_harness import JobRun, Oracle, StemsHarness, difference_db

SONG_S = 6.3  # not a whole number of blocks or bars
FROM_24_BITS_DB = -90.0
"""Error of two roundings to 24 bits and of the rounded level."""


@pytest.fixture(scope="module")
def song() -> Song:
    """A song so quiet that no limiter acts on it."""
    loud = compose_song(SongSpec(tempo_bpm=120, seed=3, duration_s=SONG_S))
    stems = {stem: 0.4 * sound for stem, sound in loud.stems.items()}
    return replace(loud, samples=0.4 * loud.samples, stems=stems)


@pytest.fixture
def harness(tmp_path: Path, song: Song) -> StemsHarness:
    return StemsHarness(tmp_path, Oracle(song.stems))


@pytest.fixture
def melody(tmp_path: Path) -> StemsHarness:
    return melody_harness(tmp_path)


def strongest_hz(sound: Samples) -> float:
    """The strongest frequency, to about 0.1 Hz."""
    mono = sound.mean(axis=0)
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), 1 << 19))
    return float(spectrum.argmax() * SR / (1 << 19))


def played_notes_hz(sound: Samples) -> list[float]:
    """The strongest frequency in the middle of each note of the melody."""
    starts = [round((k + 0.1) * SR) for k in range(len(NOTES_HZ))]
    return [strongest_hz(sound[:, at : at + round(0.55 * SR)]) for at in starts]


def cents(hz: float, other_hz: float) -> float:
    return float(1200 * np.log2(hz / other_hz))


def test_restyle_writes_mix_stems_and_originals(harness: StemsHarness, song: Song) -> None:
    bell = put_sound(harness, "bell", tones([BELL_HZ], 1.5))
    track = harness.put(song.samples)
    config = {"other": {"enabled": False}}
    ran = restyled(harness, track, {"vocals": bell, "drums": bell}, config=config, format="flac")
    assert ran.done, ran.failure
    assert sorted(files_of(ran)) == [
        "before/drums.flac",
        "before/vocals.flac",
        "measured-lossless.npz",
        "report.json",
        "restyled.flac",
        *(f"stems/{stem}.flac" for stem in ("bass", "drums", "vocals")),
        "timeline.json",
        "waveform.json",
    ]
    assert ran.steps == ["separating_stems", "analysing", "restyling", "mixing", "checking"]
    mix = ran.sound("restyled.flac")
    assert mix.shape == song.samples.shape
    stems = {stem: ran.sound(f"stems/{stem}.flac") for stem in ("bass", "drums", "vocals")}
    assert difference_db(mix, np.sum(list(stems.values()), axis=0)) < FROM_24_BITS_DB
    assert difference_db(ran.sound("before/vocals.flac"), song.stems["vocals"]) < FROM_24_BITS_DB
    assert difference_db(stems["bass"], song.stems["bass"]) < FROM_24_BITS_DB  # as loud as before
    assert difference_db(stems["drums"], song.stems["drums"]) > -3.0  # a different sound
    assert lufs(mix) < lufs(song.samples)  # one stem is left out, and the others are not raised


def test_stems_and_mix_are_no_louder_than_before(
    melody: StemsHarness,
) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    before_db = rms_db(melody.separator.stems["drums"])  # bleed, 50 dB softer
    alone = {"config": {"vocals": {"enabled": False}}, "format": "flac"}
    kept = restyled(melody, track, {}, **alone).sound("stems/drums.flac")
    assert rms_db(kept) == pytest.approx(before_db, abs=0.01)
    for follows in (True, False):
        settings = {"use_envelope": follows}
        ran = restyled(melody, track, {"drums": bell}, settings=settings, **alone)
        # The mean over loud moments differs by half a decibel from the mean over all.
        assert rms_db(ran.sound("stems/drums.flac")) < before_db + 0.5
        assert ran.notes == [] or not any("LUFS" in note for note in ran.notes)
    louder = restyled(melody, track, {}, config={"vocals": {"volume": 2.0}}, format="flac")
    assert lufs(louder.sound("restyled.flac")) == pytest.approx(lufs(whole(melody)), abs=0.1)


@pytest.mark.parametrize(("peak_db", "silent"), [(-61.0, True), (-59.0, False)])
def test_stem_below_the_silence_threshold_is_not_replayed(
    melody: StemsHarness, peak_db: float, silent: bool
) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    drums = melody.separator.stems["drums"]
    drums *= np.float32(10 ** (peak_db / 20) / np.abs(drums).max())
    track = melody.put(whole(melody))
    assert stem_of(restyled(melody, track, {}), "drums").silent is silent
    again = restyled(melody, track, {"drums": bell})
    assert again.failure == ("silent_stem" if silent else "")


@pytest.mark.parametrize("kind", ["wav", "mp3"])
def test_files_have_requested_format_and_full_length(melody: StemsHarness, kind: str) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    ran = restyled(melody, track, {"vocals": bell}, format=kind)
    for name in (f"restyled.{kind}", f"stems/vocals.{kind}", f"before/vocals.{kind}"):
        assert ran.sound(name).shape[1] == track.n_samples


def test_restyle_without_sounds_equals_the_song(harness: StemsHarness, song: Song) -> None:
    ran = restyled(harness, harness.put(song.samples), {}, format="flac")
    assert ran.steps == ["separating_stems", "mixing", "checking"]
    mix = ran.sound("restyled.flac")
    gain = np.vdot(mix, song.samples) / np.vdot(song.samples, song.samples)
    assert difference_db(mix, gain * song.samples) < FROM_24_BITS_DB
    assert [one.grains for one in report_of(ran).stems] == [None] * 4


def test_silent_stems_can_be_kept_but_not_replayed(melody: StemsHarness) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    melody.separator.stems["drums"][:] = 0.0
    track = melody.put(whole(melody))
    refused = restyled(melody, track, {"drums": bell})
    assert refused.failure == "silent_stem"
    assert not (refused.folder / "restyled.wav").exists()
    # A silent stem may be kept unchanged, but not as the only one.
    assert stem_of(restyled(melody, track, {"vocals": bell}), "drums").silent
    alone = restyled(melody, track, {}, config={"vocals": {"enabled": False}})
    assert alone.failure == "silent_stem"


def test_restyle_without_audible_stem_is_rejected(melody: StemsHarness) -> None:
    off = {"drums": {"enabled": False}, "vocals": {"volume": 0.0}}
    with pytest.raises(InvalidRequest, match="Every stem is left out"):
        _ = job_of(melody, melody.put(whole(melody)), {}, config=off).needed


def test_volumes_set_the_balance_of_stems(melody: StemsHarness) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    apart_db = []
    for volume in (1.0, 0.5, 2.0):
        config = {"vocals": {"volume": volume}}
        ran = restyled(melody, track, {"vocals": bell}, config=config, format="flac")
        levels = {stem: rms_db(ran.sound(f"stems/{stem}.flac")) for stem in ("vocals", "drums")}
        apart_db.append(levels["vocals"] - levels["drums"])
        assert stem_of(ran, "vocals").volume == volume
        assert difference_db(ran.sound("before/vocals.flac"), melody.separator.stems["vocals"]) < (
            FROM_24_BITS_DB
        )
    assert np.diff(apart_db) == pytest.approx([-6.02, 12.04], abs=0.02)


@pytest.mark.parametrize("off", [{"enabled": False}, {"volume": 0.0}])
def test_inaudible_stems_are_neither_written_nor_replayed(melody: StemsHarness, off) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    config = {"drums": {"sound_id": "bell", **off}}
    ran = restyled(melody, track, {"vocals": bell}, config=config, format="flac")
    assert [one.stem for one in report_of(ran).stems] == ["vocals"]
    assert not (ran.folder / "stems" / "drums.flac").exists()
    assert [path.name for path in cached_stems(melody, track) if "grains" in path.name] == [
        Path(job_of(melody, track, {"vocals": bell}).restyled_file("vocals")).name
    ]


def test_grains_follow_pitch_only_with_pitch_mapping(
    melody: StemsHarness,
) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 1.5))
    track = melody.put(whole(melody))
    mapped = restyled(melody, track, {"vocals": bell})
    for played_hz, expected_hz in zip(
        played_notes_hz(mapped.sound("stems/vocals.wav")), NOTES_HZ, strict=True
    ):
        assert abs(cents(played_hz, expected_hz)) < 10
    assert stem_of(mapped, "vocals").pitch_agreement > 0.95
    own = restyled(melody, track, {"vocals": bell}, settings={"use_pitch_mapping": False})
    for played_hz in played_notes_hz(own.sound("stems/vocals.wav")):
        assert abs(cents(played_hz, BELL_HZ)) < 2  # no grain is resampled
    assert stem_of(own, "vocals").pitch_agreement is None


def test_unpitched_sound_gets_a_note(melody: StemsHarness) -> None:
    hiss = put_sound(melody, "hiss", noise(1.0, seed=4))
    track = melody.put(whole(melody))
    ran = restyled(melody, track, {"vocals": hiss})
    assert any("“hiss” has no pitch" in note for note in ran.notes)
    assert stem_of(ran, "vocals").pitch_agreement is None
    quiet = restyled(melody, track, {"vocals": hiss}, settings={"use_pitch_mapping": False})
    assert not any("pitch" in note for note in quiet.notes)


def test_loudness_follows_the_stem_only_if_requested(melody: StemsHarness) -> None:
    t = np.arange(3 * SR) / SR
    hum = put_sound(melody, "hum", tones([BELL_HZ], 3.0) * np.exp(1.5 * t).astype(np.float32))
    swelling = melody.separator.stems["vocals"]
    swelling *= np.linspace(0.1, 1.0, swelling.shape[1], dtype=np.float32)
    track = melody.put(whole(melody))
    ran, flat = (
        restyled(melody, track, {"vocals": hum}, settings={"use_envelope": use})
        for use in (True, False)
    )
    followed, left = (envelope_likeness(one) for one in (ran, flat))
    assert followed > 0.97
    assert left < 0.8
    # Report and test use different windows.
    assert stem_of(ran, "vocals").envelope_correlation == pytest.approx(followed, abs=0.02)
    assert stem_of(flat, "vocals").envelope_correlation == pytest.approx(left, abs=0.05)


def envelope_likeness(ran: JobRun) -> float:
    """The correlation of the RMS over 50 ms before and after."""
    sounds = [ran.sound(f"{folder}/vocals.wav") for folder in ("before", "stems")]
    cells = [
        np.sqrt(
            np.square(one[:, : one.shape[1] // 2205 * 2205]).reshape(2, -1, 2205).mean(axis=(0, 2))
        )
        for one in sounds
    ]
    return float(np.corrcoef(*cells)[0, 1])


def test_report_matches_the_files(melody: StemsHarness) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 0.5))
    track = melody.put(whole(melody))
    ran = restyled(melody, track, {"vocals": bell}, format="flac")
    report, mix = report_of(ran), ran.sound("restyled.flac")
    assert report.duration_s == track.n_samples / SR
    assert report.loudness_lufs == pytest.approx(lufs(mix), abs=0.05)
    assert report.true_peak_dbtp == pytest.approx(true_peak_db(mix), abs=0.2)
    assert (report.separator, report.draft) == ("Oracle", False)
    vocals = stem_of(ran, "vocals")
    assert (vocals.sound_id, vocals.sound_name) == ("bell", "bell")
    # Three notes of 0.8 s, in grains of 120 ms that overlap by half.
    assert vocals.grains == pytest.approx(3 * 0.8 / 0.06, rel=0.25)
    assert 1 <= vocals.sources <= vocals.grains
    attacks = attacks_s(ran.sound("stems/vocals.flac"))
    assert attacks == pytest.approx([0.0, 1.0, 2.0], abs=0.02)
    assert vocals.onset_agreement == 1.0


def attacks_s(sound: Samples) -> list[float]:
    """Where the sound becomes much louder within 10 ms."""
    cells = np.square(sound[:, : sound.shape[1] // 441 * 441]).reshape(2, -1, 441).mean(axis=(0, 2))
    rise = np.diff(10 * np.log10(np.maximum(cells, 1e-7)), prepend=-70.0)
    return (find_peaks(np.append(0.0, rise), height=20.0, distance=10)[0] - 1) / 100


def test_sound_of_one_grain_suffices(melody: StemsHarness) -> None:
    grain = put_sound(melody, "grain", tones([BELL_HZ], 0.12))
    assert grain.n_samples == round(0.12 * SR)
    ran = restyled(melody, melody.put(whole(melody)), {"vocals": grain, "drums": grain})
    assert ran.done, ran.failure
    assert rms_db(ran.sound("stems/vocals.wav")) == pytest.approx(
        rms_db(ran.sound("before/vocals.wav")), abs=1.5
    )


def test_rests_stay_silent(melody: StemsHarness) -> None:
    bell = put_sound(melody, "bell", tones([BELL_HZ], 1.5))
    ran = restyled(melody, melody.put(whole(melody)), {"vocals": bell}, format="flac")
    sound = ran.sound("stems/vocals.flac")
    for k in range(3):
        rest = sound[:, round((k + 0.86) * SR) : round((k + 0.99) * SR)]
        assert np.array_equal(rest, silence(rest.shape[1] / SR))
