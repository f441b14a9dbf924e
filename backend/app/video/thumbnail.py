"""The picture that stands for the video before it is played: 1280 x 720, under 2 MB."""

from __future__ import annotations

import io

from PIL import Image

from .backdrop import SOFT, WHITE, Backdrop
from .cards import MARGIN_X, MARGIN_Y
from .type_setting import RGB, SetText, fit, paint

SIZE = (1280, 720)
# YouTube's older pages say 2 MB for a thumbnail; staying under it satisfies all of them.
MAX_BYTES = 2_000_000

# A thumbnail is seen at a tenth of its width: one size larger than a card, and fewer words.
_SIZES = (190.0, 168.0, 148.0, 148.0, 128.0, 108.0, 108.0, 92.0)
_LINES = (1, 1, 1, 2, 2, 2, 3, 3)


def draw_thumbnail(
    behind: Backdrop, *, mix_title: str, n_tracks: int, duration_s: float
) -> Image.Image:
    """The mix's title in large letters over ``behind``; beneath, how much music it is."""
    image = behind.image.copy()
    unit = image.height / 1080
    room = image.width - 2 * MARGIN_X * unit
    foot = image.height - (MARGIN_Y + 10) * unit
    title = _fit(mix_title, _SIZES, _LINES, room, unit)
    below = fit(
        contents(n_tracks, duration_s),
        width_px=room,
        sizes_px=(62 * unit,),
        max_lines=(1,),
        weight="text",
    )
    paint(image, below, x=MARGIN_X * unit, baselines=(foot,), fill=SOFT)
    _draw_title(image, title, behind.accent, foot - 112 * unit, unit)
    return image


def _draw_title(image: Image.Image, title: SetText, accent: RGB, last: float, unit: float) -> None:
    """The title's lines down to the baseline ``last``, under a short bar in the accent colour."""
    left, steps = MARGIN_X * unit, range(len(title.lines) - 1, -1, -1)
    baselines = tuple(last - 1.12 * title.size_px * k for k in steps)
    paint(image, title, x=left, baselines=baselines, fill=WHITE)
    top = min(baselines, default=last) - title.size_px - 36 * unit
    corner = round(left), round(top)
    bar = Image.new("RGB", (round(120 * unit), round(12 * unit)), accent)
    image.paste(bar, corner)


def contents(n_tracks: int, duration_s: float) -> str:
    """``24 tracks · 1 h 32 min``."""
    minutes = max(1, round(duration_s / 60))
    hours, rest = divmod(minutes, 60)
    spoken = f"{hours} h {rest:02d} min" if hours else f"{minutes} min"
    return f"{n_tracks} {'track' if n_tracks == 1 else 'tracks'} · {spoken}"


def jpeg_bytes(image: Image.Image, max_bytes: int = MAX_BYTES) -> bytes:
    """``image`` as a JPEG of at most ``max_bytes``: the best quality that fits."""
    for quality in (94, 90, 85, 78, 70, 60, 45, 30):
        written = io.BytesIO()
        image.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
        if written.tell() <= max_bytes:
            break
    return written.getvalue()


def _fit(
    text: str, sizes: tuple[float, ...], lines: tuple[int, ...], room: float, unit: float
) -> SetText:
    return fit(
        text,
        width_px=room,
        sizes_px=tuple(size * unit for size in sizes),
        max_lines=lines,
        weight="title",
        tracking=-0.015,
    )
