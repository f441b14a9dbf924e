"""A restyle of one song as plain data."""

from __future__ import annotations

from backend.app.contract.jobs import RestyleRequest
from backend.app.contract.mixes import WaveformView
from backend.app.contract.restyles import RestyleReport

from .scripted_api import artifact, job


def stem(name: str, **more: object) -> dict[str, object]:
    """A stem that keeps its original sound."""
    return {
        "stem": name,
        "file": f"stems/{name}.wav",
        "sound_id": None,
        "sound_name": "",
        "volume": 1.0,
        "silent": False,
        **more,
    }


REPORT = RestyleReport.model_validate(
    {
        "duration_s": 60.0,
        "loudness_lufs": -14.0,
        "true_peak_dbtp": -1.03,
        "limited_db": -0.4,
        "separator": "Draft",
        "draft": True,
        "stems": [
            stem(
                "drums",
                sound_id="s1",
                sound_name="Rain *heavy*",
                grains=412,
                sources=36,
                onset_agreement=0.93,
                envelope_correlation=0.95,
            ),
            stem("bass", volume=0.8),
            stem(
                "other",
                sound_id="s2",
                sound_name="Music box",
                volume=1.2,
                grains=930,
                sources=12,
                onset_agreement=0.81,
                pitch_agreement=0.86,
                envelope_correlation=0.72,
            ),
            stem("vocals", silent=True),
        ],
        "notes": ["The sound “Rain” is shorter than a grain in places."],
    }
)
WAVEFORM = WaveformView(
    duration_s=60.0, bins_per_s=10.0, peaks=[0.2 + 0.6 * (i % 9) / 9 for i in range(600)]
)
FILES = {"report.json": REPORT, "waveform.json": WAVEFORM}
NAMES = (
    "report.json",
    "waveform.json",
    "restyled.wav",
    "stems/drums.wav",
    "stems/bass.wav",
    "stems/other.wav",
    "before/drums.flac",
    "before/other.flac",
)
FINISHED = job(
    "succeeded",
    id="restyle-1",
    kind="restyle",
    title="First, in the rain",
    request=RestyleRequest(track_id="a").model_dump(),
    progress=100.0,
    artifacts=[artifact(name).model_dump() for name in NAMES],
)
