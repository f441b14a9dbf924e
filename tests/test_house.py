"""House rules for the code: small functions, layers, light imports, pinned packages."""

from __future__ import annotations

import ast
import functools
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT

PRODUCT = ("backend", "frontend", "composer", "tools", "audio_checks")
HEAVY = ("torch", "librosa", "numba", "matplotlib", "pandas", "demucs", "sklearn")
# Packages whose import name differs from their distribution's name.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "jose": "python-jose",
    "argon2": "argon2-cffi",
    "googleapiclient": "google-api-python-client",
    "multipart": "python-multipart",
    "bidi": "python-bidi",
    "yaml": "pyyaml",
    "python_multipart": "python-multipart",
    # These come with the framework that is built on them, in the required version.
    "starlette": "fastapi",
    "pydantic": "fastapi",
    "anyio": "fastapi",
    "sqlalchemy": "sqlmodel",
}
# Packages that are required, but not imported by Segue itself.
NOT_IMPORTED = {
    "python-multipart",  # Starlette parses forms and uploads with it
    "itsdangerous",  # Starlette signs the cookie of a Google sign-in with it
    "audioop-lts",  # pydub needs it from Python 3.13 on
}


def python_files(*folders: str) -> list[Path]:
    """The Python sources below some folders, without node_modules."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "node_modules" not in path.parts)


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def function_lengths(*folders: str) -> list[int]:
    """Lines from ``def`` to the end of each function."""
    return [
        node.end_lineno - node.lineno + 1
        for path in python_files(*folders)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]


def test_functions_are_small() -> None:
    lengths = sorted(function_lengths("backend", "frontend"))
    assert statistics.median(lengths) <= 9
    assert lengths[int(0.9 * len(lengths))] <= 37


def test_no_file_is_long() -> None:
    # A table of test cases may be long, but code may not.
    assert {path: n for path, n in _line_counts(*PRODUCT, "bench") if n > 300} == {}
    assert {path: n for path, n in _line_counts("tests") if n > 450} == {}


def _line_counts(*folders: str) -> Iterator[tuple[str, int]]:
    return ((str(p.relative_to(ROOT)), _lines(p)) for p in python_files(*folders))


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_name_hides_what_is_inside() -> None:
    vague = re.compile(r"utils?|helpers?|common|managers?|misc|tools?")
    names = [p for p in python_files("backend", "frontend", "composer") if vague.fullmatch(p.stem)]
    assert names == []


def test_the_layers_of_the_house_hold() -> None:
    done = run(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")
    assert done.returncode == 0, done.stdout


def test_every_folder_of_code_is_a_package() -> None:
    bare = {path.parent for path in python_files(*PRODUCT) if not _is_package(path.parent)}
    assert bare == set()


def _is_package(folder: Path) -> bool:
    # Alembic loads each migration by its path.
    return (folder / "__init__.py").exists() or "migrations" in folder.parts


@pytest.mark.parametrize(
    "module", ["backend.app.main", "backend.app.worker", "backend.app.render.player.player"]
)
def test_starting_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = run(sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_hearing_a_sound_in_the_api_loads_nothing_heavy() -> None:
    code = f"""
import sys
from backend.app.analysis.sources.loops import estimate_sound_key
from backend.app.services.library.sound_detail import analyse_sound
from composer.tones import tone
sound = tone("keys", 57, 22050)
analyse_sound(sound), estimate_sound_key(sound)
print(*sorted(set({HEAVY!r}) & set(sys.modules)))"""
    done = run(sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


REQUIREMENTS = ("requirements.txt", "requirements-scale.txt", "requirements-dev.txt")


def pins(name: str) -> Iterator[str]:
    """The requirement lines of a file, without comments and includes."""
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-r")):
            yield line


@pytest.mark.parametrize("name", [*REQUIREMENTS, "constraints.txt"])
def test_every_requirement_is_pinned(name: str) -> None:
    exact = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+(; .+)?")
    assert [pin for pin in pins(name) if not exact.fullmatch(pin)] == []


def test_what_is_pinned_directly_is_pinned_once() -> None:
    direct = [_project(p) for n in REQUIREMENTS for p in pins(n)]
    brought = [_project(pin) for pin in pins("constraints.txt")]
    assert sorted({p for p in direct + brought if (direct + brought).count(p) > 1}) == []


def _project(pin: str) -> str:
    return re.sub(r"[-_.]+", "-", pin.partition("==")[0]).lower()


def test_everything_the_product_imports_is_required() -> None:
    product = ("requirements.txt", "requirements-scale.txt")
    required = {_project(pin) for name in product for pin in pins(name)}
    ours = {*PRODUCT, "bench", "tests"}
    known = required | ours | set(sys.stdlib_module_names)
    imported = {name for path in python_files(*PRODUCT) for name in _imports(path)}
    missing = {name for name in imported if DISTRIBUTIONS.get(name, name) not in known}
    assert {n for n in missing if _project(n + "==") not in known} == set()


def test_the_product_imports_all_it_requires() -> None:
    files = python_files("backend", "frontend", "composer", "tools")
    imported = {_project(DISTRIBUTIONS.get(n, n)) for path in files for n in _imports(path)}
    required = {_project(pin) for pin in pins("requirements.txt")}
    assert required - imported == NOT_IMPORTED


def test_only_tests_import_tests() -> None:
    files = python_files(*PRODUCT, "bench")
    assert [str(path) for path in files if "tests" in _imports(path)] == []


def test_nothing_that_runs_for_people_imports_the_checks() -> None:
    files = python_files("backend", "frontend", "tools")
    assert [str(path) for path in files if "audio_checks" in _imports(path)] == []


def _imports(path: Path) -> Iterator[str]:
    """The top-level packages a file imports, wherever in it."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def tracked_text() -> Iterator[tuple[str, str]]:
    """Every tracked text file with its content."""
    listed = run("git", "ls-files", "-co", "--exclude-standard")
    names = listed.stdout.splitlines()
    for name in names:
        path = ROOT / name
        if path.suffix not in (".png", ".jpg", ".woff2", ".ttf", ".ico") and path.is_file():
            yield name, path.read_text(encoding="utf-8", errors="replace")


def test_no_file_names_a_home_folder_or_a_package_host() -> None:
    # Joined here, so that this file does not contain what it searches for.
    homes = [f"/{root}/" for root in ("home/[a-z]", "Users/[A-Za-z]", "root")]
    hosts = ["pypi" + r"\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs"]
    banned = re.compile("|".join(homes + hosts))
    found = [f"{name}: {m[0]}" for name, text in tracked_text() for m in banned.finditer(text)]
    assert found == []


def test_nothing_is_left_to_be_done_later() -> None:
    marks = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
    files = [*python_files(*PRODUCT, "tests", "bench")]
    assert [str(p) for p in files if marks.search(p.read_text(encoding="utf-8"))] == []


def test_exceptions_are_caught_by_name_except_at_the_outer_walls() -> None:
    """Only the job runner, the API's handler and the page's frame catch any error."""
    walls = ("backend/app/jobs/", "backend/app/api/errors.py", "frontend/error_messages.py")
    broad = {
        path.relative_to(ROOT).as_posix()
        for path in python_files(*PRODUCT)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler) and _swallows_all(node)
    }
    assert {name for name in broad if not name.startswith(walls)} == set()


def _swallows_all(handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches everything and does not end by raising it again."""
    caught = handler.type
    named = isinstance(caught, ast.Name) and caught.id not in ("Exception", "BaseException")
    precise = named or isinstance(caught, ast.Tuple | ast.Attribute)
    return not precise and not isinstance(handler.body[-1], ast.Raise)
