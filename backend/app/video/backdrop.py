"""What lies behind the words: the uploaded picture, made quiet where words go, or a painted one."""

from __future__ import annotations

import colorsys
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter, ImageOps

from .type_setting import RGB

Plane = npt.NDArray[np.float32]

WHITE: RGB = (255, 255, 255)
# WCAG 2.2 asks 4.5:1 of text; 5.2 leaves room for what H.264 and its rounding do to the pixels.
CONTRAST = 5.2
# Secondary words are set in this grey; being the darkest ink on a card, it decides the limit.
SOFT: RGB = (226, 229, 236)
_ROWS = 135  # worked on at a time, so that 4K needs no more than 25 MB of floats


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A frame without words, and the colour for the small things on it."""

    image: Image.Image
    accent: RGB


def frame_size(height: int) -> tuple[int, int]:
    """Width and height of a 16:9 frame, both even, as 4:2:0 video needs them."""
    return 2 * round(height * 16 / 9 / 2), height


def backdrop(picture: Path | Image.Image | None, *, seed: str, size: tuple[int, int]) -> Backdrop:
    """The frame that all cards of a mix share.

    The picture covers the frame; towards the bottom left, where words go, it is blurred, and
    darkened until the brightest pixel keeps ``CONTRAST`` to the words. Without a picture, soft
    lights are painted in colours that follow from ``seed`` (the mix's title).
    """
    plain = _painted(seed, size) if picture is None else _covering(picture, size)
    accent = _accent(plain)
    quiet = plain if picture is None else _blurred_under_words(plain)
    return Backdrop(_darkened(quiet), accent)


def square(picture: Path | Image.Image | None, *, seed: str, side: int) -> Image.Image:
    """The plain picture, or the painted one, as the square that players show beside a file."""
    return _painted(seed, (side, side)) if picture is None else _covering(picture, (side, side))


def luminance_limit(ink: RGB, contrast: float) -> float:
    """The relative luminance below which a ground keeps ``contrast`` to ``ink`` (WCAG 2.2)."""
    return (relative_luminance(ink) + 0.05) / contrast - 0.05


def relative_luminance(colour: RGB) -> float:
    """WCAG's relative luminance of an sRGB colour, 0 to 1."""
    linear = [_linear(c / 255) for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(c: float) -> float:
    return float(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)


def _covering(picture: Path | Image.Image, size: tuple[int, int]) -> Image.Image:
    if isinstance(picture, Image.Image):
        return ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)
    with Image.open(picture, formats=("PNG", "JPEG", "WEBP")) as opened:
        return ImageOps.fit(opened.convert("RGB"), size, Image.Resampling.LANCZOS)


def _blurred_under_words(picture: Image.Image) -> Image.Image:
    """The picture, out of focus towards the words, sharp away from them.

    The blur is made at a quarter of the size: its radius hides what the reduction loses.
    """
    width, height = picture.size
    small = picture.reduce(4).filter(ImageFilter.GaussianBlur(height / 4 / 40))
    soft = small.resize(picture.size, Image.Resampling.BICUBIC)
    veil = Image.fromarray((255 * _veil(64, 36)).astype(np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    return Image.composite(soft, picture, veil)


def _veil(width: int, height: int, rows: slice = slice(None)) -> Plane:
    """How much of a place belongs to the words, 0 to 1: all below, half of the left, a thin top."""
    y, x = _places(height)[rows, None], _places(width)[None, :]
    below = _smooth((y - 0.26) / 0.34)
    left = 0.4 * _smooth((0.7 - x) / 0.7)
    above = 0.8 * _smooth((0.24 - y) / 0.16)
    return np.asarray(1 - (1 - below) * (1 - left) * (1 - above), dtype=np.float32)


def _places(n: int) -> Plane:
    """The middles of ``n`` pixels across a frame that runs from 0 to 1."""
    return np.linspace(0.5 / n, 1 - 0.5 / n, n, dtype=np.float32)


def _smooth(t: Plane) -> Plane:
    clipped = np.clip(t, 0.0, 1.0)
    return np.asarray(clipped * clipped * (3 - 2 * clipped), dtype=np.float32)


def _darkened(picture: Image.Image) -> Image.Image:
    """Multiply by a gradient that is dark under words, then hold every pixel there to the limit."""
    width, height = picture.size
    frame = np.array(picture)
    deep = _calm(picture)
    grain = np.random.default_rng(7)
    for top in range(0, height, _ROWS):
        rows = slice(top, min(height, top + _ROWS))
        veil = _veil(width, height, rows)
        # A last third of darkness falls towards the foot: a flat ground would look like a lid.
        fall = 1 - 0.38 * _smooth((_places(height)[rows] - 0.45) / 0.5)
        strip = frame[rows] * ((1 - (1 - deep) * veil) * fall[:, None])[:, :, None]
        strip *= _held(strip, veil)[:, :, None]
        # Triangular noise of one step spreads the rounding: gradients do not break into bands.
        noise = grain.random(strip.shape, np.float32) - grain.random(strip.shape, np.float32)
        frame[rows] = np.clip(strip + noise * 0.9, 0, 255).round()
    return Image.fromarray(frame)


def _calm(picture: Image.Image) -> float:
    """What to leave of a picture under words: a bright one is dimmed as a whole, so that its shapes
    survive, and a dark one keeps its colours; 0.62 sets it off from the rest even so.
    """
    small = np.asarray(picture.resize((64, 36), Image.Resampling.BOX), dtype=np.float32)
    bright = float(np.percentile(_luminance(small)[_veil(64, 36) > 0.6], 95))
    return float(min(0.62, 0.85 * (_limit() / max(bright, 1e-6)) ** (1 / 2.4)))


def _limit() -> float:
    # The power law below reads up to 18 % under the true curve at this luminance.
    return luminance_limit(SOFT, CONTRAST) * 0.82


def _luminance(pixels: Plane) -> Plane:
    """Relative luminance by a pure power, the steepest in sRGB's curve."""
    weights = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    return np.asarray(np.power(pixels / 255, np.float32(2.4)) @ weights, dtype=np.float32)


def _held(strip: Plane, veil: Plane) -> Plane:
    """The factor that brings a pixel under words to the luminance that words can bear."""
    luminance, limit = _luminance(strip), _limit()
    over = np.power(limit / np.maximum(luminance, limit), np.float32(1 / 2.4))
    return np.asarray(1 + (over - 1) * _smooth((veil - 0.25) / 0.35), dtype=np.float32)


def _painted(seed: str, size: tuple[int, int]) -> Image.Image:
    """Four soft lights on a dark ground, their places and hues taken from the seed's hash."""
    digest = hashlib.sha256(seed.encode()).digest()
    hue = digest[0] / 256
    width, height = 192, 108
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / height
    frame = np.empty((height, width, 3), dtype=np.float32)
    frame[:] = np.array(colorsys.hsv_to_rgb(hue, 0.55, 0.20), dtype=np.float32)
    for k in range(4):
        a, b, c, d = (v / 255 for v in digest[1 + 4 * k : 5 + 4 * k])
        shade = colorsys.hsv_to_rgb((hue + (k - 1.5) * 0.09 + 0.04 * c) % 1, 0.72, 0.95)
        far = ((x - (0.35 + 1.5 * a)) ** 2 + (y - (b * 0.9 - 0.05)) ** 2) / (0.16 + 0.28 * d)
        weight = (0.85 * np.exp(-far * 1.6))[:, :, None]
        frame = frame * (1 - weight) + np.array(shade, dtype=np.float32) * weight
    small = Image.fromarray((frame * 255).round().astype(np.uint8))
    return small.resize(size, Image.Resampling.BICUBIC)


def _accent(picture: Image.Image) -> RGB:
    """The picture's own most colourful hue, made light enough to stand on the dark."""
    pixels = np.asarray(picture.resize((32, 18), Image.Resampling.BOX), dtype=np.float32) / 255
    flat = pixels.reshape(-1, 3)
    chroma = flat.max(axis=1) - flat.min(axis=1)
    best = flat[int(np.argmax(chroma))]
    if float(chroma.max()) < 0.08:  # a grey picture: no hue worth naming
        return WHITE
    hue, _, _ = colorsys.rgb_to_hsv(*(float(v) for v in best))
    return _light(hue)


def _light(hue: float) -> RGB:
    """The most colourful shade of ``hue`` that reads on the brightest ground there can be."""
    ground = luminance_limit(SOFT, CONTRAST) + 0.05
    for percent in range(60, -1, -5):
        r, g, b = (round(255 * v) for v in colorsys.hsv_to_rgb(hue, percent / 100, 1.0))
        if (relative_luminance((r, g, b)) + 0.05) / ground >= 4.6:
            return r, g, b
    return WHITE
