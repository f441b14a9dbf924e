"""Texts as a language model writes them, 40 in each of eight languages, labelled by sentence.

In each file 20 honest texts, then 20 with inventions; a line is a label and a sentence, an empty
line ends a text. Labels: ``ok``; what rules see: ``sign`` (digits, links, handles, prices) and
``name`` (by its capital); what only the second question can see: ``call``, ``spelt`` (an address
in words), ``number`` (in words), ``claim`` (about others) and ``hidden`` (a name without a
telling capital).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

LANGUAGES = ("en", "es", "pt", "de", "ja", "zh", "ko", "ru")
BY_RULES = ("sign", "name")
BY_QUESTION = ("call", "spelt", "number", "claim", "hidden")
VALUES = {
    "title": "Night drive",
    "length": "62 min",
    "tracks": "6",
    "tempo": "120–124 BPM",
    **{f"track {n}": name for n, name in enumerate(
        ("Harbour Lights", "Neon Rain", "東京の夜", "Saudade", "Überfahrt", "Dawn"), 1)},
    **{f"artist {n}": name for n, name in enumerate(
        ("Ada", "Bo Larsen", "夜", "João", "Jürgen Weiß", "Cleo"), 1)},
}  # fmt: skip

Labelled = tuple[str, str]


def labelled_texts(language: str) -> list[list[Labelled]]:
    """The texts of a language; each is a list of label and sentence."""
    path = Path(__file__).with_name(f"{language}.txt")
    return [list(_lines(text)) for text in path.read_text(encoding="utf-8").split("\n\n")]


def labelled_sentences(language: str) -> list[Labelled]:
    """All sentences of a language."""
    return [one for text in labelled_texts(language) for one in text]


def _lines(text: str) -> Iterator[Labelled]:
    for line in text.strip().splitlines():
        label, _, sentence = line.partition(" ")
        yield label, sentence
