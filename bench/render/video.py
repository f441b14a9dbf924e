"""Measure the CPU time and size of the film of an hour's mix.

Run it with ``python -m bench.render.video [cards] [minutes] [height]``.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from backend.app.dsp.samples import samples
from backend.app.media.ffmpeg.ffmpeg import find_ffmpeg
from backend.app.render.files.tags import MixTags
from backend.app.video.backdrop import backdrop, frame_size
from backend.app.video.cards import Card, draw_card
from backend.app.video.film import FilmTools, TimedCard, render_film


def cpu_s() -> float:
    """Return CPU seconds of this process and of its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def landscape(width: int = 2400, height: int = 1600) -> Image.Image:
    """Draw a picture as hard to encode as a photograph: gradients, edges, noise."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    sky = np.stack([60 + 160 * y / height, 90 + 20 * np.sin(x / 300), 140 - 40 * y / height], -1)
    for k in range(5):
        ridge = height * (0.5 + 0.1 * k) + 60 * np.sin(x[0] / (180 + 40 * k) + 2 * k)
        sky[y > ridge] = (70 - 12 * k, 50 - 9 * k, 90 - 12 * k)
    sky += np.random.default_rng(1).normal(0, 6, (height, width, 1))
    return Image.fromarray(np.clip(sky, 0, 255).astype(np.uint8))


def sound(ffmpeg: Path, duration_s: float, out: Path) -> None:
    """Write an `.m4a` of quiet noise, which is cheap to make."""
    source = f"anoisesrc=d={duration_s}:a=0.1:r=44100:s=1"
    coder = ("-ac", "2", "-c:a", "aac", "-aac_coder", "fast", "-b:a", "192k")
    argv = [str(ffmpeg), "-v", "error", "-f", "lavfi", "-i", source, *coder, "-y", str(out)]
    subprocess.run(argv, check=True)


def film(ffmpeg: Path, root: Path, picture: Path, n_cards: int, length: int, height: int) -> None:
    """Draw the title cards and render the film as a job does."""
    size, title = frame_size(height), "Deep Nights"
    behind = backdrop(picture, seed=title, size=size)
    starts = [length * k // n_cards for k in range(n_cards)]
    cards = []
    for k, start in enumerate(starts):
        card = Card(k + 1, n_cards, f"Track {k + 1}", "Artist", title)
        cards.append(TimedCard(partial(draw_card, behind, card), start))
    chapters = tuple((start, "Artist - Track") for start in starts)
    render_film(
        cards,
        audio=root / "a.m4a",
        tags=MixTags(title, "Segue", chapters=chapters, length=length),
        size=size,
        out=root / "mix.mp4",
        tools=FilmTools(ffmpeg, root, workers=2),
    )


def run_video(n_cards: int = 12, minutes: float = 60.0, height: int = 1080) -> None:
    """Print the film's CPU seconds and size."""
    ffmpeg = find_ffmpeg(os.environ.get("FFMPEG_BINARY"))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        landscape().save(root / "picture.png")
        sound(ffmpeg, minutes * 60, root / "a.m4a")
        before = cpu_s()
        film(ffmpeg, root, root / "picture.png", n_cards, samples(minutes * 60), height)
        spent = cpu_s() - before
        video_mb = ((root / "mix.mp4").stat().st_size - (root / "a.m4a").stat().st_size) / 1e6
    print(
        f"{n_cards} cards, {minutes:g} min, {height}p: {spent:.1f} CPU-s (aim for 12 x 60 min at "
        f"1080p: 40), {video_mb:.0f} MB of video"
    )


if __name__ == "__main__":
    run_video(*(int(argument) for argument in sys.argv[1:]))
