"""Analyses on disk."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from ..contract.analysis import TrackAnalysis


def save_analysis(analysis: TrackAnalysis, path: Path) -> None:
    """Keep an analysis as JSON, written aside and renamed into place."""
    part = path.with_suffix(f".{os.getpid()}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_text(analysis.model_dump_json(), encoding="utf-8")
    part.replace(path)


def load_analysis(path: Path) -> TrackAnalysis | None:
    """Read what :func:`save_analysis` wrote; None where it is not there, or not whole.

    A power cut may leave a file of the right name with a part of its bytes, or with zeros.
    """
    try:
        return TrackAnalysis.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
