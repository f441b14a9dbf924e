"""Paint a picture for a mix from a seed: dusk over hills."""

from __future__ import annotations

import io
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels: TypeAlias = npt.NDArray[np.float64]

# Sky at the top, sky at the horizon, nearest hill: red, green, blue.
PALETTES = (
    ((38, 24, 74), (244, 132, 95), (18, 14, 34)),
    ((9, 44, 76), (250, 188, 120), (8, 20, 33)),
    ((52, 16, 60), (255, 111, 145), (22, 8, 30)),
    ((12, 58, 66), (230, 214, 160), (6, 26, 30)),
)
HILLS = 4


def paint(seed: int, *, width: int = 1920, height: int = 1080) -> Image.Image:
    """Paint an RGB picture; the same seed and size give the same pixels."""
    rng = np.random.default_rng([seed, 91])
    top, horizon, near = (np.array(colour, float) for colour in PALETTES[seed % len(PALETTES)])
    y = np.linspace(0.0, 1.0, height)[:, None, None]
    sky = np.broadcast_to(top + (horizon - top) * y**1.4, (height, width, 3)).copy()
    _hang_sun(sky, rng)
    for hill in range(HILLS):
        depth = (hill + 1) / HILLS
        _raise_hill(sky, horizon + (near - horizon) * depth, 0.45 + 0.4 * depth, rng)
    return Image.fromarray(sky.astype(np.uint8), "RGB")


def png_bytes(seed: int, *, width: int = 1920, height: int = 1080) -> bytes:
    """Paint the picture as a PNG file."""
    return _encoded(paint(seed, width=width, height=height), "PNG")


def jpeg_bytes(seed: int, *, width: int = 600, height: int = 600) -> bytes:
    """Paint the picture as a JPEG file, square by default, like a cover."""
    return _encoded(paint(seed, width=width, height=height), "JPEG")


def _encoded(image: Image.Image, format_name: str) -> bytes:
    out = io.BytesIO()
    image.save(out, format_name)
    return out.getvalue()


def _hang_sun(sky: Pixels, rng: np.random.Generator) -> None:
    """Lighten a soft-edged disc, the sun, in place."""
    height, width = sky.shape[:2]
    centre_x, centre_y = rng.uniform(0.2, 0.8) * width, rng.uniform(0.25, 0.45) * height
    y, x = np.ogrid[:height, :width]
    distance = np.hypot(x - centre_x, y - centre_y) / (0.11 * height)
    glow = np.clip(1.0 - distance, 0.0, 0.02) / 0.02 + 0.35 * np.exp(-np.maximum(distance - 1, 0))
    sky += (np.array((255.0, 236.0, 205.0)) - sky) * np.minimum(1.0, glow)[..., None]


def _raise_hill(sky: Pixels, colour: Pixels, ridge: float, rng: np.random.Generator) -> None:
    """Paint a hill: everything below a wavy ridge, in place.

    ``ridge`` is 0 at the picture's top, 1 at its bottom.
    """
    height, width = sky.shape[:2]
    x = np.linspace(0.0, 2.0 * np.pi, width)
    waves = sum(
        rng.uniform(0.3, 1.0) / k * np.sin(k * x + rng.uniform(0.0, 6.28)) for k in (1, 2, 3, 5, 8)
    )
    line = (ridge + 0.05 * np.asarray(waves)) * height
    sky[np.arange(height)[:, None] > line] = colour
