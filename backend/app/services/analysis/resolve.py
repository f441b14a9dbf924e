"""Resolve an analysis request: the tracks of its crate."""

from __future__ import annotations

from ...contract.jobs import AnalysisRequest
from ..library.crates import crate_of, crate_tracks
from ..library.library import Library
from .inputs import AnalysisInputs


def resolve_analysis(library: Library, user_id: str, request: AnalysisRequest) -> AnalysisInputs:
    """Look up the crate; raise :class:`NotFound` or :class:`InvalidRequest` if it is none."""
    crate = crate_of(library, user_id, request.tracks_upload_id)
    return AnalysisInputs(request=request, tracks=tuple(crate_tracks(crate)))
