"""Ports for servers that tests start."""

from __future__ import annotations

import random
import socket

#: Below those that the system gives to connections, and to servers that ask for any port: such a
#: port may be taken again before the server of the test takes it.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    """Return a port of this machine that no server has."""
    while True:
        port = random.SystemRandom().choice(PORTS)  # workers must not draw the same
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
