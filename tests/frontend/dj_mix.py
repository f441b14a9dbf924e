"""A finished mix of two tracks with one DJ transition, as job, timeline and report."""

from __future__ import annotations

from backend.app.contract.dj import TransitionReport
from backend.app.contract.jobs import JobView
from backend.app.contract.mixes import ReportView, TimelineView
from backend.app.contract.uploads import TracksUploadView
from tests.frontend.scripted_api import NOW, artifact, clip, job, track

CRATE = TracksUploadView(
    id="crate-1", created_at=NOW, tracks=[track("a", "First"), track("b", "Second")]
)
FILES = ("mix.mp3", "timeline.json", "waveform.json", "report.json")
REQUEST = {
    "kind": "mixtape",
    "tracks_upload_id": "crate-1",
    "tracks": [{"track_id": "a"}, {"track_id": "b"}],
    "transitions": "dj",
    "order": "auto",
    "energy_arc": "build",
    "locks": [{"track_id": "a", "place": 1}],
    "title": "Saturday",
}
FINISHED: JobView = job(
    "succeeded",
    request=REQUEST,
    artifacts=[artifact(name).model_dump() for name in FILES],
)
LADDER = [
    {"kind": "blend", "name": "blend", "taken": False, "reason": "Tempos are 9 % apart."},
    {"kind": "sweep", "name": "sweep", "taken": True, "reason": "Taken."},
]
REPORT = TransitionReport.model_validate(
    {
        "outgoing": "a",
        "incoming": "b",
        "kind": "sweep",
        "step": 2,
        "ladder": LADDER,
        "proposed_by": "rules",
        "reason": "A sweep.",
        "start_s": 48.0,
        "end_s": 56.0,
        "bars": 4,
        "on_phrase": True,
        "downbeats_aligned": True,
        "planned_beat_error_ms": 1.0,
        "beat_error_ms": 3.4,
        "beat_error_p95_ms": 7.0,
        "tempo_change_percent": -2.14,
        "pitch_semitones": 0,
        "key_distance": 1,
        "loudness_step_lu": -0.4,
        "bass_both_share": 0.12,
        "vocal_overlap_s": 0.0,
        "trimmed_s": (4.0, 0.0),
        "true_peak_dbtp": -1.2,
    }
)


def _timeline() -> TimelineView:
    """The second track plays 2 % slower for ten seconds; an overlay plays at the transition."""
    first = {**clip("First", 0.0), "track_id": "a", "end_s": 56.0}
    bent = [(0.0, 48.0), (9.8, 58.0), (60.0, 108.2)]
    second = {**clip("Second", 48.0), "track_id": "b", "warp": bent, "end_s": 108.2}
    over = {**clip("Shaker", 48.0), "track_id": "s", "end_s": 56.0, "role": "overlay"}
    join = {
        "outgoing": 0,
        "incoming": 2,
        "kind": "sweep",
        "start_s": 48.0,
        "end_s": 56.0,
        "asked_s": 8.0,
        "reason": "A sweep.",
        "bars": 4,
    }
    return TimelineView.model_validate(
        {
            "version": 2,
            "sample_rate": 44_100,
            "duration_s": 108.2,
            "duration_samples": 4_771_620,
            "clips": [first, over, second],
            "transitions": [join],
            "chapters": [],
        }
    )


TIMELINE = _timeline()
MEASURED = ReportView(
    duration_s=108.2,
    loudness_lufs=-14.0,
    true_peak_dbtp=-1.2,
    limited_db=0.0,
    transitions=[REPORT],
    notes=[],
)
