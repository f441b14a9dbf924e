"""How many jobs run at the same time, and which come first."""

from __future__ import annotations

from collections.abc import Mapping

from ...jobs.queue import ANALYSIS, INTERACTIVE, NET, WORK
from ...settings import Settings

YOUTUBE_UPLOADS_AT_ONCE = 2  # a third would not use the connection better
PREVIEWS_AT_ONCE = 2  # each takes a second or two
# Users who wait share the processors; more at a time would need more memory, about 0.3 GB each.
ANALYSES_AT_ONCE = 3

PER_USER: Mapping[str, int] = {ANALYSIS: ANALYSES_AT_ONCE - 1}
"""How many jobs of a lane may be one user's: analyses of large crates take minutes, so one of the
places stays free for other users."""

NICENESS: Mapping[str, int] = {INTERACTIVE: 2, ANALYSIS: 5, NET: 8, WORK: 10}
"""Each lane's niceness above the API's; three steps halve the share of a busy processor."""


def lanes(settings: Settings) -> Mapping[str, int]:
    """Concurrent jobs per lane."""
    return {
        WORK: settings.max_concurrent_jobs,
        INTERACTIVE: PREVIEWS_AT_ONCE,
        ANALYSIS: ANALYSES_AT_ONCE,
        NET: YOUTUBE_UPLOADS_AT_ONCE,
    }
