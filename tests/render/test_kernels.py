"""Results are equal, bit for bit, with every BLAS kernel, thread count and block size."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

KERNELS = {
    "this processor's": {},
    "no AVX, in BLAS and numpy": {
        "OPENBLAS_CORETYPE": "Nehalem",
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    },
    "AVX2, two threads": {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "2"},
    "AVX-512": {"OPENBLAS_CORETYPE": "SkylakeX"},
}
NEEDS = {"AVX2, two threads": "avx2", "AVX-512": "avx512vl"}

pytestmark = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="the kernels named here are for x86-64"
)


def runnable() -> list[str]:
    """Kernels that this processor can run; only plain ones if its features are unknown."""
    info = Path("/proc/cpuinfo")
    features = set(info.read_text().split()) if info.exists() else set[str]()
    return [name for name in KERNELS if NEEDS.get(name) in (None, *features)]


@lru_cache
def digests(kernel: str) -> dict[str, list[str]]:
    """Output of ``kernel_digests`` with a kernel, from a separate process."""
    chosen = ("OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "NPY_DISABLE_CPU_FEATURES")
    plain = {name: value for name, value in os.environ.items() if name not in chosen}
    printed = subprocess.run(
        [sys.executable, "-m", "tests.render.kernel_digests"],
        cwd=ROOT,
        env=plain | KERNELS[kernel],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    found: dict[str, list[str]] = json.loads(printed)
    return found


@pytest.mark.parametrize("kernel", KERNELS)
def test_parts_equal_the_whole_with_any_kernel(kernel: str) -> None:
    if kernel not in runnable():
        pytest.skip("not on this processor")
    for name, (whole, parts) in digests(kernel).items():
        assert whole == parts, name


def test_bits_do_not_depend_on_the_kernel() -> None:
    runs = [digests(kernel) for kernel in runnable()]
    products = {tuple(run["product"]) for run in runs}
    assert len(products) > 1, "all kernels round alike here: this test would prove nothing"
    for name in runs[0].keys() - {"product"}:
        assert len({tuple(run[name]) for run in runs}) == 1, name
