"""Paths named in the documents exist."""

from __future__ import annotations

import re

import pytest

from . import ROOT

DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
)
PATH = re.compile(r"`((?:backend|frontend|tests|docs|composer|tools)/[\w./-]+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_named_paths_exist(name: str) -> None:
    document = ROOT / name
    text = document.read_text(encoding="utf-8")
    paths = [ROOT / path for path in PATH.findall(text)]
    links = [document.parent / link for link in LINK.findall(text)]
    assert [str(path.relative_to(ROOT)) for path in paths + links if not path.exists()] == []
