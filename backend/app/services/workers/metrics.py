"""The figures of the server in Prometheus' text format."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import NotConfigured
from ...jobs.cache_uses import CACHES
from ...jobs.queue import LANES
from ...store.database import Database
from ...store.jobs.ended import BOUNDS_S, UNBOUNDED_S
from ...store.jobs.figures import Figures, StepFigures, read_figures
from ...store.jobs.workers import WorkerRecord, WorkerStore

if TYPE_CHECKING:
    from prometheus_client.core import Metric

#: Media type of the text that :meth:`Metrics.text` returns.
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures read from rows, so that every API process shows the same."""

    database: Database
    storage_root: Path

    def text(self) -> bytes:
        """Return all metrics; may raise what ``Database`` raises.

        Raise :class:`NotConfigured` without the package: an admin may ask without METRICS_TOKEN.
        """
        if find_spec("prometheus_client") is None:
            raise NotConfigured(
                "This server cannot write metrics.",
                hint="Run pip install -r requirements-scale.txt.",
            )
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        figures, workers = read_figures(self.database), WorkerStore(self.database).all()
        free = shutil.disk_usage(self.storage_root).free
        registry.register(_Collected([*_metrics(figures), *_of_workers(workers), _free(free)]))
        return generate_latest(registry)


@dataclass(eq=False, slots=True)
class _Collected:
    """A collector of metrics that are read already."""

    metrics: list[Metric]

    def collect(self) -> list[Metric]:
        """Return the metrics, as the registry asks."""
        return self.metrics


def _metrics(figures: Figures) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    waiting = GaugeMetricFamily("segue_jobs_waiting", "Jobs that could run now.", labels=["queue"])
    oldest = GaugeMetricFamily(
        "segue_oldest_waiting_seconds", "Age of the oldest job that could run.", labels=["queue"]
    )
    running = GaugeMetricFamily("segue_jobs_running", "Running jobs.", labels=["queue"])
    lanes = {one.lane: one for one in figures.lanes}
    for lane in sorted({*LANES, *lanes}):
        one = lanes.get(lane)
        waiting.add_metric([lane], one.waiting if one else 0)
        oldest.add_metric([lane], one.oldest_s if one else 0.0)
        running.add_metric([lane], one.running if one else 0)
    ended = CounterMetricFamily(
        "segue_jobs_ended", "Ended jobs by kind and status.", labels=["kind", "status"]
    )
    for (kind, status), n in sorted(figures.ended.items()):
        ended.add_metric([kind, status], n)
    artifacts = GaugeMetricFamily("segue_artifact_bytes", "Size of all files of jobs.")
    artifacts.add_metric([], figures.artifact_bytes)
    yield from (waiting, oldest, running, ended, _seconds(figures.steps), artifacts)
    yield from _of_caches(figures.caches)


def _of_caches(caches: dict[str, tuple[int, int]]) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily

    hits = CounterMetricFamily(
        "segue_cache_hits", "Results that steps found in a cache.", labels=["cache"]
    )
    misses = CounterMetricFamily(
        "segue_cache_misses", "Results that steps made or fetched.", labels=["cache"]
    )
    for cache in sorted({*CACHES, *caches}):
        n_hits, n_misses = caches.get(cache, (0, 0))
        hits.add_metric([cache], n_hits)
        misses.add_metric([cache], n_misses)
    yield from (hits, misses)


def _seconds(steps: tuple[StepFigures, ...]) -> Metric:
    from prometheus_client.core import HistogramMetricFamily

    seconds = HistogramMetricFamily(
        "segue_step_seconds", "Seconds of finished steps.", labels=["kind", "step"]
    )
    for step in steps:
        total, buckets = 0, []
        for bound_s in BOUNDS_S:
            total += step.counts.get(bound_s, 0)
            buckets.append(("+Inf" if bound_s == UNBOUNDED_S else str(bound_s), total))
        seconds.add_metric([step.kind, step.step], buckets, step.seconds)
    return seconds


def _of_workers(workers: list[WorkerRecord]) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily

    count = GaugeMetricFamily("segue_workers", "Processes that run jobs.", labels=["state"])
    alive = [worker for worker in workers if worker.is_alive]
    count.add_metric(["alive"], len(alive))
    count.add_metric(["silent"], len(workers) - len(alive))
    used = GaugeMetricFamily("segue_gpu_memory_used_bytes", "Used memory.", labels=["host", "gpu"])
    total = GaugeMetricFamily("segue_gpu_memory_bytes", "All memory.", labels=["host", "gpu"])
    for worker in {_host(one): one for one in alive if one.facts.gpu}.values():
        assert worker.facts.gpu is not None
        labels = [_host(worker), worker.facts.gpu.name]
        used.add_metric(labels, worker.facts.gpu.memory_used)
        total.add_metric(labels, worker.facts.gpu.memory_total)
    yield from (count, used, total)


def _host(worker: WorkerRecord) -> str:
    return worker.facts.name.partition("/")[0].partition("#")[0]


def _free(n_bytes: int) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    free = GaugeMetricFamily("segue_disk_free_bytes", "Free space under STORAGE_ROOT.")
    free.add_metric([], n_bytes)
    return free
