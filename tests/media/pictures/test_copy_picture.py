"""The process that decodes pictures can access nothing but its two files."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

from tests import ROOT

# What a decoder might do after a hostile picture has taken control of it.
TAKEN_OVER = """
import socket, subprocess, sys
from PIL import Image
from backend.app.media.pictures.copy_picture import main

def attempt(*_, **__):
    for act in (lambda: open(sys.argv[1]), socket.socket, lambda: subprocess.run(["true"])):
        try:
            act()
        except OSError as e:
            print(e.errno)
        else:
            print("succeeded")
    raise SystemExit

Image.open = attempt
main(sys.argv[1], sys.argv[2], {"max_scans": 1, "max_pixels": 1})
"""


def test_decoder_can_open_no_file_socket_or_program(tmp_path: Path) -> None:
    source = tmp_path / "s"
    source.write_bytes(b"x")
    done = subprocess.run(
        [sys.executable, "-c", TAKEN_OVER, str(source), str(tmp_path / "copy")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(errno.EMFILE)] * 3
