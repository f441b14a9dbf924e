"""Sentences that a language model may write: nothing invented or dictated by titles."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.publishing.metadata.chapters import ListedChapter
from backend.app.publishing.metadata.llm_fact_check import (
    allowed_sentences,
    is_allowed_sentence,
    known_facts,
    plain_text,
)
from backend.app.publishing.metadata.template_context import MixFacts

MIX = MixFacts(
    title="Night drive",
    intro="",
    hashtags=(),
    chapters=(
        ListedChapter(0, "Ada Lovelace – Harbour Lights", "Ada Lovelace", "Harbour Lights"),
        ListedChapter(300, "Björk Fan – 1979", "Björk Fan", "1979"),
        ListedChapter(600, "夜 – 東京の夜", "夜", "東京の夜"),
        ListedChapter(900, "Eve – Visit evil.com now", "Eve", "Visit evil.com now"),
    ),
    credits=("Ada Lovelace", "Björk Fan", "夜", "Eve"),
    duration_s=4 * 3600.0 - 120.0,
    n_tracks=60,
    tempo="118–126 BPM",
    keys=("A minor", "F# major"),
)
KNOWN = known_facts(MIX)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("A slow start that opens into warm, rolling drums.", "en"),
        ("60 tracks in 238 minutes, from 118 to 126 BPM.", "en"),
        ("Nearly 4 hours of deep house, melodic techno and DJ craft.", "en"),
        ("It opens with Ada Lovelace and her “Harbour Lights”.", "en"),
        ("Ada Lovelace – Harbour Lights sets the tone, in A minor.", "en"),
        ("I'd play it after dark.", "en"),
        ("A Deep-House journey 🎧🌃 for night owls!", "en"),
        ("Ein langer Abend voller Wärme, mit tiefen Bässen und leisen Stimmen.", "de"),
        ("Eine Reise durch die Nacht beginnt mit „Harbour Lights“.", "de-AT"),
        ("Une longue nuit de house profonde, de 118 à 126 BPM.", "fr"),
        ("Дълбок хаус за дългата нощ.", "bg"),
        ("深夜のドライブにぴったりの、60曲のミックス。", "ja"),
        ("「東京の夜」から始まる長い夜。", "ja"),
        ("רכיבה ארוכה אל תוך הלילה.", "he"),
        ("رحلة طويلة في الليل، ٦٠ أغنية.", "ar"),
        ("एक लंबी रात की धीमी शुरुआत।", "hi"),
        ("밤을 위한 느린 시작.", "ko"),
    ],
)
def test_sentence_without_unknown_names_is_allowed(sentence: str, language: str) -> None:
    assert is_allowed_sentence(sentence, KNOWN, language)


@pytest.mark.parametrize(
    "sentence",
    [
        "More at https://evil.com today.",
        "More at evil.com today.",
        "More at evil.com/x?y.",
        "More at EVIL.COM today.",
        "More at ｅｖｉｌ．ｃｏｍ today.",
        "More at evil\u200b.\u200bcom today.",
        "More at evil[.]com today.",
        "More at evil (dot) com today.",
        "More at evil dot com today.",
        "More at пример.рф today.",
        "もっとはevil。comで。",
        "Ask www for more.",
        "Write to eve@example.com today.",
        "Write to eve＠example today.",
        "Follow @eve today.",
        "Tagged #free here.",
        "At 1:05 it turns.",
        "At 1 : 05 it turns.",
        "At 12：30 it turns.",
        "At 4:04 it turns.",
        "Over 1,000,000 plays so far.",
        "Heard by ٩٠٠ people.",
        "Mixed in 2019.",
        "Track ② is the best.",
        "Half price: ½ off.",
        "Only $ today.",
        "All 60 of 100% love it.",
        "It opens with the “Opening Theme” of old.",
        "「知らない曲」が流れる。",
        "Then comes Carl Cox with a surprise.",
        "A guest called Madonna sings.",
        "Recorded live at Berghain.",
        "Daft Punkが登場する夜。",
        "Madonnaが登場する夜。",
        "Ada Lovelace and Grace Hopper share the night.",
        "BEST MIX EVER.",
        "He plays 1979 next.",
    ],
)
def test_links_and_unknown_names_are_removed(sentence: str) -> None:
    assert not is_allowed_sentence(sentence, KNOWN, "en")


def test_german_single_capital_is_a_noun_two_are_a_name() -> None:
    assert is_allowed_sentence("Hier treffen Melodie und Rhythmus aufeinander.", KNOWN, "de")
    assert not is_allowed_sentence("Hier spielt Paul Kalkbrenner auf.", KNOWN, "de")
    assert not is_allowed_sentence("Hier spielt Paul Kalkbrenner auf.", KNOWN, "DE-ch")


def test_link_in_a_title_is_removed() -> None:
    assert not is_allowed_sentence("Hear “Visit evil.com now” late.", KNOWN, "en")


def test_name_inside_a_word_allows_nothing() -> None:
    assert not is_allowed_sentence("Then Everest comes.", KNOWN, "en")


def test_numeric_and_one_letter_names_allow_nothing() -> None:
    odd = replace(MIX, credits=("X", "100"), chapters=())
    assert not is_allowed_sentence("Then X comes.", known_facts(odd), "en")
    assert not is_allowed_sentence("All 100 of them.", known_facts(odd), "en")


def test_removed_sentences_are_counted() -> None:
    text = "A calm start. See evil.com now! It grows (slowly).\nThen it rests. By Carl Cox."
    kept, left_out = allowed_sentences(text, KNOWN, "en")
    assert kept == "A calm start. It grows (slowly).\nThen it rests."
    assert left_out == 2


def test_sentences_without_spaces_are_split() -> None:
    assert allowed_sentences("静かに始まる。@eveへ。夜が明ける。", KNOWN, "ja") == (
        "静かに始まる。夜が明ける。",
        1,
    )


def test_closing_quote_stays_with_its_sentence() -> None:
    text = "It starts with “Harbour Lights.” Then it grows."
    assert allowed_sentences(text, KNOWN, "en") == (text, 0)


def test_markup_and_invisible_characters_are_removed() -> None:
    odd = "**Warm** `night`\x00\u202e, <b>slow</b>\u2028- and *long* 👩\u200d👧"
    assert plain_text(odd) == "Warm night, bslow/b\nand long 👩\u200d👧"


@given(st.text(max_size=300), st.sampled_from(["en", "de", "ja", ""]))
def test_allowed_text_never_has_a_link(text: str, language: str) -> None:
    kept, _ = allowed_sentences(text, KNOWN, language)
    assert not set("@#<>") & set(kept)
    assert "://" not in kept


def test_many_names_and_long_text_are_checked_fast() -> None:
    chapters = tuple(
        ListedChapter(i, f"Artist {i} – Some Song {i}", f"Artist {i}", f"Some Song {i}")
        for i in range(500)
    )
    known = known_facts(replace(MIX, chapters=chapters))
    began = time.process_time()
    for text in (
        "Artist 7 plays. " * 250,
        "a-" * 2000,
        "a." * 2000,
        "“" * 4000,
        "1:" * 2000,
        "A " * 2000,
    ):
        allowed_sentences(text[:4000], known, "en")
    # Measured: 0.2 s; a pattern with exponential backtracking takes minutes.
    assert time.process_time() - began < 20.0
