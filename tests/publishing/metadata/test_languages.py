"""Headings and units in the language asked for."""

from __future__ import annotations

from dataclasses import fields

import pytest

from backend.app.publishing.metadata.languages import counted, length, phrases
from backend.app.publishing.metadata.phrases import PHRASES

TRACKS = {
    "en": {1: "1 track", 20: "20 tracks"},
    "es": {1: "1 tema", 20: "20 temas"},
    "fr": {1: "1 titre", 2: "2 titres"},
    "pl": {1: "1 utwór", 3: "3 utwory", 12: "12 utworów", 20: "20 utworów", 22: "22 utwory"},
    "ru": {1: "1 трек", 2: "2 трека", 11: "11 треков", 20: "20 треков", 21: "21 трек"},
    "uk": {1: "1 трек", 24: "24 треки", 12: "12 треків", 101: "101 трек"},
    "cs": {1: "1 skladba", 4: "4 skladby", 5: "5 skladeb", 22: "22 skladeb"},
    "tr": {20: "20 parça"},
    "ja": {20: "20曲"},
    "ko": {20: "20곡"},
    "zh-Hans": {20: "20首曲目"},
}


@pytest.mark.parametrize(
    ("language", "n", "text"), [(code, n, t) for code, by in TRACKS.items() for n, t in by.items()]
)
def test_numbers_take_the_plural_of_their_language(language: str, n: int, text: str) -> None:
    assert counted(language, n, phrases(language).track) == text


@pytest.mark.parametrize(
    ("language", "duration_s", "text"),
    [
        ("en", 41.4, "41 seconds"),
        ("en", 59.6, "1 minute"),
        ("en", 3716.0, "62 minutes"),
        ("en", 7169.0, "119 minutes"),
        ("en", 7171.0, "2 hours"),
        ("en", 13_560.0, "3 hours 46 minutes"),
        ("pt-BR", 3720.0, "62 minutos"),
        ("pl", 3720.0, "62 minuty"),
        ("ru", 13_500.0, "3 часа 45 минут"),
        ("ja", 13_560.0, "3時間46分"),
        ("ko", 13_560.0, "3시간 46분"),
        ("zh-Hant-TW", 3720.0, "62分鐘"),
    ],
)
def test_lengths_read_as_people_say_them(language: str, duration_s: float, text: str) -> None:
    assert length(language, duration_s) == text


@pytest.mark.parametrize(
    ("tag", "same"),
    [("pt-BR", "pt"), ("ES-mx", "es"), ("nb", "no"), ("zh-TW", "zh-Hant"), ("zh-Hans-CN", "zh")],
)
def test_regions_share_the_phrases_of_their_language(tag: str, same: str) -> None:
    assert phrases(tag) == phrases(same)


def test_unknown_language_gets_english_words() -> None:
    assert phrases("tlh") == phrases("en")
    assert counted("tlh", 2, phrases("tlh").track) == "2 tracks"


@pytest.mark.parametrize("language", ["en", *PHRASES])
def test_every_phrase_is_written_and_headings_contain_no_colon(language: str) -> None:
    words = phrases(language)
    for field in fields(words):
        value = getattr(words, field.name)
        for text in value if isinstance(value, tuple) else (value,):
            assert text or field.name in ("gap", "between", "capital_nouns")
            assert field.name == "colon" or ":" not in str(text)


def test_slavic_languages_have_three_forms_of_every_unit() -> None:
    for language in ("cs", "pl", "ru", "uk"):
        words = phrases(language)
        forms = {len(unit) for unit in (words.second, words.minute, words.hour, words.track)}
        assert forms == {3}, language
