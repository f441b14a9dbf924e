"""Analyses on disk."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from ..contract.analysis import TrackAnalysis
from ..store.aside import made_aside


def save_analysis(analysis: TrackAnalysis, path: Path) -> None:
    """Keep an analysis as JSON, written aside and renamed into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with made_aside(path) as part:
        part.write_text(analysis.model_dump_json(), encoding="utf-8")


def load_analysis(path: Path) -> TrackAnalysis | None:
    """Read what :func:`save_analysis` wrote; None where it is not there, or not whole.

    A power cut may leave a file of the right name with a part of its bytes, or with zeros.
    """
    try:
        return TrackAnalysis.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
