"""Lay out text on a picture: size, line breaks, painting."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import uharfbuzz as hb
from PIL import Image

from .font_stack import Weight
from .text_shaping import Glyph, ShapedLine, clusters, drawable, shape_line, width_of

RGB = tuple[int, int, int]
Width = Callable[[str], float]  # the width of a text in ems
Sizes = tuple[tuple[float, int], ...]  # sizes in pixels, each with the most lines it may take

ELLIPSIS = "…"
# Characters with which no line may begin or end (the core of JIS X 4051's kinsoku rules).
_NOT_FIRST = set("、。，．・：；？！）］｝〉》」』】〕”’ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…")
_NOT_LAST = set("（［｛〈《「『【〔“‘")


@dataclass(frozen=True, slots=True)
class FittedText:
    """Text with its size in pixels and its lines."""

    lines: tuple[str, ...]
    size_px: float
    weight: Weight
    tracking: float = 0.0


def fit(
    text: str,
    width_px: float,
    sizes: Sizes,
    weight: Weight,
    *,
    tracking: float = 0.0,
    unit: float = 1.0,
) -> FittedText:
    """Fit ``text`` at the first of ``sizes`` that needs no more than the allowed lines.

    If none does, the last size is used, and the text ends in an ellipsis. Lines are evened out, so
    that no single word is left on the last one. ``unit`` scales all sizes.
    """
    text, width = drawable(text), partial(width_of, weight=weight, tracking=tracking)
    for size, lines in ((size_px * unit, lines) for size_px, lines in sizes):
        room = width_px / size
        broken = _break(text, room, width)
        if len(broken) <= lines and _fits_whole(text, room, width):
            even = _evened(text, broken, room, width)
            return FittedText(tuple(even), size, weight, tracking)
    shown = broken[:lines]
    if len(broken) > len(shown):
        shown[-1] = _shortened(shown[-1], room, width)
    return FittedText(tuple(shown), size, weight, tracking)


def _units(text: str) -> list[str]:
    """Cut ``text`` where a line may end: after spaces, and round each Han, kana or Hangul."""
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


def _break(text: str, room: float, width: Width) -> list[str]:
    """Fill lines no wider than ``room`` ems; cut wider words between letters."""
    lines: list[str] = [""]
    for unit in _units(text):
        for part in _unit_parts(unit, room, width):
            if lines[-1] and width((lines[-1] + part).rstrip()) > room:
                lines.append("")
            lines[-1] += part
    return [line.strip() for line in lines if line.strip()]


def _unit_parts(unit: str, room: float, width: Width) -> list[str]:
    if width(unit.rstrip()) <= room:
        return [unit]
    parts = [""]
    for cluster in clusters(unit):
        if parts[-1] and width(parts[-1] + cluster) > room:
            parts.append("")
        parts[-1] += cluster
    return parts


def _fits_whole(text: str, room: float, width: Width) -> bool:
    """Whether every word of ``text`` fits on a line."""
    return all(width(unit.rstrip()) <= room for unit in _units(text))


def _evened(text: str, broken: list[str], room: float, width: Width) -> list[str]:
    """Break into equally many lines, but in the narrowest possible room.

    This avoids a short last line.
    """
    narrow, wide, best = room / 2, room, broken
    for _ in range(6):  # 6 halvings find the width to 1 %
        middle = (narrow + wide) / 2
        lines = _break(text, middle, width)
        if len(lines) <= len(broken) and _fits_whole(text, middle, width):
            wide, best = middle, lines
        else:
            narrow = middle
    return best


def _shortened(line: str, room: float, width: Width) -> str:
    shown = clusters(line)
    while shown and width("".join(shown).rstrip() + ELLIPSIS) > room:
        shown.pop()
    # Avoid a cut within a word: a space nearly always lies within 14 letters before it.
    spaces = [k for k, cluster in enumerate(shown) if cluster == " " and k >= len(shown) - 14]
    if spaces and len(shown) < len(clusters(line)):
        shown = shown[: spaces[-1]]
    return "".join(shown).rstrip(" ,;:-–—(&") + ELLIPSIS


def paint(
    image: Image.Image,
    text: FittedText,
    *,
    x: float,
    last: float,
    fill: RGB,
    leading: float = 1.0,
) -> float:
    """Paint lines from ``x`` on, upwards from the baseline ``last``; return the first baseline.

    Positions are pixels from the top left; baselines are ``leading`` sizes of the text apart.
    """
    distances = [leading * text.size_px * k for k in reversed(range(len(text.lines)))]
    for line, distance in zip(text.lines, distances, strict=True):
        shaped = shape_line(line, text.weight, tracking=text.tracking)
        _paint_line(image, shaped, text.size_px, x, last - distance, fill)
    return last - max(distances, default=0.0)


def _paint_line(
    image: Image.Image, line: ShapedLine, size: float, x: float, baseline: float, fill: RGB
) -> None:
    raster = hb.RasterDraw()
    # Even with stacked marks, a line stays within one em and a half of its baseline.
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
    """Paste a colour glyph, a PNG inside the font, at its position and size."""
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
