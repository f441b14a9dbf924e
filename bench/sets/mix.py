"""Order, plan and render a set with the product's code."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from backend.app.contract.dj import CheckJoins, DjRules
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.choose import NO_WISH, JoinWish
from backend.app.dj.joins.plan import MixPlan, plan_dj_mix
from backend.app.dj.joins.trials import Trials
from backend.app.dj.levels.mix_gains import format_shift_db
from backend.app.dj.levels.track_gains import with_added_gain
from backend.app.dj.order.energy import order_tracks_of
from backend.app.dj.order.find_order import order_set
from backend.app.media.normal_form import NormalFormWriter, TrackReader
from backend.app.render.files.formats import CEILINGS_DBTP
from backend.app.render.player.player import Player
from backend.app.render.player.stretched_segments import (
    StretchedSegment,
    stretch_segment,
    stretched_segments_of,
)
from backend.app.services.mixtape.join_checks.checker import JoinChecker
from backend.app.services.mixtape.join_checks.faults import FaultLimits
from backend.app.services.mixtape.join_checks.overlaps import DeckFiles

from .crate import SetSong

T = TypeVar("T")

LOUDNESS_LUFS = -14.0
LIMITER_OFF_DB = 60.0
"""A ceiling above all peaks."""


@dataclass(frozen=True)
class PlayedSet:
    """A planned and rendered set; songs and decks are in the mix's order.

    ``plan.timeline`` is the rendered one, with the gain for FLAC. ``cpu_s`` are CPU seconds of each
    stage.
    """

    name: str
    songs: tuple[SetSong, ...]
    decks: tuple[DeckTrack, ...]
    plan: MixPlan
    rules: DjRules
    folder: Path
    cpu_s: dict[str, float]

    @property
    def mix(self) -> Path:
        """Return the path of the rendered mix."""
        return self.folder / "mix.flac"

    @property
    def minutes(self) -> float:
        return self.plan.timeline.duration_s / 60.0

    @property
    def files(self) -> DeckFiles:
        """Return what the clips play."""
        return files_of(self.songs, self.folder)

    def player(self, ceiling_db: float) -> Player:
        peaks = {deck.content_hash: deck.loudness.peaks for deck in self.decks}
        files = self.files
        return Player(
            self.plan.timeline,
            files.open_track,
            ceiling_db,
            peaks.__getitem__,
            files.open_stretched,
        )


def files_of(songs: Sequence[SetSong], folder: Path) -> DeckFiles:
    """Return what clips of these songs play; stretched segments are made in a folder."""
    paths = {song.name: song.path for song in songs}

    def open_track(content_hash: str) -> TrackReader:
        return TrackReader(paths[content_hash])

    def open_stretched(piece: StretchedSegment) -> TrackReader:
        path = folder / piece.file_name
        if not path.exists():
            stretch_segment(piece, open_track, path)
        return TrackReader(path)

    return DeckFiles(open_track, open_stretched)


def play_set(
    name: str,
    songs: Sequence[SetSong],
    decks: Sequence[DeckTrack],
    rules: DjRules,
    folder: Path,
    *,
    given_order: bool = False,
    check_joins: CheckJoins = "default",
    wishes: Sequence[JoinWish] | None = None,
) -> PlayedSet:
    """Order (unless it is given), plan, listen to the joins and render a set into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    cpu_s: dict[str, float] = {}
    order = _timed(cpu_s, "order", lambda: _order(decks, rules, given_order))
    ordered = [decks[index] for index in order]
    planner = _Planner(ordered, rules, wishes or [NO_WISH] * (len(ordered) - 1))
    plan = _timed(cpu_s, "plan", planner.planned)
    if check_joins != "off":
        files = files_of(songs, folder)
        plan = _timed(cpu_s, "check", lambda: planner.checked(files, check_joins))
    plan = _for_flac(plan, ordered)
    played = PlayedSet(
        name, tuple(songs[i] for i in order), tuple(ordered), plan, rules, folder, cpu_s
    )
    _timed(cpu_s, "stretch", lambda: _make_pieces(played))
    _timed(cpu_s, "render", lambda: _render(played))
    return played


def _order(decks: Sequence[DeckTrack], rules: DjRules, given_order: bool) -> Sequence[int]:
    if given_order:
        return range(len(decks))
    return order_set(order_tracks_of(decks), arc=rules.energy_arc, locks={}).order


@dataclass(frozen=True, slots=True)
class _Planner:
    decks: Sequence[DeckTrack]
    rules: DjRules
    wishes: Sequence[JoinWish]

    def planned(self, trials: Sequence[Trials] | None = None) -> MixPlan:
        return plan_dj_mix(
            self.decks,
            self.rules,
            loudness_lufs=LOUDNESS_LUFS,
            join_wishes=self.wishes,
            trials=trials,
        )

    def checked(self, files: DeckFiles, mode: CheckJoins) -> MixPlan:
        """Plan as a job does: joins that fail when they are listened to are replaced."""
        checker = JoinChecker(files, mode, 1, FaultLimits())
        return checker.check(self.planned, self.decks, self.wishes)


def _for_flac(plan: MixPlan, decks: Sequence[DeckTrack]) -> MixPlan:
    """Give a plan the gain and peak ceiling of a FLAC file."""
    shift_db = format_shift_db(
        plan.timeline,
        [deck.loudness for deck in decks],
        LOUDNESS_LUFS,
        ceiling_dbtp=CEILINGS_DBTP["flac"],
    )
    return replace(plan, timeline=with_added_gain(plan.timeline, shift_db))


def _make_pieces(played: PlayedSet) -> None:
    for piece in stretched_segments_of(played.plan.timeline):
        played.files.open_stretched(piece).close()


def _render(played: PlayedSet) -> None:
    """Render block by block into a file, which needs little memory."""
    with NormalFormWriter(played.mix) as writer:
        for block in played.player(CEILINGS_DBTP["flac"]).play(0, played.plan.timeline.length):
            writer.write(block.T)


def _timed(cpu_s: dict[str, float], what: str, work: Callable[[], T]) -> T:
    begun = time.process_time()
    done = work()
    cpu_s[what] = time.process_time() - begun
    return done
