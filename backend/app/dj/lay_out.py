"""From joins that were chosen to clips on the mix's time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..contract.dj import DjRules
from ..dsp.samples import SAMPLE_RATE, samples, seconds
from .bends import Warp, follow
from .candidates import MATCHED, Candidate
from .choose import Choice
from .deck import DeckTrack, grid_of
from .ladder import reason_of
from .moves import Place, enter, leave
from .planner import chapters_of
from .stem_swap import handover_of
from .timeline import Clip, Timeline, Transition

RETURNS = (32, 16, 8, 4)
"""Bars over which a tempo may come home, the longest first."""

LEAD_IN_S = 0.02
"""What is kept before the first sound of a track."""


def lay_out(
    decks: Sequence[DeckTrack], choices: Sequence[Choice], rules: DjRules, gains_db: Sequence[float]
) -> Timeline:
    """Place every track where its joins want it.

    Parameters
    ----------
    decks : the tracks, in order
    choices : the join of each pair of neighbours
    gains_db : each track's gain
    """
    clips = [_first(decks[0], gains_db[0])]
    joins: list[Transition] = []
    for index, choice in enumerate(choices):
        candidate = choice.scored.candidate
        place = _place(clips[-1], choice)
        clips[-1] = leave(clips[-1], candidate, place)
        later = choices[index + 1].scored.candidate if index + 1 < len(choices) else None
        clips.append(_next(decks[index + 1], choice, place, later, rules, gains_db[index + 1]))
        joins.append(_transition(index, clips[-1], choice, place))
    return Timeline(tuple(map(_stretched, clips)), tuple(joins), chapters_of(clips, joins))


def _first(deck: DeckTrack, gain_db: float) -> Clip:
    start_s = deck.analysis.music_start_s if deck.analysis else 0.0
    source = samples(max(start_s - LEAD_IN_S, 0.0))
    return _clip(deck, 0, source, gain_db)


def _clip(deck: DeckTrack, start: int, source_start: int, gain_db: float, warp: Warp = ()) -> Clip:
    """A clip that plays to the end of the music."""
    end_s = deck.analysis.music_end_s if deck.analysis else deck.duration_s
    last = min(max(samples(end_s), source_start + 1), deck.length)
    clip = Clip(
        track_id=deck.track_id,
        content=deck.content,
        title=deck.title,
        artist=deck.artist,
        start=start,
        length=1,
        source_start=source_start,
        gain_db=gain_db,
        warp=warp,
    )
    return replace(clip, length=max(round(clip.mix_at(last)) - start, 1))


def _place(outgoing: Clip, choice: Choice) -> Place:
    """Where a join lies in the mix; the outgoing has come home to its own tempo by then."""
    candidate, grid = choice.scored.candidate, choice.couple.out_grid
    start = round(outgoing.mix_at(candidate.out_s * SAMPLE_RATE))
    if candidate.kind not in MATCHED or grid is None or candidate.out_bar is None:
        return Place(start, start + samples(candidate.overlap_s))
    downbeats = grid.bars_s[candidate.out_bar : candidate.out_bar + candidate.bars + 1]
    bars = tuple(round(outgoing.mix_at(at * SAMPLE_RATE)) for at in downbeats)
    lengths = choice.couple.outgoing.length, choice.couple.incoming.length
    return Place(bars[0], bars[-1], bars, handover_of(candidate, choice.couple), lengths)


def _next(
    deck: DeckTrack,
    choice: Choice,
    place: Place,
    later: Candidate | None,
    rules: DjRules,
    gain_db: float,
) -> Clip:
    candidate = choice.scored.candidate
    warp = _warp(choice, place, _return_bars(deck, candidate, later, rules))
    source_start = warp[0][0] if warp else samples(candidate.in_s)
    clip = _clip(deck, place.start, source_start, gain_db, warp)
    return enter(replace(clip, pitch_semitones=candidate.pitch_semitones), candidate, place)


def _warp(choice: Choice, place: Place, return_bars: int) -> Warp:
    candidate, couple = choice.scored.candidate, choice.couple
    if candidate.kind not in MATCHED or couple.out_grid is None or couple.in_grid is None:
        return ()
    return follow(
        candidate,
        couple.out_grid,
        couple.in_grid,
        mix_start_s=seconds(place.start),
        return_bars=return_bars,
    )


def _return_bars(
    deck: DeckTrack, candidate: Candidate, later: Candidate | None, rules: DjRules
) -> int:
    """As many bars as the rules want, or as there are before the next join."""
    grid = grid_of(deck)
    if grid is None or not rules.return_bars:
        return 0
    free_until_s = later.out_s if later else float(grid.beats_s[-1])
    bar_s = grid.beats_per_bar * 60.0 / grid.tempo_bpm
    free = (free_until_s - candidate.in_end_s) / bar_s
    return next((n for n in RETURNS if n <= min(rules.return_bars, free + 0.01)), 0)


def _stretched(clip: Clip) -> Clip:
    """A track that is moved in pitch goes through the stretcher to its end."""
    if not clip.pitch_semitones or clip.stretched_end >= clip.sounds_to:
        return clip
    warp = clip.warp or ((clip.source_start, clip.start),)
    return replace(clip, warp=(*warp, (clip.sounds_to + clip.body_offset, clip.sounds_to)))


def _transition(index: int, incoming: Clip, choice: Choice, place: Place) -> Transition:
    candidate = choice.scored.candidate
    end = max(place.end, incoming.start)
    return Transition(
        outgoing=index,
        incoming=index + 1,
        kind=candidate.kind,
        start=place.start,
        end=end,
        asked=end - place.start,
        reason=reason_of(choice),
        bars=candidate.bars,
    )
