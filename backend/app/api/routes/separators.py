"""Route listing the separators."""

from __future__ import annotations

from fastapi import APIRouter

from ...contract.stems import SeparatorList
from ..dependencies import CurrentUser, SeparatorsDep

router = APIRouter(tags=["separators"])


@router.get("/separators")
def list_separators(_user: CurrentUser, separators: SeparatorsDep) -> SeparatorList:
    """List the separators: Demucs models, and the draft, which is always available."""
    return separators.listed()
