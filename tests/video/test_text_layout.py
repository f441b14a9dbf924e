"""Lines break where readers of a script expect it."""

from __future__ import annotations

import pytest

from backend.app.video.text_layout import ELLIPSIS, fit
from backend.app.video.text_shaping import width_of

SIZE = 100.0


def lines_of(text: str, room_of: str, *, most: int = 9) -> tuple[str, ...]:
    """The lines of a text that is as wide as another text."""
    width_px = (width_of(room_of, "text") + 1e-6) * SIZE
    return fit(text, width_px, ((SIZE, most),), "text").lines


@pytest.mark.parametrize(
    ("text", "room_of", "lines"),
    [
        ("夜夜夜、夜", "夜夜夜", ("夜夜", "夜、夜")),
        ("夜夜（夜夜", "夜夜夜", ("夜夜", "（夜夜")),
        ("夜夜夜…夜", "夜夜夜", ("夜夜", "夜…夜")),
    ],
)
def test_no_line_begins_or_ends_with_the_wrong_mark(
    text: str, room_of: str, lines: tuple[str, ...]
) -> None:
    assert lines_of(text, room_of) == lines


def test_lines_are_evened_out() -> None:
    assert lines_of("one two three four", "one two three") == ("one two", "three four")


def test_words_are_kept_whole_where_they_fit() -> None:
    assert lines_of("one two", "one tw") == ("one", "two")


def test_long_text_is_cut_between_words() -> None:
    short = (f"alpha beta{ELLIPSIS}",)
    assert lines_of("alpha beta gamma", "alpha beta gam", most=1) == short
    # The third word would fit, but not together with an ellipsis.
    assert lines_of("alpha beta gamma delta", "alpha beta gamma", most=1) == short


def test_a_word_of_more_than_14_letters_is_cut_within() -> None:
    line = "no " + "n" * 20
    (shown,) = lines_of(f"{line} more", line, most=1)
    assert shown.startswith("no nnnnnnnnnnnnnnn")
    assert shown.endswith(f"n{ELLIPSIS}")


def test_no_dash_or_comma_precedes_the_ellipsis() -> None:
    assert lines_of("alpha – beta gamma", "alpha – bet", most=1) == (f"alpha{ELLIPSIS}",)


def test_first_size_that_fits_is_taken() -> None:
    width_px = width_of("one two", "text") * 80 + 1
    sizes = ((100.0, 1), (80.0, 1), (60.0, 1))
    assert fit("one two", width_px, sizes, "text").size_px == 80.0
    assert fit("one two", width_px, ((100.0, 2), *sizes), "text").lines == ("one", "two")


def test_sizes_scale_with_the_unit() -> None:
    assert fit("one", 500, ((100.0, 1),), "text", unit=0.5).size_px == 50.0
