"""Draw the video's thumbnail: 1280 x 720, under 2 MB."""

from __future__ import annotations

import io

from PIL import Image

from .backdrop import SOFT, WHITE, Backdrop
from .cards import MARGIN_X, MARGIN_Y
from .text_layout import fit, paint

SIZE = (1280, 720)
# The limit on YouTube's older pages, the strictest of YouTube's limits for thumbnails.
MAX_BYTES = 2_000_000

# A thumbnail is shown at a tenth of its width, so its text is larger and shorter than a card's.
_SIZES = (
    *((190.0, 1), (168.0, 1), (148.0, 1)),
    *((148.0, 2), (128.0, 2), (108.0, 2), (108.0, 3), (92.0, 3)),
)


def draw_thumbnail(
    behind: Backdrop, *, mix_title: str, n_tracks: int, duration_s: float
) -> Image.Image:
    """Draw the mix's title below a short bar, and its number of tracks and length below that."""
    image = behind.image.copy()
    unit = image.height / 1080
    room = image.width - 2 * MARGIN_X * unit
    foot = image.height - (MARGIN_Y + 10) * unit
    title = fit(mix_title, room, _SIZES, "title", tracking=-0.015, unit=unit)
    below = fit(summary(n_tracks, duration_s), room, ((62.0, 1),), "text", unit=unit)
    left = MARGIN_X * unit
    paint(image, below, x=left, last=foot, fill=SOFT)
    first = paint(image, title, x=left, last=foot - 112 * unit, fill=WHITE, leading=1.12)
    bar = Image.new("RGB", (round(120 * unit), round(12 * unit)), behind.accent)
    image.paste(bar, (round(left), round(first - title.size_px - 36 * unit)))
    return image


def summary(n_tracks: int, duration_s: float) -> str:
    """Write a summary such as ``24 tracks · 1 h 32 min``."""
    minutes = max(1, round(duration_s / 60))
    hours, rest = divmod(minutes, 60)
    duration = f"{hours} h {rest:02d} min" if hours else f"{minutes} min"
    return f"{n_tracks} {'track' if n_tracks == 1 else 'tracks'} · {duration}"


def jpeg_bytes(image: Image.Image, max_bytes: int = MAX_BYTES) -> bytes:
    """Encode a JPEG of at most ``max_bytes``, in the best quality that fits."""
    for quality in (94, 90, 85, 78, 70, 60, 45, 30):
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
        if file.tell() <= max_bytes:
            break
    return file.getvalue()
