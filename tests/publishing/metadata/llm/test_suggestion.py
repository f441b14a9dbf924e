"""A language model's suggestion, shortened to limits, without a server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.app.publishing.metadata.chapters import ListedChapter
from backend.app.publishing.metadata.llm.draft import capitalised
from backend.app.publishing.metadata.llm.placeholders import placeholder_values
from backend.app.publishing.metadata.llm.writer import Suggestion, fitting_tags, suggest_metadata

from .stand_in_model import StandInModel
from .test_writer import FACTS, good


def suggested(**change: object) -> Suggestion:
    model = StandInModel(good(**change))
    return suggest_metadata(model.access, FACTS, title_chars=100, tags_chars=485)


NIGHT = "A night of slow and deep house. "


@pytest.mark.parametrize(("n_sentences", "kept"), [(6, 6), (7, 6)])
def test_hook_is_cut_after_the_last_whole_sentence_within_200_characters(
    n_sentences: int, kept: int
) -> None:
    intro = suggested(hook=NIGHT * n_sentences, body="").intro
    assert intro == (NIGHT * kept).strip()


@pytest.mark.parametrize(("n_sentences", "kept"), [(46, 46), (48, 46)])
def test_body_is_cut_after_the_last_whole_sentence_within_1500_characters(
    n_sentences: int, kept: int
) -> None:
    assert suggested(hook="", body=NIGHT * n_sentences).intro == (NIGHT * kept).strip()


def test_longest_tags_have_60_characters() -> None:
    fits, long = "house " * 9 + "techno", "house " * 9 + "techno2"
    assert fitting_tags([fits, long], 485) == (fits,)


def test_tags_skip_what_does_not_fit_and_keep_at_most_50() -> None:
    assert fitting_tags(["a" * 8, "b" * 5, "c"], 10) == ("a" * 8, "c")
    many = [chr(0x4E00 + n) for n in range(60)]
    assert fitting_tags(many, 485) == tuple(many[:50])


def test_tags_lose_what_youtube_rejects() -> None:
    assert fitting_tags(['a <b> "c", d\n', "A*Teens"], 485) == ("a b c d", "A*Teens")


def test_figures_are_written_in_the_language_asked_for() -> None:
    mix = replace(FACTS, language="de-AT", genres=("Deep House",))
    assert placeholder_values(mix)["length"] == "15 Minuten"
    assert placeholder_values(mix)["genre"] == "Deep House"
    assert placeholder_values(replace(mix, language="ja"))["length"] == "15分"


def test_names_in_the_prompt_are_one_line_of_at_most_120_characters() -> None:
    title = "Two\nlines\x00of \u202e" + "words " * 40
    name = placeholder_values(replace(FACTS, title=title))["title"]
    assert name.startswith("Two lines of words")
    assert len(name) <= 120


def test_unknown_facts_have_no_placeholder() -> None:
    mix = replace(FACTS, title="", tempo="", n_tracks=0, chapters=(ListedChapter(0, "Part one"),))
    assert placeholder_values(mix) == {"length": "15 minutes", "track 1": "Part one"}


@pytest.mark.parametrize(
    ("sentence", "language", "expected"),
    [
        ("it rests.", "en", "It rests."),
        ("“¿y si no?”", "es", "“¿Y si no?”"),
        ("{artist 1} opens.", "en", "{artist 1} opens."),
        ("iyi geceler", "tr-TR", "İyi geceler"),
        ("静かに", "ja", "静かに"),
        ("ნელი ღამე", "ka", "ნელი ღამე"),  # Georgian capitals are for headlines only
        ("🌃", "en", "🌃"),
    ],
)
def test_sentences_begin_with_a_capital(sentence: str, language: str, expected: str) -> None:
    assert capitalised(sentence, language) == expected


def test_longest_hashtags_have_60_characters() -> None:
    fits, long = "house " * 11 + "deep", "house " * 12
    assert suggested(hashtags=[fits, long]).hashtags == (f"#{fits.replace(' ', '')}",)


def test_list_that_was_cut_off_is_ignored() -> None:
    beginning = good().partition("mixtape")[0]
    model = StandInModel(beginning)
    found = suggest_metadata(model.access, FACTS, title_chars=100, tags_chars=485)
    assert (found.title, found.hashtags) == ("Night drive, a slow burner", ())
