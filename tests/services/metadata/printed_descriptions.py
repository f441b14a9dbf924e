"""Descriptions of composed mixes, as printed in docs/publishing.md.

    python -m tests.services.metadata.printed_descriptions

prints them into the document again. Artists and titles are invented.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from backend.app.analysis.result_files import save_json
from backend.app.analysis.track import VERSION
from backend.app.contract.descriptions import DescriptionLines
from backend.app.contract.publishing import DescriptionOptions, WordsView
from backend.app.dj.timeline import Chapter, Clip, Timeline
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.publishing.metadata.metadata_writer import MetadataWriter
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.metadata.facts import mixtape_facts
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.limits import youtube_limits
from tests import ROOT
from tests.dj.llm_set import track_analysis

DOCUMENT = ROOT / "docs" / "publishing.md"
BEGIN, END = "<!-- printed descriptions: begin -->\n", "<!-- printed descriptions: end -->\n"
WRITER = MetadataWriter(None, youtube_limits(Settings(_env_file=None)))
LANGUAGES = {"en": "English", "es": "Spanish", "pt": "Portuguese"}

ARTISTS = (
    "Marlow Reed",
    "Ines Quill",
    "Tidal Post",
    "Noor & Vega",
    "Kasper Lund feat. Lila Onwe",
    "Paper Harbour",
    "Ostra",
    "Vellum",
    "Juno Carrow",
    "Sable Ridge",
    "Mirelle",
    "The Low Tide Club",
    "Anton Weir",
    "Copper Lane",
    "Hana Moriko",
    "Glass Arcade",
    "Dario Pell",
    "Northline",
    "Ember & Oak",
)
TITLES = (
    """
Harbour Lights, Soft Focus, Slow Window, Blue Hour, Second Skin, Undertow, Paper Moon, Low Sun,
Marble, Night Ferry, Velvet Room, Open Water, Signal, Amber, Half Awake, Long Way Down,
Passenger, Silver Line, Afterglow, Last Platform, Mirror Ball, Sugar, Saturday Coat, Neon Rain,
Hold Me There, Pocket Radio, Sidewalk, Champagne Bus, Feel It Twice, Rooftop, Golden Hour, Taxi
Home, Honeycomb, Wild Mint, Polaroid, Sunset Mile, Body Talk, Lemon Tree Road, Carousel, Fever
Dream, Hotel Pool, Shake the Dust, Red Vinyl, Parade, Boulevard, Moonflower, Glitter, Five in
the Morning, Strobe, Skyline, Electric Garden, Tunnel, Warehouse, Deep End, Pulse, Concrete,
First Train, Bright Side, Daybreak, Coffee
""".replace("\n", " ")
    .strip()
    .split(", ")
)
VERSIONS = ("", "", " (Extended Mix)", "", "", "", " (Dub)", "")
SECONDS = (191, 176, 204, 168, 187, 199, 173)  # from one chapter to the next
LINKS = "https://latewindow.example\nhttps://latewindow.example/shop"

NO_LINES = DescriptionLines()


@dataclass(frozen=True, slots=True)
class Mix:
    """A composed mix; ``intro`` and ``support`` by language."""

    n_tracks: int
    tempi_bpm: tuple[float, float]
    genres: tuple[tuple[str, int], ...]
    intro: dict[str, str]
    lines: DescriptionLines = NO_LINES
    support: dict[str, str] | None = None
    every: float = 1.0  # chapters are this many times as long


MIXES = (
    Mix(3, (118.0, 122.0), (), {}, every=1.5),
    Mix(
        20,
        (120.0, 126.0),
        (("Deep House", 12), ("House", 5), ("Tech House", 3)),
        {
            "en": "Recorded in one take on a quiet Sunday. It starts slow and opens up.",
            "es": "Grabado de una sola toma un domingo tranquilo. Empieza despacio y crece.",
            "pt": "Gravado de uma só vez num domingo tranquilo. Começa devagar e cresce.",
        },
        DescriptionLines(links=LINKS),
        {
            "en": "Support the channel: https://latewindow.example/support",
            "es": "Apoya el canal: https://latewindow.example/support",
            "pt": "Apoie o canal: https://latewindow.example/support",
        },
    ),
    Mix(
        60,
        (112.0, 128.0),
        (("House", 26), ("Disco", 18), ("Nu Disco", 9), ("Funk", 7)),
        {
            "en": "New Year's Eve from start to finish: disco first, house after midnight.",
            "es": "Nochevieja de principio a fin: primero disco, house después de medianoche.",
            "pt": "Passagem de ano do início ao fim: primeiro disco, house depois da meia-noite.",
        },
        DescriptionLines(links=LINKS, licence="CC BY-NC 4.0"),
        every=1.22,
    ),
)


def starts_s(mix: Mix) -> list[int]:
    """The second at which each track begins, and the end of the mix."""
    gaps = [round(mix.every * SECONDS[n % len(SECONDS)]) for n in range(mix.n_tracks)]
    return list(accumulate(gaps, initial=0))


def described(mix: Mix, language: str) -> WordsView:
    """Write the mix's metadata as a mixtape job does."""
    lines = mix.lines.model_copy(update={"support": (mix.support or {}).get(language, "")})
    options = DescriptionOptions(intro=mix.intro.get(language, ""), language=language, lines=lines)
    with tempfile.TemporaryDirectory() as folder:
        store = ContentStore(Path(folder) / "storage")
        return WRITER.write(
            mixtape_facts(_timeline(mix), "Late window", _tracks(mix, store), store), options
        )


def _names(n: int) -> tuple[str, str]:
    return ARTISTS[n % len(ARTISTS)], TITLES[n] + VERSIONS[n % len(VERSIONS)]


def _timeline(mix: Mix) -> Timeline:
    starts = [SAMPLE_RATE * second for second in starts_s(mix)]
    clips, chapters = [], []
    for n in range(mix.n_tracks):
        artist, title = _names(n)
        length = starts[n + 1] - starts[n]
        clips.append(Clip(f"t{n}", f"{n:064}", title, artist, start=starts[n], length=length))
        chapters.append(Chapter(starts[n], f"{artist} – {title}"))
    return Timeline(tuple(clips), chapters=tuple(chapters))


def _tracks(mix: Mix, store: ContentStore) -> list[TrackRef]:
    genres = [genre for genre, n in mix.genres for _ in range(n)] or [""] * mix.n_tracks
    tracks = []
    for n in range(mix.n_tracks):
        artist, title = _names(n)
        slowest, fastest = mix.tempi_bpm
        tempo_bpm = slowest + (fastest - slowest) * n / (mix.n_tracks - 1)
        path = store.derived(f"{n:064}", f"analysis-v{VERSION}.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        save_json(track_analysis(tempo_bpm, "A minor"), path)
        tracks.append(
            TrackRef(
                track_id=f"t{n}",
                content_hash=f"{n:064}",
                title=title,
                artist=artist,
                genre=genres[n],
                n_samples=SAMPLE_RATE,
            )
        )
    return tracks


def printed() -> str:
    """All descriptions, as Markdown."""
    parts = []
    for mix in MIXES:
        for language, name in LANGUAGES.items():
            text = described(mix, language).description
            parts.append(f"**{mix.n_tracks} tracks, {name}**\n\n```text\n{text}```\n")
    return "\n".join(parts)


def with_printed(document: str) -> str:
    """The document with the descriptions between its two marks."""
    return re.sub(
        re.escape(BEGIN) + ".*?" + re.escape(END),
        lambda _: f"{BEGIN}\n{printed()}\n{END}",
        document,
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    DOCUMENT.write_text(with_printed(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
