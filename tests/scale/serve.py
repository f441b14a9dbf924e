"""Run the API where webhooks may go to this machine: ``python -m tests.scale.serve PORT``.

Their receiver is ``hook.example``; its certificate is the file ``WEBHOOK_CERTIFICATE``.
"""

from __future__ import annotations

import os
import socket
import ssl
import sys
from functools import partial

import uvicorn

from backend.app.services.webhooks.post import Poster
from backend.app.wiring import webhooks

RECEIVER = "hook.example"


def main(port: str) -> None:
    """Serve until a stop signal."""
    context = partial(ssl.create_default_context, cafile=os.environ["WEBHOOK_CERTIFICATE"])
    resolve = socket.getaddrinfo

    def here(host: str, *rest: object, **more: object) -> object:
        return resolve("127.0.0.1" if host == RECEIVER else host, *rest, **more)

    socket.getaddrinfo = here
    webhooks.Poster = partial(Poster, is_allowed=lambda _: True, context=context)
    from backend.app.main import app

    uvicorn.run(app, host="127.0.0.1", port=int(port), log_config=None, proxy_headers=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
