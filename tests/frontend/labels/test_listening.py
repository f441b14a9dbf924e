"""Versions of a join as the listening room describes them."""

from __future__ import annotations

import pytest

from backend.app.contract.listening import ListeningVersion
from frontend.labels.listening import figures, version

CUT = ListeningVersion(
    origin="mix",
    kind="cut",
    bars=0,
    out_at_s=71.0,
    in_at_s=0.5,
    overlap_s=0.0,
    pitch_semitones=0,
    tempo_change_percent=None,
    key_distance=None,
    vocal_overlap_s=0.0,
    loudness_step_lu=-2.6,
    trimmed_s=(5.0, 0.0),
    penalties={"keys_agree": 1.0, "little_is_left_out": 2.1},
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "Cut (as in the mix)"),
        ({"kind": "fade", "overlap_s": 3.0}, "Fade, 3.0 s (as in the mix)"),
        ({"kind": "blend", "bars": 8, "overlap_s": 16.0}, "Blend, 8 bars (as in the mix)"),
    ],
)
def test_a_version_names_its_length_if_it_has_one(change: dict[str, object], said: str) -> None:
    assert version(CUT.model_copy(update=change)) == said


def test_figures_say_what_they_compare() -> None:
    assert dict(figures(CUT)) == {
        "Leaves at": "1:11.0",
        "Enters at": "0:00.5",
        "Level across it, before gains": "−2.6 LU",
        "Penalty by the rules": "3.1 (less is better)",
    }
