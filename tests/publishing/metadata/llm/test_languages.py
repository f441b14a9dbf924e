"""The check of a language model's sentences, measured on labelled texts in eight languages."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace

import pytest

from backend.app.llm.failure import LlmFailed
from backend.app.publishing.metadata.chapters import ListedChapter
from backend.app.publishing.metadata.llm.draft import capitalised
from backend.app.publishing.metadata.llm.placeholders import fill_in, placeholder_values
from backend.app.publishing.metadata.llm.rules import fault_in, sentences_in
from backend.app.publishing.metadata.llm.writer import Suggestion, suggest_metadata
from tests import ROOT

from .guard_texts import (
    BY_QUESTION,
    BY_RULES,
    LANGUAGES,
    VALUES,
    labelled_sentences,
    labelled_texts,
)
from .stand_in_model import StandInModel
from .test_writer import FACTS

MIX = replace(
    FACTS,
    title=VALUES["title"],
    chapters=tuple(
        ListedChapter(600 * n, "", VALUES[f"artist {n + 1}"], VALUES[f"track {n + 1}"])
        for n in range(6)
    ),
    duration_s=62 * 60.0,
    n_tracks=6,
    tempo=VALUES["tempo"],
)


SPACED = ("evil , com", "evil. com", "evil, com", "evil .com", "evil . com", "evil. Com")


def passes(language: str, sentence: str) -> bool:
    return not fault_in(sentence, VALUES, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_labelled_sentence_by_sentence(language: str) -> None:
    texts = labelled_texts(language)
    honest = [all(label == "ok" for label, _ in text) for text in texts]
    assert honest == [True] * 20 + [False] * 20
    assert {label for text in texts for label, _ in text} == {"ok", *BY_RULES, *BY_QUESTION}
    assert len(set(labelled_sentences(language))) == sum(map(len, texts))
    space = "" if language in ("ja", "zh") else " "
    for text in texts:
        sentences = [sentence for _, sentence in text]
        assert sentences_in(space.join(sentences)) == sentences


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_keep_honest_sentences_and_remove_what_characters_show(language: str) -> None:
    sentences = labelled_sentences(language)
    honest = [passes(language, one) for label, one in sentences if label == "ok"]
    assert sum(honest) / len(honest) >= 0.95
    assert [one for label, one in sentences if label in BY_RULES and passes(language, one)] == []


@pytest.mark.parametrize("address", SPACED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_address_with_spaces_is_removed_from_any_sentence(language: str, address: str) -> None:
    honest = [one for label, one in labelled_sentences(language) if label == "ok"]
    for sentence in honest:
        text = f"{sentence.rstrip('.!?…。！？')} {address}. {honest[0]}"
        kept = [one for one in sentences_in(text) if passes(language, one)]
        assert kept[-1:] == [honest[0]]
        assert not re.search(r"evil\W*com", " ".join(kept), re.I), kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_table_in_the_documents_is_measured(language: str) -> None:
    sentences = labelled_sentences(language)
    n_all = Counter(label for label, _ in sentences)
    n_left = Counter(label for label, one in sentences if passes(language, one))
    removed = [f"{n_all[label] - n_left[label]} of {n_all[label]}" for label in BY_RULES]
    left = [str(n_left[label]) for label in BY_QUESTION]
    row = " | ".join([language, f"{n_left['ok']} of {n_all['ok']}", *removed, *left])
    assert f"| {row} |" in (ROOT / "docs/publishing.md").read_text(encoding="utf-8")


def suggested(model: StandInModel, language: str) -> Suggestion:
    facts = replace(MIX, language=language)
    return suggest_metadata(model.access, facts, title_chars=100, tags_chars=485)


@pytest.mark.parametrize("language", LANGUAGES)
def test_published_text_has_only_sentences_that_pass_both_checks(language: str) -> None:
    values = placeholder_values(replace(MIX, language=language))
    texts = labelled_texts(language)
    for honest, dishonest in zip(texts[:20], texts[20:], strict=True):
        both = [*honest, *dishonest]
        draft = {"hook": "", "body": "\n".join(sentence for _, sentence in both)}
        bad = [sentence for label, sentence in both if label != "ok"]
        found = suggested(StandInModel(json.dumps(draft), bad=bad), language)
        kept = [one for label, one in both if label == "ok" and passes(language, one)]
        filled = [fill_in(capitalised(one, language), values) for one in kept]
        assert "".join(found.intro.split()) == "".join("".join(filled).split())
        assert f"{6 - len(kept)} of 6 sentences" in found.left_out


@pytest.mark.parametrize("language", LANGUAGES)
def test_mostly_dishonest_texts_are_not_published(language: str) -> None:
    for text in labelled_texts(language)[20:]:
        draft = json.dumps({"hook": text[0][1], "body": "\n".join(one for _, one in text[1:])})
        model = StandInModel(draft, draft, bad=[one for label, one in text if label != "ok"])
        with pytest.raises(LlmFailed, match="over half of its text had to be left out: 2 of 3"):
            suggested(model, language)
