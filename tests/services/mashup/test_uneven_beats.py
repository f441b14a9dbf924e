"""Mashups of songs with analysis errors or jumps in their beats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from backend.app.contract.mashups import Vibe
from backend.app.dj.deck import MashupTrack
from backend.app.dj.mashup.plan import MashupPlan, plan_mashup
from backend.app.dj.mashup.tempo import Clock, max_stretch
from backend.app.dj.timeline import Clip
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.dsp.stretch import MAX_CHANGE
from backend.app.media.stem_file_format import DerivedWriter
from backend.app.render.player.stretched_segments import stretched_segments_of
from backend.app.services.tracks.stretched import stretch_segments
from backend.app.store.files.blobs import ContentStore
from tests.dj.separated_songs import house, separated_song, song

from ..stored_tracks import context

Beats = npt.NDArray[np.float64]
Irregular = Callable[[Beats, int], Beats]

ONE = [37]
EVERY_PHRASE = [29, 21, 13, 5]
"""One beat in each two-bar phrase of a short song of eight bars, so that no phrase is even."""


def skipped(beats: Beats, at: int) -> Beats:
    """A beat is missing."""
    return np.delete(beats, at)


def doubled(beats: Beats, at: int) -> Beats:
    """A false beat between two."""
    return np.insert(beats, at, beats[at - 1 : at + 1].mean())


def jointed(beats: Beats, at: int) -> Beats:
    """The song jumps by half a beat."""
    return beats + 0.5 * np.diff(beats).mean() * (np.arange(len(beats)) >= at)


IRREGULAR = [skipped, doubled, jointed]


def irregular_at(track: MashupTrack, irregular: Irregular, places: Sequence[int]) -> MashupTrack:
    """The song with irregular beats in some places, listed from last to first."""
    assert track.deck.analysis
    beats = np.array(track.deck.analysis.rhythm.beats_s)
    for at in places:
        beats = irregular(beats, at)
    return with_beats(track, beats)


def with_beats(track: MashupTrack, beats: Beats) -> MashupTrack:
    """The song with other beats."""
    assert track.deck.analysis
    rhythm = track.deck.analysis.rhythm
    bars = [index for index in rhythm.downbeats if index < len(beats)]
    reanalysed = rhythm.model_copy(update={"beats_s": beats.tolist(), "downbeats": bars})
    analysis = track.deck.analysis.model_copy(update={"rhythm": reanalysed})
    return replace(track, deck=replace(track.deck, analysis=analysis))


def short() -> MashupTrack:
    track = separated_song("pop", 118.0, "C major", 2, bars=8)
    return replace(track, deck=replace(track.deck, content_hash="a" * 64))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContentStore]:
    """A store with the song's stems, as if it had been separated."""
    store, track = ContentStore(tmp_path_factory.mktemp("storage")), short()
    for stem, sound in song("pop", 118.0, "C major", 2, 8).stems.items():
        with DerivedWriter(store.derived(track.deck.content_hash, track.made[stem])) as writer:
            writer.push(sound)
    return store


def off_beat_ms(plan: MashupPlan, beats_s: Beats) -> Beats:
    """Distances of the song's beats from the mashup's, inside the drums' clips."""
    clock = Clock.of(plan.tempo_bpm, 4)
    found = [
        (at - clock.at(0)) / clock.beat
        for clip in plan.timeline.clips
        if clip.stem == "drums"
        for at in clip.mixes_at(beats_s * SAMPLE_RATE)
        if clip.start < at < clip.end
    ]
    off = np.array(found) - np.rint(found)
    return np.asarray(np.abs(off) * 1000.0 * clock.beat / SAMPLE_RATE)


def largest_stretch(clips: tuple[Clip, ...]) -> float:
    return max((max_stretch(clip.warp) for clip in clips if clip.warp), default=0.0)


@pytest.mark.parametrize("vibe", ["dark", "upbeat"])
@pytest.mark.parametrize("irregular", IRREGULAR)
def test_irregular_songs_are_stretched_onto_the_beat(
    store: ContentStore, tmp_path: Path, irregular: Irregular, vibe: Vibe
) -> None:
    track = irregular_at(short(), irregular, EVERY_PHRASE)
    plan = plan_mashup([track], vibe)
    drums = replace(
        plan.timeline, clips=tuple(clip for clip in plan.timeline.clips if clip.stem == "drums")
    )
    ctx = context(None, tmp_path / "job")
    stretch_segments(ctx, store, 1, stretched_segments_of(drums))
    assert all(
        store.derived(one.content_hash, one.file_name).is_file()
        for one in stretched_segments_of(drums)
    )
    assert largest_stretch(plan.timeline.clips) < 0.21
    # a jump is in the song itself, not in its analysis
    true = track if irregular is jointed else short()
    assert true.grid
    off_ms = off_beat_ms(plan, true.grid.beats_s)
    assert len(off_ms) > 30
    assert off_ms.max() < 1.0


@pytest.mark.parametrize("vibe", ["chill", "energetic"])
@pytest.mark.parametrize("irregular", IRREGULAR)
def test_even_bars_are_preferred(irregular: Irregular, vibe: Vibe) -> None:
    track = irregular_at(house(), irregular, ONE)
    plan = plan_mashup([track], vibe)
    for clip in plan.timeline.clips:
        assert track.grid
        at_s = clip.sources_at(np.array([clip.start + 1000, clip.end - 1000])) / SAMPLE_RATE
        jump = track.grid.beats_s[ONE[0] - 1], track.grid.beats_s[ONE[0]]
        assert jump[0] > at_s[1] or jump[1] < at_s[0] or clip.stem == "vocals"
    assert largest_stretch(plan.timeline.clips) < 0.21, "also of pick-ups and last words"


def test_song_without_steady_beat_keeps_its_tempo() -> None:
    ways = np.where(np.arange(31) % 2, 0.3, 0.75)
    plan = plan_mashup([with_beats(short(), np.cumsum([0.1, *ways]))], "dark")
    assert largest_stretch(plan.timeline.clips) <= MAX_CHANGE
    assert any(not clip.warp for clip in plan.timeline.clips)
