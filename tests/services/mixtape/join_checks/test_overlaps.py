"""The beats of overlaps that are measured."""

from __future__ import annotations

import numpy as np
import pytest

from backend.app.contract.dj import DjRules
from backend.app.dj.joins.candidates import JoinConstraints
from backend.app.dj.joins.choose import JoinWish
from backend.app.dj.joins.plan import plan_dj_mix
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.services.mixtape.join_checks.overlaps import overlaps_of
from tests.dj.joins.test_loops import song, soon_sung


def test_beats_of_a_loops_repeats_are_measured() -> None:
    looped = JoinWish(JoinConstraints(kind="blend", bars=16, loops=True), "you")
    decks = song("a"), soon_sung()
    timeline = plan_dj_mix(decks, DjRules(), loudness_lufs=-14.0, join_wishes=[looped]).timeline
    assert timeline.clips[0].loop is not None
    (overlap,) = overlaps_of(timeline, decks)
    assert overlap is not None
    out, into = overlap.beats
    # beats last half a second, and begin a quarter of a second into the track
    assert len(out) == len(into) == 65
    assert np.diff(out) / SAMPLE_RATE == pytest.approx(0.5, abs=0.001)
    assert overlap.pulse is not None
