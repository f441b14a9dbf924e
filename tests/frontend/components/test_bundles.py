"""The committed bundles are those that ``make components`` builds from the sources."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests import ROOT

FRONTEND = ROOT / "frontend"
DIST = FRONTEND / "components" / "dist"
REBUILD = "run `make components`, and commit frontend/components/dist"


@pytest.fixture(scope="module")
def record() -> dict[str, object]:
    """The record that the build wrote beside the bundles."""
    read = json.loads((DIST / "build.json").read_text())
    assert isinstance(read, dict)
    return read


def source_digest(root: Path) -> str:
    """The digest that ``build.js`` computes: file names and contents, in order."""
    sources = sorted((root / "components" / "src").iterdir())
    digest = hashlib.sha256()
    for path in [root / "build.js", root / "package-lock.json", *sources]:
        name = path.relative_to(root).as_posix()
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def test_bundles_are_built_from_these_sources(record: dict[str, object]) -> None:
    assert record["sources"] == source_digest(FRONTEND), REBUILD


def test_bundles_are_unchanged_since_the_build(record: dict[str, object]) -> None:
    paths = [path for path in DIST.iterdir() if path.name != "build.json"]
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    assert record["bundles"] == digests, REBUILD


def test_every_widget_has_its_bundle() -> None:
    sources = {path.stem for path in FRONTEND.glob("components/**/*.py")}
    bundles = {path.stem for path in DIST.glob("*.js")}
    # one bundle draws the player of mixes and that of mashups
    assert bundles - {"player"} <= sources
