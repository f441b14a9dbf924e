"""Find this machine's GPU without loading torch."""

from __future__ import annotations

import shutil
import subprocess

from ...store.jobs.workers import Gpu

_MIB = 1024 * 1024
_ANSWER_S = 5.0  # a heartbeat waits for the answer


def find_gpu() -> Gpu | None:
    """Return the first NVIDIA GPU; None without one, or if its driver does not answer."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    query = ["--query-gpu=name,memory.used,memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(
            [program, *query], capture_output=True, text=True, timeout=_ANSWER_S, check=True
        )
        first = answer.stdout.strip().splitlines()[0]
        name, used, total = (field.strip() for field in first.rsplit(",", 2))
        return Gpu(name, _MIB * int(used), _MIB * int(total))
    except (OSError, subprocess.SubprocessError, IndexError, ValueError):
        return None
