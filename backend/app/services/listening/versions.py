"""Plan the two versions of a join that a listening trial compares."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...contract.base import Shape
from ...contract.dj import PairChoice
from ...contract.listening import ListeningVersion, VersionOrigin
from ...contract.mixes import TimelineView
from ...dj.joins.candidates import MATCHED, Candidate
from ...dj.joins.scoreboard import RatedCandidate, scoreboard
from ...dj.pair import Pair
from ...errors import InvalidRequest
from ..mixtape.job import MixtapeJob
from ..mixtape.planning.join_precedence import base_wishes
from ..preview.inputs import PreviewInputs
from ..preview.pipeline import PreviewJob, previewed_timeline
from ..tracks.decks import decks_of

_MOST_TRIES = 4
"""Candidates that are tried as the other version. One may be no option in this mix, for it leaves
no room for the joins before and after."""


class PlannedVersion(Shape):
    """A version of a join: its figures, and the mix's timeline with it."""

    version: ListeningVersion
    timeline: TimelineView


@dataclass(frozen=True, slots=True)
class VersionPlanner:
    """Plans versions of one join of a mix."""

    mix: MixtapeJob
    preview: PreviewInputs

    def compared(self, choices: list[PairChoice] | None) -> tuple[PlannedVersion, PlannedVersion]:
        """Plan both versions: those requested, else the mix's own and the best other one.

        Raise :class:`InvalidRequest` if there is only one.
        """
        if choices is not None:
            first, second = (self._changed(choice) for choice in choices)
            versions = self._planned(first, "first_choice"), self._planned(second, "second_choice")
            if _differ(*versions):
                return versions
            raise _no_difference("Both requests lead to the same join.")
        own = self._planned(self.preview.timeline, "mix")
        return own, self._other(own)

    def _other(self, own: PlannedVersion) -> PlannedVersion:
        """Plan the best join of another kind or length."""
        tried = 0
        board = scoreboard(self._pair(), self.mix.rules)
        for rated in (one for one in board if one.veto is None):
            if _shape_of(rated.candidate) == (own.version.kind, own.version.bars):
                continue
            other = self._planned(self._changed(self._choice(rated.candidate)), "other")
            if _differ(own, other):
                return other
            tried += 1
            if tried == _MOST_TRIES:
                break
        raise _no_difference("These two tracks can only be joined in one way.")

    def _choice(self, candidate: Candidate) -> PairChoice:
        """Express a candidate as a user's request; only matched kinds have a free length."""
        pair = self._pair()
        return PairChoice(
            outgoing=pair.outgoing.track_id,
            incoming=pair.incoming.track_id,
            kind=candidate.kind,
            bars=candidate.bars if candidate.kind in MATCHED else None,
            out_at_s=candidate.out_s,
            in_at_s=candidate.in_s,
        )

    def _changed(self, choice: PairChoice) -> TimelineView:
        """Plan the mix again with this join."""
        request = self.preview.request.model_copy(update={"override": choice})
        inputs = self.preview.model_copy(update={"request": request})
        return previewed_timeline(PreviewJob(inputs, self.mix))

    def _planned(self, timeline: TimelineView, origin: VersionOrigin) -> PlannedVersion:
        """Rate the join that a timeline plays, as a re-render would find it again."""
        pair = self._pair()
        wish = base_wishes(timeline)[pair.outgoing.track_id, pair.incoming.track_id]
        board = scoreboard(pair, self.mix.rules, wish.constraints)
        if not board:
            raise InvalidRequest(
                "This join no longer fits the analysis of its tracks.",
                hint="Render the mix again, then compare its joins.",
            )
        join = timeline.transitions[self.preview.request.transition]
        version = _version_of(board[0], origin, join.end_s - join.start_s)
        return PlannedVersion(version=version, timeline=timeline)

    def _pair(self) -> Pair:
        timeline = self.preview.timeline
        join = timeline.transitions[self.preview.request.transition]
        ids = [timeline.clips[at].track_id for at in (join.outgoing, join.incoming)]
        tracks = {track.track_id: track for track in self.mix.inputs.tracks}
        decks = decks_of(self.mix.store, [tracks[one] for one in ids], whole=True)
        picks = self.mix.request.tracks or ()
        kept = {pick.track_id for pick in picks if pick.keep_whole}
        if self.mix.rules.keep_whole:
            kept |= set(ids)
        return Pair(*(replace(deck, keep_whole=deck.track_id in kept) for deck in decks))


def planner_of(preview: PreviewInputs, mix: MixtapeJob) -> VersionPlanner:
    """Make the planner; the language model is not asked again."""
    return VersionPlanner(replace(mix, strategist=None), preview)


def _version_of(rated: RatedCandidate, origin: VersionOrigin, overlap_s: float) -> ListeningVersion:
    candidate, facts = rated.candidate, rated.facts
    return ListeningVersion(
        origin=origin,
        kind=candidate.kind,
        bars=candidate.bars,
        out_at_s=round(candidate.out_s, 3),
        in_at_s=round(candidate.in_s, 3),
        overlap_s=round(overlap_s, 3),
        pitch_semitones=candidate.pitch_semitones,
        tempo_change_percent=facts.stretch_percent,
        key_distance=facts.key_distance,
        vocal_overlap_s=facts.vocal_overlap_s,
        loudness_step_lu=facts.loudness_step_lu,
        trimmed_s=(facts.trimmed_out_s, facts.trimmed_in_s),
        penalties=rated.penalties,
    )


def _shape_of(candidate: Candidate) -> tuple[str, int]:
    return candidate.kind, candidate.bars


def _differ(one: PlannedVersion, other: PlannedVersion) -> bool:
    """Whether two versions differ in what a listener can hear."""
    figures = ("kind", "bars", "out_at_s", "in_at_s", "pitch_semitones")
    return any(getattr(one.version, name) != getattr(other.version, name) for name in figures)


def _no_difference(message: str) -> InvalidRequest:
    return InvalidRequest(message, hint="Choose another join, or two versions of your own.")
