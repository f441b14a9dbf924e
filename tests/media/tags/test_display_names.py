"""Names are cleaned for display."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.media.tags.display_names import safe_title


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Plain title", "Plain title"),
        ("  two\t\nlines \r\n here ", "two lines here"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("nul\0bell\x07", "nulbell"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("private \ue000 and \ud800 half", "private and half"),
        ("夜に駆ける", "夜に駆ける"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_titles_are_cleaned_for_display(given_name: str, shown: str) -> None:
    assert safe_title(given_name) == shown


def test_title_of_a_megabyte_is_cut() -> None:
    assert safe_title("la " * 350_000) == ("la " * 67)[:200].rstrip()


@given(st.text(max_size=600))
def test_any_text_gives_a_clean_title(text: str) -> None:
    title = safe_title(text)
    assert len(title) <= 200
    assert title == " ".join(title.split())
    assert not any(unicodedata.category(c).startswith("C") for c in title)
    assert safe_title(title) == title
