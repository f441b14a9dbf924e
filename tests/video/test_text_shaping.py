"""Text of any script is shaped, broken into lines and fitted."""

from __future__ import annotations

import itertools

import pytest

from backend.app.video import font_stack
from backend.app.video.font_stack import FONTS, face_for, typeface
from backend.app.video.text_layout import ELLIPSIS, fit
from backend.app.video.text_shaping import clusters, drawable, shape_line, width_of

TITLES = {
    "latin": "Ça, Ærø – Łódź Đà Nẵng",
    "greek and cyrillic": "Μεσάνυχτα · Полночь",
    "japanese": "夜に駆ける、ミッドナイト",
    "chinese": "后来 · 後來 · 龘",
    "korean": "방탄소년단 뷁",
    "arabic": "أغنية الليل",
    "hebrew": "שיר הלילה",
    "thai": "เพลงรักกลางคืน",
    "devanagari": "हिन्दी संगीत क्ष्म",
    "tamil": "தமிழ் பாடல்",
    "georgian and armenian": "ღამე Գիշեր",
    "emoji": "🎧🌃✨ 👩‍🚀 🇩🇪 ❤️ 👍🏽 1️⃣",
    "look-alike letters and symbols": "𝓕𝓪𝓷𝓬𝔂 ♫ ★ →",
}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES.keys())
def test_every_script_has_a_font(title: str) -> None:
    missing = [c for c in clusters(drawable(title)) if face_for(c, "title") is None]
    assert missing == []
    shaped = shape_line(drawable(title), "title")
    # Glyph 0 is .notdef in every font: the box for a missing character.
    assert [glyph.face.name for glyph in shaped.glyphs if glyph.index == 0] == []
    assert shaped.width > 0


def test_font_loaded_twice_does_not_split_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    # Threads that start together may each load a font; in a split run, the colon would lose its
    # context.
    line = "Mixtape: 12:30"
    expected = [glyph.index for glyph in shape_line(line, "title").glyphs]
    twins = itertools.cycle([typeface.__wrapped__("InterDisplay-Bold.otf") for _ in range(2)])
    monkeypatch.setattr(font_stack, "face_for", lambda *_: next(twins))
    assert [glyph.index for glyph in shape_line(line, "title").glyphs] == expected


def test_script_without_a_font_becomes_dots() -> None:
    shaped = shape_line("𒀀𒁀", "title")
    assert {glyph.index for glyph in shaped.glyphs}.isdisjoint({0})
    assert len(shaped.glyphs) == 2


def test_arabic_letters_join_and_hebrew_runs_right_to_left() -> None:
    alone = shape_line("ب", "title").glyphs[0].index
    joined = shape_line("ببب", "title").glyphs
    assert len({glyph.index for glyph in joined} | {alone}) == 4  # final, medial, initial, alone
    first, last = shape_line("אב", "title").glyphs
    assert first.index == shape_line("ב", "title").glyphs[0].index
    assert first.x < last.x


def test_numbers_and_latin_keep_their_direction_in_hebrew() -> None:
    shaped = shape_line("שיר 12 (Mix)", "title")
    inter = typeface("InterDisplay-Bold.otf").font
    order = [g.index for g in shaped.glyphs if g.face.name == "InterDisplay-Bold.otf"]
    expected = [inter.get_nominal_glyph(ord(c)) for c in "Mix12"]
    assert [index for index in order if index in expected] == expected


def test_emoji_sequences_are_one_coloured_glyph() -> None:
    for sequence in ("👩‍🚀", "🇩🇪", "❤️", "1️⃣", "👨‍👩‍👧"):
        (glyph,) = shape_line(sequence, "title").glyphs
        assert glyph.face.in_colour


def test_digit_is_text_and_flag_is_one_cluster() -> None:
    face = face_for("1", "title")
    assert face is not None
    assert not face.in_colour
    assert clusters("🇩🇪🇫🇷é👩‍🚀") == ["🇩🇪", "🇫🇷", "é", "👩‍🚀"]


def test_controls_and_overrides_are_not_drawn() -> None:
    assert drawable("a\x00b\u202ec\n d\u2066e") == "a b c d e"


def test_bundled_fonts_have_licenses_and_fit_the_size_limit() -> None:
    licensed = {path.name for path in FONTS.glob("LICENSE-*")}
    assert licensed == {"LICENSE-OFL-1.1.txt", "LICENSE-Apache-2.0.txt"}
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 13.5e6


SIZES = ((100.0, 1), (80.0, 2), (60.0, 2))


def set_title(text: str) -> tuple[tuple[str, ...], float]:
    done = fit(text, 800, SIZES, "title")
    assert all(width_of(line, "title") * done.size_px <= 800.5 for line in done.lines)
    return done.lines, done.size_px


def test_short_title_is_large_on_one_line() -> None:
    assert set_title("Midnight") == (("Midnight",), 100.0)


def test_longer_title_takes_two_even_lines() -> None:
    lines, size = set_title("Somewhere Between the Lines of a Night")
    assert (len(lines), size) == (2, 80.0)
    # Within a third; lines filled greedily would leave one word below a full line.
    assert width_of(lines[1], "title") > 0.67 * width_of(lines[0], "title")


def test_overlong_title_ends_in_an_ellipsis_after_a_word() -> None:
    text = "A very long title " * 12
    lines, size = set_title(text)
    assert (len(lines), size) == (2, 60.0)
    assert lines[-1].endswith(ELLIPSIS)
    assert lines[-1].rstrip(ELLIPSIS).split()[-1] in {"A", "very", "long", "title"}


def test_word_wider_than_the_line_is_cut() -> None:
    lines, _ = set_title("Donaudampfschifffahrtsgesellschaftskapitän")
    assert "".join(lines) == "Donaudampfschifffahrtsgesellschaftskapitän"


def test_japanese_does_not_break_before_punctuation() -> None:
    lines, _ = set_title("夜に駆ける君の声が聞こえる、場所まで走る")
    assert len(lines) == 2
    assert not lines[1].startswith(("、", "ー"))
