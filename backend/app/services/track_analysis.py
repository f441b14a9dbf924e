"""What was heard in single tracks, and what a person puts right of it."""

from __future__ import annotations

from dataclasses import dataclass

from ..analysis.manual import with_fix
from ..contract.analysis import GridFix, TrackAnalysis
from ..dsp.samples import seconds
from ..errors import InvalidRequest, NotAnalysed, NotFound
from ..store.blobs import ContentStore
from ..store.library import LibraryStore, Track
from .hearing import analysis_of

NOTHING = GridFix()
SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0
"""A grid outside of these is a mistake: one taps along to every other beat, or to twice as many."""


@dataclass(frozen=True, slots=True)
class TrackAnalyses:
    """Analyses of the users' tracks. Safe to share between threads."""

    rows: LibraryStore
    content: ContentStore

    def show(self, user_id: str, track_id: str) -> TrackAnalysis:
        """What was heard, with the person's fix applied.

        Raises
        ------
        NotFound
            If the user has no such track.
        NotAnalysed
            If nobody has listened to it yet.
        """
        track = self._track(user_id, track_id)
        return _fixed(self._heard(track), track.grid_fix)

    def fix(self, user_id: str, track_id: str, fix: GridFix) -> TrackAnalysis:
        """Put ``fix`` in the place of any earlier one; an empty one takes it away.

        Raises
        ------
        InvalidRequest
            If the track is too short for it, or has no beats that it could move.
        """
        track = self._track(user_id, track_id)
        heard = self._heard(track)
        wanted = None if fix == NOTHING else fix
        if wanted is not None:
            _expect_sense(wanted, heard, seconds(track.n_samples))
        fixed = _fixed(heard, wanted)
        if not SLOWEST_BPM <= fixed.rhythm.tempo_bpm <= FASTEST_BPM and fixed.rhythm.beats_s:
            raise InvalidRequest(
                f"That would make {fixed.rhythm.tempo_bpm:.0f} beats a minute.",
                hint=f"A grid has {SLOWEST_BPM:.0f} to {FASTEST_BPM:.0f}.",
            )
        self.rows.fix_grid(user_id, track_id, wanted)
        return fixed

    def _track(self, user_id: str, track_id: str) -> Track:
        track = self.rows.track(user_id, track_id)
        if track is None:
            raise NotFound("There is no such track.")
        return track

    def _heard(self, track: Track) -> TrackAnalysis:
        heard = analysis_of(self.content, track.content)
        if heard is None:
            raise NotAnalysed(
                f"Nobody has listened to “{track.title}” yet.",
                hint="Start a job of the kind “analysis” on its crate.",
            )
        return heard


def _fixed(heard: TrackAnalysis, fix: GridFix | None) -> TrackAnalysis:
    return heard if fix is None else with_fix(heard, fix)


def _expect_sense(fix: GridFix, heard: TrackAnalysis, duration_s: float) -> None:
    if fix.downbeat_s is not None and fix.downbeat_s >= duration_s:
        raise InvalidRequest(
            f"The track has no second {fix.downbeat_s:.2f}: it is {duration_s:.2f} s long.",
            hint="Name a moment inside the track.",
        )
    moves = fix.tempo != "as_heard" or fix.shift_beats or fix.downbeat_s is not None
    if moves and fix.tempo_bpm is None and not heard.rhythm.beats_s:
        raise InvalidRequest(
            "No beats were heard in this track, so there are none to move.",
            hint="Give its tempo in beats a minute.",
        )
