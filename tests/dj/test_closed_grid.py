"""Beat grids end with the downbeat that closes the last bar."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.dj.closed_grid import closed_grid_of
from backend.app.dj.deck import DeckTrack, grid_of
from tests.dj.llm_set import track, track_analysis


def ending(beats: int, music_end_s: float, duration_s: float | None = None) -> DeckTrack:
    """A track at 120 BPM, from 0.25 s, of whole bars and some further beats."""
    rhythm = track_analysis().rhythm
    bars = -(-beats // 4)
    cut = rhythm.model_copy(
        update={"beats_s": rhythm.beats_s[:beats], "downbeats": rhythm.downbeats[:bars]}
    )
    analysis = track_analysis().model_copy(update={"rhythm": cut, "music_end_s": music_end_s})
    deck = track("a", analysis)
    return deck if duration_s is None else replace(deck, length=round(duration_s * 44_100))


@pytest.mark.parametrize("beats", [40, 39, 37])  # the last bar may lack its last beats
def test_last_bar_is_closed_where_the_music_reaches_its_end(beats: int) -> None:
    deck = ending(beats, 20.1)
    closed, grid = closed_grid_of(deck), grid_of(deck)
    assert closed is not None
    assert grid is not None
    assert len(closed.bars_s) == len(grid.bars_s) + 1
    assert closed.bars_s[-1] == pytest.approx(20.25)
    assert len(closed.beats_s) == 41
    assert closed.is_regular(0, 10)


@pytest.mark.parametrize(("music_end_s", "duration_s"), [(19.7, None), (20.1, 20.2)])
def test_bar_stays_open_where_music_or_file_ends_earlier(
    music_end_s: float, duration_s: float | None
) -> None:
    closed = closed_grid_of(ending(40, music_end_s, duration_s))
    assert closed is not None
    assert len(closed.bars_s) == 10


def test_track_without_a_beat_has_no_grid() -> None:
    assert closed_grid_of(replace(ending(40, 20.1), analysis=None)) is None
