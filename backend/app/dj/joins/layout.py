"""Place tracks and their joins as clips on the mix's time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...contract.dj import DjRules
from ...dsp.samples import SAMPLE_RATE, samples, seconds
from ..deck import DeckTrack
from ..timeline import Clip, Timeline, Transition
from .candidates import MATCHED, Candidate
from .choose import Choice
from .explanations import reason_of
from .shapes.automation import Overlap, enter, leave
from .shapes.plain_crossfades import LEAD_IN_S, chapters_of
from .shapes.stem_swap import handover_of
from .shapes.tempo_maps import Warp, follow, return_bars


def build_timeline(
    decks: Sequence[DeckTrack], choices: Sequence[Choice], rules: DjRules, gains_db: Sequence[float]
) -> Timeline:
    """Place the tracks at their gains, joined as chosen for each pair."""
    first_s = max(decks[0].music_start_s - LEAD_IN_S, 0.0)
    clips = [_clip(decks[0], 0, samples(first_s), gains_db[0])]
    joins: list[Transition] = []
    for index, choice in enumerate(choices):
        overlap = _overlap(clips[-1], choice)
        clips[-1] = _left(clips[-1], choice.candidate, overlap)
        later = choices[index + 1].candidate if index + 1 < len(choices) else None
        clips.append(_next(decks[index + 1], choice, overlap, later, rules, gains_db[index + 1]))
        joins.append(_transition(index, clips[-1], choice, overlap))
    return Timeline(tuple(clips), tuple(joins), chapters_of(clips, joins))


def _clip(deck: DeckTrack, start: int, source_start: int, gain_db: float, warp: Warp = ()) -> Clip:
    """A clip that plays a track to the end of its music."""
    last = min(max(samples(deck.music_end_s), source_start + 1), deck.length)
    clip = Clip(
        track_id=deck.track_id,
        content_hash=deck.content_hash,
        title=deck.title,
        artist=deck.artist,
        start=start,
        length=1,
        source_start=source_start,
        gain_db=gain_db,
        warp=warp,
    )
    return replace(clip, length=max(round(clip.mix_at(last)) - start, 1))


def _left(clip: Clip, candidate: Candidate, overlap: Overlap) -> Clip:
    return replace(leave(clip, candidate, overlap), loop=candidate.loop)


def _overlap(outgoing: Clip, choice: Choice) -> Overlap:
    """Where a join lies in the mix.

    The outgoing track is back at its own tempo when the join begins.
    """
    candidate, grid = choice.candidate, choice.pair.out_grid
    start = round(outgoing.mix_at(candidate.out_s * SAMPLE_RATE))
    beats = grid.beats_per_bar if grid else 4
    if candidate.kind not in MATCHED or grid is None or candidate.out_bar is None:
        return Overlap(start, start + samples(candidate.overlap_s), beats_per_bar=beats)
    downbeats = grid.bars_s[candidate.out_bar : candidate.out_bar + candidate.bars + 1]
    bars = tuple(round(outgoing.mix_at(at * SAMPLE_RATE)) for at in downbeats)
    lengths = choice.pair.outgoing.length, choice.pair.incoming.length
    handover = handover_of(candidate, choice.pair)
    return Overlap(bars[0], bars[-1], bars, beats, handover, lengths)


def _next(
    deck: DeckTrack,
    choice: Choice,
    overlap: Overlap,
    later: Candidate | None,
    rules: DjRules,
    gain_db: float,
) -> Clip:
    """The incoming clip of a join; ``later`` is the join at which this clip ends."""
    candidate = choice.candidate
    out, into = choice.pair.out_grid, choice.pair.in_grid
    warp: Warp = ()
    if candidate.kind in MATCHED and out and into:
        bars = return_bars(into, candidate, later, rules)
        start_s = seconds(overlap.start)
        warp = follow(candidate, out, into, mix_start_s=start_s, return_bars=bars)
    source_start = warp[0][0] if warp else samples(candidate.in_s)
    clip = _clip(deck, overlap.start, source_start, gain_db, warp)
    return enter(replace(clip, pitch_semitones=candidate.pitch_semitones), candidate, overlap)


def _transition(index: int, incoming: Clip, choice: Choice, overlap: Overlap) -> Transition:
    end = max(overlap.end, incoming.start)
    return Transition(
        outgoing=index,
        incoming=index + 1,
        kind=choice.candidate.kind,
        start=overlap.start,
        end=end,
        asked=end - overlap.start,
        reason=reason_of(choice),
        bars=choice.candidate.bars,
    )
