"""Every bench can be imported, and uses the product's thread settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "bench").rglob("*.py")
    if path.stem != "__init__"
)
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_WAIT_POLICY")


def printed_by(code: str) -> str:
    env = {name: value for name, value in os.environ.items() if name not in THREADS}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=True
    ).stdout


def test_every_module_can_be_imported() -> None:
    assert {"bench.mir.__main__", "bench.jobs.rerender"} <= set(MODULES)
    modules = ", ".join(MODULES)
    assert printed_by(f"import {modules}; print('imported')") == "imported\n"


def test_thread_settings_are_set_before_numpy() -> None:
    settings = f"[os.environ.get(name) for name in {THREADS!r}]"
    product = printed_by(f"import os, backend.app; print({settings})")
    assert "'1'" in product
    bench = printed_by(
        f"import os, sys, bench; assert 'numpy' not in sys.modules; print({settings})"
    )
    assert bench == product
