"""The current models can read the files of an earlier version."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.analysis.result_files import load_json
from backend.app.contract.analysis import CrateAnalysis, TrackAnalysis
from backend.app.contract.base import Shape
from backend.app.contract.mashups import MashupReport
from backend.app.contract.mixes import ReportView, TimelineView, WaveformView
from backend.app.contract.publishing import WordsView, YouTubeRecord
from backend.app.contract.restyles import RestyleReport
from backend.app.contract.stems import StemsView
from backend.app.services.mashup.plan import Decisions
from backend.app.services.mixtape.planning.order import FoundOrder
from backend.app.services.mixtape.planning.plan import PlannedJoins
from backend.app.services.mixtape.reuse.base_files import FileOrigin
from backend.app.services.mixtape.reuse.mp3 import StoredJoinFigures
from backend.app.services.publish.thumbnail_playlist import ThumbnailPlaylistResult
from backend.app.services.restyle.replay import ReplayFigures

from .earlier import WRITTEN, EarlierStorage

REPORTS = {"mixtape": ReportView, "mashup": MashupReport, "restyle": RestyleReport}
SHAPES: dict[str, type[Shape]] = {
    "analysis.json": CrateAnalysis,
    "stems.json": StemsView,
    "timeline.json": TimelineView,
    "waveform.json": WaveformView,
    "words.json": WordsView,
    "youtube.json": YouTubeRecord,
    # Files between steps, and files for re-renders.
    "decided.json": Decisions,
    "dressed.json": ThumbnailPlaylistResult,
    "heard-joins.json": StoredJoinFigures,
    "joins.json": PlannedJoins,
    "made-mix.mp3.json": FileOrigin,
    "order.json": FoundOrder,
}
JOB_FILES = sorted(WRITTEN.rglob("jobs/*/*.json"))


@pytest.mark.parametrize("path", JOB_FILES, ids=lambda path: f"{path.parent.name[:4]}-{path.name}")
def test_job_file_is_readable(storage: EarlierStorage, path: Path) -> None:
    kind = storage.column("kind")[path.parent.name]
    shape = REPORTS[kind] if path.name == "report.json" else SHAPES[path.name]
    shape.model_validate_json(path.read_bytes())


def test_every_shape_has_a_file() -> None:
    assert {path.name for path in JOB_FILES} == {*SHAPES, "report.json"}


def test_figures_of_replayed_stems_are_readable() -> None:
    figures = list(WRITTEN.rglob("stem-grains.*.json"))
    assert len(figures) == 2
    for path in figures:
        ReplayFigures.model_validate_json(path.read_bytes())


def test_cached_analysis_is_readable_or_remade() -> None:
    """A cache in another form is never an error: it counts as missing."""
    analyses = list(WRITTEN.rglob("analysis-*.json"))
    assert len(analyses) == 3
    for path in analyses:
        found = load_json(TrackAnalysis, path)
        assert found is None or found.duration_s > 30.0
