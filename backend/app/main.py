"""The API application: ``uvicorn backend.app.main:app``."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from .accounts.google_client import client_warnings
from .api.docs_page import serve_docs
from .api.errors import UnexpectedErrors, handle_problems
from .api.google_provider import GoogleProvider
from .api.hashing_queue import HashingQueue
from .api.live.job_streams import JobStreams
from .api.live.sockets import Sockets
from .api.middleware.client_address import ClientAddress
from .api.middleware.headers_only import HeadersOnly
from .api.oauth_cookie import OAuthCookie
from .api.old_routes import router as old_routes
from .api.request_guards import BodyGuard, SecurityHeaders
from .api.routes import (
    admin,
    analyses,
    artifacts,
    auth,
    google,
    health,
    home,
    jobs,
    listening,
    mashups,
    metadata,
    metrics,
    own_account,
    publications,
    separators,
    sockets,
    sounds,
    tracks,
    uploads,
    webhook,
    youtube,
)
from .api.session_cookie import allowed_hosts, allowed_origins
from .api.upload_slots import AllUploadSlots
from .errors import BadSettings
from .jobs.signals import on_stop_signal
from .logs import set_up_logs
from .settings import MIB, Settings
from .wiring.google import google_client_reader
from .wiring.services import build
from .wiring.settings.checks import (
    DATABASE_CHECKED,
    check_server_settings,
    check_values,
    trusted_proxies,
)
from .wiring.settings.notices import log_setting_notices
from .wiring.settings.read_settings import read_settings

log = logging.getLogger(__name__)

ROUTERS = (
    home.router,
    auth.router,
    google.router,
    own_account.router,
    uploads.router,
    tracks.router,
    analyses.router,
    sounds.router,
    separators.router,
    mashups.router,
    jobs.router,
    sockets.router,
    listening.router,
    artifacts.router,
    metadata.router,
    youtube.router,
    publications.router,
    webhook.router,
    admin.router,
    metrics.router,
    health.router,
    old_routes,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Create the API; services are built at startup."""
    settings = settings or read_settings()
    app = FastAPI(
        title="Segue",
        lifespan=_lifespan,
        middleware=_middleware(settings),
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.google_provider = GoogleProvider(
        google_client_reader(settings), settings.google_callback
    )
    app.state.hashing_queue = HashingQueue()
    app.state.upload_slots = AllUploadSlots()
    handle_problems(app)
    for router in ROUTERS:
        app.include_router(router)
    serve_docs(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    set_up_logs()
    log_setting_notices()
    services = build(app.state.settings)
    app.state.services = services
    app.state.job_streams = JobStreams(
        services.jobs, services.sign_in.accounts, services.executor.is_stopping
    )
    app.state.sockets = Sockets(services.sign_in.accounts)
    services.executor.wakeups.listen(app.state.job_streams.poke)
    if services.notices is not None:
        services.notices.follow(app.state.job_streams.changed)
    _log_google_warnings(app.state.settings)
    services.start()
    try:
        with on_stop_signal(services.ask_to_stop):
            yield
    finally:
        services.stop()


def _log_google_warnings(settings: Settings) -> None:
    """Warn at startup of errors that users would otherwise see on Google's page."""
    callbacks = (settings.google_callback, settings.youtube_callback)
    file, issuer = settings.google_client_secrets, settings.google_issuer
    for warning in client_warnings(file, issuer, callbacks):
        log.warning(warning)


def _middleware(settings: Settings) -> list[Middleware]:
    """List the middleware, outermost first."""
    larger = {
        "/uploads/tracks": settings.max_upload_size,
        "/sounds": settings.max_upload_size,
        # room for the multipart form round the picture
        "/uploads/image": settings.max_image_size + MIB,
    }
    return [
        Middleware(SecurityHeaders),
        Middleware(ClientAddress, trusted_proxies=trusted_proxies(settings)),
        Middleware(
            TrustedHostMiddleware, allowed_hosts=allowed_hosts(settings), www_redirect=False
        ),
        Middleware(
            CORSMiddleware,
            allow_origins=allowed_origins(settings),
            allow_credentials=True,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Range", "If-Range", "If-None-Match"],
            expose_headers=["Location", "Retry-After", "Content-Range", "ETag"],
        ),
        Middleware(HeadersOnly),
        Middleware(UnexpectedErrors),
        Middleware(BodyGuard, larger=larger),
        Middleware(OAuthCookie),
    ]


def _served_app() -> FastAPI:
    """Create the API for uvicorn; bad settings end the process with one line."""
    try:
        settings = read_settings()
        check = check_values if DATABASE_CHECKED in os.environ else check_server_settings
        check(settings)
        return create_app(settings)
    except BadSettings as error:
        sys.exit(f"{error.message} {error.hint}")


app = _served_app()
