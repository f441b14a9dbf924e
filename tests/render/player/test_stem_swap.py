"""Rendered stem swaps, with the composer's own stems instead of a separator's."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.dj import DjRules
from backend.app.contract.stems import FOUR_STEMS
from backend.app.dj.joins.candidates import JoinConstraints
from backend.app.dj.joins.choose import JoinWish
from backend.app.dj.joins.plan import plan_dj_mix
from backend.app.dj.timeline import Timeline
from backend.app.dsp.samples import Samples, gain_of_db
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.media.stem_file_format import DerivedWriter, stem_file
from backend.app.render.player.player import Player
from backend.app.render.player.stretched_segments import (
    StretchedSegment,
    stretch_segment,
    stretched_segments_of,
)
from backend.app.services.tracks.recordings import open_recording
from backend.app.store.files.blobs import ContentStore
from composer.compose import compose_song
from composer.song import Song, SongSpec
from tests.dj.analysed_tracks import deck_of

NO_CEILING_DBTP = 20.0  # never reached, so the limiter changes no sample


@cache
def composed(seed: int, tempo_bpm: float) -> Song:
    spec = SongSpec(style="house", tempo_bpm=tempo_bpm, key="A minor", seed=seed, bars=56)
    return compose_song(spec)


class Swap:
    """Two songs with a stem swap over 16 bars, and all files that a player needs."""

    def __init__(self, folder: Path, tempos: tuple[float, float]) -> None:
        self.songs = [composed(seed, bpm) for seed, bpm in enumerate(tempos, start=1)]
        self.store = ContentStore(folder)
        names = ["a" * 64, "b" * 64]
        decks = [
            deck_of(one, content_hash=name) for one, name in zip(self.songs, names, strict=True)
        ]
        wish = JoinWish(JoinConstraints(kind="stem_swap", bars=16), "you")
        self.timeline = plan_dj_mix(
            decks,
            DjRules(max_trim_share=0.8),
            loudness_lufs=-14.0,
            join_wishes=[wish],
            separator=("known1", FOUR_STEMS),
        ).timeline
        for name, song in zip(names, self.songs, strict=True):
            self.store.path(name).parent.mkdir(parents=True, exist_ok=True)
            write_normal_form(self.store.path(name), song.samples, bits=24)
        for clip, song in zip(self.timeline.clips, self.songs, strict=True):
            (faders,) = clip.stem_faders
            first, last = faders.source
            for stem in FOUR_STEMS:
                made = stem_file("known1", stem, faders.source)
                with DerivedWriter(self.store.derived(clip.content_hash, made)) as writer:
                    writer.push(song.stems[stem][:, first:last])
        for segment in stretched_segments_of(self.timeline):
            stretch_segment(segment, partial(open_recording, self.store), self._path(segment))

    def _path(self, segment: StretchedSegment) -> Path:
        return self.store.derived(segment.content_hash, segment.file_name)

    def player(self, timeline: Timeline | None = None) -> Player:
        return Player(
            timeline or self.timeline,
            partial(open_recording, self.store),
            NO_CEILING_DBTP,
            open_stretched=lambda segment: TrackReader(self._path(segment)),
        )

    def at(self, bar: float) -> int:
        (join,) = self.timeline.transitions
        return join.start + round(bar / 16 * (join.end - join.start))


@pytest.fixture(scope="module")
def same_tempo(tmp_path_factory: pytest.TempPathFactory) -> Swap:
    return Swap(tmp_path_factory.mktemp("same_tempo"), (124.0, 124.0))


@pytest.fixture(scope="module")
def stretched(tmp_path_factory: pytest.TempPathFactory) -> Swap:
    return Swap(tmp_path_factory.mktemp("stretched"), (124.0, 121.0))


def played(player: Player, start: int, end: int) -> Samples:
    return np.concatenate(list(player.play(start, end)), axis=1)


def stem_alone(swap: Swap, side: int, stem: str, start: int, end: int) -> Samples:
    """A stem alone at full level, from an unstretched part of a track."""
    clip, song = swap.timeline.clips[side], swap.songs[side]
    offset = clip.body_offset
    part = song.stems[stem][:, start + offset : end + offset]  # type: ignore[index]
    return part * np.float32(gain_of_db(clip.gain_db))


def test_swap_plays_one_tracks_beat_under_the_others_voice(same_tempo: Swap) -> None:
    start, end = same_tempo.at(3), same_tempo.at(7)
    mix = played(same_tempo.player(), start, end)
    expected = sum(
        stem_alone(same_tempo, side, stem, start, end)
        for side, stem in [(0, "other"), (0, "vocals"), (1, "drums"), (1, "bass")]
    )
    # Stored in 24 bits at half level, with rounding of about -138 dB; -100 dB is inaudible.
    assert np.abs(mix - expected).max() < 1e-5


def test_mix_after_the_swap_is_the_incoming_track(same_tempo: Swap) -> None:
    start = same_tempo.at(16)
    end = start + 44_100
    clip, song = same_tempo.timeline.clips[1], same_tempo.songs[1]
    track = song.samples[:, start + clip.body_offset : end + clip.body_offset]
    expected = track * np.float32(gain_of_db(clip.gain_db))
    assert np.abs(played(same_tempo.player(), start, end) - expected).max() < 1e-6


@pytest.mark.parametrize("bars", [(-0.1, 0.1), (1.9, 2.1), (7.9, 8.1), (15.9, 16.1)])
def test_no_click_where_stems_start_and_stop(stretched: Swap, bars: tuple[float, float]) -> None:
    start, end = map(stretched.at, bars)
    whole = replace(
        stretched.timeline,
        clips=tuple(replace(clip, stem_faders=()) for clip in stretched.timeline.clips),
    )
    jumps = [
        np.abs(np.diff(played(stretched.player(timeline), start, end), n=2, axis=1)).max()
        for timeline in (stretched.timeline, whole)
    ]
    # A click is a jump that the music lacks; the largest ones come from both tracks together.
    assert jumps[0] < 1.5 * jumps[1]


def test_any_stretch_of_a_swap_equals_that_part_of_the_whole(stretched: Swap) -> None:
    player = stretched.player()
    start, end = stretched.at(-1), stretched.at(17)
    whole = played(player, start, end)
    for a, b in [(0.5, 1.0), (7.99, 8.3), (15.7, 16.5)]:
        first, last = stretched.at(a), stretched.at(b)
        assert np.array_equal(played(player, first, last), whole[:, first - start : last - start])


def test_separator_is_part_of_the_key_only_within_the_swap(stretched: Swap) -> None:
    clips = [
        replace(clip, stem_faders=tuple(replace(one, maker="other") for one in clip.stem_faders))
        for clip in stretched.timeline.clips
    ]
    one, two = stretched.player(), stretched.player(replace(stretched.timeline, clips=tuple(clips)))
    inside, outside = (stretched.at(4), stretched.at(5)), (stretched.at(-8), stretched.at(-6))
    assert one.sound_hash(*inside) != two.sound_hash(*inside)
    assert one.sound_hash(*outside) == two.sound_hash(*outside)
