"""Show a track's analysis, and save a user's corrections of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...analysis.corrections import apply_correction
from ...contract.analysis import CrateAnalysis, GridFix, HeardTrack, TrackAnalysis
from ...dsp.samples import seconds
from ...errors import InvalidRequest
from ...store.files.blobs import ContentStore
from ...store.library import LibraryStore
from ..library.library import Library
from .analyse import cached_analysis, require_analysis

NO_CORRECTION = GridFix()
#: Limits of a corrected tempo: beyond them, people tap every other beat, or twice as many.
SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0


@dataclass(frozen=True, slots=True)
class TrackAnalyses:
    """The analyses of users' tracks. Safe to share between threads."""

    library: Library
    rows: LibraryStore
    store: ContentStore

    def show(self, user_id: str, track_id: str) -> TrackAnalysis:
        """A track's corrected analysis; raise :class:`NotFound` or :class:`NotAnalysed` if none."""
        track = self.library.track(user_id, track_id)
        analysis = require_analysis(self.store, track.content_hash, track.title)
        return _corrected(analysis, track.grid_fix)

    def show_all(self, user_id: str, track_ids: Sequence[str]) -> CrateAnalysis:
        """The corrected analyses of tracks; those of other users or without one are left out."""
        tracks = self.rows.tracks_by_id(user_id, track_ids)
        heard = []
        for track in (tracks[one] for one in dict.fromkeys(track_ids) if one in tracks):
            analysis = cached_analysis(self.store, track.content_hash)
            if analysis is not None:
                corrected = _corrected(analysis, track.grid_fix)
                heard.append(HeardTrack(track_id=track.id, analysis=corrected))
        return CrateAnalysis(tracks=heard)

    def fix(self, user_id: str, track_id: str, fix: GridFix) -> TrackAnalysis:
        """Replace the track's corrections; an empty ``fix`` removes them.

        Raise what :meth:`show` does, and :class:`InvalidRequest` if the track is too short for the
        fix, has no beats to move, or would get an implausible tempo.
        """
        track = self.library.track(user_id, track_id)
        analysis = require_analysis(self.store, track.content_hash, track.title)
        correction = None if fix == NO_CORRECTION else fix
        if correction is not None:
            _require_applicable(correction, analysis, seconds(track.n_samples))
        corrected = _corrected(analysis, correction)
        tempo_bpm = corrected.rhythm.tempo_bpm
        if not SLOWEST_BPM <= tempo_bpm <= FASTEST_BPM and corrected.rhythm.beats_s:
            raise InvalidRequest(
                f"The tempo would be {tempo_bpm:.0f} BPM.",
                hint=f"Choose a tempo from {SLOWEST_BPM:.0f} to {FASTEST_BPM:.0f} BPM.",
            )
        self.rows.fix_grid(user_id, track_id, correction)
        return corrected


def _corrected(analysis: TrackAnalysis, fix: GridFix | None) -> TrackAnalysis:
    return analysis if fix is None else apply_correction(analysis, fix)


def _require_applicable(fix: GridFix, analysis: TrackAnalysis, duration_s: float) -> None:
    if fix.downbeat_s is not None and fix.downbeat_s >= duration_s:
        raise InvalidRequest(
            f"The track ends before second {fix.downbeat_s:.2f}: it is {duration_s:.2f} s long.",
            hint="Choose a position inside the track.",
        )
    moves = fix.tempo != "as_heard" or fix.shift_beats or fix.downbeat_s is not None
    if moves and fix.tempo_bpm is None and not analysis.rhythm.beats_s:
        raise InvalidRequest(
            "No beats were found in this track, so none can be moved.",
            hint="Enter its tempo in BPM.",
        )
