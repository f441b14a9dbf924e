"""Data of a set for a language model: names, figures and limits, under aliases.

Titles and artists are text by strangers, and are therefore sent as JSON values. Tracks are called
t1, t2 ..., so that an answer can name no others. Sounds, files and accounts are not sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...contract.analysis import Cue
from ...contract.base import Shape
from ...contract.dj import DjRules, EnergyArc, TransitionKind
from ..deck import DeckTrack, Grid, grid_of
from ..joins.candidates import MATCHED
from ..pair import Pair
from ..tempo_stretch import stretch_percent

CUES_A_TRACK = 8  # the best cues of a track; more would cost tokens and offer no better choice
NAME_CHARS = 120
ENERGY_BARS = 8  # a phrase before and after a cue


@dataclass(frozen=True, slots=True)
class PromptPair:
    """A pair with the aliases of its tracks; ``index`` is its place in the set."""

    index: int
    pair: Pair
    outgoing: str
    incoming: str
    kinds: tuple[TransitionKind, ...]


class CueData(Shape):
    """A downbeat at which to mix in or out.

    The energies are means of the phrase before and the phrase after it.
    """

    at_s: float
    bar: int | None
    on_phrase: bool
    score: float
    energy_before: float | None
    energy_after: float | None
    bars_without_voice: int | None


class SectionData(Shape):
    """A section of a track."""

    start_s: float
    label: str
    energy: float


class TrackData(Shape):
    """One track of a pair; None marks values that the analysis lacks."""

    id: str
    title: str
    artist: str
    duration_s: float
    tempo_bpm: float | None
    beats_per_bar: int | None
    bars: int | None
    key: str | None
    camelot: str | None
    sections: list[SectionData]
    cues: list[CueData]


class PairData(Shape):
    """A pair of tracks, and the kinds of join that are possible for it."""

    outgoing: TrackData
    incoming: TrackData
    kinds: list[TransitionKind]
    tempo_change_percent: float | None
    key_distance: int | None


class Limits(Shape):
    """The DJ rules that limit a proposal."""

    preferred_bars: int
    max_stretch_percent: float
    max_pitch_semitones: int
    max_vocal_overlap_s: float
    max_trim_share: float
    overlays: str
    energy_arc: EnergyArc


class SetData(Shape):
    """All data of one question."""

    limits: Limits
    pairs: list[PairData]


def prompt_pairs(pairs: Sequence[Pair], rules: DjRules) -> list[PromptPair]:
    """Give the tracks aliases.

    A track that plays twice gets two aliases, so that pairs stay distinct.
    """
    asked: list[PromptPair] = []
    count = 0
    for index, pair in enumerate(pairs):
        follows = index > 0 and pair.outgoing.track_id == pairs[index - 1].incoming.track_id
        count += 1 if follows else 2
        kinds = _possible_kinds(pair, rules)
        asked.append(PromptPair(index, pair, f"t{count - 1}", f"t{count}", kinds))
    return asked


def _possible_kinds(pair: Pair, rules: DjRules) -> tuple[TransitionKind, ...]:
    """The allowed kinds of join; without a beat, only those that need none."""
    matched = pair.out_grid is not None and pair.in_grid is not None
    possible = [kind for kind in rules.allowed_kinds if matched or kind not in MATCHED]
    return tuple(possible or rules.allowed_kinds)


def set_data(asked: Sequence[PromptPair], rules: DjRules) -> SetData:
    """Collect the data of a question about some pairs."""
    limits = Limits.model_validate(rules.model_dump(include=set(Limits.model_fields)))
    return SetData(limits=limits, pairs=[_pair_data(pair) for pair in asked])


def _pair_data(asked: PromptPair) -> PairData:
    outgoing, incoming = asked.pair.outgoing, asked.pair.incoming
    out, into = asked.pair.out_grid, asked.pair.in_grid
    change = round(stretch_percent(out.tempo_bpm, into.tempo_bpm), 2) if out and into else None
    return PairData(
        outgoing=_track_data(asked.outgoing, outgoing, cues_out(outgoing)),
        incoming=_track_data(asked.incoming, incoming, cues_in(incoming)),
        kinds=list(asked.kinds),
        tempo_change_percent=change,
        key_distance=asked.pair.key_distance(),
    )


def cues_out(track: DeckTrack) -> Sequence[Cue]:
    """The track's cue-outs."""
    return track.analysis.cue_outs if track.analysis else ()


def cues_in(track: DeckTrack) -> Sequence[Cue]:
    """The track's cue-ins."""
    return track.analysis.cue_ins if track.analysis else ()


def _track_data(alias: str, track: DeckTrack, cues: Sequence[Cue]) -> TrackData:
    analysis, grid = track.analysis, grid_of(track)
    best = sorted(cues, key=lambda cue: -cue.score)[:CUES_A_TRACK]
    return TrackData(
        id=alias,
        title=_name(track.title),
        artist=_name(track.artist),
        duration_s=round(track.duration_s, 1),
        tempo_bpm=round(grid.tempo_bpm, 2) if grid else None,
        beats_per_bar=grid.beats_per_bar if grid else None,
        bars=len(grid.bars_s) if grid else None,
        key=analysis.harmony.key if analysis else None,
        camelot=str(grid.key) if grid and grid.key else None,
        sections=[
            SectionData(
                start_s=round(part.start_s, 1), label=part.label, energy=round(part.energy, 2)
            )
            for part in (analysis.sections if analysis else ())
        ],
        cues=[_cue_data(cue, grid) for cue in sorted(best, key=lambda cue: cue.at_s)],
    )


def _name(text: str) -> str:
    """Limit a name's length and remove control characters."""
    return "".join(c if c.isprintable() else " " for c in text)[:NAME_CHARS].strip()


def _cue_data(cue: Cue, grid: Grid | None) -> CueData:
    bar = grid.nearest_bar(cue.at_s) if grid else None
    energy = grid.analysis.energy if grid else []
    at = bar or 0
    return CueData(
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
    """Count the whole bars until the next vocals; 0 during vocals."""
    analysis = grid.analysis
    to_come = [v.start_s for v in analysis.vocals if v.end_s > at_s] or [analysis.music_end_s]
    return max(int((min(to_come) - at_s) / grid.bar_s), 0)
