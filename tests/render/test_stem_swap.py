"""Stem swaps, rendered: with the composer's own stems in the separator's place."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from backend.app.contract.dj import DjRules
from backend.app.contract.stems import FOUR_STEMS
from backend.app.dj.candidates import Wish
from backend.app.dj.choose import PairWish
from backend.app.dj.mix_plan import plan_dj_mix
from backend.app.dj.timeline import Timeline
from backend.app.dsp.samples import Samples, gain_of_db
from backend.app.media.made_form import MadeWriter, stem_file
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.render.pieces import Piece, make_piece, pieces_of
from backend.app.render.player import Player
from backend.app.services.recordings import open_recording
from backend.app.store.blobs import ContentStore
from composer.compose import compose_song
from composer.song import SongSpec
from tests.dj.heard import deck_of

LOUD_ENOUGH_DBTP = 20.0  # a ceiling that nothing reaches: the limiter lets every sample through


class Swap:
    """Two songs of one tempo or two, swapped over 16 bars, and all that a player needs."""

    def __init__(self, folder: Path, tempos: tuple[float, float]) -> None:
        self.songs = [
            compose_song(SongSpec(style="house", tempo_bpm=bpm, key="A minor", seed=seed, bars=64))
            for seed, bpm in enumerate(tempos, start=1)
        ]
        self.store = ContentStore(folder)
        names = ["a" * 64, "b" * 64]
        decks = [deck_of(one, content=name) for one, name in zip(self.songs, names, strict=True)]
        wish = PairWish(Wish(kind="stem_swap", bars=16), "you")
        self.timeline = plan_dj_mix(
            decks,
            DjRules(max_trim_share=0.8),
            loudness_lufs=-14.0,
            wishes=[wish],
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
                with MadeWriter(self.store.derived(clip.content, made)) as writer:
                    writer.push(song.stems[stem][:, first:last])
        for piece in pieces_of(self.timeline):
            make_piece(piece, partial(open_recording, self.store), self._kept(piece))

    def _kept(self, piece: Piece) -> Path:
        return self.store.derived(piece.content, piece.file_name)

    def player(self, timeline: Timeline | None = None) -> Player:
        return Player(
            timeline or self.timeline,
            partial(open_recording, self.store),
            LOUD_ENOUGH_DBTP,
            open_piece=lambda piece: TrackReader(self._kept(piece)),
        )

    def at(self, bar: float) -> int:
        (join,) = self.timeline.transitions
        return join.start + round(bar / 16 * (join.end - join.start))


@pytest.fixture(scope="module")
def level(tmp_path_factory: pytest.TempPathFactory) -> Swap:
    return Swap(tmp_path_factory.mktemp("level"), (124.0, 124.0))


@pytest.fixture(scope="module")
def bent(tmp_path_factory: pytest.TempPathFactory) -> Swap:
    return Swap(tmp_path_factory.mktemp("bent"), (122.0, 125.0))


def played(player: Player, start: int, end: int) -> Samples:
    return np.concatenate(list(player.play(start, end)), axis=1)


def stem_heard(swap: Swap, side: int, stem: str, start: int, end: int) -> Samples:
    """A stem as it would sound there with its fader up; of a track that is not stretched."""
    clip, song = swap.timeline.clips[side], swap.songs[side]
    offset = clip.body_offset
    part = song.stems[stem][:, start + offset : end + offset]  # type: ignore[index]
    return part * np.float32(gain_of_db(clip.gain_db))


def test_the_beat_of_one_is_heard_under_the_voice_of_the_other(level: Swap) -> None:
    start, end = level.at(3), level.at(7)
    heard = played(level.player(), start, end)
    expected = sum(
        stem_heard(level, side, stem, start, end)
        for side, stem in [(0, "other"), (0, "vocals"), (1, "drums"), (1, "bass")]
    )
    # Kept in 24 bits at half level, so some -138 dB of rounding; -100 dB is far under hearing
    assert np.abs(heard - expected).max() < 1e-5


def test_after_the_last_bar_the_mix_is_the_incoming_track_sample_for_sample(level: Swap) -> None:
    start = level.at(16)
    end = start + 44_100
    clip, song = level.timeline.clips[1], level.songs[1]
    track = song.samples[:, start + clip.body_offset : end + clip.body_offset]
    expected = track * np.float32(gain_of_db(clip.gain_db))
    assert np.abs(played(level.player(), start, end) - expected).max() < 1e-6


@pytest.mark.parametrize("bars", [(-0.1, 0.1), (1.9, 2.1), (7.9, 8.1), (15.9, 16.1)])
def test_nothing_clicks_where_stems_come_and_go(bent: Swap, bars: tuple[float, float]) -> None:
    start, end = map(bent.at, bars)
    whole = replace(
        bent.timeline,
        clips=tuple(replace(clip, stem_faders=()) for clip in bent.timeline.clips),
    )
    jumps = [
        np.abs(np.diff(played(bent.player(timeline), start, end), n=2, axis=1)).max()
        for timeline in (bent.timeline, whole)
    ]
    # A click is a bend that the music itself does not have; both tracks at once bend the most
    assert jumps[0] < 1.5 * jumps[1]


def test_any_stretch_of_a_swap_is_that_part_of_the_whole(bent: Swap) -> None:
    player = bent.player()
    start, end = bent.at(-1), bent.at(17)
    whole = played(player, start, end)
    for a, b in [(0.5, 1.0), (7.99, 8.3), (15.7, 16.5)]:
        first, last = bent.at(a), bent.at(b)
        assert np.array_equal(played(player, first, last), whole[:, first - start : last - start])


def test_another_separator_makes_another_segment_and_only_in_the_swap(bent: Swap) -> None:
    clips = [
        replace(clip, stem_faders=tuple(replace(one, maker="other") for one in clip.stem_faders))
        for clip in bent.timeline.clips
    ]
    one, two = bent.player(), bent.player(replace(bent.timeline, clips=tuple(clips)))
    inside, outside = (bent.at(4), bent.at(5)), (bent.at(-8), bent.at(-6))
    assert one.key_of(*inside) != two.key_of(*inside)
    assert one.key_of(*outside) == two.key_of(*outside)
