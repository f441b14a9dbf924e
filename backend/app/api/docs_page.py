"""The API's documentation page, which works without internet."""

from __future__ import annotations

from pathlib import Path

import fastapi_offline
from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

DOCS = "/docs"
#: Scripts and styles come from this server only. Swagger UI sets styles of elements by itself.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_ASSETS = Path(fastapi_offline.__file__).parent / "static"
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Segue API</title>
<link rel="icon" href="docs/assets/favicon.png">
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = "SwaggerUIBundle({url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true});"


async def _page(_request: Request) -> HTMLResponse:
    return HTMLResponse(_PAGE)


async def _start_script(_request: Request) -> Response:
    """Start Swagger UI; a separate file, since the page may run no inline script."""
    return Response(_START, media_type="text/javascript")


def serve_docs(app: FastAPI) -> None:
    """Add the page, with Swagger UI from the package ``fastapi_offline``."""
    app.add_route(DOCS, _page, include_in_schema=False)
    app.add_route(f"{DOCS}/start.js", _start_script, include_in_schema=False)
    app.mount(f"{DOCS}/assets", StaticFiles(directory=_ASSETS))
