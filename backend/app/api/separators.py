"""Who can take songs apart here."""

from __future__ import annotations

from fastapi import APIRouter

from ..contract.stems import SeparatorList
from .dependencies import CurrentUser, SeparatorsDep

router = APIRouter(tags=["separators"])


@router.get("/separators")
def list_separators(_user: CurrentUser, separators: SeparatorsDep) -> SeparatorList:
    """The models that can take songs apart, and the draft, which always can."""
    return separators.listed()
