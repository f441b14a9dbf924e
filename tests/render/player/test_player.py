"""The player renders crossfaded mixes; any stretch equals that part of the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.app.analysis.levels.loudness import measure_loudness
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.shapes.plain_crossfades import plan_crossfades
from backend.app.dj.timeline import Clip, Effect, Timeline
from backend.app.dsp.fades import crossfade
from backend.app.dsp.filters import low_pass
from backend.app.dsp.limiter import BLOCK
from backend.app.dsp.loudness import LoudnessMeter, integrated_lufs
from backend.app.dsp.samples import Samples, gain_of_db
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.render.player.player import Level, Player
from tests.sounds import SR, clicks, noise, peak_db, rms_db, sine

NO_CEILING = 60.0

SOUNDS: dict[str, Samples] = {
    "noise": noise(9.0, seed=1, rms_db=-18),
    "drums": clicks(7.0, 0.12, peak=0.95),
    "tone": sine(8.0, 220.0, peak_db=-12),
    "short": noise(1.5, seed=2, rms_db=-26),
}


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crate")
    for name, sound in SOUNDS.items():
        write_normal_form(folder / name, sound, bits=24)
    return folder


@pytest.fixture
def open_track(crate: Path) -> Callable[[str], TrackReader]:
    return lambda content: TrackReader(crate / content)


@cache
def deck(name: str) -> DeckTrack:
    sound = SOUNDS[name]
    return DeckTrack(name, name, name, "", sound.shape[1], measure_loudness([sound]))


def whole(player: Player) -> Samples:
    return np.concatenate(list(player.play(0, player.timeline.length)), axis=1)


def stored(name: str, crate: Path) -> Samples:
    with TrackReader(crate / name) as reader:
        return reader.read(0, reader.n_samples)


def test_single_clip_is_its_track_with_its_gain(crate: Path, open_track) -> None:
    timeline = Timeline((Clip("n", "noise", "N", "", 0, 9 * SR, gain_db=-3.0),))
    out = whole(Player(timeline, open_track, NO_CEILING))
    assert np.array_equal(out, stored("noise", crate) * np.float32(gain_of_db(-3.0)))


def test_join_is_the_crossfade_of_its_tracks(crate: Path, open_track) -> None:
    timeline = Timeline(
        (
            Clip("n", "noise", "N", "", 0, 9 * SR, fade_out=2 * SR),
            Clip("t", "tone", "T", "", 7 * SR, 8 * SR, fade_in=2 * SR),
        )
    )
    expected = crossfade(stored("noise", crate), stored("tone", crate), overlap=2 * SR)
    # -120 dB: sums of the same float32 numbers.
    assert peak_db(whole(Player(timeline, open_track, NO_CEILING)) - expected) < -120


def test_sound_outside_transitions_equals_the_track(crate: Path, open_track) -> None:
    timeline = plan_crossfades(
        [deck("noise"), deck("tone")], transition_ms=2000, loudness_lufs=-20.0
    )
    out = whole(Player(timeline, open_track, -1.6))
    first = timeline.clips[0]
    body = stored("noise", crate)[:, : 7 * SR] * np.float32(gain_of_db(first.gain_db))
    assert np.array_equal(out[:, : 7 * SR], body)


def test_low_pass_closes_over_its_stretch(crate: Path, open_track) -> None:
    closing = Effect("low_pass", 5 * SR, 4 * SR, ((5 * SR, 0.0), (9 * SR, 1.0)), 1000.0)
    clip = Clip("n", "noise", "N", "", 0, 9 * SR, effects=(closing,))
    out = whole(Player(Timeline((clip,)), open_track, NO_CEILING))
    dry = stored("noise", crate)
    assert np.array_equal(out[:, : 5 * SR], dry[:, : 5 * SR])
    closed = low_pass(dry[:, 5 * SR :], 1000.0)[:, -SR // 100 :]
    # In the last 10 ms, less than 1 % of the unfiltered sound is left.
    assert rms_db(out[:, -SR // 100 :] - closed) < rms_db(dry) - 40


def test_source_offset_starts_the_clip_inside_its_track(crate: Path, open_track) -> None:
    clip = Clip("n", "noise", "N", "", 0, SR, source_start=3 * SR)
    out = whole(Player(Timeline((clip,)), open_track, NO_CEILING))
    assert np.array_equal(out, stored("noise", crate)[:, 3 * SR : 4 * SR])


def test_mix_meets_loudness_target_and_ceiling(open_track) -> None:
    decks = [deck("noise"), deck("drums"), deck("tone")]
    timeline = plan_crossfades(decks, transition_ms=1500, loudness_lufs=-17.0)
    out = whole(Player(timeline, open_track, -1.6))
    meter = LoudnessMeter()
    meter.push(out)
    # 0.5 LU: the accepted deviation of a mix.
    assert integrated_lufs(meter.energies) == pytest.approx(-17.0, abs=0.5)
    assert peak_db(out) <= -1.6 + 0.01


CRATES = st.lists(st.sampled_from(sorted(SOUNDS)), min_size=1, max_size=4)


@settings(max_examples=20, deadline=None)
@given(
    names=CRATES,
    transition_ms=st.integers(0, 6000),
    a=st.floats(0, 1),
    length=st.integers(1, 3 * SR),
    loudness=st.sampled_from([-20.0, -14.0, -9.0]),
)
def test_any_stretch_equals_that_part_of_the_whole(
    crate: Path, names: list[str], transition_ms: int, a: float, length: int, loudness: float
) -> None:
    timeline = plan_crossfades(
        [deck(name) for name in names], transition_ms=transition_ms, loudness_lufs=loudness
    )
    player = Player(timeline, lambda content: TrackReader(crate / content), -1.6)
    start = int(a * (timeline.length - 1))
    end = min(start + length, timeline.length)
    stretch = np.concatenate(list(player.play(start, end)), axis=1)
    # bit for bit, because segments must encode to identical bytes
    assert np.array_equal(stretch, whole(player)[:, start:end])


LEVELS = (Level(-2.2), Level(-1.5, 0.3), Level(-4.2, -1.7), Level(NO_CEILING))


def test_mix_played_at_several_levels_equals_each_level_alone(open_track) -> None:
    decks = [deck("noise"), deck("drums"), deck("tone")]
    timeline = plan_crossfades(decks, transition_ms=1500, loudness_lufs=-9.0)
    peaks = {name: measure_loudness([sound]).peaks for name, sound in SOUNDS.items()}
    player = Player(timeline, open_track, -2.2, peaks_of=peaks.__getitem__)
    start, end = 3 * SR + 5, 14 * SR + 7
    together = zip(*player.play_at(LEVELS, start, end), strict=True)
    for level, blocks in zip(LEVELS, together, strict=True):
        alone = player.at(level).play(start, end)
        assert np.array_equal(np.concatenate(blocks, axis=1), np.concatenate(list(alone), axis=1))


def test_level_raises_the_mix_before_its_limiter(open_track) -> None:
    timeline = Timeline((Clip("d", "drums", "D", "", 0, 7 * SR),))
    plain = whole(Player(timeline, open_track, NO_CEILING))
    raised = whole(Player(timeline, open_track, NO_CEILING, gain_db=2.0))
    assert np.array_equal(raised, plain * np.float32(gain_of_db(2.0)))
    assert peak_db(whole(Player(timeline, open_track, -1.6, gain_db=2.0))) <= -1.6 + 0.01


def test_clips_are_read_once_for_all_levels(crate: Path) -> None:
    opened: list[str] = []

    def open_track(content: str) -> TrackReader:
        opened.append(content)
        return TrackReader(crate / content)

    timeline = Timeline((Clip("n", "noise", "N", "", 0, 9 * SR),))
    for _ in Player(timeline, open_track, -1.6).play_at(LEVELS, 0, 9 * SR):
        pass
    assert opened == ["noise"]


def test_hash_of_a_mix_depends_on_its_gain(open_track) -> None:
    player = Player(Timeline((Clip("n", "noise", "N", "", 0, 9 * SR),)), open_track, -1.6)
    louder = player.at(Level(-1.6, 0.5))
    assert louder.sound_hash(0, SR) != player.sound_hash(0, SR)


@settings(max_examples=12, deadline=None)
@given(names=CRATES, transition_ms=st.integers(0, 6000), loudness=st.sampled_from([-20.0, -9.0]))
def test_known_peaks_change_no_sample(
    crate: Path, names: list[str], transition_ms: int, loudness: float
) -> None:
    decks = [deck(name) for name in names]
    peaks = {one.content_hash: one.loudness.peaks for one in decks}
    timeline = plan_crossfades(decks, transition_ms=transition_ms, loudness_lufs=loudness)
    plain = Player(timeline, lambda content: TrackReader(crate / content), -1.6)
    with_peaks = replace(plain, peaks_of=peaks.__getitem__)
    assert np.array_equal(whole(with_peaks), whole(plain))


def test_silence_past_the_end(open_track) -> None:
    timeline = Timeline((Clip("s", "short", "S", "", 0, SR),))
    out = np.concatenate(list(Player(timeline, open_track, -1.6).play(0, 2 * SR)), axis=1)
    assert out.shape == (2, 2 * SR)
    assert not out[:, SR:].any()


def test_key_changes_only_with_the_sound(open_track) -> None:
    timeline = plan_crossfades(
        [deck("noise"), deck("drums"), deck("tone")], transition_ms=1000, loudness_lufs=-14.0
    )
    player = Player(timeline, open_track, -1.6)
    head, tail = (0, 2 * BLOCK), (timeline.length - BLOCK, timeline.length)
    clips = timeline.clips
    louder = replace(timeline, clips=(*clips[:2], replace(clips[2], gain_db=-9.0)))
    renamed = replace(timeline, clips=(replace(clips[0], title="Other"), *clips[1:]))
    assert Player(louder, open_track, -1.6).sound_hash(*head) == player.sound_hash(*head)
    assert Player(louder, open_track, -1.6).sound_hash(*tail) != player.sound_hash(*tail)
    assert Player(renamed, open_track, -1.6).sound_hash(*head) == player.sound_hash(*head)
    assert Player(timeline, open_track, -3.0).sound_hash(*head) != player.sound_hash(*head)


def test_tracks_are_closed_when_playing_stops_early(crate: Path) -> None:
    opened: list[TrackReader] = []

    def open_track(content: str) -> TrackReader:
        opened.append(TrackReader(crate / content))
        return opened[-1]

    timeline = plan_crossfades(
        [deck("noise"), deck("drums")], transition_ms=1000, loudness_lufs=-14.0
    )
    blocks = Player(timeline, open_track, -1.6).play(0, timeline.length)
    next(blocks)
    blocks.close()
    assert opened
    assert all(reader._file.closed for reader in opened)
