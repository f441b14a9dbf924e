"""Small player for a track or a sound, with an optional click on the beats."""

from __future__ import annotations

from collections.abc import Sequence

from ..bundles import Widget

_WIDGET = Widget("track_sound")


def track_sound(
    key: str,
    path: str,
    *,
    name: str = "",
    beats_s: Sequence[float] = (),
    downbeats: Sequence[int] = (),
    start_s: float = 0.0,
    quiet: bool = False,
) -> None:
    """Show a player for the file at the API's ``path``, which first plays from ``start_s``.

    ``downbeats`` are indices into ``beats_s``. When the beats change, the player plays them: on
    from where it is, or from its position. A ``quiet`` player looks less prominent, for long lists.
    """
    data = {
        "path": path,
        "name": name,
        "quiet": quiet,
        "beats_s": [round(beat, 4) for beat in beats_s],
        "downbeats": list(downbeats),
        "start_s": start_s,
    }
    _WIDGET.draw_with_api(f"sound_{key}", data)
