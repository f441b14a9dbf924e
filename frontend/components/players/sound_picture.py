"""Waveform of a sound with its onsets; a click plays from there."""

from __future__ import annotations

from backend.app.contract.sounds import SoundDetail

from ..bundles import Widget
from .before_after import MAX_PEAKS
from .peaks import thinned

_WIDGET = Widget("sound_picture")


def sound_picture(detail: SoundDetail) -> None:
    """Show a sound's waveform; a click plays from there."""
    sound = detail.sound
    data = {
        "path": f"/sounds/{sound.id}/audio",
        "name": sound.name,
        "duration_s": sound.duration_s,
        "onsets_s": [round(onset, 4) for onset in detail.onsets_s],
        "peaks": thinned(detail.peaks, MAX_PEAKS),
    }
    _WIDGET.draw_with_api(f"picture_{sound.id}", data)
