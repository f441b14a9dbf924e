"""One card for each track: number, title, artist and mix over the picture, typeset."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from .backdrop import SOFT, WHITE, Backdrop
from .type_setting import RGB, SetText, fit, paint

# All lengths are for a frame of 1080 lines and scale with it. 5 % on each side is the title-safe
# area of EBU R 95; the margins here are wider.
MARGIN_X, MARGIN_Y = 120, 96
_COLUMN = 1400  # words keep to the left: a full-width line is too long to read at a glance
_COVER = 300
_GUTTER = 56
_LINE_UNDER = 64  # from the artist's baseline to the line of progress

# A title stays on one line while it can be large, then takes two, then three, then an ellipsis.
_TITLE_SIZES = (132.0, 118.0, 104.0, 104.0, 92.0, 82.0, 72.0, 64.0)
_TITLE_LINES = (1, 1, 1, 2, 2, 2, 3, 3)
_LEADING = 1.14  # of the size; tall scripts (Thai, Devanagari, Arabic) still clear each other


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says.

    Attributes
    ----------
    number, total : the track's place, from 1, and how many there are
    stretch : from where to where it sounds, as fractions of the mix
    cover : the track's own square picture, re-encoded by us, if it has one
    """

    number: int
    total: int
    title: str
    artist: str
    mix_title: str
    stretch: tuple[float, float]
    cover: Path | None = None


def draw_card(behind: Backdrop, card: Card) -> Image.Image:
    """Set ``card`` over ``behind``: a new RGB image of the backdrop's size."""
    image = behind.image.copy()
    unit = image.height / 1080
    left = MARGIN_X * unit
    line_y = image.height - MARGIN_Y * unit
    _draw_progress(image, card.stretch, behind.accent, line_y, unit)
    foot = line_y - _LINE_UNDER * unit
    if card.cover is not None:
        _draw_cover(image, card.cover, round(left), round(foot), unit)
        left += (_COVER + _GUTTER) * unit
    _draw_words(image, card, behind.accent, left, foot, unit)
    if card.mix_title.strip():
        _draw_mix_title(image, card.mix_title, unit)
    return image


def number_label(number: int, total: int) -> str:
    """``07 / 24``: as many digits as the last track's number, two at least."""
    digits = max(2, len(str(total)))
    return f"{number:0{digits}d} / {total:0{digits}d}"


def _draw_words(
    image: Image.Image, card: Card, accent: RGB, left: float, foot: float, unit: float
) -> None:
    """The column of words, built upwards from its foot: artist, title, number."""
    room = min(_COLUMN * unit, image.width - left - MARGIN_X * unit)
    baseline = foot
    if card.artist.strip():
        artist = _one_line(card.artist, (46.0, 42.0, 38.0), room, unit)
        paint(image, artist, x=left, baselines=(baseline,), fill=SOFT)
        baseline -= 86 * unit
    title = fit_title(card.title, room, unit)
    leading = title.size_px * _LEADING
    steps = range(len(title.lines) - 1, -1, -1)
    baselines = tuple(baseline - leading * k for k in steps)
    paint(image, title, x=left, baselines=baselines, fill=WHITE)
    top = (baselines[0] if baselines else baseline) - title.size_px - 30 * unit
    label = _one_line(number_label(card.number, card.total), (34.0,), room, unit, tracking=0.08)
    paint(image, label, x=left, baselines=(top,), fill=accent)


def fit_title(title: str, room: float, unit: float) -> SetText:
    """The size and lines of a title in ``room`` pixels."""
    return fit(
        title,
        width_px=room,
        sizes_px=tuple(size * unit for size in _TITLE_SIZES),
        max_lines=_TITLE_LINES,
        weight="title",
        tracking=-0.012,
    )


def _one_line(
    text: str, sizes: tuple[float, ...], room: float, unit: float, *, tracking: float = 0.0
) -> SetText:
    return fit(
        text,
        width_px=room,
        sizes_px=tuple(size * unit for size in sizes),
        max_lines=(1,) * len(sizes),
        weight="text",
        tracking=tracking,
    )


def _draw_mix_title(image: Image.Image, mix_title: str, unit: float) -> None:
    room = image.width - 2 * MARGIN_X * unit
    label = _one_line(mix_title, (32.0,), room, unit, tracking=0.02)
    baseline = (MARGIN_Y + 26) * unit
    paint(image, label, x=MARGIN_X * unit, baselines=(baseline,), fill=SOFT)


def _draw_progress(
    image: Image.Image, stretch: tuple[float, float], accent: RGB, y: float, unit: float
) -> None:
    """A thin line for the whole mix; what has passed is lighter, this track's stretch is lit."""
    left, right = MARGIN_X * unit, image.width - MARGIN_X * unit
    start, end = (left + (right - left) * min(1.0, max(0.0, part)) for part in stretch)
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
    """The track's cover as a square with soft corners and a shadow, standing on the foot."""
    side, blur = round(_COVER * unit), 22 * unit
    with Image.open(cover, formats=("PNG", "JPEG", "WEBP")) as opened:
        square = ImageOps.fit(opened.convert("RGB"), (side, side), Image.Resampling.LANCZOS)
    corners = _rounded(side, round(14 * unit))
    pad = round(3 * blur)
    shade = Image.new("L", (side + 2 * pad, side + 2 * pad), 0)
    shade.paste(150, (pad, pad), corners)
    shade = shade.filter(ImageFilter.GaussianBlur(blur))
    top = foot - side
    image.paste((0, 0, 0), (left - pad, top - pad + round(10 * unit)), shade)
    image.paste(square, (left, top), corners)


def _rounded(side: int, radius: int) -> Image.Image:
    """A square mask with rounded corners, drawn at four times its size for smooth edges."""
    big = Image.new("L", (side * 4, side * 4), 0)
    ImageDraw.Draw(big).rounded_rectangle((0, 0, side * 4 - 1, side * 4 - 1), radius * 4, fill=255)
    return big.resize((side, side), Image.Resampling.LANCZOS)
