"""Build the heartbeat of a process that runs jobs."""

from __future__ import annotations

import os
from functools import partial

from ... import VERSION
from ...contract.stems import DRAFT
from ...services.separators import Separators
from ...services.workers.gpu import find_gpu
from ...services.workers.heartbeat import Heartbeat
from ...settings import Settings
from ...store.database import Database
from ...store.jobs.workers import WorkerFacts, WorkerStore
from .job_resources import build_separators


def build_heartbeat(
    settings: Settings, database: Database, name: str, queues: tuple[str, ...]
) -> Heartbeat:
    """Build the heartbeat of the process that claims jobs as ``name``."""
    describe = partial(_describe, build_separators(settings), name, queues)
    return Heartbeat(name, WorkerStore(database), describe)


def _describe(separators: Separators, name: str, queues: tuple[str, ...]) -> WorkerFacts:
    models = [one.model for one in separators.listed().separators]
    return WorkerFacts(
        name=name,
        queues=queues,
        cores=os.cpu_count() or 1,
        models=tuple(one for one in models if one != DRAFT and separators.is_ready(one)),
        version=VERSION,
        gpu=find_gpu(),
    )
