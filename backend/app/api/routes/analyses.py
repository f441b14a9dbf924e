"""Route for the analyses of many tracks in one answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from ...contract.analysis import CrateAnalysis
from ..dependencies import AnalysesDep, CurrentUser

router = APIRouter(prefix="/analyses", tags=["tracks"])

# Their ids fill a third of the longest address that servers and proxies accept (8 kB).
MOST_TRACKS = 60


@router.get("")
def show_analyses(
    track_ids: Annotated[list[str], Query(min_length=1, max_length=MOST_TRACKS)],
    user: CurrentUser,
    analyses: AnalysesDep,
) -> CrateAnalysis:
    """Show the corrected analyses of up to 60 tracks, in the order asked for.

    Tracks that are unknown, or not analysed yet, are left out.
    """
    return analyses.show_all(user.id, track_ids)
