"""Plan a mashup: leading pair, tempo, parts, timeline, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from types import MappingProxyType

from ...contract.mashups import HeardStem, MashupSection, PairFit, StemSettings, Vibe
from ...dsp.samples import seconds
from ...errors import NothingToMash
from ..deck import MashupTrack
from ..timeline import Chapter, Timeline
from .automation import effects_of, with_final_fade
from .balance import GainsDb, gains_db
from .explanations import (
    cannot_sing_note,
    chapter_title,
    passed_over_note,
    section_reason,
    tempo_note,
)
from .fit import fits, pair_fit
from .layout import clips_of
from .length import arrangement_of
from .roles import RoleAssignment, assign_roles, audible_roles
from .tempo import Clock, mix_tempo_bpm
from .vibe_arrangements import Part
from .vibes import VIBES, VibeTreatment
from .windows import Window, WindowChooser

MIN_BARS = 4

LEFT_OUT = 0.85
"""Factor on a pair's fit for each song that it leaves out: a user who picks four songs wants to
hear four, and would not notice that a pair fits 15 % less."""


@dataclass(frozen=True, slots=True)
class MashupPlan:
    """The planned mashup, with notes for users.

    ``left_out`` gives the reason for each song that does not play. ``key`` is the key of the
    instruments, in which everything plays. ``treatment`` is for the mastering; the timeline has the
    levels of :mod:`balance`, without limiting.
    """

    timeline: Timeline
    sections: tuple[MashupSection, ...]
    tempo_bpm: float
    key: str | None
    chosen: PairFit
    notes: tuple[str, ...]
    left_out: tuple[str, ...]
    treatment: VibeTreatment


@dataclass(frozen=True)
class _Arranged:
    """The parts of a mashup with their windows.

    ``starts`` are the bars at which the parts begin, followed by the end.
    """

    roles: RoleAssignment
    phrase: int
    parts: tuple[Part, ...]
    starts: list[int]
    windows: list[Window]


def plan_mashup(
    tracks: Sequence[MashupTrack],
    vibe: Vibe,
    *,
    vocals_from: str | None = None,
    stem_settings: StemSettings = MappingProxyType({}),
) -> MashupPlan:
    """Plan a mashup of separated songs.

    ``vocals_from`` is the song whose voice a user chose. Parts of the arrangement in which nothing
    plays, because stems are left out, are skipped. Raise ``NothingToMash`` if no song has a clear
    beat, if the leading one has too few bars, or if nothing plays at all.
    """
    treatment = VIBES[vibe]
    by_id = {track.track_id: track for track in tracks}
    pairs = _playable(tracks, vibe, vocals_from)
    chosen, roles = _with_most_songs(tracks, pairs, treatment)
    under, singer = by_id[chosen.instrumental], by_id[chosen.vocals]
    assert under.grid is not None
    arranged = _arranged(roles, under, vibe, stem_settings)
    notes = [tempo_note(roles.clock, singer, under, treatment), *roles.notes]
    if chosen is not pairs[0]:
        notes.append(passed_over_note(by_id[pairs[0].vocals], by_id[pairs[0].instrumental]))
    if vocals_from and vocals_from != chosen.vocals and vocals_from in by_id:
        notes.append(cannot_sing_note(by_id[vocals_from]))
    return MashupPlan(
        timeline=_timeline(arranged, gains_db(roles, treatment, stem_settings)),
        sections=_sections(arranged),
        tempo_bpm=roles.clock.tempo_bpm,
        key=under.grid.analysis.harmony.key,
        chosen=chosen,
        notes=tuple(notes),
        left_out=tuple(roles.left_out),
        treatment=treatment,
    )


def _playable(
    tracks: Sequence[MashupTrack], vibe: Vibe, vocals_from: str | None
) -> Sequence[PairFit]:
    """The playable pairs, the best first; if there are none, the best song by itself.

    If any pair has vocals, only pairs with vocals are returned: a voice matters more than close
    keys.
    """
    pairs = [pair for pair in fits(tracks, vibe).pairs if _can_be_played(pair)]
    wished = [pair for pair in pairs if vocals_from in (None, pair.vocals)]
    if wished or pairs:
        return _with_vocals(wished) or wished or (_with_vocals(pairs) or pairs)[:1]
    alone = [pair_fit(track, track, VIBES[vibe]) for track in tracks if track.grid]
    if not alone:
        raise NothingToMash(
            "None of these songs has a clear beat.",
            hint="Choose songs with drums or a clear pulse, or set the tempo by hand.",
        )
    return [max(_with_vocals(alone) or alone, key=lambda pair: pair.score)]


def _with_vocals(pairs: Sequence[PairFit]) -> list[PairFit]:
    return [p for p in pairs if all(part.score > 0.0 for part in p.parts if part.name == "voice")]


def _can_be_played(pair: PairFit) -> bool:
    """Whether beats and bars of the pair can be aligned at all."""
    return all(part.score > 0.0 for part in pair.parts if part.name in ("tempo", "phrases"))


def _with_most_songs(
    tracks: Sequence[MashupTrack], pairs: Sequence[PairFit], treatment: VibeTreatment
) -> tuple[PairFit, RoleAssignment]:
    """Choose the leading pair: nearly the best fit, with as few songs left out as possible."""
    near = [pair for pair in pairs if pair.score >= pairs[0].score * LEFT_OUT ** len(tracks)]
    assigned = [(pair, _roles(tracks, pair, treatment)) for pair in near]
    return max(assigned, key=lambda one: one[0].score * LEFT_OUT ** (len(tracks) - one[1].n_songs))


def _roles(
    tracks: Sequence[MashupTrack], pair: PairFit, treatment: VibeTreatment
) -> RoleAssignment:
    """Roles and tempo if a given pair leads."""
    grids = {track.track_id: track.grid for track in tracks}
    singer, under = grids[pair.vocals], grids[pair.instrumental]
    assert singer is not None and under is not None
    tempo_bpm = mix_tempo_bpm(singer, under, treatment)
    return assign_roles(tracks, pair, Clock.of(tempo_bpm, under.beats_per_bar))


def _arranged(
    roles: RoleAssignment, under: MashupTrack, vibe: Vibe, stem_settings: StemSettings
) -> _Arranged:
    leading = roles.halves[0].values()
    bars = max((p.material.n_bars for p in leading if p.track is under), default=0)
    if bars < MIN_BARS:
        raise NothingToMash(
            f"{under.title} has {bars} bars, too few for a mashup.",
            hint="Choose songs of half a minute or more.",
        )
    phrase, parts = arrangement_of(vibe, bar_s=roles.clock.bar_s, band_bars=bars)
    audible = audible_roles(roles, stem_settings)
    tried = WindowChooser(audible, phrase)
    parts = tuple(part for part in parts if tried.part(part, 0))
    if not parts:
        raise NothingToMash(
            "The stems that are not left out do not play in this mashup.",
            hint="Leave fewer stems out.",
        )
    return _placed(audible, phrase, parts)


def _placed(roles: RoleAssignment, phrase: int, parts: tuple[Part, ...]) -> _Arranged:
    """Choose the windows of each part."""
    starts = list(accumulate((part.phrases * phrase for part in parts), initial=0))
    chooser = WindowChooser(roles, phrase)
    windows = [
        window for part, at in zip(parts, starts, strict=False) for window in chooser.part(part, at)
    ]
    return _Arranged(roles, phrase, parts, starts, windows)


def _timeline(arranged: _Arranged, gains: GainsDb) -> Timeline:
    roles, parts, starts = arranged.roles, arranged.parts, arranged.starts
    clock = roles.clock
    effects = effects_of(parts, starts, clock)
    clips = clips_of(arranged.windows, clock, gains, effects)
    chapters = [
        Chapter(clock.at(at) if at else 0, chapter_title(part, roles))
        for part, at in zip(parts, starts, strict=False)
    ]
    faded = with_final_fade(clips, clock.at(starts[-1]), clock.at(arranged.phrase // 2))
    return Timeline(faded, (), tuple(chapters))


def _sections(arranged: _Arranged) -> tuple[MashupSection, ...]:
    clock, sections = arranged.roles.clock, []
    for part, at in zip(arranged.parts, arranged.starts, strict=False):
        end = at + part.phrases * arranged.phrase
        windows = [window for window in arranged.windows if at <= window.at < end]
        stems = dict.fromkeys(
            (window.player.track.track_id, stem)
            for window in windows
            for stem in window.player.stems
        )
        sections.append(
            MashupSection(
                label=part.label,
                start_s=seconds(clock.at(at)) if at else 0.0,
                end_s=seconds(clock.at(end)),
                bars=end - at,
                stems=[HeardStem(track_id=track, stem=stem) for track, stem in stems],
                reason=section_reason(part, windows, arranged.roles),
                contour_lu=part.level_lu,
            )
        )
    return tuple(sections)
