"""Print the scores of real tracks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .reference import RealTrack
from .scores import TrackScore

MOSTLY_AGREED = 0.8
"""Tracks on which both references agree for more than this share count in the errors."""

COLUMNS = {
    "level": ("level", "{:.2f}"),
    "close": ("50 ms", "{:.3f}"),
    "closer": ("35 ms", "{:.3f}"),
    "half_off": ("half off", "{:.3f}"),
    "bar_off": ("bar off", "{:.3f}"),
    "beat_confidence": ("beat conf", "{:.2f}"),
    "confidence_in_errors": ("where wrong", "{:.2f}"),
    "bar_confidence": ("bar conf", "{:.2f}"),
    "confidence_in_bar_errors": ("where wrong", "{:.2f}"),
    "cpu_s": ("CPU s", "{:.2f}"),
}
LEGEND = """\
agreed       share of the track's beats on which both references agree; the rest is not scored
level        beats of Segue per beat of the references
50 ms, 35 ms share of agreed beats with a beat of Segue this near
half off     share half a beat beside; bar off: share with another number in the bar, where the
             reference's bars go on unbroken for 8 bars
conf         mean confidence of Segue, and that where it differs"""


@dataclass(frozen=True, slots=True)
class Row:
    """A track and its scores."""

    track: RealTrack
    scores: TrackScore


def track_table(rows: Sequence[Row]) -> str:
    """Format one line a track."""
    width = max(len(row.track.name) for row in rows)
    lines = [" ".join(["track".ljust(width), "agreed", *(head for head, _ in COLUMNS.values())])]
    for row in rows:
        cells = [
            _shown(getattr(row.scores, name), form).rjust(len(head))
            for name, (head, form) in COLUMNS.items()
        ]
        agreed = f"{row.track.agreed_share:.2f}".rjust(6)
        lines.append(" ".join([row.track.name.ljust(width), agreed, *cells]))
    return "\n".join(lines)


def totals_line(rows: Sequence[Row]) -> str:
    """Format the means over all tracks with agreed beats."""
    scored = [row.scores for row in rows if row.scores.beats]
    shares = {
        head: [value for one in scored if (value := getattr(one, name)) is not None]
        for name, head in (("close", "50 ms"), ("closer", "35 ms"), ("half_off", "half off"))
    }
    bars = [one.bar_off for one in scored if one.bar_off is not None]
    shown = [f"{head} {np.mean(values):.3f}" for head, values in shares.items()]
    shown.append(f"bar off {np.mean(bars):.3f} of {len(bars)}" if bars else "bar off -")
    cpu_s = float(np.mean([row.scores.cpu_s for row in rows]))
    return f"{len(scored)} of {len(rows)} tracks scored: {', '.join(shown)}, CPU {cpu_s:.2f} s"


def error_lines(rows: Sequence[Row]) -> str:
    """Name the tracks with errors among those on which both references mostly agree."""
    mostly = [row for row in rows if row.track.agreed_share > MOSTLY_AGREED]
    half = [row for row in mostly if row.scores.has_half_beat_error]
    bar = [row for row in mostly if row.scores.has_one_beat_error]
    return "\n".join(
        [
            f"of {len(mostly)} tracks with over {MOSTLY_AGREED:.0%} agreed:",
            f"  half-beat errors {len(half)}: {_named(half, 'confidence_in_errors')}",
            f"  one-beat errors {len(bar)}: {_named(bar, 'confidence_in_bar_errors')}",
        ]
    )


def _named(rows: Sequence[Row], confidence: str) -> str:
    named = [
        f"{row.track.name} (confidence {_shown(getattr(row.scores, confidence), '{:.2f}')})"
        for row in rows
    ]
    return ", ".join(named) or "none"


def _shown(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)
