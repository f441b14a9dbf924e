"""The fit of bars finds the cue that tells where they begin, from full and from partial labels."""

from __future__ import annotations

import numpy as np

from backend.app.analysis.rhythm.bar_path import VOTING_BARS
from backend.app.analysis.rhythm.onsets import onset_strengths
from backend.app.analysis.rhythm.tempo_octave import relative_onsets
from bench.bars.fit import left_out_line
from bench.bars.logit import fit_weights
from bench.bars.songs import spectra_of
from bench.bars.windows import ON_BEAT, UNKNOWN, BarWindow, LabelledSong, windows_of
from tests.analysis.rhythm.drum_patterns import LEAD_S, patterned


def examples(*, beats_only: bool, groups: int = 4) -> list[BarWindow]:
    """Windows in which the first cue is high at the right offset, and the second is noise."""
    rng = np.random.default_rng(3)
    made = []
    for index in range(120):
        right = int(rng.integers(8))
        evidence = rng.normal(0.0, 1.0, (8, 2))
        evidence[right, 0] += 3.0
        allowed = np.arange(8) % 2 == right % 2 if beats_only else np.arange(8) == right
        made.append(BarWindow(f"song {index}", f"group {index % groups}", evidence, allowed))
    return made


def test_cue_that_tells_gets_the_weight() -> None:
    for beats_only in (False, True):
        windows = examples(beats_only=beats_only)
        weights = fit_weights(windows, np.ones(len(windows)), 1.0)
        assert weights[0] > 1.0
        assert abs(weights[1]) < 0.4


def test_examples_without_share_do_not_count() -> None:
    right, wrong = examples(beats_only=False), examples(beats_only=False)
    turned = [BarWindow(w.song, w.group, -w.evidence, w.allowed) for w in wrong]
    shares = np.array([1.0] * len(right) + [0.0] * len(turned))
    alone = fit_weights(right, np.ones(len(right)), 1.0)
    np.testing.assert_allclose(fit_weights([*right, *turned], shares, 1.0), alone, atol=1e-3)


def test_left_out_groups_are_scored() -> None:
    windows = examples(beats_only=False)
    line = left_out_line(windows, windows, np.ones(len(windows)))
    beats, bars = (float(part.split(" in ")[1]) for part in line.split(","))
    assert bars > 0.8  # a cue of 3 among eight noises of deviation 1
    assert beats >= bars


def test_windows_know_what_their_labels_tell() -> None:
    sound = patterned(120.0, "x...x...x...x...", "....x.......x...", steps_per_beat=4, bars=24)
    spectra = spectra_of(sound)
    relative = relative_onsets(onset_strengths(spectra.bands))
    halves_s = LEAD_S + 0.25 * np.arange(24 * 8)
    places = (np.arange(len(halves_s)) - 2) % 8
    places[places % 2 == 1] = UNKNOWN
    places[64:128] = np.where(places[64:128] >= 0, ON_BEAT, UNKNOWN)
    places[128:] = UNKNOWN
    song = LabelledSong("song", "group", halves_s, places, 4)
    bars, beats = windows_of(song, spectra, relative)
    assert bars.allowed.tolist() == (np.arange(8) == 2).tolist()
    assert beats.allowed.tolist() == (np.arange(8) % 2 == 0).tolist()
    assert bars.evidence.shape[0] == 8
    assert len(halves_s) // 8 == 3 * VOTING_BARS


def test_windows_of_known_beats_only_say_nothing_of_bars() -> None:
    windows = examples(beats_only=True)
    line = left_out_line(windows, windows, np.ones(len(windows)))
    assert line.endswith("bars in none known")
