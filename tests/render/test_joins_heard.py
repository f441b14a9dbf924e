from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.dj import DjRules
from backend.app.dj.deck import grid_of
from backend.app.dj.join_report import times_where_both_sound
from backend.app.dj.mix_plan import plan_dj_mix
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.render.joins_heard import Listener
from backend.app.render.pieces import Piece, make_piece
from composer.compose import compose_song
from composer.song import SongSpec
from tests.dj.heard import deck_of


@pytest.fixture(scope="module")
def blend(tmp_path_factory: pytest.TempPathFactory):
    """Two house tracks blended over 16 bars: the clips, their beats, and who can listen."""
    folder: Path = tmp_path_factory.mktemp("crate")
    decks = []
    for seed, tempo_bpm in enumerate((122.0, 125.0)):
        song = compose_song(SongSpec(tempo_bpm=tempo_bpm, key="A minor", seed=seed, bars=48))
        write_normal_form(folder / f"{seed}.flac", song.samples)
        decks.append(deck_of(song, content=str(seed)))
    timeline = plan_dj_mix(decks, DjRules(return_bars=4), loudness_lufs=-14.0).timeline
    pieces = folder / "pieces"
    pieces.mkdir()

    def open_track(content: str) -> TrackReader:
        return TrackReader(folder / f"{content}.flac")

    def open_piece(piece: Piece) -> TrackReader:
        path = pieces / piece.file_name
        if not path.exists():
            make_piece(piece, open_track, path)
        return TrackReader(path)

    clips = timeline.clips[0], timeline.clips[1]
    grids = [grid_of(deck) for deck in decks]
    beats = [
        times_where_both_sound(grid.beats_s, clip, other) * SAMPLE_RATE
        for grid, clip, other in zip(grids, clips, reversed(clips), strict=True)
        if grid
    ]
    return Listener(open_track, open_piece), clips, (beats[0], beats[1])


def test_rendered_beats_fall_on_each_other(blend):
    listener, clips, beats = blend
    heard = listener.hear(clips, beats)
    assert len(heard.beat_errors_ms) >= 30
    # What the stretcher adds: measured below 1 ms for nearly every beat
    assert np.median(heard.beat_errors_ms) < 1.0
    assert np.percentile(heard.beat_errors_ms, 95) < 3.0


def test_a_track_that_comes_in_late_is_heard_to(blend):
    listener, (out, into), beats = blend
    late = round(0.015 * SAMPLE_RATE)
    moved = replace(
        into,
        start=into.start + late,
        warp=tuple((source, mix + late) for source, mix in into.warp),
    )
    heard = listener.hear((out, moved), beats)
    assert np.median(heard.beat_errors_ms) == pytest.approx(15.0, abs=1.0)


def test_one_bass_at_a_time_and_both_without_the_swap(blend):
    listener, clips, beats = blend
    swapped = listener.hear(clips, beats).bass_both_share
    plain = tuple(replace(clip, effects=(), fade_in=0, fade_out=0) for clip in clips)
    assert swapped < 0.25  # a kick's tail reaches into frames of 100 ms round the swap
    assert listener.hear((plain[0], plain[1]), beats).bass_both_share > 2 * swapped
