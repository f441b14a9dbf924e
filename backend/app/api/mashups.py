"""Mashups, before there is a job: how well songs go together."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from ..contract.mashups import MashupFits, Vibe
from .dependencies import AdviceDep, CurrentUser

router = APIRouter(prefix="/mashups", tags=["mashups"])


@router.get("/fits")
def show_fits(
    tracks_upload_id: str,
    vibe: Vibe,
    user: CurrentUser,
    advice: AdviceDep,
    tracks: Annotated[list[str] | None, Query()] = None,
) -> MashupFits:
    """Every pair of one to four tracks of a crate, the best first.

    Of tracks that nobody has listened to yet it is 409 ``not_analysed``: start a job of the kind
    ``analysis``.
    """
    return advice.fits(user.id, tracks_upload_id, vibe, tracks)
