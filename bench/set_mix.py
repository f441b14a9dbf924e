"""A set as Segue makes it: ordered, planned, its tempo changes made, rendered to a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from backend.app.contract.dj import DjRules
from backend.app.dj.deck import DeckTrack
from backend.app.dj.levels import CEILINGS_DBTP, gain_shift_db, shifted
from backend.app.dj.mix_plan import MixPlan, plan_dj_mix
from backend.app.dj.order import order_set, order_tracks_of
from backend.app.media.normal_form import NormalFormWriter, TrackReader
from backend.app.render.pieces import Piece, make_piece, pieces_of
from backend.app.render.player import Player

from .set_crate import SetSong

T = TypeVar("T")

LOUDNESS_LUFS = -14.0
LIMITER_OFF_DB = 60.0
"""A ceiling that nothing reaches."""


@dataclass(frozen=True)
class PlayedSet:
    """A set that was planned and rendered; songs and decks are in the order of the mix.

    ``plan.timeline`` is what was rendered, levelled for FLAC. ``cpu_s`` are processor seconds by
    what they went to.
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
        """The rendered mix."""
        return self.folder / "mix.flac"

    @property
    def minutes(self) -> float:
        return self.plan.timeline.duration_s / 60.0

    def open_track(self, content: str) -> TrackReader:
        return TrackReader(next(song.path for song in self.songs if song.name == content))

    def open_piece(self, piece: Piece) -> TrackReader:
        return TrackReader(self.folder / piece.file_name)

    def player(self, ceiling_db: float) -> Player:
        peaks = {deck.content: deck.loudness.peaks for deck in self.decks}
        return Player(
            self.plan.timeline, self.open_track, ceiling_db, peaks.__getitem__, self.open_piece
        )


def play_set(
    name: str, songs: Sequence[SetSong], decks: Sequence[DeckTrack], rules: DjRules, folder: Path
) -> PlayedSet:
    """Order, plan and render a set into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    cpu_s: dict[str, float] = {}
    tracks = order_tracks_of(decks)
    with_order = _timed(cpu_s, "order", lambda: order_set(tracks, arc=rules.energy_arc, locks={}))
    order = with_order.order
    ordered = [decks[index] for index in order]
    plan = _timed(cpu_s, "plan", lambda: _planned(ordered, rules))
    played = PlayedSet(
        name, tuple(songs[i] for i in order), tuple(ordered), plan, rules, folder, cpu_s
    )
    _timed(cpu_s, "stretch", lambda: _make_pieces(played))
    _timed(cpu_s, "render", lambda: _render(played))
    return played


def _planned(decks: Sequence[DeckTrack], rules: DjRules) -> MixPlan:
    """The plan, as loud as a FLAC file is played into its limiter."""
    plan = plan_dj_mix(decks, rules, loudness_lufs=LOUDNESS_LUFS)
    shift_db = gain_shift_db(
        plan.timeline,
        [deck.loudness for deck in decks],
        LOUDNESS_LUFS,
        ceiling_dbtp=CEILINGS_DBTP["flac"],
    )
    return replace(plan, timeline=shifted(plan.timeline, shift_db))


def _make_pieces(played: PlayedSet) -> None:
    for piece in pieces_of(played.plan.timeline):
        make_piece(piece, played.open_track, played.folder / piece.file_name)


def _render(played: PlayedSet) -> None:
    """Block by block into a file: a long set is never in memory."""
    with NormalFormWriter(played.mix) as writer:
        for block in played.player(CEILINGS_DBTP["flac"]).play(0, played.plan.timeline.length):
            writer.write(block.T)


def _timed(cpu_s: dict[str, float], what: str, work: Callable[[], T]) -> T:
    begun = time.process_time()
    done = work()
    cpu_s[what] = time.process_time() - begun
    return done
