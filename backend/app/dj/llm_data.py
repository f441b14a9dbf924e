"""What a language model is told of a set: names, figures and limits, under aliases.

Titles and artists are whatever strangers typed. They travel as JSON values, and tracks are called
t1, t2 ...: an answer can name no others. No sound, no file and no account is in here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..contract.analysis import Cue, Section
from ..contract.base import Shape
from ..contract.dj import DjRules, EnergyArc, TransitionKind
from .deck import DeckTrack, Grid, grid_of
from .strategy import Pair

CUES_A_TRACK = 8  # the best ones; more would be tokens without a choice
NAME_CHARS = 120
ENERGY_BARS = 8  # a phrase on either side of a cue
ON_THE_BEAT: tuple[TransitionKind, ...] = ("blend", "stem_swap", "sweep")


@dataclass(frozen=True, slots=True)
class AskedPair:
    """A pair as a model knows it: ``index`` is its place in the set, the names are aliases."""

    index: int
    pair: Pair
    outgoing: str
    incoming: str
    kinds: tuple[TransitionKind, ...]


class CueAsked(Shape):
    """A downbeat to mix in or out at; energies are the means of a phrase before and after it."""

    at_s: float
    bar: int | None
    on_phrase: bool
    score: float
    energy_before: float | None
    energy_after: float | None
    bars_without_voice: int | None


class SectionAsked(Shape):
    """A part of a track."""

    start_s: float
    label: str
    energy: float


class TrackAsked(Shape):
    """One side of a pair; what nobody heard is None."""

    id: str
    title: str
    artist: str
    duration_s: float
    tempo_bpm: float | None
    beats_per_bar: int | None
    bars: int | None
    key: str | None
    camelot: str | None
    sections: list[SectionAsked]
    cues: list[CueAsked]


class PairAsked(Shape):
    """Two neighbours, and what may be done with them."""

    outgoing: TrackAsked
    incoming: TrackAsked
    kinds: list[TransitionKind]
    tempo_change_percent: float | None
    key_distance: int | None


class LimitsAsked(Shape):
    """The house rules, as far as they bind a proposal."""

    preferred_bars: int
    max_stretch_percent: float
    max_pitch_semitones: int
    max_vocal_overlap_s: float
    max_trim_share: float
    overlays: str
    energy_arc: EnergyArc


class Question(Shape):
    """The data of one request."""

    limits: LimitsAsked
    pairs: list[PairAsked]


def asked_pairs(pairs: Sequence[Pair], rules: DjRules) -> list[AskedPair]:
    """The pairs under their aliases; a track that plays twice has two, so that pairs stay apart."""
    asked: list[AskedPair] = []
    count = 0
    for index, pair in enumerate(pairs):
        follows = index > 0 and pair.outgoing.track_id == pairs[index - 1].incoming.track_id
        count += 1 if follows else 2
        kinds = _possible_kinds(pair, rules)
        asked.append(AskedPair(index, pair, f"t{count - 1}", f"t{count}", kinds))
    return asked


def _possible_kinds(pair: Pair, rules: DjRules) -> tuple[TransitionKind, ...]:
    """The kinds that the rules allow, without those that need a beat where there is none."""
    matched = grid_of(pair.outgoing) is not None and grid_of(pair.incoming) is not None
    fitting = [kind for kind in rules.allowed_kinds if matched or kind not in ON_THE_BEAT]
    return tuple(fitting or rules.allowed_kinds)


def question(asked: Sequence[AskedPair], rules: DjRules) -> Question:
    """The data of a request."""
    limits = LimitsAsked.model_validate(rules.model_dump(include=set(LimitsAsked.model_fields)))
    return Question(limits=limits, pairs=[_pair_asked(pair) for pair in asked])


def _pair_asked(asked: AskedPair) -> PairAsked:
    outgoing, incoming = asked.pair.outgoing, asked.pair.incoming
    before, after = grid_of(outgoing), grid_of(incoming)
    change = _tempo_change_percent(before, after) if before and after else None
    return PairAsked(
        outgoing=_track_asked(asked.outgoing, outgoing, cues_out(outgoing)),
        incoming=_track_asked(asked.incoming, incoming, cues_in(incoming)),
        kinds=list(asked.kinds),
        tempo_change_percent=change,
        key_distance=_key_distance(before, after),
    )


def cues_out(track: DeckTrack) -> Sequence[Cue]:
    """Where one may mix out of a track."""
    return track.analysis.cue_outs if track.analysis else ()


def cues_in(track: DeckTrack) -> Sequence[Cue]:
    """Where one may mix into a track."""
    return track.analysis.cue_ins if track.analysis else ()


def _tempo_change_percent(outgoing: Grid, incoming: Grid) -> float:
    """How far the incoming tempo is from the outgoing one, its half or its double."""
    ratio = outgoing.tempo_bpm / incoming.tempo_bpm
    changes = [100.0 * (octave * ratio - 1.0) for octave in (0.5, 1.0, 2.0)]
    smallest: float = min(changes, key=abs)
    return round(smallest, 2)


def _key_distance(outgoing: Grid | None, incoming: Grid | None) -> int | None:
    before, after = outgoing and outgoing.key, incoming and incoming.key
    return before.distance(after) if before and after else None


def _track_asked(alias: str, track: DeckTrack, cues: Sequence[Cue]) -> TrackAsked:
    heard, grid = track.analysis, grid_of(track)
    best = sorted(cues, key=lambda cue: -cue.score)[:CUES_A_TRACK]
    return TrackAsked(
        id=alias,
        title=_name(track.title),
        artist=_name(track.artist),
        duration_s=round(track.duration_s, 1),
        tempo_bpm=round(grid.tempo_bpm, 2) if grid else None,
        beats_per_bar=grid.beats_per_bar if grid else None,
        bars=len(grid.bars_s) if grid else None,
        key=heard.harmony.key if heard else None,
        camelot=str(grid.key) if grid and grid.key else None,
        sections=[_section_asked(section) for section in heard.sections] if heard else [],
        cues=[_cue_asked(cue, grid) for cue in sorted(best, key=lambda cue: cue.at_s)],
    )


def _section_asked(section: Section) -> SectionAsked:
    return SectionAsked(
        start_s=round(section.start_s, 1), label=section.label, energy=round(section.energy, 2)
    )


def _name(text: str) -> str:
    """A name without control characters, no longer than names are."""
    return "".join(c if c.isprintable() else " " for c in text)[:NAME_CHARS].strip()


def _cue_asked(cue: Cue, grid: Grid | None) -> CueAsked:
    bar = int(abs(grid.bars_s - cue.at_s).argmin()) if grid else None
    energy = grid.analysis.energy if grid else []
    at = bar or 0
    return CueAsked(
        at_s=round(cue.at_s, 3),
        bar=bar,
        on_phrase=cue.on_phrase,
        score=round(cue.score, 2),
        energy_before=_mean(energy[max(at - ENERGY_BARS, 0) : at]),
        energy_after=_mean(energy[at : at + ENERGY_BARS]),
        bars_without_voice=_bars_without_voice(cue.at_s, grid) if grid else None,
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 2) if values else None


def _bars_without_voice(at_s: float, grid: Grid) -> int:
    """How many whole bars from here on nobody sings; 0 where somebody does."""
    heard = grid.analysis
    to_come = [v.start_s for v in heard.vocals if v.end_s > at_s] or [heard.music_end_s]
    bar_s = 60.0 / grid.tempo_bpm * grid.beats_per_bar
    return max(int((min(to_come) - at_s) / bar_s), 0)
