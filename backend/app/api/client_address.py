"""Find the client's address: the peer, or what the app or a trusted proxy says of it."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from ipaddress import ip_address
from typing import cast

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ..contract.accounts import FRONTEND_HEADER

_FORWARDED = "x-forwarded-for"
# The only peer whose ``X-Forwarded-For`` uvicorn believes by default, so any local program's.
_BELIEVED_BY_UVICORN = "127.0.0.1"


class ClientAddress:
    """Set the request's client address, for rate limits.

    ``X-Forwarded-For`` is believed from the app, which sends a secret, and from
    ``trusted_proxies`` (addresses or networks). All others count under their own address.
    """

    def __init__(self, app: ASGIApp, trusted_proxies: Sequence[str]) -> None:
        self._app = app
        # Both take and change the scope that Starlette has
        self._proxied = cast(ASGIApp, ProxyHeadersMiddleware(app, [*trusted_proxies]))  # type: ignore[arg-type]
        self._uvicorn = cast(ASGIApp, ProxyHeadersMiddleware(_no_app, _BELIEVED_BY_UVICORN))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the client's address."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if _FORWARDED not in headers:
            await self._app(scope, receive, send)
            return
        await self._undo_uvicorn(scope, receive, send)
        if _is_frontend(headers, scope):
            _believe(headers, scope)
            await self._app(scope, receive, send)
        else:
            await self._proxied(scope, receive, send)

    async def _undo_uvicorn(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put back the peer if uvicorn has replaced it by what the header says."""
        replaced = {**scope, "client": (_BELIEVED_BY_UVICORN, 0)}
        await self._uvicorn(replaced, receive, send)
        if scope.get("client") == replaced["client"]:
            scope["client"] = (_BELIEVED_BY_UVICORN, 0)


async def _no_app(_scope: Scope, _receive: Receive, _send: Send) -> None:
    pass


def _is_frontend(headers: Headers, scope: Scope) -> bool:
    secret = cast(str, scope["app"].state.services.frontend_secret)
    return hmac.compare_digest(headers.get(FRONTEND_HEADER, "").encode(), secret.encode())


def _believe(headers: Headers, scope: Scope) -> None:
    """Take over the app's one address, unless it is malformed."""
    try:
        scope["client"] = (str(ip_address(headers[_FORWARDED].strip())), 0)
    except ValueError:
        return
