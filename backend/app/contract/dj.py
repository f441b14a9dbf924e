"""What the DJ may do, and what was decided for each pair of tracks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .base import Shape

TransitionKind = Literal["blend", "stem_swap", "sweep", "echo", "cut", "fade", "gap"]
"""blend: beat-matched, basses swapped; stem_swap: the outgoing's voice over the incoming's drums
and bass, one singer at a time; sweep: the outgoing's filter opens upwards over the beat; echo: the
outgoing stops and rings on in echoes; cut: on the phrase; fade: equal-power; gap: one track ends,
the next begins."""

KINDS: tuple[TransitionKind, ...] = (
    "blend",
    "stem_swap",
    "sweep",
    "echo",
    "cut",
    "fade",
    "gap",
)

NamedArc = Literal["steady", "build", "wave", "cool-down"]
DrawnArc = Annotated[
    list[Annotated[float, Field(ge=0.0, le=1.0)]], Field(min_length=2, max_length=64)
]
EnergyArc = NamedArc | DrawnArc
"""How energy is to move over the set; a drawn curve is spread evenly over it."""

OverlayPolicy = Literal["never", "sometimes", "always"]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]


class DjRules(Shape):
    """The house rules of the DJ; an admin may change them for all jobs to come.

    ``max_stretch_percent`` is how far a tempo may be bent in an overlap; ``return_bars`` over how
    many bars the incoming track then returns to its own tempo (0: at once). A pitch is moved by
    at most ``max_pitch_semitones``, and only where it wins. ``max_trim_share`` is the part of a
    track that mixing in late and out early may cost.
    """

    max_stretch_percent: float = Field(default=6.0, ge=0.0, le=8.0)
    return_bars: Literal[0, 4, 8, 16, 32] = 8
    preferred_bars: Literal[8, 16, 32] = 16
    allowed_kinds: list[TransitionKind] = Field(default=list(KINDS), min_length=1, max_length=7)
    max_pitch_semitones: Literal[0, 1, 2] = 0
    max_vocal_overlap_s: float = Field(default=0.5, ge=0.0, le=60.0)
    max_trim_share: float = Field(default=0.4, ge=0.0, le=0.8)
    energy_arc: EnergyArc = "wave"
    overlays: OverlayPolicy = "sometimes"
    loudness_lufs: float = Field(default=-14.0, ge=-24.0, le=-9.0)


class DjRulesView(Shape):
    """The rules in force. ``version`` counts their changes; 0 are the rules Segue comes with."""

    version: int
    rules: DjRules
    updated_at: datetime | None = None


class PairStrategy(Shape):
    """How two neighbours are to be joined; what a strategist proposes and the planner checks.

    ``bars`` is the overlap in bars of the outgoing track (0 for cut and gap). ``out_at_s`` is
    where the overlap begins in the outgoing track, ``in_at_s`` where the incoming track starts,
    both in seconds of the track itself; None leaves the choice to the planner.
    """

    outgoing: str
    incoming: str
    kind: TransitionKind
    bars: int = Field(ge=0, le=64)
    out_at_s: float | None = Field(default=None, ge=0.0)
    in_at_s: float | None = Field(default=None, ge=0.0)
    tempo: Literal["follow", "free"] = "follow"
    eq: Literal["bass_swap", "none"] = "bass_swap"
    pitch_semitones: int = Field(default=0, ge=-2, le=2)
    overlay: bool = False
    reason: Reason


class PairChoice(Shape):
    """What a person wants of one join, by the ids of its two tracks; None leaves it open."""

    outgoing: str
    incoming: str
    kind: TransitionKind | None = None
    bars: int | None = Field(default=None, ge=0, le=64)
    out_at_s: float | None = Field(default=None, ge=0.0)
    in_at_s: float | None = Field(default=None, ge=0.0)


class PlaceLock(Shape):
    """A track that has its place: 1 is the first, -1 the last."""

    track_id: str
    place: int = Field(ge=-500, le=500)


class RungView(Shape):
    """A step of the ladder from the best join to the safest, and why it was or was not taken."""

    kind: TransitionKind
    name: str
    taken: bool
    reason: str


class TransitionReport(Shape):
    """What became of one join; None where a figure has no meaning for its kind.

    Attributes
    ----------
    step : the rung of the ladder that was taken, 1 is the best
    proposed_by : who proposed it: the rules, an LLM, a person, or the mix that this one is based on
    bars : the overlap in bars of the outgoing track
    planned_beat_error_ms, beat_error_ms, beat_error_p95_ms : distance of the two tracks' beats in
        the overlap: on the plan's grids, and as heard in the rendered audio (median, 95th
        percentile)
    tempo_change_percent : how much faster the incoming track plays in the overlap
    key_distance : steps on the Camelot wheel, after any change of pitch
    loudness_step_lu : short-term loudness 10 s after the overlap less that of the 10 s before it
    bass_both_share : share of the overlap in which both basses sound
    trimmed_s : what is left out: of the outgoing track's end, and of the incoming one's beginning
    """

    outgoing: str
    incoming: str
    kind: str
    step: int | None
    ladder: list[RungView]
    proposed_by: Literal["rules", "llm", "you", "earlier"]
    reason: str
    start_s: float
    end_s: float
    bars: int
    on_phrase: bool | None
    downbeats_aligned: bool | None
    planned_beat_error_ms: float | None
    beat_error_ms: float | None
    beat_error_p95_ms: float | None
    tempo_change_percent: float | None
    pitch_semitones: int
    key_distance: int | None
    loudness_step_lu: float | None
    bass_both_share: float | None
    vocal_overlap_s: float | None
    trimmed_s: tuple[float, float]
    true_peak_dbtp: float | None
    overlay: str | None = None
