"""The player renders DJ mixes: tempo maps, filters, echoes, levels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.app.analysis.levels.loudness import LoudnessProfile
from backend.app.dj.levels.track_gains import forecast
from backend.app.dj.timeline import Clip, Echo, Effect, Timeline
from backend.app.dsp.limiter import BLOCK
from backend.app.dsp.samples import Samples, gain_of_db
from backend.app.render.player.player import Player
from tests.render.dj_mixes import BEAT, Crate, bend, clip, played, timelines
from tests.sounds import SR, peak_db, rms_db

FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Crate:
    return Crate(tmp_path_factory.mktemp("crate"))


def band_db(wave: Samples, low_hz: float, high_hz: float) -> float:
    """The level of a band, in dB against full scale."""
    spectrum = np.fft.rfft(wave * np.hanning(wave.shape[1]), axis=1)
    hz = np.fft.rfftfreq(wave.shape[1], 1 / SR)
    power = np.square(np.abs(spectrum[:, (hz >= low_hz) & (hz < high_hz)])).sum()
    return float(10 * np.log10(power / wave.shape[1] ** 2 + 1e-30))


@FEW
@given(timeline=timelines(), a=st.floats(0, 1), length=st.integers(1, 3 * SR))
def test_any_stretch_equals_that_part_of_the_whole(
    crate: Crate, timeline: Timeline, a: float, length: int
) -> None:
    player = crate.player(timeline, ceiling_db=-6.0)
    start = int(a * (timeline.length - 1))
    end = min(start + length, timeline.length)
    # bit for bit, because MP3 segments are joined and reused
    assert np.array_equal(played(player, start, end), played(player)[:, start:end])


@FEW
@given(timeline=timelines())
def test_known_peaks_change_no_sample(crate: Crate, timeline: Timeline) -> None:
    plain = crate.player(timeline, ceiling_db=-6.0)
    with_peaks = replace(plain, peaks_of=crate.peaks)
    assert np.array_equal(played(with_peaks), played(plain))


@FEW
@given(timeline=timelines(), data=st.data())
def test_equal_keys_mean_equal_samples(
    crate: Crate, timeline: Timeline, data: st.DataObject
) -> None:
    clips, index = list(timeline.clips), data.draw(st.integers(0, len(timeline.clips) - 1))
    clips[index] = _changed(clips[index], data)
    other = replace(timeline, clips=tuple(clips))
    one, two = crate.player(timeline), crate.player(other)
    for start in range(0, min(timeline.length, other.length) - BLOCK, BLOCK):
        if one.sound_hash(start, start + BLOCK) == two.sound_hash(start, start + BLOCK):
            stretch = played(one, start, start + BLOCK)
            assert np.array_equal(stretch, played(two, start, start + BLOCK))


def _changed(one: Clip, data: st.DataObject) -> Clip:
    """The clip with another end, or without one of its effects."""
    changes: dict[str, Clip] = {
        "nothing": one,
        "length": replace(one, length=one.length - SR // 3, echo=None, fade_in=0, fade_out=0),
        "effects": replace(one, effects=one.effects[1:]),
        "echo": replace(one, echo=None),
        "loop": replace(one, loop=None),
        "fades": replace(one, fade_in=0, fade_out=0),
        "warp": replace(one, warp=one.warp[:-1], pitch_semitones=0),
        "tempo map": replace(
            one, warp=tuple((s, m + 99 * (n == 3)) for n, (s, m) in enumerate(one.warp))
        ),
    }
    return changes[data.draw(st.sampled_from(sorted(changes)))]


def dj_set() -> Timeline:
    """Three tracks: a bass swap into a stretched one, then an echo below the third."""
    swap, out = ((5 * SR, 0.0), (6 * SR, 1.0)), ((5 * SR, 1.0), (6 * SR, 0.0))
    first = clip(
        "chords",
        0,
        8 * SR,
        fade_out=4 * SR,
        effects=(Effect("low_shelf", 5 * SR, 3 * SR, swap, 100.0, gain_db=-26.0),),
    )
    second = clip(
        "noise",
        4 * SR,
        15 * SR // 2,
        fade_in=2 * SR,
        warp=bend(0, 4 * SR, 1.03),
        effects=(Effect("low_shelf", 4 * SR, 2 * SR, out, 100.0, gain_db=-26.0),),
        echo=Echo(10 * SR, SR // 2, SR // 2, 0.5),
    )
    third = clip("drums", 10 * SR, 11 * SR, fade_in=220)
    return Timeline((first, second, third))


SWEEP = Effect("high_pass", SR, 6 * SR, ((SR, 0.0), (7 * SR, 1.0)), 40.0, to_frequency_hz=2000.0)
SHELF = Effect("low_shelf", 2 * SR, 6 * SR, ((2 * SR, 1.0),), 120.0, gain_db=6.0)


@pytest.mark.parametrize("at", [2 * BLOCK, 4 * SR, 6 * SR + 5, 10 * SR - 20, 10 * SR])
def test_stretch_may_begin_inside_effects_and_echo(crate: Crate, at: int) -> None:
    one = clip(
        "chords",
        0,
        12 * SR,
        warp=bend(0, 0, 1.03),
        effects=(SWEEP, SHELF),
        echo=Echo(9 * SR, SR, SR // 2, 0.7),
        fade_out=SR,
    )
    player = crate.player(Timeline((one,)))
    assert np.array_equal(played(player, at, at + BLOCK), played(player)[:, at : at + BLOCK])


@pytest.mark.parametrize(
    "more",
    [
        {"effects": (SHELF,)},
        {"echo": Echo(5 * SR, SR, SR // 8, 0.9)},
        {"warp": bend(0, 0, 1.03)},
        {"pitch_semitones": 1},
    ],
    ids=lambda more: next(iter(more)),
)
def test_peaks_raised_by_processing_are_limited(crate: Crate, more: dict[str, object]) -> None:
    # The track peaks at -9 dBFS, 3 dB below the ceiling.
    timeline = Timeline((clip("tone", 0, 8 * SR, gain_db=0.0, **more),))
    player = crate.player(timeline, ceiling_db=-6.0)
    out = played(replace(player, peaks_of=crate.peaks))
    assert np.array_equal(out, played(player))
    assert peak_db(out) < -5.9


def test_changed_join_leaves_keys_elsewhere_unchanged(crate: Crate) -> None:
    timeline = dj_set()
    first, second, third = timeline.clips
    sweep = Effect(
        "high_pass", 5 * SR, 2 * SR, ((5 * SR, 0.0), (7 * SR, 1.0)), 40.0, to_frequency_hz=900.0
    )
    other_join = replace(
        timeline,
        clips=(
            replace(first, length=7 * SR, fade_out=2 * SR, effects=(sweep,), title="Other"),
            replace(second, fade_in=SR, effects=()),
            third,
        ),
    )
    before, after = (crate.player(each) for each in (timeline, other_join))
    seconds = range(timeline.length // SR)
    changed = {s for s in seconds if _key(before, s) != _key(after, s)}
    # The join lasts from 4 s to 8 s; the limiter reads two blocks of 0.74 s ahead and one back.
    assert changed == {2, 3, 4, 5, 6, 7, 8}


def _key(player: Player, second: int) -> str:
    return player.sound_hash(second * SR, (second + 1) * SR)


def test_key_includes_the_tempo_map_until_its_end(crate: Crate) -> None:
    one = clip("noise", 0, 10 * SR, warp=bend(0, 0, 1.03))
    other = replace(one, warp=(*one.warp[:2], (BEAT * 2, one.warp[2][1] + 50), *one.warp[3:]))
    before, after = (crate.player(Timeline((each,))) for each in (one, other))
    seconds = range(10)
    changed = {s for s in seconds if _key(before, s) != _key(after, s)}
    # the map ends at 3.9 s, in block 5; the limiter also reads the block before second 5
    assert changed == {0, 1, 2, 3, 4, 5}


def test_key_of_an_echo_includes_its_source(crate: Crate) -> None:
    timeline = dj_set()
    first, second, third = timeline.clips
    held = Effect("high_pass", 9 * SR, SR, ((9 * SR, 1.0), (10 * SR, 1.0)), 500.0)
    filtered = replace(timeline, clips=(first, replace(second, effects=(held,)), third))
    tail = (timeline.clips[1].end - SR // 4, timeline.clips[1].end)
    assert crate.player(filtered).sound_hash(*tail) != crate.player(timeline).sound_hash(*tail)


def test_clip_past_its_tempo_map_is_its_track_with_its_gain(
    crate: Crate,
) -> None:
    one = clip("noise", 0, 10 * SR, gain_db=-2.0, warp=bend(0, 0, 1.03), fade_out=SR)
    body = crate.track("noise")[:, one.stretched_end + one.body_offset :][:, : 5 * SR]
    out = played(crate.player(Timeline((one,))))[:, one.stretched_end :]
    assert np.array_equal(out[:, : 5 * SR], body * np.float32(gain_of_db(-2.0)))


def test_missing_stretched_segment_raises(crate: Crate) -> None:
    one = clip("noise", 0, 8 * SR, warp=bend(0, 0, 1.03))
    with pytest.raises(LookupError, match="was not rendered"):
        played(Player(Timeline((one,)), crate.open, 0.0))


def test_bass_swap_removes_the_bass_only(crate: Crate) -> None:
    shelf = Effect("low_shelf", SR, 4 * SR, ((SR, 0.0), (2 * SR, 1.0)), 100.0, gain_db=-26.0)
    out = played(crate.player(Timeline((clip("chords", 0, 5 * SR, effects=(shelf,)),))))
    dry = crate.track("chords")
    change_db = [
        band_db(out[:, 3 * SR : 5 * SR], *band) - band_db(dry[:, 3 * SR : 5 * SR], *band)
        for band in ((40.0, 70.0), (200.0, 300.0))
    ]
    # The bass at 55 Hz falls by at least 20 dB; the notes above change by at most 1.5 dB.
    assert change_db[0] < -18
    assert abs(change_db[1]) < 1.5
    assert np.array_equal(out[:, :SR], dry[:, :SR])


def test_sweep_removes_low_frequencies_gradually(crate: Crate) -> None:
    shares = ((SR, 0.0), (SR + SR // 4, 1.0), (9 * SR, 1.0))
    sweep = Effect("high_pass", SR, 8 * SR, shares, 40.0, to_frequency_hz=2000.0)
    out = played(crate.player(Timeline((clip("noise", 0, 9 * SR, effects=(sweep,)),))))
    # half an octave of the sweep takes a second; it ends at 2 kHz, with 12 dB an octave
    for low_hz, high_hz, falls_db in ((60.0, 120.0, 40), (200.0, 400.0, 24), (600.0, 1200.0, 6)):
        levels = [band_db(out[:, at * SR : (at + 1) * SR], low_hz, high_hz) for at in range(9)]
        assert (
            np.diff(levels).max() < 1.0
        )  # the level of an octave of noise varies by 0.5 dB from second to second
        assert levels[0] - levels[-1] > falls_db
    highs = [band_db(out[:, at * SR : (at + 1) * SR], 8e3, 16e3) for at in range(9)]
    assert max(highs) - min(highs) < 1.0  # the level of noise over a second varies by 0.2 dB


def test_echo_decays_after_its_clip_stops(crate: Crate) -> None:
    echoing = clip("noise", 0, 8 * SR, echo=Echo(4 * SR, SR // 2, SR // 2, 0.5))
    out = played(crate.player(Timeline((echoing,))))
    middle = [out[:, 4 * SR + k * SR // 2 :][:, SR // 8 : 3 * SR // 8] for k in range(6)]
    levels = [rms_db(part) for part in middle]
    falls = np.diff([rms_db(out[:, 3 * SR : 4 * SR]), *levels])
    # 6 dB for each repeat, plus the losses in the echo's filters.
    assert (falls < -5.5).all()
    assert levels[-1] > -80
    before = played(crate.player(Timeline((replace(echoing, echo=None),))))
    assert np.array_equal(out[:, : 4 * SR - 221], before[:, : 4 * SR - 221])


def test_stop_into_an_echo_does_not_click(crate: Crate) -> None:
    stop = 3 * SR + 100  # at a peak of the tone
    out = played(crate.player(Timeline((clip("tone", 0, 6 * SR, echo=Echo(stop, SR, SR, 0.5)),))))
    # A 5 ms fade ends with edges of -56 dB, an abrupt stop with -5 dB.
    assert peak_db(np.diff(out[:, SR:], n=4)) < -45


def test_pitch_shift_covers_the_whole_clip(crate: Crate) -> None:
    raised = clip("chords", 0, 6 * SR, pitch_semitones=2)
    out = played(crate.player(Timeline((raised,))))
    for part in (out[:, SR : 3 * SR], out[:, 4 * SR : 6 * SR]):
        # 220 Hz becomes 246.9 Hz
        assert band_db(part, 240, 254) > band_db(part, 213, 227) + 20


def test_level_lowers_all_frequencies_without_a_step(crate: Crate) -> None:
    ramp = ((2 * SR, 0.0), (3 * SR, 1.0))
    down = Effect("level", SR, 5 * SR, ramp, 0.0, gain_db=-6.0)
    plain = played(crate.player(Timeline((clip("chords", 0, 6 * SR),))))
    soft = played(crate.player(Timeline((clip("chords", 0, 6 * SR, effects=(down,)),))))
    half = 10.0 ** (-6.0 / 20.0)
    expected = np.interp(np.arange(6 * SR) + 0.5, [2 * SR, 3 * SR], [1.0, half])
    # float32 has 24 bits: two roundings of each sample, and one of its share.
    assert np.abs(soft - plain * expected).max() < 3 * 2.0**-24 + 2.0**-24


def test_loudness_forecast_includes_levels() -> None:
    profile = LoudnessProfile(np.full(60, 0.01), np.full(600, 0.1, np.float32))
    down = Effect("level", 0, 6 * SR, ((0, 1.0),), 0.0, gain_db=-4.0)
    plain, soft = (
        forecast(Timeline((clip("chords", 0, 6 * SR, effects=effects),)), [profile])[0]
        for effects in ((), (down,))
    )
    assert plain - soft == pytest.approx(4.0, abs=0.01)
