"""Draw the background of cards: the uploaded picture, darkened under text, or a painted one."""

from __future__ import annotations

import colorsys
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter, ImageOps

from .text_layout import RGB

Plane = npt.NDArray[np.float32]

WHITE: RGB = (255, 255, 255)
# WCAG 2.2 requires 4.5:1 for text; 5.2 leaves room for changes by H.264 and rounding.
CONTRAST = 5.2
# Grey of secondary text: the darkest text on a card, so it decides the limit.
SOFT: RGB = (226, 229, 236)
_ROWS = 135  # rows processed at a time, so that 4K needs at most 25 MB of floats


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A picture without text, and the accent colour for small elements on it."""

    image: Image.Image
    accent: RGB


def frame_size(height: int) -> tuple[int, int]:
    """Width and height of a 16:9 frame, both even, as 4:2:0 video requires."""
    return 2 * round(height * 16 / 9 / 2), height


def backdrop(picture: Path | Image.Image | None, *, seed: str, size: tuple[int, int]) -> Backdrop:
    """Draw the background that all cards of a mix share.

    The picture covers the frame. Towards the bottom left, under the text, it is blurred and
    darkened until its brightest pixel has the contrast ``CONTRAST`` to the text. Without a picture,
    soft lights are painted in colours derived from ``seed`` (the mix's title).
    """
    plain = _painted(seed, size) if picture is None else covering(picture, size)
    accent = _accent(plain)
    quiet = plain if picture is None else _blurred_under_text(plain)
    return Backdrop(_darkened(quiet), accent)


def square(picture: Path | Image.Image | None, *, seed: str, side: int) -> Image.Image:
    """Draw the uploaded or painted picture as a square cover."""
    return _painted(seed, (side, side)) if picture is None else covering(picture, (side, side))


def luminance_limit(ink: RGB, contrast: float) -> float:
    """The highest luminance of a background with ``contrast`` to ``ink`` (WCAG 2.2)."""
    return (relative_luminance(ink) + 0.05) / contrast - 0.05


def relative_luminance(colour: RGB) -> float:
    """Relative luminance of an sRGB colour, 0 to 1 (WCAG)."""
    linear = [_linear(c / 255) for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(c: float) -> float:
    return float(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)


def covering(picture: Path | Image.Image, size: tuple[int, int]) -> Image.Image:
    """Scale and crop a picture to ``size``."""
    if isinstance(picture, Path):
        with Image.open(picture, formats=("PNG", "JPEG", "WEBP")) as opened:
            return covering(opened, size)
    return ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)


def _blurred_under_text(picture: Image.Image) -> Image.Image:
    """Blur the picture under the text.

    The blur is computed at a quarter of the size, a loss that its radius hides.
    """
    width, height = picture.size
    small = picture.reduce(4).filter(ImageFilter.GaussianBlur(height / 4 / 40))
    soft = small.resize(picture.size, Image.Resampling.BICUBIC)
    veil = Image.fromarray((255 * _veil(64, 36)).astype(np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    return Image.composite(soft, picture, veil)


def _veil(width: int, height: int, rows: slice = slice(None)) -> Plane:
    """Weight of the text area at each pixel, 0 to 1: bottom, left half, narrow top."""
    y, x = _pixel_centres(height)[rows, None], _pixel_centres(width)[None, :]
    below = _smooth((y - 0.26) / 0.34)
    left = 0.4 * _smooth((0.7 - x) / 0.7)
    above = 0.8 * _smooth((0.24 - y) / 0.16)
    return np.asarray(1 - (1 - below) * (1 - left) * (1 - above), dtype=np.float32)


def _pixel_centres(n: int) -> Plane:
    """The centres of ``n`` pixels across a frame from 0 to 1."""
    return np.linspace(0.5 / n, 1 - 0.5 / n, n, dtype=np.float32)


def _smooth(t: Plane) -> Plane:
    clipped = np.clip(t, 0.0, 1.0)
    return np.asarray(clipped * clipped * (3 - 2 * clipped), dtype=np.float32)


def _darkened(picture: Image.Image) -> Image.Image:
    """Darken the area under the text by a gradient, and limit each pixel's luminance."""
    width, height = picture.size
    frame = np.array(picture)
    darkest = _darkening_under_text(picture)
    rng = np.random.default_rng(7)
    for top in range(0, height, _ROWS):
        rows = slice(top, min(height, top + _ROWS))
        veil = _veil(width, height, rows)
        # Up to a third darker towards the bottom, because an even background looks flat.
        fall = 1 - 0.38 * _smooth((_pixel_centres(height)[rows] - 0.45) / 0.5)
        strip = frame[rows] * ((1 - (1 - darkest) * veil) * fall[:, None])[:, :, None]
        strip *= _luminance_limiter(strip, veil)[:, :, None]
        # Triangular dither of one step prevents banding in gradients.
        noise = rng.random(strip.shape, np.float32) - rng.random(strip.shape, np.float32)
        frame[rows] = np.clip(strip + noise * 0.9, 0, 255).round()
    return Image.fromarray(frame)


def _darkening_under_text(picture: Image.Image) -> float:
    """Factor that darkens a picture under text; bright ones are dimmed evenly.

    Even dimming keeps shapes. Dark pictures get 0.62, which keeps their colours and still sets the
    text area off from the rest.
    """
    small = np.asarray(picture.resize((64, 36), Image.Resampling.BOX), dtype=np.float32)
    bright = float(np.percentile(_luminance(small)[_veil(64, 36) > 0.6], 95))
    return float(min(0.62, 0.85 * (_limit() / max(bright, 1e-6)) ** (1 / 2.4)))


def _limit() -> float:
    # The power law of `_luminance` is up to 18 % below the true curve at this luminance.
    return luminance_limit(SOFT, CONTRAST) * 0.82


def _luminance(pixels: Plane) -> Plane:
    """Relative luminance by a power law with the steepest exponent of sRGB's curve."""
    weights = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    return np.asarray(np.power(pixels / 255, np.float32(2.4)) @ weights, dtype=np.float32)


def _luminance_limiter(strip: Plane, veil: Plane) -> Plane:
    """Factor that brings each pixel under text down to the luminance limit."""
    luminance, limit = _luminance(strip), _limit()
    over = np.power(limit / np.maximum(luminance, limit), np.float32(1 / 2.4))
    return np.asarray(1 + (over - 1) * _smooth((veil - 0.25) / 0.35), dtype=np.float32)


def _painted(seed: str, size: tuple[int, int]) -> Image.Image:
    """Paint four soft lights on a dark ground, placed and coloured by the seed's hash."""
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
    """The picture's most colourful hue, light enough for a dark background."""
    pixels = np.asarray(picture.resize((32, 18), Image.Resampling.BOX), dtype=np.float32) / 255
    flat = pixels.reshape(-1, 3)
    chroma = flat.max(axis=1) - flat.min(axis=1)
    best = flat[int(np.argmax(chroma))]
    if float(chroma.max()) < 0.08:  # a grey picture has no clear hue
        return WHITE
    hue, _, _ = colorsys.rgb_to_hsv(*(float(v) for v in best))
    return _light(hue)


def _light(hue: float) -> RGB:
    """The most colourful shade of ``hue`` that is readable on the brightest background."""
    ground = luminance_limit(SOFT, CONTRAST) + 0.05
    for percent in range(60, -1, -5):
        r, g, b = (round(255 * v) for v in colorsys.hsv_to_rgb(hue, percent / 100, 1.0))
        if (relative_luminance((r, g, b)) + 0.05) / ground >= 4.6:
            return r, g, b
    return WHITE
