"""Find the client's address: the connection's, or one forwarded by app or trusted proxy."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from ipaddress import ip_address
from typing import cast

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.utils import get_remote_addr

from ...contract.accounts import FRONTEND_HEADER

_FORWARDED = "x-forwarded-for"


class ClientAddress:
    """Sets the request's client address, for rate limits.

    ``X-Forwarded-For`` is believed from the app, which sends a secret, and from ``trusted_proxies``
    (addresses or networks). All other requests count under the address of their connection,
    whatever uvicorn's options are.
    """

    def __init__(self, app: ASGIApp, trusted_proxies: Sequence[str]) -> None:
        self._app = app
        # Both types describe Starlette's scope.
        self._proxied = cast(ASGIApp, ProxyHeadersMiddleware(app, [*trusted_proxies]))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the client's address."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if _FORWARDED not in headers:
            await self._app(scope, receive, send)
            return
        _undo_uvicorn(scope, receive)
        if _is_frontend(headers, scope):
            _believe(headers, scope)
            await self._app(scope, receive, send)
        else:
            await self._proxied(scope, receive, send)


def _undo_uvicorn(scope: Scope, receive: Receive) -> None:
    """Restore the connection's address, which uvicorn may have replaced.

    By default uvicorn believes every program on this machine; with ``FORWARDED_ALLOW_IPS=*`` in its
    environment, every client. Only its connection still knows the real address.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is not None:
        scope["client"] = get_remote_addr(transport)


def _is_frontend(headers: Headers, scope: Scope) -> bool:
    secret = cast(str, scope["app"].state.services.frontend_secret)
    return hmac.compare_digest(headers.get(FRONTEND_HEADER, "").encode(), secret.encode())


def _believe(headers: Headers, scope: Scope) -> None:
    """Use the address that the app forwards, unless it is malformed."""
    try:
        scope["client"] = (str(ip_address(headers[_FORWARDED].strip())), 0)
    except ValueError:
        return
