"""Songs with a beat that was heard wrong, or with a jump, become mashups all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from backend.app.contract.mashups import VIBES, Vibe
from backend.app.dj.mashup_clock import Clock, most_bent
from backend.app.dj.mashup_deck import MashupTrack
from backend.app.dj.mashup_plan import MashupPlan, plan_mashup
from backend.app.dj.timeline import Clip
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.dsp.stretch import MAX_CHANGE
from backend.app.media.made_form import MadeWriter
from backend.app.render.pieces import pieces_of
from backend.app.services.stretching import make_pieces
from backend.app.store.blobs import ContentStore
from tests.dj.taken_apart import house, song, taken_apart

Beats = npt.NDArray[np.float64]
Irregular = Callable[[Beats, int], Beats]

ONE = [37]
EVERY_PHRASE = [29, 21, 13, 5]
"""Of the eight bars of a short song, whose phrases have two: there are no others to be chosen."""


def skipped(beats: Beats, at: int) -> Beats:
    """One beat was not heard."""
    return np.delete(beats, at)


def doubled(beats: Beats, at: int) -> Beats:
    """One was heard between two."""
    return np.insert(beats, at, beats[at - 1 : at + 1].mean())


def jointed(beats: Beats, at: int) -> Beats:
    """The song goes on half a beat late."""
    return beats + 0.5 * np.diff(beats).mean() * (np.arange(len(beats)) >= at)


IRREGULAR = [skipped, doubled, jointed]


def irregular_at(track: MashupTrack, irregular: Irregular, places: Sequence[int]) -> MashupTrack:
    """The song as if its beats were irregular in some places, the last one first."""
    assert track.deck.analysis
    beats = np.array(track.deck.analysis.rhythm.beats_s)
    for at in places:
        beats = irregular(beats, at)
    return heard(track, beats)


def heard(track: MashupTrack, beats: Beats) -> MashupTrack:
    """The song with other beats."""
    assert track.deck.analysis
    rhythm = track.deck.analysis.rhythm
    bars = [index for index in rhythm.downbeats if index < len(beats)]
    told = rhythm.model_copy(update={"beats_s": beats.tolist(), "downbeats": bars})
    analysis = track.deck.analysis.model_copy(update={"rhythm": told})
    return replace(track, deck=replace(track.deck, analysis=analysis))


def short() -> MashupTrack:
    track = taken_apart("pop", 118.0, "C major", 2, bars=8)
    return replace(track, deck=replace(track.deck, content="a" * 64))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContentStore]:
    """The song's stems, as if it had been taken apart."""
    store, track = ContentStore(tmp_path_factory.mktemp("storage")), short()
    for stem, sound in song("pop", 118.0, "C major", 2, 8).stems.items():
        with MadeWriter(store.derived(track.deck.content, track.made[stem])) as writer:
            writer.push(sound)
    return store


def off_beat_ms(plan: MashupPlan, beats_s: Beats) -> Beats:
    """How far a song's beats sound from the mashup's, of those inside of drums."""
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


def most_bent_of(clips: tuple[Clip, ...]) -> float:
    return max((most_bent(clip.warp) for clip in clips if clip.warp), default=0.0)


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("irregular", IRREGULAR)
def test_all_that_is_stretched_can_be_made_and_stays_on_the_beat(
    store: ContentStore, irregular: Irregular, vibe: Vibe
) -> None:
    track = irregular_at(short(), irregular, EVERY_PHRASE)
    plan = plan_mashup([track], vibe)
    drums = replace(
        plan.timeline, clips=tuple(clip for clip in plan.timeline.clips if clip.stem == "drums")
    )
    make_pieces(store, pieces_of(drums), workers=1, progress=lambda _: None, say=lambda _: None)
    assert all(store.derived(one.content, one.file_name).is_file() for one in pieces_of(drums))
    assert most_bent_of(plan.timeline.clips) < 0.21
    true = track if irregular is jointed else short()  # where the song jumps, it truly does
    assert true.grid
    off_ms = off_beat_ms(plan, true.grid.beats_s)
    assert len(off_ms) > 30
    assert off_ms.max() < 1.0


@pytest.mark.parametrize("vibe", VIBES)
@pytest.mark.parametrize("irregular", IRREGULAR)
def test_bars_that_are_even_are_chosen_where_there_are_enough(
    irregular: Irregular, vibe: Vibe
) -> None:
    track = irregular_at(house(), irregular, ONE)
    plan = plan_mashup([track], vibe)
    for clip in plan.timeline.clips:
        assert track.grid
        at_s = clip.sources_at(np.array([clip.start + 1000, clip.end - 1000])) / SAMPLE_RATE
        jump = track.grid.beats_s[ONE[0] - 1], track.grid.beats_s[ONE[0]]
        assert jump[0] > at_s[1] or jump[1] < at_s[0] or clip.stem == "vocals"
    assert most_bent_of(plan.timeline.clips) < 0.21, "a voice's pick-up and last word, too"


def test_a_song_without_an_even_beat_goes_on_in_its_own_tempo() -> None:
    ways = np.where(np.arange(31) % 2, 0.3, 0.75)
    plan = plan_mashup([heard(short(), np.cumsum([0.1, *ways]))], "dark")
    assert most_bent_of(plan.timeline.clips) <= MAX_CHANGE
    assert any(not clip.warp for clip in plan.timeline.clips)
