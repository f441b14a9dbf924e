"""Setting text on a picture: breaking it into lines, finding its size, and its pixels."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass

import uharfbuzz as hb
from PIL import Image

from .font_stack import Weight
from .shaping import Glyph, ShapedLine, clusters, drawable, shape_line, width_of

RGB = tuple[int, int, int]

ELLIPSIS = "…"
# No line begins with these, and none ends with those (the core of JIS X 4051's kinsoku rules).
_NOT_FIRST = set("、。，．・：；？！）］｝〉》」』】〕”’ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…")
_NOT_LAST = set("（［｛〈《「『【〔“‘")


@dataclass(frozen=True, slots=True)
class SetText:
    """Text that has found its size in pixels and its lines."""

    lines: tuple[str, ...]
    size_px: float
    weight: Weight
    tracking: float = 0.0


def fit(
    text: str,
    *,
    width_px: float,
    sizes_px: tuple[float, ...],
    max_lines: tuple[int, ...],
    weight: Weight,
    tracking: float = 0.0,
) -> SetText:
    """The first of ``sizes_px`` at which ``text`` takes no more than its number of ``max_lines``.

    Where none does, the last size is taken and what does not fit ends in an ellipsis. Lines are
    evened out, so that a title does not leave one word behind.
    """
    text = drawable(text)
    for size, lines in zip(sizes_px, max_lines, strict=True):
        room = width_px / size
        broken = _break(text, room, weight, tracking)
        if len(broken) <= lines and _fits_whole(text, room, weight, tracking):
            even = _evened(text, broken, room, weight, tracking)
            return SetText(tuple(even), size, weight, tracking)
    size, room = sizes_px[-1], width_px / sizes_px[-1]
    broken = _break(text, room, weight, tracking)
    kept = broken[: max_lines[-1]]
    if len(broken) > len(kept):
        kept[-1] = _shortened(kept[-1], room, weight, tracking)
    return SetText(tuple(kept), size, weight, tracking)


def _units(text: str) -> list[str]:
    """``text`` cut where a line may end: after spaces, and round each Han, kana or Hangul."""
    units: list[str] = []
    for cluster in clusters(text):
        if units and not _may_break(units[-1], cluster):
            units[-1] += cluster
        else:
            units.append(cluster)
    return units


def _may_break(before: str, cluster: str) -> bool:
    if cluster == " " or cluster[0] in _NOT_FIRST or before[-1] in _NOT_LAST:
        return False
    return before.endswith(" ") or _ideographic(before[-1]) or _ideographic(cluster[0])


def _ideographic(c: str) -> bool:
    return unicodedata.east_asian_width(c) in "WF" and unicodedata.category(c) != "So"


def _break(text: str, room: float, weight: Weight, tracking: float) -> list[str]:
    """Greedy lines no wider than ``room`` ems; a word wider than that is cut between letters."""
    lines: list[str] = [""]
    for unit in _units(text):
        for piece in _pieces(unit, room, weight, tracking):
            if lines[-1] and width_of((lines[-1] + piece).rstrip(), weight, tracking) > room:
                lines.append("")
            lines[-1] += piece
    return [line.strip() for line in lines if line.strip()]


def _pieces(unit: str, room: float, weight: Weight, tracking: float) -> list[str]:
    if width_of(unit.rstrip(), weight, tracking) <= room:
        return [unit]
    pieces = [""]
    for cluster in clusters(unit):
        if pieces[-1] and width_of(pieces[-1] + cluster, weight, tracking) > room:
            pieces.append("")
        pieces[-1] += cluster
    return pieces


def _fits_whole(text: str, room: float, weight: Weight, tracking: float) -> bool:
    """Whether no word of ``text`` is wider than a line."""
    return all(width_of(unit.rstrip(), weight, tracking) <= room for unit in _units(text))


def _evened(
    text: str, broken: list[str], room: float, weight: Weight, tracking: float
) -> list[str]:
    """The same number of lines in the narrowest room that holds them: no short last line."""
    narrow, wide, best = room / 2, room, broken
    for _ in range(6):  # 6 halvings find the room within 1 % of its width
        middle = (narrow + wide) / 2
        lines = _break(text, middle, weight, tracking)
        if len(lines) <= len(broken) and _fits_whole(text, middle, weight, tracking):
            wide, best = middle, lines
        else:
            narrow = middle
    return best


def _shortened(line: str, room: float, weight: Weight, tracking: float) -> str:
    kept = clusters(line)
    while kept and width_of("".join(kept).rstrip() + ELLIPSIS, weight, tracking) > room:
        kept.pop()
    # A cut through a word looks like a mistake; 14 letters back there is nearly always a space.
    spaces = [k for k, cluster in enumerate(kept) if cluster == " " and k >= len(kept) - 14]
    if spaces and len(kept) < len(clusters(line)):
        kept = kept[: spaces[-1]]
    return "".join(kept).rstrip(" ,;:-–—(&") + ELLIPSIS


def paint(
    image: Image.Image, text: SetText, *, x: float, baselines: tuple[float, ...], fill: RGB
) -> None:
    """Paint each line with its start at ``x``, sitting on its baseline (pixels from the top)."""
    for line, baseline in zip(text.lines, baselines, strict=True):
        shaped = shape_line(line, text.weight, tracking=text.tracking)
        _paint_line(image, shaped, text.size_px, x, baseline, fill)


def width_px(text: SetText) -> float:
    """The width of its widest line, in pixels."""
    return max(
        (width_of(line, text.weight, text.tracking) * text.size_px for line in text.lines),
        default=0.0,
    )


def _paint_line(
    image: Image.Image, line: ShapedLine, size: float, x: float, baseline: float, fill: RGB
) -> None:
    raster = hb.RasterDraw()
    # A line's ink stays within one em and a half of its baseline, even with stacked marks.
    pad, reach = round(size * 0.5), round(size * 1.5)
    width = round(line.width * size) + 2 * pad
    raster.extents = hb.RasterExtents(0, 0, width, 2 * reach, width)
    left, top = round(x) - pad, round(baseline) - reach
    for glyph in line.glyphs:
        if glyph.face.in_colour:
            _paint_picture(image, glyph, size, x, baseline)
            continue
        scale = size / glyph.face.units_per_em
        offset = (x - left + glyph.x * size, reach - (baseline - round(baseline)) + glyph.y * size)
        raster.transform = (scale, 0.0, 0.0, scale, *offset)
        raster.draw_glyph(glyph.face.font, glyph.index)
    ink = raster.render()
    mask = Image.frombuffer("L", (width, 2 * reach), ink.buffer, "raw", "L", ink.extents.stride, -1)
    image.paste(fill, (left, top), mask)


def _paint_picture(
    image: Image.Image, glyph: Glyph, size: float, x: float, baseline: float
) -> None:
    """Paste a colour glyph, which is a PNG inside the font, at its place and size."""
    png = glyph.face.font.get_glyph_color_png(glyph.index).data
    box = glyph.face.font.get_glyph_extents(glyph.index)
    if not png or box is None:
        return
    scale = size / glyph.face.units_per_em
    wide, high = max(1, round(box.width * scale)), max(1, round(-box.height * scale))
    with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
        picture = opened.convert("RGBA").resize((wide, high), Image.Resampling.LANCZOS)
    place = (
        round(x + (glyph.x * size) + box.x_bearing * scale),
        round(baseline - glyph.y * size - box.y_bearing * scale),
    )
    image.paste(picture, place, picture)
