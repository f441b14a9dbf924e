"""The whole mashup, decided: who sings over whom, in which tempo, in which parts, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..contract.mashups import HeardStem, MashupSection, PairFit, Vibe
from ..dsp.samples import seconds
from ..errors import NothingToMash
from .mashup_balance import gains_db
from .mashup_cast import Cast, cast_of
from .mashup_clock import Clock
from .mashup_deck import MashupTrack
from .mashup_fit import fits, pair_fit
from .mashup_form import Part, form_of
from .mashup_lay_out import clips_of
from .mashup_moves import effects_of, faded_out
from .mashup_tempo import mix_tempo_bpm
from .mashup_windows import Chooser, Window
from .mashup_words import (
    cannot_sing_note,
    chapter_title,
    passed_over_note,
    section_reason,
    tempo_note,
)
from .timeline import Chapter, Timeline
from .vibes import VIBES, VibeTreatment

LEAST_BARS = 4

LEFT_OUT = 0.85
"""What a pair's fit is worth for each song that finds no place beside it: who picks four songs
wants to hear four, and would not hear that a pair fits by a seventh less."""


@dataclass(frozen=True, slots=True)
class MashupPlan:
    """What was decided: what is played, its parts, and sentences for people.

    ``key`` is the instruments' own, in which everything is. ``treatment`` is what is left for the
    master to do; the timeline's level is that of :mod:`mashup_balance`, with nothing limited.
    """

    timeline: Timeline
    sections: tuple[MashupSection, ...]
    tempo_bpm: float
    key: str | None
    chosen: PairFit
    notes: tuple[str, ...]
    treatment: VibeTreatment


def plan_mashup(
    tracks: Sequence[MashupTrack], vibe: Vibe, *, vocals_from: str | None = None
) -> MashupPlan:
    """Plan a mashup of songs that have been taken apart.

    Parameters
    ----------
    vocals_from : the song that is to sing, where somebody has a wish

    Raises
    ------
    NothingToMash
        If none of the songs has a beat that can be followed, or bars enough.
    """
    treatment = VIBES[vibe]
    by_id = {track.track_id: track for track in tracks}
    pairs = _playable(tracks, vibe, vocals_from)
    chosen, cast = _with_most_songs(tracks, pairs, treatment)
    under, singer = by_id[chosen.instrumental], by_id[chosen.vocals]
    assert under.grid is not None
    clock = cast.clock
    phrase, parts = form_of(vibe, bar_s=clock.bar_s, band_bars=_bars(cast, under))
    windows = _windows(cast, phrase, parts)
    starts = _starts(parts, phrase)
    timeline = _timeline(cast, windows, parts, starts, phrase, treatment)
    sections = _sections(cast, windows, parts, starts, phrase)
    notes = [tempo_note(clock, singer, under, treatment), *cast.notes]
    if chosen is not pairs[0]:
        notes.append(passed_over_note(by_id[pairs[0].vocals], by_id[pairs[0].instrumental]))
    if vocals_from and vocals_from != chosen.vocals and vocals_from in by_id:
        notes.append(cannot_sing_note(by_id[vocals_from]))
    return MashupPlan(
        timeline=timeline,
        sections=sections,
        tempo_bpm=clock.tempo_bpm,
        key=under.grid.analysis.harmony.key,
        chosen=chosen,
        notes=tuple(notes),
        treatment=treatment,
    )


def _playable(
    tracks: Sequence[MashupTrack], vibe: Vibe, vocals_from: str | None
) -> Sequence[PairFit]:
    """The pairs that can be played at all, the best first; else the best song by itself.

    Where any of them has a voice, only those: a song that sings is not made to be silent because
    two others are nearer in key.
    """
    pairs = [pair for pair in fits(tracks, vibe).pairs if _can_be_played(pair)]
    wished = [pair for pair in pairs if vocals_from in (None, pair.vocals)]
    if wished or pairs:
        return _sung(wished) or wished or (_sung(pairs) or pairs)[:1]
    alone = [pair_fit(track, track, VIBES[vibe]) for track in tracks if track.grid]
    if not alone:
        raise NothingToMash(
            "None of these songs has a beat that can be followed.",
            hint="Choose songs with drums or a clear pulse, or set the tempo by hand.",
        )
    return [max(_sung(alone) or alone, key=lambda pair: pair.score)]


def _sung(pairs: Sequence[PairFit]) -> list[PairFit]:
    """Those in which somebody sings."""
    return [p for p in pairs if all(part.score > 0.0 for part in p.parts if part.name == "voice")]


def _with_most_songs(
    tracks: Sequence[MashupTrack], pairs: Sequence[PairFit], treatment: VibeTreatment
) -> tuple[PairFit, Cast]:
    """The pair to build on: one nearly as good as the best that leaves fewer songs out."""
    near = [pair for pair in pairs if pair.score >= pairs[0].score * LEFT_OUT ** len(tracks)]
    casts = [(pair, _cast(tracks, pair, treatment)) for pair in near]
    return max(casts, key=lambda one: one[0].score * LEFT_OUT ** (len(tracks) - one[1].n_songs))


def _cast(tracks: Sequence[MashupTrack], pair: PairFit, treatment: VibeTreatment) -> Cast:
    """Who plays if a pair leads, and at which tempo."""
    grids = {track.track_id: track.grid for track in tracks}
    singer, under = grids[pair.vocals], grids[pair.instrumental]
    assert singer is not None
    assert under is not None
    tempo_bpm = mix_tempo_bpm(singer, under, treatment)
    return cast_of(tracks, pair, Clock.of(tempo_bpm, under.beats_per_bar))


def _can_be_played(pair: PairFit) -> bool:
    """Whether beats and bars can be laid on each other at all."""
    return all(part.score > 0.0 for part in pair.parts if part.name in ("tempo", "phrases"))


def _bars(cast: Cast, under: MashupTrack) -> int:
    """How many bars the leading instruments have."""
    line = cast.acts[0]
    bars = max((p.material.n_bars for p in line.values() if p.track is under), default=0)
    if bars < LEAST_BARS:
        raise NothingToMash(
            f"{under.title} has {bars} bars, too few for a mashup.",
            hint="Choose songs of half a minute or more.",
        )
    return bars


def _windows(cast: Cast, phrase: int, parts: Sequence[Part]) -> list[Window]:
    chooser = Chooser(cast, phrase)
    return [
        window
        for part, at in zip(parts, _starts(parts, phrase), strict=False)
        for window in chooser.part(part, at)
    ]


def _starts(parts: Sequence[Part], phrase: int) -> list[int]:
    """The bars at which the parts begin, and the one after the last."""
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + part.phrases * phrase)
    return starts


def _timeline(
    cast: Cast,
    windows: Sequence[Window],
    parts: Sequence[Part],
    starts: Sequence[int],
    phrase: int,
    treatment: VibeTreatment,
) -> Timeline:
    effects = effects_of(parts, starts, cast.clock, treatment)
    clips = clips_of(windows, cast.clock, gains_db(cast, treatment), effects)
    chapters = [
        Chapter(cast.clock.at(at) if at else 0, chapter_title(part, cast))
        for part, at in zip(parts, starts, strict=False)
    ]
    end = cast.clock.at(starts[-1])
    return Timeline(faded_out(clips, end, cast.clock.at(phrase // 2)), (), tuple(chapters))


def _sections(
    cast: Cast,
    windows: Sequence[Window],
    parts: Sequence[Part],
    starts: Sequence[int],
    phrase: int,
) -> tuple[MashupSection, ...]:
    sections = []
    for part, at in zip(parts, starts, strict=False):
        end = at + part.phrases * phrase
        heard = [window for window in windows if at <= window.at < end]
        stems = dict.fromkeys(
            (window.player.track.track_id, stem) for window in heard for stem in window.player.stems
        )
        sections.append(
            MashupSection(
                label=part.label,
                start_s=seconds(cast.clock.at(at)) if at else 0.0,
                end_s=seconds(cast.clock.at(end)),
                bars=end - at,
                stems=[HeardStem(track_id=track, stem=stem) for track, stem in stems],
                reason=section_reason(part, heard, cast),
            )
        )
    return tuple(sections)
