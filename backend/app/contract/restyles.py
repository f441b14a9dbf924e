"""Restyles: a song's stems re-played with grains of other sounds."""

from __future__ import annotations

from pydantic import Field

from .base import Shape
from .stems import StemName


class StemStyle(Shape):
    """What becomes of a stem: left out, kept as it is, or re-played with a sound.

    ``volume`` is a factor of amplitude, 1.0 as loud as the stem was.
    """

    enabled: bool = True
    sound_id: str | None = None
    volume: float = Field(default=1.0, ge=0.0, le=2.0)


class RestyleSettings(Shape):
    """How grains are laid.

    Attributes
    ----------
    grain_duration_ms : a grain's length
    use_pitch_mapping : move each grain to the pitch of the stem there
    use_envelope : follow the stem's loudness
    """

    grain_duration_ms: float = Field(default=120.0, ge=30.0, le=500.0)
    use_pitch_mapping: bool = True
    use_envelope: bool = True


class RestyledStemView(Shape):
    """What was done to a stem; None where a figure has no meaning for it.

    Attributes
    ----------
    grains, sources : how many were laid, and of how many different ones
    onset_agreement : F measure of the new stem's onsets against the old one's, within 50 ms
    pitch_agreement : of the old stem's voiced frames, the share whose pitch is within 50 cents in
        the new one; of its tones, where several sound together
    envelope_correlation : of the loudness of old and new, over time
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
    """``report.json`` of a restyle."""

    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    limited_db: float
    separator: str
    draft: bool
    stems: list[RestyledStemView]
    notes: list[str]
