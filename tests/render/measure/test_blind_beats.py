"""Beats are compared by their sound alone: a wrong grid cannot hide that it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.app.contract.analysis import Rhythm
from backend.app.contract.dj import BEATS_COHERENT, DjRules
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import JoinConstraints
from backend.app.dj.joins.choose import JoinWish
from backend.app.dj.joins.plan import plan_dj_mix
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.render.measure.blind_beats import BlindBeats
from backend.app.render.measure.blind_join import BlindListener, Pulse
from backend.app.render.player.stretched_segments import StretchedSegment, stretch_segment
from bench.sets.wrong_grids import WRONG, with_rhythm
from composer.compose import compose_song
from composer.song import SongSpec, StyleName
from tests.dj.analysed_tracks import deck_of
from tests.sounds import noise

BLEND = JoinWish(JoinConstraints(kind="blend", bars=16), by="you")


@dataclass
class Crate:
    """Two tracks with right grids, and the files that their joins play."""

    folder: Path
    decks: list[DeckTrack]
    beat_s: float

    def open_track(self, content: str) -> TrackReader:
        return TrackReader(self.folder / f"{content}.flac")

    def open_stretched(self, segment: StretchedSegment) -> TrackReader:
        path = self.folder / segment.file_name
        if not path.exists():
            stretch_segment(segment, self.open_track, path)
        return TrackReader(path)

    def blend(
        self, change: Callable[[Rhythm], Rhythm] = lambda rhythm: rhythm, side: int = 1
    ) -> BlindBeats:
        """Listen to a blend of 16 bars with another grid of one track."""
        tracks = [*self.decks]
        tracks[side] = with_rhythm(tracks[side], change)
        plan = plan_dj_mix(tracks, DjRules(), loudness_lufs=-14.0, join_wishes=[BLEND])
        assert plan.timeline.transitions[0].kind == "blend"
        clips = plan.timeline.clips[0], plan.timeline.clips[1]
        pulse = Pulse(self.beat_s * SAMPLE_RATE, 4)
        return BlindListener(self.open_track, self.open_stretched).beats_of(clips, pulse)


def crate_of(folder: Path, style: StyleName, tempi_bpm: tuple[float, float]) -> Crate:
    decks = []
    for seed, tempo_bpm in enumerate(tempi_bpm):
        song = compose_song(SongSpec(style=style, tempo_bpm=tempo_bpm, seed=seed, bars=64))
        write_normal_form(folder / f"{seed}.flac", song.samples)
        decks.append(deck_of(song, content_hash=str(seed)))
    return Crate(folder, decks, 60.0 / tempi_bpm[0])


@pytest.fixture(scope="module", params=[("house", (122.0, 125.0)), ("pop", (110.0, 112.0))])
def crate(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Crate:
    style, tempi_bpm = request.param
    return crate_of(tmp_path_factory.mktemp(style), style, tempi_bpm)


def test_right_grids_put_the_beats_together(crate: Crate) -> None:
    found = crate.blend()
    # Frames last 10 ms.
    assert found.apart_ms == pytest.approx(0.0, abs=10.0)
    assert found.drift_ms == 0.0
    assert found.coherence > BEATS_COHERENT


@pytest.mark.parametrize(("wrong", "beats"), [("half a beat", -0.5), ("one beat", -1.0)])
def test_shifted_grid_shows_as_its_shift(crate: Crate, wrong: str, beats: float) -> None:
    # The grid is late, so that the track plays early.
    found = crate.blend(WRONG[wrong])
    assert found.apart_beats == pytest.approx(beats, abs=0.05)
    assert found.apart_ms == pytest.approx(1000 * beats * crate.beat_s, abs=20.0)
    assert found.coherence > BEATS_COHERENT


@pytest.mark.parametrize(("wrong", "sign"), [("+1 %", 1), ("-1 %", -1)])
def test_wrong_tempo_shows_as_drift(crate: Crate, wrong: str, sign: int) -> None:
    found = crate.blend(WRONG[wrong])
    assert found.coherence < BEATS_COHERENT or abs(found.apart_ms) > 100.0
    if crate.beat_s < 0.5:  # four on the floor
        # 64 beats at a tempo that is wrong by 1 %; drifts are tried in steps of 20 ms.
        assert found.drift_ms == pytest.approx(sign * 640 * crate.beat_s, abs=30.0)


def test_grid_that_is_right_elsewhere_shows_as_half_a_beat(crate: Crate) -> None:
    # Here the outgoing track plays early.
    assert crate.blend(WRONG["section"], side=0).apart_beats == pytest.approx(0.5, abs=0.05)


def test_music_without_a_common_pattern_is_not_coherent(crate: Crate, tmp_path: Path) -> None:
    write_normal_form(tmp_path / "0.flac", noise(180.0, seed=1, rms_db=-18))
    (tmp_path / "1.flac").symlink_to(crate.folder / "1.flac")
    assert Crate(tmp_path, crate.decks, crate.beat_s).blend().coherence < BEATS_COHERENT
