"""``python -m bench.sets.groove``: do joins of matching grooves have fewer flams?

Composed songs of one tempo and key, straight and swung, with various drum patterns, are blended
over 16 bars: paired for the greatest similarity of their grooves, and paired at random. Both decks
are rendered alone, and their onsets found without a beat grid. The flam figure is the share of all
onsets whose nearest onset of the other deck is 10 to 60 ms away: too far to sound like one stroke,
and too near to sound like a note of its own.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from backend.app.analysis.mid_side import analysis_blocks
from backend.app.analysis.rhythm.onset_picking import StereoSpectraAnalyser, find_onsets
from backend.app.dj.deck import DeckTrack
from backend.app.dj.groove import Grooves, compare
from backend.app.dj.pair import Pair
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from backend.app.render.measure.blind_join import BlindListener
from backend.app.render.measure.join_metrics import plain_clip, shared_span
from composer.song import Realism, SongSpec, StyleName

from .crate import composed_songs, decks_of
from .run import KEPT_IN
from .sabotage import BLEND, Crate, plan_with

Values = npt.NDArray[np.float64]
Pairs = Sequence[tuple[int, int]]

TEMPO_BPM, KEY, DURATION_S, SEED = 124.0, "A minor", 84.0, 7100
"""One tempo and one key, so that neither decides which joins can be made."""
FLAM_S = (0.010, 0.060)
STYLES: tuple[tuple[StyleName, dict[str, float]], ...] = (
    ("house", {}),
    ("house", {"swing": 0.33}),
    ("techno", {}),
    ("techno", {"swing": 0.33}),
    ("offbeat", {}),
    ("pop", {}),
    ("pop", {"shuffle": 1.0}),
    ("twostep", {}),
    ("twostep", {"swing": 0.0}),
    ("dembow", {}),
    ("ska", {"shuffle": 1.0}),
    ("hiphop", {"swing": 0.33}),
)
"""Two songs of each, with kicks of different pitch, are in the crate."""


@dataclass(frozen=True, slots=True)
class Blend:
    """A blend of two songs: how alike their grooves are where it lies, and its flam figure."""

    names: tuple[str, str]
    similarity: float
    flams: float


def specs() -> list[SongSpec]:
    """List the songs of the crate."""
    realism = Realism(room=0.2, hiss_db=-50.0, kit_octaves=0.5, dynamics=0.18, variation=0.2)
    return [
        SongSpec(
            style=style,
            tempo_bpm=TEMPO_BPM,
            key=KEY,
            seed=SEED + 2 * index + take,
            duration_s=DURATION_S,
            realism=realism,
            **played,
        )
        for index, (style, played) in enumerate(STYLES)
        for take in range(2)
    ]


def blended(crate: Crate, decks: tuple[DeckTrack, DeckTrack]) -> Blend | None:
    """Render a blend's decks alone and measure its flams; None if none of 16 bars fits."""
    plan = plan_with(decks, BLEND)
    if plan.timeline.transitions[0].kind != "blend":
        return None
    clips = plan.timeline.clips[0], plan.timeline.clips[1]
    listener = BlindListener(crate.files.open_track, crate.files.open_stretched)
    start, end = shared_span(clips)
    out, into = (onsets_of(listener.play(plain_clip(clip), start, end)) for clip in clips)
    grooves, span = Pair(*decks).grooves, np.array([start, end], np.float64)
    out_s, in_s = (clip.sources_at(span) / SAMPLE_RATE for clip in clips)
    fit = grooves.fit((out_s[0], out_s[1]), (in_s[0], in_s[1])) if grooves else None
    names = decks[0].track_id, decks[1].track_id
    return Blend(names, fit.similarity if fit else np.nan, flam_share(out, into))


def onsets_of(sound: Samples) -> Values:
    """Find the onsets of a deck in seconds."""
    analyser = StereoSpectraAnalyser()
    for block in analysis_blocks([sound]):
        analyser.push(block)
    return find_onsets(analyser.finish())


def flam_share(out: Values, into: Values) -> float:
    """Share of all onsets whose nearest onset of the other deck is a flam away."""
    apart = np.abs(out[:, None] - into[None, :])
    nearest = np.concatenate([apart.min(axis=1), apart.min(axis=0)])
    return float(np.mean((nearest >= FLAM_S[0]) & (nearest <= FLAM_S[1])))


def similarities(decks: Sequence[DeckTrack]) -> Values:
    """How the groove at the end of each track suits that at the start of each other one."""
    grooves = [deck.analysis.grooves if deck.analysis else [] for deck in decks]
    ends = Grooves.of([found[-1] if found else None for found in grooves])
    starts = Grooves.of([found[0] if found else None for found in grooves])
    return compare(ends, starts, 60.0 / TEMPO_BPM).similarity


def pairs_of(alike: Values, draws: int) -> tuple[Pairs, Pairs]:
    """Pair the songs for the greatest similarity, and at random.

    Each song leaves once and enters once in each drawing, so that both groups have the same songs:
    busy ones have more flams with any partner.
    """
    n, rng = len(alike), np.random.default_rng(SEED)
    worth = np.nan_to_num(alike) - 2.0 * np.eye(n)
    matching = linear_sum_assignment(worth, maximize=True)[1]
    drawn = [order for _ in range(1000) if not ((order := rng.permutation(n)) == range(n)).any()]
    return list(enumerate(matching)), [pair for order in drawn[:draws] for pair in enumerate(order)]


def measured(crate: Crate, decks: Sequence[DeckTrack], pairs: Pairs) -> list[Blend]:
    """Blend pairs that fit."""
    blends = [blended(crate, (decks[out], decks[into])) for out, into in pairs]
    return [blend for blend in blends if blend is not None]


def main() -> None:
    """Compose, analyse, blend and measure; print the flams of matching and random joins."""
    parser = argparse.ArgumentParser(prog="python -m bench.sets.groove", description=__doc__)
    parser.add_argument("--draws", type=int, default=2, help="random partners of each song")
    parser.add_argument("--each", action="store_true", help="also print every blend")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--kept-in", type=Path, default=KEPT_IN, help="folder for composed songs")
    options = parser.parse_args()
    songs = composed_songs(options.kept_in, "groove", specs(), options.processes)
    decks = decks_of(songs, options.processes)
    best, drawn = pairs_of(similarities(decks), options.draws)
    with tempfile.TemporaryDirectory() as folder:
        crate = Crate({song.name: song.path for song in songs}, Path(folder))
        matching = measured(crate, decks, best)
        random = measured(crate, decks, drawn)
    if options.each:
        for one in [*matching, *random]:
            print(f"{one.names[0]:34} > {one.names[1]:34} {one.similarity:.2f} {one.flams:.3f}")
    print_table(matching, random)


def print_table(matching: Sequence[Blend], random: Sequence[Blend]) -> None:
    """Print both groups, and how flams follow the similarity over all blends."""
    print("joins      n  similarity  flams: mean  median  spread (sd)")
    for name, blends in (("matching", matching), ("random", random)):
        flams, alike = (np.array([getattr(b, k) for b in blends]) for k in ("flams", "similarity"))
        print(
            f"{name:9}{len(blends):3}{np.nanmean(alike):12.2f}{flams.mean():13.3f}"
            f"{np.median(flams):8.3f}{flams.std():13.3f}"
        )
    fewer, more = (np.array([one.flams for one in group]) for group in (matching, random))
    less = (fewer[:, None] < more).mean() + (fewer[:, None] == more).mean() / 2.0
    print(f"a matching join has fewer flams than a random one in {less:.0%} of all cases")
    known = [one for one in [*matching, *random] if np.isfinite(one.similarity)]
    ranks = [
        np.argsort(np.argsort([getattr(one, k) for one in known])) for k in ("similarity", "flams")
    ]
    print(f"rank correlation of similarity and flams: {np.corrcoef(*ranks)[0, 1]:+.2f}")


if __name__ == "__main__":
    main()
