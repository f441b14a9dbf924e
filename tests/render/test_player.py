from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.app.analysis.loudness import measure_loudness
from backend.app.dj.deck import DeckTrack
from backend.app.dj.planner import plan_crossfades
from backend.app.dj.timeline import Clip, Effect, Timeline
from backend.app.dsp.fades import crossfade
from backend.app.dsp.filters import low_pass
from backend.app.dsp.limiter import BLOCK
from backend.app.dsp.loudness import LoudnessMeter, integrated_lufs
from backend.app.dsp.samples import Samples, gain_of_db
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.render.player import Player
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


def deck(name: str) -> DeckTrack:
    sound = SOUNDS[name]
    return DeckTrack(name, name, name, "", sound.shape[1], measure_loudness([sound]))


def whole(player: Player) -> Samples:
    return np.concatenate(list(player.play(0, player.timeline.length)), axis=1)


def as_kept(name: str, crate: Path) -> Samples:
    with TrackReader(crate / name) as reader:
        return reader.read(0, reader.n_samples)


def test_one_clip_is_its_track_times_its_gain(crate: Path, open_track) -> None:
    timeline = Timeline((Clip("n", "noise", "N", "", 0, 9 * SR, gain_db=-3.0),))
    out = whole(Player(timeline, open_track, NO_CEILING))
    assert np.array_equal(out, as_kept("noise", crate) * np.float32(gain_of_db(-3.0)))


def test_a_join_is_the_crossfade_of_its_tracks(crate: Path, open_track) -> None:
    timeline = Timeline(
        (
            Clip("n", "noise", "N", "", 0, 9 * SR, fade_out=2 * SR),
            Clip("t", "tone", "T", "", 7 * SR, 8 * SR, fade_in=2 * SR),
        )
    )
    expected = crossfade(as_kept("noise", crate), as_kept("tone", crate), overlap=2 * SR)
    # -120 dB: the same float32 sums
    assert peak_db(whole(Player(timeline, open_track, NO_CEILING)) - expected) < -120


def test_outside_transitions_the_body_is_bit_for_bit_the_track(crate: Path, open_track) -> None:
    timeline = plan_crossfades(
        [deck("noise"), deck("tone")], transition_ms=2000, loudness_lufs=-20.0
    )
    out = whole(Player(timeline, open_track, -1.6))
    first = timeline.clips[0]
    body = as_kept("noise", crate)[:, : 7 * SR] * np.float32(gain_of_db(first.gain_db))
    assert np.array_equal(out[:, : 7 * SR], body)


def test_the_low_pass_closes_over_its_stretch(crate: Path, open_track) -> None:
    closing = Effect("low_pass", 5 * SR, 4 * SR, ((5 * SR, 0.0), (9 * SR, 1.0)), 1000.0)
    clip = Clip("n", "noise", "N", "", 0, 9 * SR, effects=(closing,))
    out = whole(Player(Timeline((clip,)), open_track, NO_CEILING))
    dry = as_kept("noise", crate)
    assert np.array_equal(out[:, : 5 * SR], dry[:, : 5 * SR])
    closed = low_pass(dry[:, 5 * SR :], 1000.0)[:, -SR // 100 :]
    # At the end nothing of the dry signal is left: less than 1 % of it over the last 10 ms
    assert rms_db(out[:, -SR // 100 :] - closed) < rms_db(dry) - 40


def test_a_source_offset_starts_the_clip_inside_its_track(crate: Path, open_track) -> None:
    clip = Clip("n", "noise", "N", "", 0, SR, source_start=3 * SR)
    out = whole(Player(Timeline((clip,)), open_track, NO_CEILING))
    assert np.array_equal(out, as_kept("noise", crate)[:, 3 * SR : 4 * SR])


def test_the_mix_has_the_loudness_asked_for_and_no_peak_over_the_ceiling(open_track) -> None:
    decks = [deck("noise"), deck("drums"), deck("tone")]
    timeline = plan_crossfades(decks, transition_ms=1500, loudness_lufs=-17.0)
    out = whole(Player(timeline, open_track, -1.6))
    meter = LoudnessMeter()
    meter.push(out)
    # 0.5 LU is what the mix promises
    assert integrated_lufs(meter.energies) == pytest.approx(-17.0, abs=0.5)
    assert peak_db(out) <= -1.6 + 0.01


CRATES = st.lists(st.sampled_from(sorted(SOUNDS)), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(
    names=CRATES,
    transition_ms=st.integers(0, 6000),
    a=st.floats(0, 1),
    length=st.integers(1, 3 * SR),
    loudness=st.sampled_from([-20.0, -14.0, -9.0]),
)
def test_any_stretch_is_that_part_of_the_whole(
    crate: Path, names: list[str], transition_ms: int, a: float, length: int, loudness: float
) -> None:
    timeline = plan_crossfades(
        [deck(name) for name in names], transition_ms=transition_ms, loudness_lufs=loudness
    )
    player = Player(timeline, lambda content: TrackReader(crate / content), -1.6)
    start = int(a * (timeline.length - 1))
    end = min(start + length, timeline.length)
    stretch = np.concatenate(list(player.play(start, end)), axis=1)
    # Not merely within -90 dB: bit for bit, which byte-identical encoding of segments rests on
    assert np.array_equal(stretch, whole(player)[:, start:end])


@settings(max_examples=25, deadline=None)
@given(names=CRATES, transition_ms=st.integers(0, 6000), loudness=st.sampled_from([-20.0, -9.0]))
def test_known_peaks_spare_work_and_change_nothing(
    crate: Path, names: list[str], transition_ms: int, loudness: float
) -> None:
    decks = [deck(name) for name in names]
    peaks = {one.content: one.loudness.peaks for one in decks}
    timeline = plan_crossfades(decks, transition_ms=transition_ms, loudness_lufs=loudness)
    plain = Player(timeline, lambda content: TrackReader(crate / content), -1.6)
    knowing = replace(plain, peaks_of=peaks.__getitem__)
    assert np.array_equal(whole(knowing), whole(plain))


def test_past_the_end_there_is_silence(open_track) -> None:
    timeline = Timeline((Clip("s", "short", "S", "", 0, SR),))
    out = np.concatenate(list(Player(timeline, open_track, -1.6).play(0, 2 * SR)), axis=1)
    assert out.shape == (2, 2 * SR)
    assert not out[:, SR:].any()


def test_a_key_changes_with_what_is_heard_and_with_nothing_else(open_track) -> None:
    timeline = plan_crossfades(
        [deck("noise"), deck("drums"), deck("tone")], transition_ms=1000, loudness_lufs=-14.0
    )
    player = Player(timeline, open_track, -1.6)
    head, tail = (0, 2 * BLOCK), (timeline.length - BLOCK, timeline.length)
    clips = timeline.clips
    louder = replace(timeline, clips=(*clips[:2], replace(clips[2], gain_db=-9.0)))
    renamed = replace(timeline, clips=(replace(clips[0], title="Other"), *clips[1:]))
    assert Player(louder, open_track, -1.6).key_of(*head) == player.key_of(*head)
    assert Player(louder, open_track, -1.6).key_of(*tail) != player.key_of(*tail)
    assert Player(renamed, open_track, -1.6).key_of(*head) == player.key_of(*head)
    assert Player(timeline, open_track, -3.0).key_of(*head) != player.key_of(*head)


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
