"""Resolve an analysis request: look up the tracks of its crate."""

from __future__ import annotations

from ...contract.jobs import AnalysisRequest
from ..library.crates import crate_of, crate_tracks
from ..library.library import Library
from .inputs import AnalysisInputs


def resolve_analysis(library: Library, user_id: str, request: AnalysisRequest) -> AnalysisInputs:
    """Look up the crate of an analysis request.

    Raise :class:`NotFound` if there is no such upload, :class:`InvalidRequest` if it is not a
    crate.
    """
    crate = crate_of(library, user_id, request.tracks_upload_id)
    return AnalysisInputs(request=request, tracks=tuple(crate_tracks(crate)))
