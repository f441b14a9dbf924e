"""Play a sound before and after a change, switching between both at the same position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ..bundles import Widget
from .peaks import thinned

_WIDGET = Widget("before_after")

#: One peak for every two pixels of a wide screen.
MAX_PEAKS = 500


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions of a sound: its label, and its path on the API."""

    label: str
    path: str


def before_after(
    key: str, name: str, sides: Sequence[Side], duration_s: float, *, peaks: Sequence[float] = ()
) -> None:
    """Show the player; the last version plays first.

    With ``peaks`` the player is large and shows a waveform.
    """
    data = {
        "name": name,
        "duration_s": duration_s,
        "sides": [asdict(side) for side in sides],
        "peaks": thinned(peaks, MAX_PEAKS),
    }
    _WIDGET.draw_with_api(f"before_after_{key}", data)
