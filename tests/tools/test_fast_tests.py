"""Which tests ``make test-fast`` picks for changed files."""

from __future__ import annotations

import pytest

from tests import ROOT
from tools.fast_tests import QUICK, mirrored_tests


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("backend/app/dsp/limiter.py", ["tests/dsp/test_limiter.py"]),
        ("backend/app/dj/joins/layout.py", ["tests/dj/joins"]),
        ("frontend/labels/figures.py", ["tests/frontend/labels/test_figures.py"]),
        ("tests/dsp/test_echo.py", ["tests/dsp/test_echo.py"]),
        ("tests/dsp/test_gone.py", []),
        ("backend/app/settings.py", []),
        ("README.md", []),
    ],
)
def test_changed_file_picks_its_tests(changed: str, tests: list[str]) -> None:
    assert list(mirrored_tests([changed])) == tests


def test_quick_tests_exist() -> None:
    assert [name for name in QUICK if not (ROOT / "tests" / name).exists()] == []
