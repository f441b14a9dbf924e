"""``timeline.json``: a timeline as the world reads it, in seconds, and back again.

Seconds are written in full precision, so that they stand for whole samples without loss.
"""

from __future__ import annotations

from ..contract.mixes import ChapterView, ClipView, TimelineView, TransitionView
from ..dsp.samples import SAMPLE_RATE, samples, seconds
from .timeline import Chapter, Clip, LowPass, Timeline, Transition

VERSION = 1


def view_of(timeline: Timeline) -> TimelineView:
    """The timeline in the contract's shape."""
    return TimelineView(
        version=VERSION,
        sample_rate=SAMPLE_RATE,
        duration_s=timeline.duration_s,
        duration_samples=timeline.length,
        clips=[_clip(clip) for clip in timeline.clips],
        transitions=[_transition(join, timeline) for join in timeline.transitions],
        chapters=[
            ChapterView(start_s=seconds(chapter.start), title=chapter.title)
            for chapter in timeline.chapters
        ],
    )


def _clip(clip: Clip) -> ClipView:
    source_start, source_end = clip.source_start, clip.source_start + clip.length
    return ClipView(
        track_id=clip.track_id,
        content=clip.content,
        title=clip.title,
        artist=clip.artist,
        start_s=seconds(clip.start),
        end_s=seconds(clip.end),
        source_start_s=seconds(source_start),
        source_end_s=seconds(source_end),
        warp=[
            (seconds(source_start), seconds(clip.start)),
            (seconds(source_end), seconds(clip.end)),
        ],
        pitch_semitones=0.0,
        gain_db=clip.gain_db,
        fade_in_s=seconds(clip.fade_in),
        fade_out_s=seconds(clip.fade_out),
        curve=clip.curve,
    )


def _transition(join: Transition, timeline: Timeline) -> TransitionView:
    low_pass = timeline.clips[join.outgoing].low_pass
    return TransitionView(
        outgoing=join.outgoing,
        incoming=join.incoming,
        kind=join.kind,
        start_s=seconds(join.start),
        end_s=seconds(join.end),
        asked_s=seconds(join.asked),
        low_pass_hz=low_pass.cutoff_hz if low_pass else None,
        reason=join.reason,
    )


def timeline_of(view: TimelineView) -> Timeline:
    """The timeline that a view was made of."""
    low_passes = {
        join.outgoing: _low_pass(join) for join in view.transitions if join.low_pass_hz is not None
    }
    return Timeline(
        clips=tuple(_clip_of(clip, low_passes.get(index)) for index, clip in enumerate(view.clips)),
        transitions=tuple(_transition_of(join) for join in view.transitions),
        chapters=tuple(
            Chapter(samples(chapter.start_s), chapter.title) for chapter in view.chapters
        ),
    )


def _low_pass(join: TransitionView) -> LowPass:
    start = samples(join.start_s)
    return LowPass(join.low_pass_hz or 0.0, start, samples(join.end_s) - start)


def _clip_of(view: ClipView, low_pass: LowPass | None) -> Clip:
    start = samples(view.start_s)
    return Clip(
        track_id=view.track_id,
        content=view.content,
        title=view.title,
        artist=view.artist,
        start=start,
        length=samples(view.end_s) - start,
        source_start=samples(view.source_start_s),
        gain_db=view.gain_db,
        fade_in=samples(view.fade_in_s),
        fade_out=samples(view.fade_out_s),
        curve=view.curve,
        low_pass=low_pass,
    )


def _transition_of(view: TransitionView) -> Transition:
    return Transition(
        outgoing=view.outgoing,
        incoming=view.incoming,
        kind=view.kind,
        start=samples(view.start_s),
        end=samples(view.end_s),
        asked=samples(view.asked_s),
        reason=view.reason,
    )
