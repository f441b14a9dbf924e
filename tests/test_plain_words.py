"""Names, docstrings and messages avoid unclear words; see docs/glossary.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from . import ROOT

PRODUCT = ("backend", "frontend", "composer", "tools")
#: Plainer words: say, report; anyone, the user; for at once, immediately or together.
BANNED = (
    "told",
    "whoever",
    "whomever",
    "nobody",
    "somebody",
    "anybody",
    "taken apart",
    "put right",
)
PATTERN = re.compile(rf"(?<![a-z])(?:{'|'.join(BANNED)})(?![a-z])".replace(" ", "[ _]"))


def sources(*folders: str) -> Iterator[Path]:
    """The Python and JavaScript sources below some folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".js") and not {"node_modules", "dist"} & set(path.parts):
                yield path


def banned_in(text: str) -> set[str]:
    """The banned words in a text, also within snake_case names."""
    return set(PATTERN.findall(text.lower()))


def test_product_code_uses_plain_words() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): sorted(words)
        for path in sources(*PRODUCT)
        if (words := banned_in(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_test_names_use_plain_words() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in sources("tests")
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and banned_in(node.name)
    ]
    assert found == []


def test_documents_use_plain_words() -> None:
    documents = (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))
    found = {path.name: sorted(banned_in(path.read_text(encoding="utf-8"))) for path in documents}
    assert {name: words for name, words in found.items() if words} == {}


def test_banned_words_are_found_in_names_and_sentences() -> None:
    assert banned_in("def told_apart():") == {"told"}
    assert banned_in("Whoever asks is told.") == {"whoever", "told"}
    assert banned_in("a song taken apart; taken_apart") == {"taken apart", "taken_apart"}
    assert banned_in("retold, toldo") == set()


def test_docstrings_begin_with_a_short_line() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("backend", "frontend")
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and len((ast.get_docstring(node) or "").split("\n")[0].split()) > 22
    ]
    assert long == []
