"""DJ rules, requests for joins, and reports of joins."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from .base import Shape

TransitionKind = Literal["blend", "stem_swap", "sweep", "echo", "cut", "fade", "gap"]
"""blend: beat-matched, basses swapped; stem_swap: the outgoing voice over the incoming drums and
bass, one voice at a time; sweep: a high-pass rises on the outgoing track; echo: the outgoing track
stops and its echo repeats; cut: on a downbeat; fade: equal-power; gap: one track ends, the next
begins."""

KINDS: tuple[TransitionKind, ...] = get_args(TransitionKind)

NamedArc = Literal["steady", "build", "wave", "cool-down"]
DrawnArc = Annotated[
    list[Annotated[float, Field(ge=0.0, le=1.0)]], Field(min_length=2, max_length=64)
]
EnergyArc = NamedArc | DrawnArc
"""The course of energy over the set; a drawn curve is spread evenly over it."""

BEATS_TOGETHER_MS = 35.0
"""Two attacks closer than this sound like one, slightly soft hit."""

BEATS_COHERENT, BEATS_WEAK = 0.3, 0.15
"""Least coherence of two tracks whose patterns coincide, and of those that do so just where the
plan has them; see ``docs/mixing.md``."""

CheckJoins = Literal["off", "default", "thorough"]
"""Whether joins are rendered and listened to before the mix is. ``default`` replaces those that
fail; ``thorough`` renders three of each pair and takes the best."""

OverlayPolicy = Literal["never", "sometimes", "always"]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
RuleWeights = Annotated[
    dict[
        Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z_]+$")],
        Annotated[float, Field(ge=0.0, le=4.0)],
    ],
    Field(max_length=50),
]
"""Multipliers of the scoring rules' penalties, by name of rule; 1 for a rule that is not named."""


class DjRules(Shape):
    """The DJ rules; an admin may change them for future jobs.

    ``max_stretch_percent`` limits the tempo change in an overlap; ``return_bars`` are the bars over
    which the incoming track returns to its own tempo (0: a jump). A pitch is shifted by at most
    ``max_pitch_semitones``, and only where it helps. ``max_trim_share`` is the share of a track
    that may be left out at its ends; with ``keep_whole`` nothing is.
    ``rule_weights`` are usually fitted to answers of listening tests; they change penalties, never
    vetoes.
    """

    max_stretch_percent: float = Field(default=6.0, ge=0.0, le=8.0)
    return_bars: Literal[0, 4, 8, 16, 32] = 8
    preferred_bars: Literal[8, 16, 32] = 16
    allowed_kinds: list[TransitionKind] = Field(default=list(KINDS), min_length=1, max_length=7)
    max_pitch_semitones: Literal[0, 1, 2] = 0
    max_vocal_overlap_s: float = Field(default=0.5, ge=0.0, le=60.0)
    max_trim_share: float = Field(default=0.1, ge=0.0, le=0.8)
    keep_whole: bool = False
    energy_arc: EnergyArc = "wave"
    overlays: OverlayPolicy = "sometimes"
    loudness_lufs: float = Field(default=-14.0, ge=-24.0, le=-9.0)
    rule_weights: RuleWeights = {}


class DjRulesView(Shape):
    """The current DJ rules. ``version`` counts changes; version 0 is the default."""

    version: int
    rules: DjRules
    updated_at: datetime | None = None


class PairStrategy(Shape):
    """A strategist's proposal for the join of a pair, which the planner checks.

    ``bars`` is the overlap in bars of the outgoing track (0 for cut and gap). ``out_at_s`` is
    where the overlap begins in the outgoing track, ``in_at_s`` where the incoming track starts,
    both in seconds of the track; None leaves the choice to the planner.
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
    """A user's choices for one join, found by its two tracks' ids; None leaves one open."""

    outgoing: str
    incoming: str
    kind: TransitionKind | None = None
    bars: int | None = Field(default=None, ge=0, le=64)
    out_at_s: float | None = Field(default=None, ge=0.0)
    in_at_s: float | None = Field(default=None, ge=0.0)


class PlaceLock(Shape):
    """A track with a locked place: 1 is the first place, -1 the last."""

    track_id: str
    place: int = Field(ge=-500, le=500)


class RungView(Shape):
    """A kind of join among the fallbacks, and why it was or was not chosen."""

    kind: TransitionKind
    name: str
    taken: bool
    reason: str


class TransitionReport(Shape):
    """The report of one join; None for figures that its kind does not have.

    - ``step``: place of the chosen kind among the fallbacks; 1 is the best
    - ``proposed_by``: ``earlier`` means the base mix
    - ``bars``: length of the overlap, in bars of the outgoing track
    - ``planned_beat_error_ms``: distance of the two tracks' beats in the overlap, on their grids
    - ``beat_error_ms``, ``beat_error_p95_ms``: the same, measured in the rendered audio: median and
      95th percentile. Attacks are only looked for near the grids' beats, so wrong grids look right
    - ``beats_apart``, ``beats_apart_ms``: where the beats of the two tracks are farthest apart, in
      beats and in ms, found in their sound without any grid; positive if the incoming track is late
    - ``beats_drift_ms``: how far the incoming track falls behind during the overlap, found likewise
    - ``beats_coherence``: how strongly the two patterns coincide at that distance, 0 to 1; a low
      value says that the sound does not tell the distance
    - ``tempo_change_percent``: how much faster the incoming track plays in the overlap
    - ``key_distance``: steps on the Camelot wheel, after any change of pitch
    - ``loudness_step_lu``: short-term loudness in the 10 s after the overlap, minus that in the
      10 s before it
    - ``bass_both_share``: share of the overlap in which both basses play
    - ``trimmed_s``: music left out, at the outgoing track's end and at the incoming one's beginning
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
    beats_apart_ms: float | None = None
    beats_apart: float | None = None
    beats_drift_ms: float | None = None
    beats_coherence: float | None = None
    tempo_change_percent: float | None
    pitch_semitones: int
    key_distance: int | None
    loudness_step_lu: float | None
    bass_both_share: float | None
    vocal_overlap_s: float | None
    trimmed_s: tuple[float, float]
    true_peak_dbtp: float | None
    overlay: str | None = None
