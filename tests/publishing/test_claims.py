"""Which of a model's sentences may stand: not what it makes up, nor what titles make it say."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.publishing.chapters import ListedChapter
from backend.app.publishing.claims import known_of, may_stand, plain, sentences
from backend.app.publishing.offered import Words

MIX = Words(
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
KNOWN = known_of(MIX)


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
def test_what_says_nothing_unknown_may_stand(sentence: str, language: str) -> None:
    assert may_stand(sentence, KNOWN, language)


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
def test_what_leads_away_or_is_not_known_may_not(sentence: str) -> None:
    assert not may_stand(sentence, KNOWN, "en")


def test_in_german_two_capitals_in_a_row_are_a_name_and_one_is_a_noun() -> None:
    assert may_stand("Hier treffen Melodie und Rhythmus aufeinander.", KNOWN, "de")
    assert not may_stand("Hier spielt Paul Kalkbrenner auf.", KNOWN, "de")
    assert not may_stand("Hier spielt Paul Kalkbrenner auf.", KNOWN, "DE-ch")


def test_a_link_in_a_title_stays_a_link() -> None:
    assert not may_stand("Hear “Visit evil.com now” late.", KNOWN, "en")


def test_a_name_inside_of_a_word_excuses_nothing() -> None:
    assert not may_stand("Then Everest comes.", KNOWN, "en")


def test_names_of_figures_or_of_one_letter_excuse_nothing() -> None:
    odd = replace(MIX, credits=("X", "100"), chapters=())
    assert not may_stand("Then X comes.", known_of(odd), "en")
    assert not may_stand("All 100 of them.", known_of(odd), "en")


def test_single_sentences_are_left_out_and_counted() -> None:
    text = "A calm start. See evil.com now! It grows (slowly).\nThen it rests. By Carl Cox."
    kept, left_out = sentences(text, KNOWN, "en")
    assert kept == "A calm start. It grows (slowly).\nThen it rests."
    assert left_out == 2


def test_sentences_without_spaces_between_are_told_apart() -> None:
    assert sentences("静かに始まる。@eveへ。夜が明ける。", KNOWN, "ja") == (
        "静かに始まる。夜が明ける。",
        1,
    )


def test_the_end_of_a_quote_stays_with_its_sentence() -> None:
    text = "It starts with “Harbour Lights.” Then it grows."
    assert sentences(text, KNOWN, "en") == (text, 0)


def test_layout_and_what_hides_goes() -> None:
    odd = "**Warm** `night`\x00\u202e, <b>slow</b>\u2028- and *long* 👩\u200d👧"
    assert plain(odd) == "Warm night, bslow/b\nand long 👩\u200d👧"


@given(st.text(max_size=300), st.sampled_from(["en", "de", "ja", ""]))
def test_of_any_text_what_stands_leads_nowhere(text: str, language: str) -> None:
    kept, _ = sentences(text, KNOWN, language)
    assert not set("@#<>") & set(kept)
    assert "://" not in kept


def test_many_names_and_a_long_text_take_no_time() -> None:
    chapters = tuple(
        ListedChapter(i, f"Artist {i} – Some Song {i}", f"Artist {i}", f"Some Song {i}")
        for i in range(500)
    )
    known = known_of(replace(MIX, chapters=chapters))
    began = time.process_time()
    for text in (
        "Artist 7 plays. " * 250,
        "a-" * 2000,
        "a." * 2000,
        "“" * 4000,
        "1:" * 2000,
        "A " * 2000,
    ):
        sentences(text[:4000], known, "en")
    assert time.process_time() - began < 1.0  # measured: 0.2 s
