"""Shape text into glyphs with HarfBuzz: bidirectional order, a font for each run.

Lengths are in ems, so a line is shaped once for any size. Pillow's own text needs an installed
FriBiDi to join Arabic or order Hebrew; HarfBuzz comes as a wheel, so all machines draw the same
pixels.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import uharfbuzz as hb
from bidi import algorithm as bidi

from .font_stack import INVISIBLE, Typeface, Weight, drawn_with

_JOINER = "\u200d"
_NEVER_DRAWN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_SKIN_TONES = {chr(c) for c in range(0x1F3FB, 0x1F400)}
_REGIONAL = range(0x1F1E6, 0x1F200)


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph at ``x``, ``y`` (upwards), in ems from the start of the baseline."""

    face: Typeface
    index: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class ShapedLine:
    """Glyphs in visual order, and their total width in ems."""

    glyphs: tuple[Glyph, ...]
    width: float


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    face: Typeface
    level: int


def drawable(text: str) -> str:
    """Remove characters that must not be drawn: controls, overrides, doubled spaces."""
    visible = (
        c if unicodedata.category(c) not in _NEVER_DRAWN or c in INVISIBLE else " "
        for c in unicodedata.normalize("NFC", text)
        if c not in _SKIN_TONES
    )
    return " ".join("".join(visible).split())


def clusters(text: str) -> list[str]:
    """Cut ``text`` into characters as readers see them: a letter with its marks and joiners."""
    found: list[str] = []
    for c in text:
        if found and _extends(c, found[-1]):
            found[-1] += c
        else:
            found.append(c)
    return found


def _extends(c: str, on: str) -> bool:
    flag = ord(c) in _REGIONAL and len(on) == 1 and ord(on) in _REGIONAL
    return c in INVISIBLE or unicodedata.category(c).startswith("M") or on.endswith(_JOINER) or flag


def shape_line(text: str, weight: Weight, *, tracking: float = 0.0) -> ShapedLine:
    """Shape one line of :func:`drawable` text.

    ``tracking`` is additional space after letters, in ems.
    """
    pieces = clusters(text)
    base = int(bidi.get_base_level(text))
    glyphs: list[Glyph] = []
    x = 0.0
    for run in _visual_order(list(_runs(pieces, _levels(pieces, base), weight))):
        drawn, x = _shape_run(run, x, tracking)
        glyphs += drawn
    return ShapedLine(tuple(glyphs), max(0.0, x - tracking))


@cache
def width_of(text: str, weight: Weight, tracking: float = 0.0) -> float:
    """The width of ``text`` on one line, in ems."""
    return shape_line(text, weight, tracking=tracking).width


def _levels(pieces: list[str], base: int) -> list[int]:
    """The embedding level of each cluster (UAX #9), by the cluster's first character."""
    storage = bidi.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, "LR"[base]
    # Rule X9 would remove a single joiner, and the levels would no longer match the clusters.
    bidi.get_embedding_levels([p[0] if p[0] not in INVISIBLE else " " for p in pieces], storage)
    bidi.explicit_embed_and_overrides(storage)
    bidi.resolve_weak_types(storage)
    bidi.resolve_neutral_types(storage, False)
    bidi.resolve_implicit_levels(storage, False)
    return [int(c["level"]) for c in storage["chars"]]


def _runs(pieces: list[str], levels: list[int], weight: Weight) -> Iterator[_Run]:
    faces: list[tuple[str, Typeface]] = []
    for piece in pieces:
        faces.append(drawn_with(piece, weight, faces[-1][1] if faces else None))
    for (face, level), group in groupby(
        zip(faces, levels, strict=True), key=lambda each: (each[0][1], each[1])
    ):
        yield _Run("".join(piece for (piece, _), _ in group), face, level)


def _visual_order(runs: list[_Run]) -> list[_Run]:
    """Put runs in visual order (rule L2 of UAX #9).

    From the highest level down, reverse each sequence of runs of that level or higher.
    """
    for level in range(max((run.level for run in runs), default=0), 0, -1):
        groups = [(high, list(g)) for high, g in groupby(runs, key=lambda r: r.level >= level)]
        runs = [run for high, g in groups for run in (reversed(g) if high else g)]
    return runs


def _shape_run(run: _Run, x: float, tracking: float) -> tuple[list[Glyph], float]:
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    buffer.guess_segment_properties()
    hb.shape(run.face.font, buffer, {"tnum": bool(tracking)})
    # Letters of these scripts are connected: additional space would break words.
    loose = 0.0 if buffer.script in {"Arab", "Deva", "Beng", "Guru", "Syrc", "Mong"} else tracking
    em = run.face.units_per_em
    glyphs = []
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        at = x + place.x_offset / em
        glyphs.append(Glyph(run.face, info.codepoint, at, place.y_offset / em))
        x += place.x_advance / em + (loose if place.x_advance else 0.0)
    return glyphs, x
