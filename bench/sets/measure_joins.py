"""Measure each join in the rendered mix: alignment of beats, loudness, vocals.

A true beat's position in the mix is read from the clip's tempo map and corrected by measured
attacks: the attack in the track rendered alone, less the attack in the original song. This cancels
the rise time of a drum and a drummer's lateness, and leaves the errors of analysis, plan and
renderer.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from backend.app.analysis.rhythm.attacks import attacks_near
from backend.app.contract.dj import TransitionReport
from backend.app.dj.deck import DeckTrack
from backend.app.dj.joins.candidates import MATCHED
from backend.app.dj.timeline import Clip, Transition
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.render.measure.join_metrics import JoinAnalyser
from backend.app.render.player.clip_player import ClipPlayer
from backend.app.services.mixtape.join_checks.overlaps import measure_beats, overlaps_of
from backend.app.services.mixtape.reuse.mp3 import JoinFigures

from .crate import SetSong
from .measure_levels import JoinLevels, join_levels
from .mix import PlayedSet

Times = npt.NDArray[np.float64]

ON_EACH_OTHER_S = 0.035
"""Two attacks closer than this sound like one slightly soft hit."""

_WARMING_UP = SAMPLE_RATE  # how much of a song is read before and after the beats to be measured
# over a shorter stretch, a beat detected 5 ms late looks like a tempo change
_BAR = 2 * SAMPLE_RATE


@dataclass(frozen=True)
class JoinMeasured:
    """Measurements of a join; None or empty if they do not apply to its kind or are unknown.

    Attributes
    ----------
    steady : whether both songs keep their tempo
    errors_ms : time between the two songs' true beats that should fall together
    grid_ms : median error of each song's detected grid in the overlap: the analysis' part
    render_ms : median distance between a beat's time on the tempo map and its measured attack
    downbeats_meet, phrases_meet : whether true downbeats, true phrases fall on each other
    blind : beats apart as measured without a grid, and the other figures of a job's report
    levels : short-term loudness as rendered; the report has the forecast of its step
    stretch_percent : largest tempo change of the incoming track, over two seconds or more
    both_sing_s : how long two voices sound together
    left_out : shares of the outgoing and the incoming track's music that this join leaves out
    """

    report: TransitionReport
    steady: bool
    errors_ms: Times
    grid_ms: tuple[float, float] | None
    render_ms: float | None
    downbeats_meet: bool | None
    phrases_meet: bool | None
    blind: JoinFigures | None
    levels: JoinLevels | None
    stretch_percent: float
    bass_both_share: float | None
    both_sing_s: float | None
    left_out: tuple[float, float]

    @property
    def names(self) -> str:
        return f"{self.report.outgoing[-20:]} > {self.report.incoming[-20:]}"


@dataclass(frozen=True)
class _Side:
    """One of a join's two tracks: its clip, its song, its analysis."""

    clip: Clip
    song: SetSong
    deck: DeckTrack


def measure_joins(played: PlayedSet, energies: Times) -> Iterable[JoinMeasured]:
    """Measure every join.

    ``energies`` is the rendered mix's K-weighted mean square of each 100 ms.
    """
    timeline = played.plan.timeline
    sides = [_Side(*side) for side in zip(timeline.clips, played.songs, played.decks, strict=True)]
    overlaps = overlaps_of(timeline, played.decks)
    joins = zip(timeline.transitions, played.plan.reports, overlaps, strict=True)
    for join, report, overlap in joins:
        out, into = sides[join.outgoing], sides[join.incoming]
        measured = _measured(played, join, report, out, into, energies)
        blind = measure_beats(played.files, overlap) if overlap else None
        yield replace(measured, blind=blind)


def _measured(
    played: PlayedSet,
    join: Transition,
    report: TransitionReport,
    out: _Side,
    into: _Side,
    energies: Times,
) -> JoinMeasured:
    nothing = JoinMeasured(
        report=report,
        steady=out.song.steady and into.song.steady,
        errors_ms=np.zeros(0),
        grid_ms=None,
        render_ms=None,
        downbeats_meet=None,
        phrases_meet=None,
        blind=None,
        levels=None if join.kind == "gap" else join_levels(energies, _edges_s(join, out, into)),
        stretch_percent=stretch_percent(into.clip),
        bass_both_share=None,
        both_sing_s=both_sing_s(out, into),
        left_out=(
            report.trimmed_s[0] / _music_s(out.deck),
            report.trimmed_s[1] / _music_s(into.deck),
        ),
    )
    return _measured_beats(played, nothing, out, into) if join.kind in MATCHED else nothing


def _music_s(deck: DeckTrack) -> float:
    return deck.music_end_s - deck.music_start_s


def _edges_s(join: Transition, out: _Side, into: _Side) -> tuple[float, float]:
    start = min(join.start, into.clip.start)
    return start / SAMPLE_RATE, max(join.end, out.clip.end) / SAMPLE_RATE


def _measured_beats(
    played: PlayedSet, nothing: JoinMeasured, out: _Side, into: _Side
) -> JoinMeasured:
    start, end = max(out.clip.start, into.clip.start), min(out.clip.end, into.clip.end)
    if not out.song.beats_s or not into.song.beats_s:
        return replace(
            nothing, bass_both_share=_basses(played, out, into, np.zeros(0), np.zeros(0))
        )
    detected = [_measured_shift(played, side, start, end) for side in (out, into)]
    beats = [
        _sounding(side, side.song.beats_s, start, end) + h
        for side, h in zip((out, into), detected, strict=True)
    ]
    errors = _apart(beats[0], beats[1])
    phrases = [_sounding(side, side.song.phrases_s, start, end) for side in (out, into)]
    downs = [_sounding(side, side.song.downbeats_s, start, end) for side in (out, into)]
    met = _apart(phrases[0], phrases[1])
    return replace(
        nothing,
        errors_ms=1000.0 * errors / SAMPLE_RATE,
        grid_ms=(_grid_error_ms(out, start, end), _grid_error_ms(into, start, end)),
        render_ms=1000.0 * float(np.median(np.abs(np.concatenate(detected)))) / SAMPLE_RATE,
        downbeats_meet=_median(_apart(downs[0], downs[1])) <= ON_EACH_OTHER_S * SAMPLE_RATE,
        phrases_meet=bool(len(met)) and bool(met.min() <= ON_EACH_OTHER_S * SAMPLE_RATE),
        bass_both_share=_basses(played, out, into, *beats),
    )


def _basses(played: PlayedSet, out: _Side, into: _Side, *beats: Times) -> float:
    analyser = JoinAnalyser(played.files.open_track, played.files.open_stretched)
    return analyser.analyse((out.clip, into.clip), (beats[0], beats[1])).bass_both_share


def _played(clip: Clip, times_s: list[float]) -> Times:
    """Return where times of a song are in it with its loop written out, in samples."""
    at = np.array(times_s) * SAMPLE_RATE
    return clip.loop.written_out(at) if clip.loop else at


def _sounding(side: _Side, times_s: list[float], start: int, end: int) -> Times:
    """Return the true times of a song that sound in ``[start, end]``, in samples of the mix."""
    at = side.clip.mixes_at(_played(side.clip, times_s))
    slack = ON_EACH_OTHER_S * SAMPLE_RATE
    inside: Times = at[(at >= start - slack) & (at <= end + slack)]
    return inside


def _measured_shift(played: PlayedSet, side: _Side, start: int, end: int) -> Times:
    """Return each true beat's delay against the tempo map, in samples.

    A beat without a clear attack gets the median delay of the join's other beats.
    """
    played_at = _played(side.clip, side.song.beats_s)
    at = side.clip.mixes_at(played_at)
    slack = ON_EACH_OTHER_S * SAMPLE_RATE
    played_at = played_at[(at >= start - slack) & (at <= end + slack)]
    if not len(played_at):
        return np.zeros(0)
    loop = side.clip.loop
    truth = loop.sources_at(played_at) if loop else played_at
    with played.files.open_track(side.clip.content_hash) as track:
        first = max(int(truth.min()) - _WARMING_UP, 0)
        last = min(int(truth.max()) + _WARMING_UP, track.n_samples)
        in_song = attacks_near(track.read(first, last - first), truth - first) + first
    in_song += played_at - truth
    plain = replace(side.clip, fade_in=0, fade_out=0, effects=())
    files = played.files
    with closing(ClipPlayer(plain, files.open_track, files.open_stretched)) as player:
        sound = player.read(start, end)
    due = side.clip.mixes_at(in_song)
    detected = attacks_near(sound, np.where(np.isfinite(due), due, 0.0) - start) + start
    shift: Times = detected - due
    known = shift[np.isfinite(shift)]
    return np.where(np.isfinite(shift), shift, np.median(known) if len(known) else 0.0)


def _apart(some: Times, others: Times) -> Times:
    """Return the distance of each of the fewer times to the nearest of the others."""
    sparse, dense = sorted((some, others), key=len)
    if not len(sparse):
        return np.zeros(0)
    distances: Times = np.abs(sparse[:, None] - dense[None, :]).min(axis=1)
    return distances


def _grid_error_ms(side: _Side, start: int, end: int) -> float:
    truth = _sounding(side, side.song.beats_s, start, end)
    detected = side.deck.analysis.rhythm.beats_s if side.deck.analysis else []
    return 1000.0 * _median(_apart(truth, _sounding(side, detected, start, end))) / SAMPLE_RATE


def _median(values: Times) -> float:
    return float(np.median(values)) if len(values) else float("inf")


def stretch_percent(clip: Clip) -> float:
    """Return a clip's largest tempo change over stretches of two seconds or more."""
    ratios, anchor = [0.0], 0
    for index, (source, mix) in enumerate(clip.warp):
        first = clip.warp[anchor]
        if mix - first[1] >= _BAR:
            ratios.append(100.0 * ((source - first[0]) / (mix - first[1]) - 1.0))
            anchor = index
    return max(ratios, key=abs)


def both_sing_s(out: _Side, into: _Side) -> float | None:
    """Return for how long both tracks sing at once in the overlap."""
    if out.song.vocals_s is None or into.song.vocals_s is None:
        return None
    theirs, ours = _sung(out), _sung(into)
    return (
        sum((max(min(a[1], b[1]) - max(a[0], b[0]), 0.0) for a in theirs for b in ours), 0.0)
        / SAMPLE_RATE
    )


def _sung(side: _Side) -> list[tuple[float, float]]:
    """Return where a song's voice sounds in the mix, in samples."""
    spans = np.array(side.song.vocals_s).reshape(-1) * SAMPLE_RATE
    loop = side.clip.loop
    if loop:  # no voice is looped
        spans = np.where(spans >= loop.end, spans + loop.added, spans)
    mixed = np.clip(side.clip.mixes_at(spans), side.clip.start, side.clip.sounds_to)
    return [(float(a), float(b)) for a, b in mixed.reshape(-1, 2) if b > a]
