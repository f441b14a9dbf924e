"""Play versions of a sound in step, switching between them at the same position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    key: str,
    name: str,
    sides: Sequence[Side],
    duration_s: float,
    *,
    peaks: Sequence[float] = (),
    keys: Mapping[str, str] | None = None,
) -> str | None:
    """Show the player; the last version plays first.

    With ``peaks`` the player is large and shows a waveform. With ``keys``, digits play a version
    and the space bar plays or pauses, anywhere on the page; ``keys`` also maps letters of the page
    to what they do. Returns the letter that was pressed.
    """
    data = {
        "name": name,
        "duration_s": duration_s,
        "sides": [asdict(side) for side in sides],
        "peaks": thinned(peaks, MAX_PEAKS),
        "keys": None if keys is None else dict(keys),
    }
    pressed = _WIDGET.draw_with_api(f"before_after_{key}", data, "key").key
    return str(pressed) if pressed else None
