"""Compose crates of different songs with titles, like a user's upload."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from composer.compose import compose_song
from composer.song import Song, SongSpec, StyleName

# Realistic titles: short, long, accented, non-Latin, right to left, emoji.
TITLES = (
    ("First Light", "Ana Ferrer"),
    ("Café con Leche", "Los Días Lentos"),
    ("夜明けの電車", "青い窓"),
    ("Still Water (Extended Version) [2026 Remaster]", "The Northern Line & Friends"),
    ("Ночной город", "Полярный круг"),
    ("Acid & Apples", "Kollektiv 7"),
    ("ليل طويل", "نور"),
    ("서울의 비", "하늘색"),
    ("Über den Dächern", "Straßenmusik"),
    ("Everything I Meant to Say Before the Last Train Left the Platform Without Me", "Mara Quill"),
    ("Σιωπή", "Θάλασσα"),
    ("Saudade 🌊", "João d'Água"),
    ("שיר לבוקר", "אורן"),
    ("Dub / No. 9", "Ölmez"),
    ("धूप", "रंग"),
    ("x", "y"),
)
# Club styles come first, so that a small crate mixes well; later songs add variety.
STYLE_ORDER: tuple[StyleName, ...] = (
    "house",
    "house",
    "techno",
    "pop",
    "hiphop",
    "dnb",
    "house",
    "pop",
    "ballad",
    "waltz",
)


def crate_specs(n_songs: int, seed: int, duration_s: float) -> tuple[SongSpec, ...]:
    """The specs of a crate's songs; lengths vary by a tenth, so that joins differ."""
    rng = np.random.default_rng([seed, 71])
    lengths = duration_s * rng.uniform(0.9, 1.1, n_songs)
    return tuple(_spec(i, seed, float(length)) for i, length in enumerate(lengths))


def compose_crate(n_songs: int, seed: int, duration_s: float) -> Iterator[Song]:
    """Compose a crate one song at a time, as a song takes 2 MB of memory for each second."""
    return (compose_song(spec) for spec in crate_specs(n_songs, seed, duration_s))


def _spec(index: int, seed: int, duration_s: float) -> SongSpec:
    title, artist = TITLES[index % len(TITLES)]
    volume, style = index // len(TITLES) + 1, STYLE_ORDER[index % len(STYLE_ORDER)]
    return SongSpec(
        style=style,
        seed=1000 * seed + index,
        duration_s=round(duration_s, 3),
        title=title if volume == 1 else f"{title} {volume}",
        artist=artist,
        timing="human" if style in ("pop", "ballad", "waltz") else "exact",
    )
