"""Beat errors and shared bass of a rendered join."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.dj import DjRules
from backend.app.dj.deck import grid_of
from backend.app.dj.joins.plan import plan_dj_mix
from backend.app.dj.joins.report import times_where_both_sound
from backend.app.dj.timeline import Clip
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.render.measure import join_metrics
from backend.app.render.measure.join_metrics import JoinAnalyser, JoinMetrics, join_hash
from backend.app.render.player.stretched_segments import StretchedSegment, stretch_segment
from composer.compose import compose_song
from composer.song import SongSpec
from tests.dj.analysed_tracks import deck_of
from tests.render.dj_mixes import clip
from tests.sounds import sine


@pytest.fixture(scope="module")
def blend(tmp_path_factory: pytest.TempPathFactory):
    """Two house tracks blended over 16 bars: an analyser, the clips, their beats."""
    folder: Path = tmp_path_factory.mktemp("crate")
    decks = []
    for seed, tempo_bpm in enumerate((122.0, 125.0)):
        song = compose_song(SongSpec(tempo_bpm=tempo_bpm, key="A minor", seed=seed, bars=48))
        write_normal_form(folder / f"{seed}.flac", song.samples)
        decks.append(deck_of(song, content_hash=str(seed)))
    timeline = plan_dj_mix(decks, DjRules(return_bars=4), loudness_lufs=-14.0).timeline
    stretched = folder / "stretched"
    stretched.mkdir()

    def open_track(content: str) -> TrackReader:
        return TrackReader(folder / f"{content}.flac")

    def open_stretched(segment: StretchedSegment) -> TrackReader:
        path = stretched / segment.file_name
        if not path.exists():
            stretch_segment(segment, open_track, path)
        return TrackReader(path)

    clips = timeline.clips[0], timeline.clips[1]
    grids = [grid_of(deck) for deck in decks]
    beats = [
        times_where_both_sound(grid.beats_s, clip, other) * SAMPLE_RATE
        for grid, clip, other in zip(grids, clips, reversed(clips), strict=True)
        if grid
    ]
    return JoinAnalyser(open_track, open_stretched), clips, (beats[0], beats[1])


def test_rendered_beats_coincide(blend):
    analyser, clips, beats = blend
    found = analyser.analyse(clips, beats)
    assert len(found.beat_errors_ms) >= 30
    # The stretcher's error: below 1 ms for nearly every beat.
    assert np.median(found.beat_errors_ms) < 1.0
    assert np.percentile(found.beat_errors_ms, 95) < 3.0


def test_late_track_is_measured_as_late(blend):
    analyser, (out, into), beats = blend
    late = round(0.015 * SAMPLE_RATE)
    moved = replace(
        into,
        start=into.start + late,
        warp=tuple((source, mix + late) for source, mix in into.warp),
    )
    found = analyser.analyse((out, moved), beats)
    assert np.median(found.beat_errors_ms) == pytest.approx(15.0, abs=1.0)


def test_bass_swap_reduces_the_shared_bass(blend):
    analyser, clips, beats = blend
    swapped = analyser.analyse(clips, beats).bass_both_share
    plain = tuple(replace(clip, effects=(), fade_in=0, fade_out=0) for clip in clips)
    assert swapped < 0.25  # the decay of a kick reaches into 100 ms frames near the swap
    assert analyser.analyse((plain[0], plain[1]), beats).bass_both_share > 2 * swapped


LONG = 2 * SAMPLE_RATE
FADING = clip("chords", 0, LONG, fade_in=SAMPLE_RATE)


def analysed(
    monkeypatch: pytest.MonkeyPatch, *, faded_db: float = 0.0, beats: int = 4, clear: int = 4
) -> JoinMetrics:
    """The join of two equal clips with a bass, at given levels, with beats 2 ms apart."""
    bass = sine(2.0, 60)

    def played(_: object, one: Clip, start: int, end: int) -> Samples:
        return bass * np.float32(10 ** (-faded_db / 20) if one.fade_in else 1.0)

    def attacks(_: object, at: np.ndarray) -> np.ndarray:
        return np.where(np.arange(len(at)) < clear, at, np.nan)

    monkeypatch.setattr(JoinAnalyser, "_play", played)
    monkeypatch.setattr(join_metrics, "attacks_near", attacks)
    at = 1000.0 * np.arange(1, beats + 1)
    analyser = JoinAnalyser(lambda _: None, lambda _: None)
    return analyser.analyse((FADING, FADING), (at, at + 0.002 * SAMPLE_RATE))


@pytest.mark.parametrize(("faded_db", "share"), [(11.9, 1.0), (12.1, 0.0)])
def test_a_bass_12_db_down_is_covered_by_the_other(
    monkeypatch: pytest.MonkeyPatch, faded_db: float, share: float
) -> None:
    assert analysed(monkeypatch, faded_db=faded_db).bass_both_share == share


def test_intro_without_a_bass_does_not_play_one(monkeypatch: pytest.MonkeyPatch) -> None:
    bass, hats = sine(2.0, 60), sine(2.0, 60) * np.float32(0.01) + sine(2.0, 6000)
    intro = replace(FADING, content_hash="intro")

    def played(_: object, one: Clip, start: int, end: int) -> Samples:
        return hats if one.content_hash == "intro" else bass

    monkeypatch.setattr(JoinAnalyser, "_play", played)
    monkeypatch.setattr(join_metrics, "attacks_near", lambda _, at: at)
    analyser, at = JoinAnalyser(lambda _: None, lambda _: None), np.arange(4.0)
    assert analyser.analyse((FADING, intro), (at, at)).bass_both_share == 0.0
    assert analyser.analyse((FADING, FADING), (at, at)).bass_both_share == 1.0


def test_key_depends_on_the_difference_of_gains_only() -> None:
    at = np.arange(4.0)
    quieter = replace(FADING, gain_db=-3.0)
    key = join_hash((FADING, FADING), (at, at))
    assert join_hash((quieter, quieter), (at, at)) == key
    assert join_hash((FADING, quieter), (at, at)) != key


@pytest.mark.parametrize(("beats", "clear", "measured"), [(3, 3, 3), (2, 2, 0), (9, 2, 0)])
def test_errors_of_fewer_than_three_clear_beats_mean_nothing(
    monkeypatch: pytest.MonkeyPatch, beats: int, clear: int, measured: int
) -> None:
    errors_ms = analysed(monkeypatch, beats=beats, clear=clear).beat_errors_ms
    assert errors_ms == pytest.approx([2.0] * measured)
