"""Figures of a transition, and a person's changes of it, as text."""

from __future__ import annotations

import pytest

from backend.app.contract.analysis import Harmony
from backend.app.contract.dj import PairChoice
from frontend.labels import transitions
from tests.frontend.dj_mix import REPORT

UNKNOWN = "—"


@pytest.mark.parametrize(
    ("change", "label", "text"),
    [
        ({"on_phrase": True}, "Phrases", "aligned"),
        ({"on_phrase": False}, "Phrases", "not aligned"),
        ({"on_phrase": None}, "Phrases", UNKNOWN),
        ({"tempo_change_percent": None}, "Tempo", UNKNOWN),
        ({"pitch_semitones": 0}, "Keys", "8A → ?"),
        ({"pitch_semitones": 1}, "Keys", "8A → ? (+1 st)"),
        ({"pitch_semitones": -2}, "Keys", "8A → ? (−2 st)"),
    ],
)
def test_main_figures(change: dict[str, object], label: str, text: str) -> None:
    report = REPORT.model_copy(update=change)
    known = Harmony(key="A minor", confidence=0.9)
    assert dict(transitions.main_figures(report, known, None))[label] == text


@pytest.mark.parametrize(
    ("change", "label", "text"),
    [
        ({"beat_error_ms": 3.4}, "Beats", "3 ms apart"),
        ({"beat_error_ms": None, "planned_beat_error_ms": 1.2}, "Beats", "1 ms apart"),
        ({"beat_error_ms": 0.0, "planned_beat_error_ms": 9.0}, "Beats", "0 ms apart"),
        ({"beat_error_ms": None, "planned_beat_error_ms": None}, "Beats", None),
        ({"beats_apart_ms": -9.0, "beats_coherence": 0.16}, "Beats", "3 ms apart"),
        ({"beats_apart_ms": -9.0, "beats_coherence": 0.14}, "Beats", "unclear in the sound"),
        (
            {"beats_apart_ms": -210.4, "beats_coherence": 0.6},
            "Beats",
            "210 ms apart in the sound",
        ),
        (
            {"beats_apart_ms": 160.0, "beats_drift_ms": 320.0, "beats_coherence": 0.6},
            "Beats",
            "drift up to 160 ms apart in the sound",
        ),
        (
            {"beats_apart_ms": 160.0, "beats_coherence": 0.1},
            "Beats",
            "unclear in the sound",
        ),
        ({"beats_apart_ms": 160.0, "beats_coherence": 0.6}, "Beats, worst 5 %", None),
        ({"loudness_step_lu": 0.6}, "Level across it", "+0.6 LU"),
        ({"loudness_step_lu": None}, "Level across it", None),
    ],
)
def test_figures_for_engineers_are_with_the_details(
    change: dict[str, object], label: str, text: str | None
) -> None:
    report = REPORT.model_copy(update=change)
    assert dict(transitions.more_figures(report)).get(label) == text
    assert label not in dict(transitions.main_figures(report, None, None))


def test_more_figures_omit_only_what_is_unknown() -> None:
    none = {
        "beat_error_ms": None,
        "planned_beat_error_ms": None,
        "loudness_step_lu": None,
        "bass_both_share": None,
        "vocal_overlap_s": None,
        "beat_error_p95_ms": None,
    }
    labels = [label for label, _ in transitions.more_figures(REPORT.model_copy(update=none))]
    assert labels == ["True peak", "Skipped", "Proposed by"]
    zero = REPORT.model_copy(update={"bass_both_share": 0.0, "overlay": "Shaker"})
    shown = dict(transitions.more_figures(zero))
    assert shown["Both bass lines"] == "0 % of the time"
    assert shown["Both vocals"] == "0.0 s"
    assert shown["Skipped"] == "4 s of the outro, 0 s of the intro"
    assert shown["Sound on top"] == "Shaker"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, "chosen by Segue"),
        ({"kind": "stem_swap", "bars": 16}, "stem swap, 16 bars"),
        ({"bars": 1}, "1 bar"),
        ({"bars": 0}, "0 bars"),
        ({"out_at_s": 65.29, "in_at_s": 0.0}, "leave at 1:05.2, come in at 0:00.0"),
    ],
)
def test_choice_in_one_line(change: dict[str, object], text: str) -> None:
    choice = PairChoice.model_validate({"outgoing": "a", "incoming": "b", **change})
    assert transitions.choice(choice) == text
