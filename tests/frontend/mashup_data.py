"""A mashup of two songs as plain data: fits, timeline, report."""

from __future__ import annotations

from backend.app.contract.jobs import MashupRequest
from backend.app.contract.mashups import FitPart, MashupFits, MashupReport, PairFit
from backend.app.contract.mixes import TimelineView, WaveformView

from .scripted_api import artifact, clip, job

BAR_S = 2.0


def fit(vocals: str = "a", instrumental: str = "b", score: float = 0.82) -> PairFit:
    """A pair with one weak part."""
    reasons = {
        "tempo": (0.9, "124.0 and 120.0 BPM are 3.3 % apart"),
        "key": (1.0, "8A and 8A, the same key"),
        "phrases": (0.85, "both count 4 to the bar"),
        "room": (0.55, "the chords lie where the voice does"),
        "voice": (0.8, "sung 62 % of the time"),
    }
    parts = [
        FitPart.model_validate({"name": name, "score": part, "reason": reason})
        for name, (part, reason) in reasons.items()
    ]
    return PairFit(
        vocals=vocals,
        instrumental=instrumental,
        score=score,
        tempo_factor=1.0,
        tempo_change_percent=-1.3,
        pitch_semitones=-1,
        key_distance=0,
        parts=parts,
        reason="The voice of First over the instruments of Second: everything fits.",
    )


FITS = MashupFits(pairs=[fit(), fit("b", "a", 0.48)], measured_on="tracks")
ALONE = MashupFits(pairs=[fit("a", "a", 0.91)], measured_on="tracks")

#: Bars, label, and stems: vocals of song a, the rest of song b.
PLAN = (
    (4, "intro", [("b", "other")]),
    (8, "verse", [("a", "vocals"), ("b", "other"), ("b", "bass")]),
    (4, "build", [("a", "vocals"), ("b", "drums")]),
    (8, "drop", [("a", "vocals"), ("b", "drums"), ("b", "bass"), ("b", "other")]),
    (4, "break", [("a", "vocals"), ("b", "other")]),
    (8, "drop", [("a", "vocals"), ("a", "other"), ("b", "drums"), ("b", "bass")]),
    (4, "outro", [("b", "drums"), ("b", "bass")]),
)
LEVELS_LU = {
    "intro": [-5.0, -4.0],
    "verse": [-3.0, -3.0],
    "build": [-5.0, -4.5],
    "drop": [0.0, 0.0],
    "break": [-4.4, -4.4],
    "outro": [-2.5, -5.0],
}
TITLES = {"a": "First", "b": "<b>Second</b>"}


def stem_clip(track_id: str, stem: str, start_s: float, end_s: float) -> dict[str, object]:
    """A stem of a track, from second to second."""
    return {
        **clip(TITLES[track_id], start_s),
        "track_id": track_id,
        "end_s": end_s,
        "warp": [(0.0, start_s), ((end_s - start_s) * 0.98, end_s)],
        "pitch_semitones": -1 if stem == "vocals" else 0,
        "fade_in_s": 0.02,
        "fade_out_s": 0.5,
        "role": "stem",
        "stem": stem,
        "made": f"stems-draft/{stem}.flac",
    }


def layout() -> tuple[list[dict[str, object]], list[dict[str, object]], float]:
    """Sections and clips on the time axis, and the total length."""
    at, sections, clips = 0.0, [], []
    for bars, label, stems in PLAN:
        end = at + bars * BAR_S
        sections.append(
            {
                "label": label,
                "start_s": at,
                "end_s": end,
                "bars": bars,
                "stems": [{"track_id": track, "stem": stem} for track, stem in stems],
                "reason": f"The {label} of First's chorus, where it is loudest.",
                "contour_lu": LEVELS_LU[label],
                "loudness_lufs": [level - 10.0 for level in LEVELS_LU[label]],
            }
        )
        clips += [stem_clip(track, stem, at, end) for track, stem in stems]
        at = end
    return sections, clips, at


SECTIONS, CLIPS, LENGTH_S = layout()
TIMELINE = TimelineView.model_validate(
    {
        "version": 1,
        "sample_rate": 44_100,
        "duration_s": LENGTH_S,
        "duration_samples": round(LENGTH_S * 44_100),
        "clips": CLIPS,
        "transitions": [],
        "chapters": [{"start_s": one["start_s"], "title": one["label"]} for one in SECTIONS],
    }
)
REPORT = MashupReport.model_validate(
    {
        "title": "First × Second",
        "duration_s": LENGTH_S,
        "loudness_lufs": -12.0,
        "true_peak_dbtp": -1.02,
        "limited_db": -2.3,
        "vibe": "energetic",
        "tempo_bpm": 127.2,
        "key": "A minor",
        "separator": "Draft",
        "draft": True,
        "chosen": fit().model_dump(),
        "fits": [fit().model_dump(), fit("b", "a", 0.48).model_dump()],
        "sections": SECTIONS,
        "figures": {
            "tempo_bpm": 127.2,
            "centroid_hz": 3120.0,
            "loudness_range_lu": 4.2,
            "low_share": 0.31,
            "space_share": 0.034,
        },
        "beat_error_ms": 4.0,
        "files": [],
        "notes": ["The voice of First is not heard in its second verse."],
    }
)
WAVEFORM = WaveformView(
    duration_s=LENGTH_S,
    bins_per_s=10.0,
    peaks=[0.2 + 0.6 * (i % 7) / 7 for i in range(int(LENGTH_S * 10))],
)
FILES = {"timeline.json": TIMELINE, "report.json": REPORT, "waveform.json": WAVEFORM}
FINISHED = job(
    "succeeded",
    id="mashup-1",
    kind="mashup",
    title="First × Second",
    request=MashupRequest(tracks_upload_id="crate-1", vibe="energetic").model_dump(),
    progress=100.0,
    artifacts=[
        artifact(name).model_dump()
        for name in (
            "timeline.json",
            "report.json",
            "waveform.json",
            "mashup.mp3",
            "mashup.flac",
            "stems/vocals.flac",
            "stems/drums.flac",
        )
    ],
)
