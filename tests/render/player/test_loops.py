"""The player repeats a loop of a clip: without clicks, and on the beat."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.dj.loop import SEAM, Loop
from backend.app.dj.timeline import Timeline
from backend.app.dsp.samples import Samples
from backend.app.render.player.stretched_segments import stretched_segment_of
from tests.render.dj_mixes import BEAT, Crate, clip, played
from tests.sounds import SR

LOOP = Loop(8 * SR, 2 * SR, 3)


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Crate:
    return Crate(tmp_path_factory.mktemp("crate"))


def looped(crate: Crate, name: str, loop: Loop = LOOP, **more: object) -> Samples:
    """The sound of a track from its 5th second to the 17th with its loop written out."""
    one = clip(name, 0, 12 * SR, source_start=5 * SR, loop=loop, **more)
    return played(crate.player(Timeline((one,))))


def test_loop_plays_its_samples_again_and_then_goes_on(crate: Crate) -> None:
    track, out = crate.track("noise"), looped(crate, "noise")
    assert np.array_equal(out[:, : 5 * SR - SEAM], track[:, 5 * SR : 10 * SR - SEAM])
    for number in (1, 2, 3):
        first = (3 + 2 * number) * SR
        again = out[:, first : first + 2 * SR - SEAM]
        assert np.array_equal(again, track[:, 8 * SR : 10 * SR - SEAM])
    assert np.array_equal(out[:, 11 * SR - SEAM :], track[:, 10 * SR - SEAM : 11 * SR])


def test_seams_do_not_click(crate: Crate) -> None:
    # a loop that is no whole number of periods of the tone: its ends are half a period apart
    loop = Loop(8 * SR, 2 * SR + SR // 220, 3)
    out, tone = looped(crate, "tone", loop)[0], crate.track("tone")[0]
    step = np.abs(np.diff(tone)).max()
    assert abs(float(tone[loop.end] - tone[loop.end - 1])) <= step
    assert np.abs(np.diff(out)).max() < 2.0 * step
    # the crossfade moves the phase within 8 ms, and no sharper: a click has a large curvature
    curvature = np.abs(np.diff(out, 2)).max() / np.abs(np.diff(tone, 2)).max()
    assert curvature < 10.0


def test_beats_of_the_repeats_are_on_the_grid(crate: Crate) -> None:
    out = np.abs(looped(crate, "drums")).max(axis=0)
    hits = [at for at in range(0, 12 * SR, BEAT) if at]
    for at in hits:
        near = out[at - SR // 20 : at + SR // 20]
        onset = at - SR // 20 + int(np.argmax(near > 0.2))
        assert abs(onset - at) < SR // 1000


def test_pitched_clips_repeat_the_loop_too(crate: Crate) -> None:
    one = clip("drums", 0, 12 * SR, source_start=5 * SR, loop=LOOP, pitch_semitones=1)
    segment = stretched_segment_of(one)
    assert segment is not None and segment.loop == LOOP
    out = np.abs(played(crate.player(Timeline((one,))))).max(axis=0)
    loud = [out[at - SR // 20 : at + SR // 20].max() > 0.2 for at in range(BEAT, 12 * SR, BEAT)]
    assert all(loud)


def test_keys_of_clips_without_loops_are_those_of_earlier_versions(crate: Crate) -> None:
    plain = Timeline((clip("noise", 0, 12 * SR),))
    with_loop = Timeline((clip("noise", 0, 12 * SR, loop=LOOP),))
    one, two = (crate.player(each) for each in (plain, with_loop))
    before, after = (0, 7 * SR), (9 * SR, 11 * SR)
    assert one.sound_hash(*before) == two.sound_hash(*before)
    assert one.sound_hash(*after) != two.sound_hash(*after)


def test_stored_stretched_segments_keep_their_names() -> None:
    one = clip("drums", 0, 3 * SR, pitch_semitones=1)
    segment = stretched_segment_of(one)
    # as computed before clips could loop
    assert segment is not None and segment.key == "c9d45dee742d392c23d78f16311b7fe7"
