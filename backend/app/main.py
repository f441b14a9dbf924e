"""The API: ``uvicorn backend.app.main:app``."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from .accounts.google_client import doubts
from .api import (
    admin,
    artifacts,
    auth,
    google,
    health,
    jobs,
    mashups,
    separators,
    sounds,
    tracks,
    uploads,
    words,
    youtube,
)
from .api.browsers import allowed_hosts, allowed_origins
from .api.google_provider import GoogleProvider
from .api.guards import BodyGuard, SecurityHeaders
from .api.oauth_cookie import OAuthCookie
from .api.problems import UnexpectedErrors, handle_problems
from .api.receiving import UPLOADS_AT_ONCE
from .jobs.signals import told_to_stop
from .logs import set_up_logs
from .settings import MIB, Settings
from .wiring import build

log = logging.getLogger(__name__)

ROUTERS = (
    auth.router,
    google.router,
    uploads.router,
    tracks.router,
    sounds.router,
    separators.router,
    mashups.router,
    jobs.router,
    artifacts.router,
    words.router,
    youtube.router,
    admin.router,
    health.router,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The API with these settings; what it needs is built when it starts to serve."""
    settings = settings or Settings()
    app = FastAPI(title="Segue", lifespan=_lifespan, middleware=_middleware(settings))
    app.state.settings = settings
    app.state.google_provider = GoogleProvider(settings)
    app.state.upload_slots = anyio.CapacityLimiter(UPLOADS_AT_ONCE)
    handle_problems(app)
    for router in ROUTERS:
        app.include_router(router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    set_up_logs()
    services = build(app.state.settings)
    app.state.services = services
    _tell_doubts(app.state.settings)
    services.start()
    try:
        with told_to_stop(services.executor.ask_to_stop):
            yield
    finally:
        services.stop()


def _tell_doubts(settings: Settings) -> None:
    """Tell whoever runs the server of what people would only meet at Google."""
    callbacks = (settings.google_callback, settings.youtube_callback)
    for doubt in doubts(settings.google_client_secrets, settings.google_issuer, callbacks):
        log.warning(doubt)


def _middleware(settings: Settings) -> list[Middleware]:
    """From the outside in."""
    larger = {
        "/uploads/tracks": settings.max_upload_size,
        "/sounds": settings.max_upload_size,
        "/uploads/image": settings.max_image_size + MIB,  # the form round the picture
    }
    return [
        Middleware(SecurityHeaders),
        Middleware(
            TrustedHostMiddleware, allowed_hosts=allowed_hosts(settings), www_redirect=False
        ),
        Middleware(
            CORSMiddleware,
            allow_origins=allowed_origins(settings),
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Range", "If-Range"],
            expose_headers=["Location", "Retry-After", "Content-Range", "ETag"],
        ),
        Middleware(UnexpectedErrors),
        Middleware(BodyGuard, larger=larger),
        Middleware(OAuthCookie),
    ]


app = create_app()
