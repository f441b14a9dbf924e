"""Restyles: a track's stems replayed with grains of other sounds."""

from __future__ import annotations

from pydantic import Field

from .base import Shape
from .mixes import FileReport
from .stems import StemName


class StemStyle(Shape):
    """What to do with a stem: leave it out, keep it, or replay it with a sound.

    ``volume`` is an amplitude factor; 1.0 keeps the stem's loudness.
    """

    enabled: bool = True
    sound_id: str | None = None
    volume: float = Field(default=1.0, ge=0.0, le=2.0)


class RestyleSettings(Shape):
    """Grain settings.

    ``use_pitch_mapping`` shifts each grain to the stem's pitch at that time; ``use_envelope``
    follows the stem's loudness.
    """

    grain_duration_ms: float = Field(default=120.0, ge=30.0, le=500.0)
    use_pitch_mapping: bool = True
    use_envelope: bool = True


class RestyledStemView(Shape):
    """The result for one stem; figures that do not apply are None.

    ``grains`` were placed, from ``sources`` different ones. ``onset_agreement`` is the F measure of
    the new stem's onsets against the old one's, within 50 ms; ``pitch_agreement`` the share of the
    old stem's voiced frames (or tones, if polyphonic) whose pitch is within 50 cents in the new
    one; ``envelope_correlation`` that of old and new loudness over time.
    """

    stem: StemName
    file: str
    sound_id: str | None
    sound_name: str
    volume: float
    silent: bool
    grains: int | None = None
    sources: int | None = None
    onset_agreement: float | None = None
    pitch_agreement: float | None = None
    envelope_correlation: float | None = None


class RestyleReport(Shape):
    """The content of ``report.json`` of a restyle.

    ``files`` is empty in reports of earlier versions.
    """

    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    limited_db: float
    separator: str
    draft: bool
    stems: list[RestyledStemView]
    notes: list[str]
    files: list[FileReport] = []
