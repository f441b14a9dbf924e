"""The server page: workers, for admins."""

from __future__ import annotations

from datetime import timedelta

from backend.app.contract.operations import (
    EndedView,
    FiguresView,
    GpuView,
    QueueView,
    RunningJobView,
    StepTimesView,
    WorkerList,
    WorkerView,
)
from tests.frontend.scripted_api import NOW, ScriptedApi
from tests.frontend.views.test_pages import Page, words_of

WORKER = WorkerView(
    name="studio#1/7/9/ab",
    host="studio",
    pid="7",
    queues=["gpu"],
    cores=8,
    gpu=GpuView(name="Tesla T4", used=2_000_000_000, total=16_000_000_000),
    models=["htdemucs"],
    version="0.2.0",
    is_alive=True,
    started_at=NOW,
    seen_at=NOW,
    running=[RunningJobView(id="j", kind="stems", step="separating", started_at=NOW)],
)


def test_workers_are_listed_with_their_jobs(page: Page, scripted_api: ScriptedApi) -> None:
    scripted_api.is_admin = True
    dead = WORKER.model_copy(
        update={"pid": "8", "is_alive": False, "seen_at": NOW - timedelta(hours=1), "running": []}
    )
    scripted_api.all_workers = WorkerList(workers=[WORKER, dead])
    app = page("views/server.py")
    assert not app.exception
    words = words_of(app)
    assert words.count("studio (7)") == words.count("studio (8)") == 1
    assert "Runs: Stems (separating)" in words
    assert "Runs: nothing" in words
    assert "Machine: 8 cores, Tesla T4, 2.00 GB of 16.00 GB. Models: htdemucs" in words
    badges = [one.value for one in app.markdown if "badge" in one.value]
    assert "alive" in badges[0]
    assert "silent since" in badges[1]


def test_empty_server_says_that_jobs_wait(page: Page, scripted_api: ScriptedApi) -> None:
    scripted_api.is_admin = True
    app = page("views/server.py")
    assert "No worker has reported" in app.caption[0].value


def test_figures_are_drawn_and_times_listed(page: Page, scripted_api: ScriptedApi) -> None:
    scripted_api.is_admin = True
    times = {"count": 4, "mean_s": 90.0, "p50_s": 60.0, "p95_s": None}
    scripted_api.figures = FiguresView(
        queues=[QueueView(queue="work", waiting=3, oldest_s=75.0, running=1)],
        ended=[
            EndedView(kind="mixtape", status="succeeded", count=3),
            EndedView(kind="mixtape", status="failed", count=1),
        ],
        steps=[StepTimesView(kind="mixtape", step="mixing", **times)],
        artifact_bytes=2_000_000_000,
        free_bytes=5_000_000_000,
    )
    app = page("views/server.py")
    assert not app.exception
    assert [metric.value for metric in app.metric] == ["2.00 GB", "5.00 GB", "75 %"]
    [row] = app.table[-1].value.to_dict("records")
    assert (row["Job"], row["Half within"], row["95 % within"]) == (
        "Mixtape",
        "1:00 min",
        "over an hour",
    )
    assert "oldest waits for 1:15 min in work" in words_of(app)
