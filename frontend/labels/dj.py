"""Text for energy curves, overlays and changes of tempo."""

from __future__ import annotations

from itertools import pairwise

from backend.app.contract.mixes import ClipView

from .figures import clock

ARCS = {
    "steady": "Steady",
    "build": "Build",
    "wave": "Wave",
    "cool-down": "Cool down",
    "drawn": "Draw it",
}
OVERLAYS = {"never": "Never", "sometimes": "Sometimes", "always": "Wherever one fits"}
#: Most people can't hear a smaller change of tempo.
SAME_TEMPO_PERCENT = 0.05


def tempo_change(percent: float) -> str:
    """Describe a change of tempo: ``-2.14`` is ``2.1 % slower``."""
    if abs(percent) < SAME_TEMPO_PERCENT:
        return "same tempo"
    return f"{abs(percent):.1f} % {'faster' if percent > 0 else 'slower'}"


def clip_tempo(clip: ClipView) -> str | None:
    """Describe when and how much a clip's tempo is changed; None if it is not."""
    changed = changed_tempos(clip)
    if not changed:
        return None
    most = max((percent for _, _, percent in changed), key=abs)
    start, end = changed[0][0], changed[-1][1]
    back = "" if end >= clip.end_s - 0.1 else f", back to its own tempo at {clock(end)}"
    return f"{tempo_change(most)} from {clock(start)}{back}"


def changed_tempos(clip: ClipView) -> list[tuple[float, float, float]]:
    """List the parts of a clip whose tempo is changed.

    Each has its start and end in seconds of the mix, and the change in percent.
    """
    parts = [
        (mix, next_mix, 100.0 * ((next_source - source) / (next_mix - mix) - 1.0))
        for (source, mix), (next_source, next_mix) in pairwise(clip.warp)
        if next_mix > mix
    ]
    return [part for part in parts if abs(part[2]) >= SAME_TEMPO_PERCENT]
