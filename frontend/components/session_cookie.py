"""Set or remove the cookie that keeps a user signed in after a reload."""

from __future__ import annotations

from ..api.connection import api_base
from .bundles import Widget

_WIDGET = Widget("session_cookie", visible=False)


def keep_session_cookie(code: str) -> bool:
    """Have the browser exchange a sign-in's one-time code for a cookie.

    True in the run in which the browser reports that it is done.
    """
    return _run("keep_session_cookie", code=code, sign_out=None)


def drop_session_cookie(sign_out: str) -> bool:
    """Have the browser remove the cookie; True when it is done.

    ``sign_out`` is a name unique to this sign-out.
    """
    return _run("drop_session_cookie", code=None, sign_out=sign_out)


def _run(key: str, *, code: str | None, sign_out: str | None) -> bool:
    data = {"api_base": api_base(), "code": code, "sign_out": sign_out}
    return _WIDGET.draw(key, data, "settled").settled is not None
