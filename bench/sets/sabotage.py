"""``python -m bench.sets.sabotage``: how many wrong beat grids are found, and none gets a blend.

Pairs of songs of one genre that a job joins on the beat get a wrong grid. The report of a forced
blend of 16 bars must name what is wrong; then the mix is planned and checked as a job does by
default, and must not contain a beat-matched join.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.app.contract.dj import DjRules
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import MATCHED, JoinConstraints
from backend.app.dj.joins.choose import NO_WISH, JoinWish
from backend.app.dj.joins.plan import MixPlan, plan_dj_mix
from backend.app.media.normal_form import TrackReader
from backend.app.render.player.stretched_segments import StretchedSegment, stretch_segment
from backend.app.services.mixtape.join_checks.checker import JoinChecker
from backend.app.services.mixtape.join_checks.faults import FaultLimits, off_beat
from backend.app.services.mixtape.join_checks.overlaps import (
    DeckFiles,
    measure_overlap,
    overlaps_of,
)
from backend.app.services.mixtape.reuse.mp3 import JoinFigures
from bench.mir.corpus import SEEDS

from .crate import CRATES, SetSong, brought, composed, decks_of
from .run import KEPT_IN
from .wrong_grids import WRONG, with_rhythm

BLEND = JoinWish(JoinConstraints(kind="blend", bars=16), by="you")
LOUDNESS_LUFS = -14.0


@dataclass(frozen=True)
class Crate:
    """The songs, and a folder for their stretched segments."""

    songs: dict[str, Path]
    folder: Path

    @property
    def files(self) -> DeckFiles:
        """What the joins play."""
        return DeckFiles(self._open_track, self._open_stretched)

    def _open_track(self, content_hash: str) -> TrackReader:
        return TrackReader(self.songs[content_hash])

    def _open_stretched(self, segment: StretchedSegment) -> TrackReader:
        path = self.folder / segment.file_name
        if not path.exists():
            stretch_segment(segment, self._open_track, path)
        return TrackReader(path)


def blended(crate: Crate, decks: Sequence[DeckTrack]) -> JoinFigures | None:
    """Measure a forced blend; None if it does not fit."""
    plan = plan_with(decks, BLEND)
    overlap = overlaps_of(plan.timeline, decks)[0]
    if plan.timeline.transitions[0].kind != "blend" or overlap is None:
        return None
    return measure_overlap(crate.files, overlap)


def checked_kind(crate: Crate, decks: Sequence[DeckTrack]) -> str:
    """Return the kind of the join that a job makes by default."""
    checker = JoinChecker(crate.files, "default", 1, FaultLimits())
    plan = checker.check(
        lambda trials: plan_dj_mix(decks, DjRules(), loudness_lufs=LOUDNESS_LUFS, trials=trials),
        decks,
        [NO_WISH],
    )
    return plan.reports[0].kind


def plan_with(decks: Sequence[DeckTrack], wish: JoinWish) -> MixPlan:
    """Plan a mix of two tracks with a requested join."""
    return plan_dj_mix(decks, DjRules(), loudness_lufs=LOUDNESS_LUFS, join_wishes=[wish])


def _pairs(songs: Sequence[SetSong], decks: Sequence[DeckTrack]) -> Iterator[list[DeckTrack]]:
    """Yield pairs of one genre that can be blended with right grids."""
    for a, out in zip(songs, decks, strict=True):
        for b, into in zip(songs, decks, strict=True):
            if a is not b and a.genre == b.genre:
                yield [out, into]


def main() -> None:
    """Blend pairs with right and wrong grids; print what is found."""
    parser = argparse.ArgumentParser(prog="python -m bench.sets.sabotage", description=__doc__)
    parser.add_argument("--pairs", type=int, default=24)
    parser.add_argument("--kind", choices=[*CRATES], default="club")
    parser.add_argument("--half", choices=[*SEEDS], default="held_out")
    parser.add_argument("--of", type=int, default=12, help="number of composed songs")
    parser.add_argument("--songs", type=Path, help="a folder of songs with a JSON file each")
    parser.add_argument("--kept-in", type=Path, default=KEPT_IN, help="folder for composed songs")
    options = parser.parse_args()
    processes = os.cpu_count() or 1
    if options.songs:
        songs = brought(options.kept_in, options.songs)
    else:
        songs = composed(options.kept_in, options.kind, options.half, options.of, processes)
    decks = decks_of(songs, processes)
    with tempfile.TemporaryDirectory() as folder:
        crate = Crate({song.name: song.path for song in songs}, Path(folder))
        _run(crate, _pairs(songs, decks), options.pairs)


def _run(crate: Crate, pairs: Iterator[list[DeckTrack]], count: int) -> None:
    """Sabotage pairs that get a beat-matched join with right grids."""
    tried = found = reached = refused = 0
    for pair in pairs:
        if tried == count:
            break
        right = blended(crate, pair)
        if right is None:
            continue
        if checked_kind(crate, pair) not in MATCHED:
            refused += 1
            continue
        name, change = [*WRONG.items()][tried % len(WRONG)]
        side = 0 if name == "section" else 1
        wrong = [with_rhythm(d, change) if i == side else d for i, d in enumerate(pair)]
        figures, kind = blended(crate, wrong), checked_kind(crate, wrong)
        said = off_beat(figures) if figures else "does not fit"
        tried += 1
        found += bool(said)
        reached += kind in MATCHED
        print(
            f"{pair[0].track_id[-22:]:22} > {pair[1].track_id[-22:]:22} {name:11} "
            f"right: {right.beats_apart_ms:+.0f} ms  wrong: {kind:5} {said}",
            flush=True,
        )
    print(f"wrong grids: {tried}, found in the report: {found}, beat-matched in the mix: {reached}")
    print(f"pairs that get no beat-matched join with right grids either: {refused}")


if __name__ == "__main__":
    main()
