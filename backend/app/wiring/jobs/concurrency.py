"""Decide how many jobs run at the same time, and which have priority."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ...jobs.queue import ANALYSIS, GPU, INTERACTIVE, NET, WORK
from ...settings import Settings
from ..stores import database_url

YOUTUBE_UPLOADS_AT_ONCE = 2  # a third would not use the connection better
PREVIEWS_AT_ONCE = 2  # each takes a second or two
SEPARATIONS_AT_ONCE = 1  # on one GPU; a second would need its memory twice
# Waiting users share the processors; more analyses at once would need more memory, about 0.3 GB
# each.
ANALYSES_AT_ONCE = 3

PER_USER: Mapping[str, int] = {ANALYSIS: ANALYSES_AT_ONCE - 1}
"""How many jobs of a lane may be one user's. Analyses of large crates take minutes, so one place
stays free for other users."""

NICENESS: Mapping[str, int] = {INTERACTIVE: 2, ANALYSIS: 5, NET: 8, WORK: 10, GPU: 10}
"""Niceness of each lane's processes above the API's; three steps halve the share of a busy
processor."""


def shares_tasks(settings: Settings) -> bool:
    """Whether steps split into tasks for other workers.

    A job's own threads already use all processors of this machine, unless ``RENDER_WORKERS`` is
    lower. Servers that share a PostgreSQL database, and Celery's workers, may be elsewhere.
    """
    if settings.executor == "celery" or database_url(settings).startswith("postgresql"):
        return True
    own = settings.render_workers or os.cpu_count() or 1
    return settings.max_concurrent_jobs > 1 and own < (os.cpu_count() or 1)


def lanes(settings: Settings) -> Mapping[str, int]:
    """Number of jobs that run at the same time in each lane.

    Threads have no lane for GPUs: their jobs use the machine's GPU in the work lane.
    """
    gpu = {GPU: SEPARATIONS_AT_ONCE} if settings.executor == "celery" else {}
    return {
        WORK: settings.max_concurrent_jobs,
        INTERACTIVE: PREVIEWS_AT_ONCE,
        ANALYSIS: ANALYSES_AT_ONCE,
        NET: YOUTUBE_UPLOADS_AT_ONCE,
        **gpu,
    }
