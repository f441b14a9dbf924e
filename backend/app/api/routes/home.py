"""Route of the API's own address."""

from __future__ import annotations

from fastapi import APIRouter, status
from starlette.responses import RedirectResponse

from ..app_redirect import redirect_home
from ..dependencies import SettingsDep

router = APIRouter(tags=["home"])


@router.get("/", response_class=RedirectResponse, status_code=status.HTTP_307_TEMPORARY_REDIRECT)
def home(settings: SettingsDep) -> RedirectResponse:
    """Lead people who open the API's address to the app."""
    return redirect_home(settings)
