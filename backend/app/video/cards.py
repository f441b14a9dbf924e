"""Draw a card for each track: number, title, artist and mix over the background."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from .backdrop import SOFT, WHITE, Backdrop, covering
from .text_layout import RGB, fit, paint

# Lengths are for a frame of 1080 lines, and scale with it. The margins are wider than the 5 % that
# EBU R 95 requires on each side (title-safe area).
MARGIN_X, MARGIN_Y = 120, 96
_COLUMN = 1400  # text stays on the left: a full-width line is too long to read at a glance
_COVER = 300
_GUTTER = 56
_LINE_UNDER = 64  # distance from the artist's baseline to the progress line

# A title takes one line while it can be large, then two, then three, and then ends in an ellipsis.
_TITLE_SIZES = (
    *((132.0, 1), (118.0, 1), (104.0, 1)),
    *((104.0, 2), (92.0, 2), (82.0, 2), (72.0, 3), (64.0, 3)),
)
# distance of lines, in sizes; tall scripts (Thai, Devanagari, Arabic) still have room
_LEADING = 1.14


@dataclass(frozen=True, slots=True)
class Card:
    """The contents of a card; no times, so that a mix of another length has the same cards.

    Attributes
    ----------
    number, total : the track's number, from 1, and the number of tracks
    cover : a copy of the track's square cover, or None
    """

    number: int
    total: int
    title: str
    artist: str
    mix_title: str
    cover: Path | None = None


def draw_card(behind: Backdrop, card: Card) -> Image.Image:
    """Draw ``card`` over ``behind`` as a new RGB image of the same size."""
    image = behind.image.copy()
    unit = image.height / 1080
    left = MARGIN_X * unit
    line_y = image.height - MARGIN_Y * unit
    _draw_progress(image, card, behind.accent, line_y, unit)
    foot = line_y - _LINE_UNDER * unit
    if card.cover is not None:
        _draw_cover(image, card.cover, round(left), round(foot), unit)
        left += (_COVER + _GUTTER) * unit
    _draw_text(image, card, behind.accent, left, foot, unit)
    if card.mix_title.strip():
        _draw_mix_title(image, card.mix_title, unit)
    return image


def number_label(number: int, total: int) -> str:
    """Write a label such as ``07 / 24``: both numbers with equally many digits, at least two."""
    digits = max(2, len(str(total)))
    return f"{number:0{digits}d} / {total:0{digits}d}"


def _draw_text(
    image: Image.Image, card: Card, accent: RGB, left: float, foot: float, unit: float
) -> None:
    """Draw the text column from bottom to top: artist, title, number."""
    room = min(_COLUMN * unit, image.width - left - MARGIN_X * unit)
    baseline = foot
    if card.artist.strip():
        artist = fit(card.artist, room, ((46.0, 1), (42.0, 1), (38.0, 1)), "text", unit=unit)
        paint(image, artist, x=left, last=baseline, fill=SOFT)
        baseline -= 86 * unit
    title = fit(card.title, room, _TITLE_SIZES, "title", tracking=-0.012, unit=unit)
    first = paint(image, title, x=left, last=baseline, fill=WHITE, leading=_LEADING)
    number = number_label(card.number, card.total)
    label = fit(number, room, ((34.0, 1),), "text", tracking=0.08, unit=unit)
    above = first - title.size_px - 30 * unit
    paint(image, label, x=left, last=above, fill=accent)


def _draw_mix_title(image: Image.Image, mix_title: str, unit: float) -> None:
    room = image.width - 2 * MARGIN_X * unit
    label = fit(mix_title, room, ((32.0, 1),), "text", tracking=0.02, unit=unit)
    baseline = (MARGIN_Y + 26) * unit
    paint(image, label, x=MARGIN_X * unit, last=baseline, fill=SOFT)


def _draw_progress(image: Image.Image, card: Card, accent: RGB, y: float, unit: float) -> None:
    """Draw a line for all tracks: those before lighter, this one's part in the accent colour."""
    left, right = MARGIN_X * unit, image.width - MARGIN_X * unit
    parts = (card.number - 1) / card.total, card.number / card.total
    start, end = (left + (right - left) * part for part in parts)
    thin, thick = max(1.0, 3 * unit), max(2.0, 7 * unit)
    overlay = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(overlay)
    draw.rectangle((left, y - thin / 2, right, y + thin / 2), fill=70)
    draw.rectangle((left, y - thin / 2, start, y + thin / 2), fill=150)
    image.paste(WHITE, (0, 0), overlay)
    end = max(end, start + thick)
    box = (start, y - thick / 2, min(end, right), y + thick / 2)
    ImageDraw.Draw(image).rounded_rectangle(box, radius=thick / 2, fill=accent)


def _draw_cover(image: Image.Image, cover: Path, left: int, foot: int, unit: float) -> None:
    """Draw the track's cover, with round corners and a shadow, above the foot."""
    side, blur = round(_COVER * unit), 22 * unit
    square = covering(cover, (side, side))
    corners = _rounded(side, round(14 * unit))
    pad = round(3 * blur)
    shade = Image.new("L", (side + 2 * pad, side + 2 * pad), 0)
    shade.paste(150, (pad, pad), corners)
    shade = shade.filter(ImageFilter.GaussianBlur(blur))
    top = foot - side
    image.paste((0, 0, 0), (left - pad, top - pad + round(10 * unit)), shade)
    image.paste(square, (left, top), corners)


def _rounded(side: int, radius: int) -> Image.Image:
    """Make a square mask with round corners; drawn at four times its size for smooth edges."""
    big = Image.new("L", (side * 4, side * 4), 0)
    ImageDraw.Draw(big).rounded_rectangle((0, 0, side * 4 - 1, side * 4 - 1), radius * 4, fill=255)
    return big.resize((side, side), Image.Resampling.LANCZOS)
