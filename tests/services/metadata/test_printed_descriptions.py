"""The descriptions printed in docs/publishing.md are those that Segue writes."""

from __future__ import annotations

import pytest

from backend.app.publishing.metadata.chapters import broken_rules, chapters_in

from .printed_descriptions import (
    BEGIN,
    DOCUMENT,
    LANGUAGES,
    MIXES,
    WRITER,
    Mix,
    described,
    starts_s,
    with_printed,
)

SEARCH_CHARS = 150  # of a description that YouTube's search shows, more or less


def test_document_prints_what_is_written() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert BEGIN in document
    assert with_printed(document) == document


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: str(mix.n_tracks))
def test_printed_descriptions_could_be_posted(mix: Mix, language: str) -> None:
    words = described(mix, language)
    text = words.description
    assert words.notes == []
    assert len(text.encode()) <= WRITER.limits.description_bytes
    assert not {"<", ">"} & set(text)
    found = chapters_in(text)
    assert [chapter.second for chapter in found] == starts_s(mix)[:-1]
    assert broken_rules(found, starts_s(mix)[-1], WRITER.limits) == []
    assert len(words.hashtags) <= 5
    for artist in ("Noor & Vega", "Marlow Reed"):  # named by the tracklist and nowhere else
        lines = [line for line in text.splitlines() if artist in line]
        assert all(line[0].isdigit() for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: str(mix.n_tracks))
def test_a_search_shows_the_facts_and_the_introduction(mix: Mix, language: str) -> None:
    shown = " ".join(described(mix, language).description.split())[:SEARCH_CHARS]
    assert shown.split(" · ")[1].startswith(str(mix.n_tracks))
    assert "BPM" in shown
    if mix.intro:
        assert mix.intro[language].split(". ")[0][:60] in shown
    else:
        assert "0:00 Marlow Reed – Harbour Lights" in shown
