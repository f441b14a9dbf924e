"""Send the files of a folder to a server for ever, eight at a time: `besiege ADDRESS FOLDER`."""

from __future__ import annotations

import itertools
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx2

from tests.journey.server import Server, visiting


def main(port: str, folder: str) -> None:
    os.nice(19)  # who attacks does so from a machine of their own
    files = [(path.name, path.read_bytes()) for path in sorted(Path(folder).iterdir())]
    endless, lock = itertools.cycle(files), threading.Lock()

    def attack() -> None:
        with suppress(httpx2.TransportError):  # the server stops
            while True:
                with lock:
                    name, content = next(endless)
                if "picture" in name:
                    mallory.ask("POST", "/uploads/image", files={"file": (name, content)})
                else:
                    mallory.ask("POST", "/uploads/tracks", files=[("files", (name, content))])

    server = Server(Path(), port=int(port))
    with visiting(server, "mallory@example.org") as mallory, ThreadPoolExecutor(8) as threads:
        for _ in range(8):
            threads.submit(attack)


if __name__ == "__main__":
    main(*sys.argv[1:])
