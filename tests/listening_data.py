"""Answered listening trials for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backend.app.contract.listening import (
    AnsweredTrial,
    Better,
    ListeningAnswer,
    ListeningVersion,
    VersionOrigin,
)

WHEN = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def version(
    origin: VersionOrigin = "mix", penalties: dict[str, float] | None = None, **more: object
) -> ListeningVersion:
    """A blend of 16 bars, or another version."""
    return ListeningVersion.model_validate(
        {
            "origin": origin,
            "kind": "blend",
            "bars": 16,
            "out_at_s": 80.0,
            "in_at_s": 0.0,
            "overlap_s": 32.0,
            "pitch_semitones": 0,
            "tempo_change_percent": 1.5,
            "key_distance": 1,
            "vocal_overlap_s": 0.0,
            "loudness_step_lu": 0.5,
            "trimmed_s": (0.0, 0.0),
            "penalties": penalties or {},
            **more,
        }
    )


def answered(
    number: int,
    better: Better = "a",
    a: dict[str, float] | None = None,
    b: dict[str, float] | None = None,
) -> AnsweredTrial:
    """The answer to a trial; higher numbers are newer."""
    return AnsweredTrial(
        id=f"trial-{number}",
        job_id="mix-1",
        transition=0,
        outgoing="First",
        incoming="Second",
        a=version("mix", a),
        b=version("other", b, kind="echo", bars=2),
        answer=ListeningAnswer(better=better, because=["beat", "key"], note="Clear."),
        answered_at=WHEN + timedelta(minutes=number),
    )
