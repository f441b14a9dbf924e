"""Run the tests of changed files, or else the quick unit tests: ``make test-fast``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Folders without servers, browsers, encoders or models.
QUICK = (
    "accounts",
    "dj",
    "dsp",
    "frontend/labels",
    "frontend/state",
    "jobs/test_estimate.py",
    "jobs/test_states.py",
    "publishing/metadata",
    "store/files",
    "test_house.py",
)


def main() -> int:
    """Pick the tests, print them, run them; return pytest's exit code."""
    tests = sorted(set(mirrored_tests(changed_files()))) or [f"tests/{name}" for name in QUICK]
    print("pytest", *tests)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile", *tests]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def changed_files() -> list[str]:
    """List files that differ from ``main``; on ``main`` itself, from the last commit."""
    branch = _git("rev-parse", "--abbrev-ref", "HEAD")
    base = "HEAD" if branch == ["main"] else "main"
    untracked = _git("ls-files", "--others", "--exclude-standard")
    return [*_git("diff", "--name-only", base), *untracked]


def mirrored_tests(changed: Iterable[str]) -> Iterator[str]:
    """Map changed files to their tests: the file's own test module, else the folder's tests."""
    for name in changed:
        path = Path(name)
        if path.suffix != ".py" or path.parts[0] not in ("backend", "frontend", "tests"):
            continue
        if path.parts[0] == "tests":
            found = path if path.name.startswith("test_") else None
        else:
            found = _mirrored(path)
        if found is not None and (ROOT / found).exists():
            yield found.as_posix()


def _mirrored(path: Path) -> Path | None:
    inside = path.parts[2:] if path.parts[0] == "backend" else path.parts
    folder = Path("tests", *inside[:-1])
    own = folder / f"test_{path.stem}.py"
    if (ROOT / own).exists():
        return own
    return folder if len(folder.parts) > 1 else None


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(
        ("git", *arguments), cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.split()


if __name__ == "__main__":
    sys.exit(main())
