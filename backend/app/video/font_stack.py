"""Choose the font for each character: Inter, a font for each script, colour emoji.

A character that no font has becomes a dot.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import uharfbuzz as hb

FONTS = Path(__file__).with_name("fonts")

Weight = Literal["title", "text"]

_FIRST: dict[Weight, str] = {"title": "InterDisplay-Bold.otf", "text": "Inter-Medium.otf"}
_EMOJI = "NotoColorEmoji.ttf"
# fmt: off
_SCRIPTS = (
    "Arabic", "Hebrew", "Thai", "Devanagari", "Bengali", "Tamil", "Telugu", "Kannada",
    "Malayalam", "Gujarati", "Gurmukhi", "Oriya", "Sinhala", "Georgian", "Armenian", "Ethiopic",
    "Khmer", "Lao", "Myanmar",
)
# fmt: on
_AFTER = (
    "NotoSansCJKjp-Bold.otf",
    *(f"NotoSans{script}-Bold.ttf" for script in _SCRIPTS),
    "NotoSans-Bold.ttf",
    _EMOJI,
    "NotoSansSymbols-Bold.ttf",
    "NotoSansSymbols2-Regular.ttf",
    "NotoMusic-Regular.ttf",
    "NotoSansMath-Regular.ttf",
    "DroidSansFallback.ttf",
)

# Droid Sans Fallback has a regular weight only; 0.03 em makes its strokes about as thick as Noto's
# bold.
_BOLDER = {"DroidSansFallback.ttf": 0.03}

# First of the pictographs that people expect in colour even if a text font has them.
_PICTOGRAPHS = 0x1F000
_TEXT_STYLE, _EMOJI_STYLE = "\ufe0e", "\ufe0f"
# Drawn instead of characters that no font has: a dot, not a box.
_MISSING = "\u00b7"
# Characters that change their neighbours and have no glyph: joiners, variation selectors.
INVISIBLE = frozenset("\u200c\u200d\ufe0e\ufe0f") | {chr(c) for c in range(0xE0020, 0xE0080)}


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font at a size of one em, for shaping and rasterising by HarfBuzz.

    Fonts are equal by name, since threads that start together may each load the same font.
    """

    name: str
    font: hb.Font = field(compare=False)
    units_per_em: int = field(compare=False)

    def has(self, cluster: str) -> bool:
        """Whether the font has a glyph for each visible character of ``cluster``."""
        return all(c in INVISIBLE or self.font.get_nominal_glyph(ord(c)) for c in cluster)

    @property
    def in_colour(self) -> bool:
        """Whether the font's glyphs are pictures, not outlines."""
        return self.name == _EMOJI


@cache
def typeface(name: str) -> Typeface:
    """Load the font file ``name``, once."""
    face = hb.Face(hb.Blob.from_file_path(str(FONTS / name)))
    font = hb.Font(face)
    font.synthetic_bold = _BOLDER.get(name, 0.0)
    return Typeface(name, font, int(face.upem))


@cache
def face_for(cluster: str, weight: Weight) -> Typeface | None:
    """The first font with all characters of ``cluster``, or None."""
    return next((face for face in _candidates(cluster, weight) if face.has(cluster)), None)


def drawn_with(cluster: str, weight: Weight, before: Typeface | None) -> tuple[str, Typeface]:
    """Choose the text to draw for ``cluster``, and its font.

    ``before`` is the font to the left.
    """
    if cluster == " " and before is not None and not before.in_colour and before.has(cluster):
        return cluster, before  # a space takes its neighbours' font
    face = face_for(cluster, weight) or face_for(cluster[0], weight)
    if face is not None:
        # The emoji font has these sequences without the selector, which would add a blank glyph.
        return cluster.replace(_EMOJI_STYLE, "") if face.in_colour else cluster, face
    stand_in = face_for(_MISSING, weight)
    assert stand_in is not None
    return _MISSING, stand_in


def _candidates(cluster: str, weight: Weight) -> list[Typeface]:
    names = [_FIRST[weight], *_AFTER]
    pictured = _EMOJI_STYLE in cluster or ord(cluster[0]) >= _PICTOGRAPHS
    if pictured and _TEXT_STYLE not in cluster:
        names.insert(0, _EMOJI)
    elif _TEXT_STYLE in cluster:
        names.remove(_EMOJI)
    return [typeface(name) for name in names]
