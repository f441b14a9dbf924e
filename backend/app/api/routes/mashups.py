"""Route for the fit of songs before a mashup job exists."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from ...contract.mashups import MashupFits, Vibe
from ..dependencies import AdviceDep, CurrentUser

router = APIRouter(prefix="/mashups", tags=["mashups"])


@router.get("/fits")
def show_fits(
    tracks_upload_id: str,
    vibe: Vibe,
    user: CurrentUser,
    advice: AdviceDep,
    tracks: Annotated[list[str] | None, Query()] = None,
) -> MashupFits:
    """Rate every pair of one to four tracks of a crate, best first.

    409 ``not_analysed`` if a track is not analysed yet: start an ``analysis`` job first.
    """
    return advice.fits(user.id, tracks_upload_id, vibe, tracks)
