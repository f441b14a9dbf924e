"""Convert a timeline to the seconds of ``timeline.json``, and back.

Seconds are written in full precision, so that whole samples are restored exactly.
"""

from __future__ import annotations

from ..contract.mixes import (
    ChapterView,
    ClipView,
    EchoView,
    EffectView,
    FaderView,
    LoopView,
    StemFadersView,
    TimelineView,
    TransitionView,
)
from ..dsp.samples import SAMPLE_RATE, samples, seconds
from .loop import Loop
from .timeline import Chapter, Clip, Echo, Effect, StemFaders, Timeline, Transition

VERSION = 2


def view_of(timeline: Timeline) -> TimelineView:
    """Convert a timeline to the JSON model of the contract."""
    return TimelineView(
        version=VERSION,
        sample_rate=SAMPLE_RATE,
        duration_s=timeline.duration_s,
        duration_samples=timeline.length,
        clips=[_clip(clip) for clip in timeline.clips],
        transitions=[_transition(join) for join in timeline.transitions],
        chapters=[
            ChapterView(start_s=seconds(chapter.start), title=chapter.title)
            for chapter in timeline.chapters
        ],
    )


def _clip(clip: Clip) -> ClipView:
    return ClipView(
        track_id=clip.track_id,
        content=clip.content_hash,
        title=clip.title,
        artist=clip.artist,
        start_s=seconds(clip.start),
        end_s=seconds(clip.end),
        source_start_s=seconds(clip.source_start),
        source_end_s=seconds(clip.source_end),
        warp=_warp(clip),
        pitch_semitones=clip.pitch_semitones,
        gain_db=clip.gain_db,
        fade_in_s=seconds(clip.fade_in),
        fade_out_s=seconds(clip.fade_out),
        curve=clip.curve,
        effects=[_effect(effect) for effect in clip.effects],
        echo=_echo(clip.echo) if clip.echo else None,
        stem_faders=[_stem_faders(one) for one in clip.stem_faders],
        loop=_loop(clip.loop) if clip.loop else None,
        role=clip.role,
        stem=clip.stem,
        made=clip.made,
    )


def _warp(clip: Clip) -> list[tuple[float, float]]:
    """Return a clip's tempo map: the stretched part, then the rest, up to the end of any loop."""
    points = list(clip.warp) or [(clip.source_start, clip.start)]
    end = clip.sounds_to + clip.body_offset
    if clip.loop:
        end = min(end, clip.loop.end)
    if end > points[-1][0]:
        points.append((end, end - clip.body_offset))
    return [(seconds(source), seconds(mix)) for source, mix in points]


def _loop(loop: Loop) -> LoopView:
    return LoopView(
        source_start_s=seconds(loop.start), length_s=seconds(loop.length), times=loop.times
    )


def _effect(effect: Effect) -> EffectView:
    return EffectView(
        kind=effect.kind,
        start_s=seconds(effect.start),
        end_s=seconds(effect.end),
        shares=[(seconds(at), share) for at, share in effect.shares],
        frequency_hz=effect.frequency_hz,
        to_frequency_hz=effect.to_frequency_hz,
        gain_db=effect.gain_db,
    )


def _echo(echo: Echo) -> EchoView:
    return EchoView(
        start_s=seconds(echo.start),
        send_s=seconds(echo.send),
        delay_s=seconds(echo.delay),
        feedback=echo.feedback,
    )


def _stem_faders(one: StemFaders) -> StemFadersView:
    return StemFadersView(
        start_s=seconds(one.start),
        end_s=seconds(one.end),
        maker=one.maker,
        source_start_s=seconds(one.source[0]),
        source_end_s=seconds(one.source[1]),
        faders=[
            FaderView(stem=stem, gains=[(seconds(at), gain) for at, gain in gains])
            for stem, gains in one.faders
        ],
    )


def _transition(join: Transition) -> TransitionView:
    return TransitionView(
        outgoing=join.outgoing,
        incoming=join.incoming,
        kind=join.kind,
        start_s=seconds(join.start),
        end_s=seconds(join.end),
        asked_s=seconds(join.asked),
        reason=join.reason,
        bars=join.bars,
    )


def timeline_of(view: TimelineView) -> Timeline:
    """Convert the JSON model back to a timeline."""
    return Timeline(
        clips=tuple(_clip_of(clip) for clip in view.clips),
        transitions=tuple(_transition_of(join) for join in view.transitions),
        chapters=tuple(
            Chapter(samples(chapter.start_s), chapter.title) for chapter in view.chapters
        ),
    )


def _clip_of(view: ClipView) -> Clip:
    start, source_start = samples(view.start_s), samples(view.source_start_s)
    return Clip(
        track_id=view.track_id,
        content_hash=view.content,
        title=view.title,
        artist=view.artist,
        start=start,
        length=samples(view.end_s) - start,
        source_start=source_start,
        gain_db=view.gain_db,
        fade_in=samples(view.fade_in_s),
        fade_out=samples(view.fade_out_s),
        curve=view.curve,
        warp=_warp_of(view),
        pitch_semitones=view.pitch_semitones,
        effects=tuple(_effect_of(effect) for effect in view.effects),
        echo=_echo_of(view.echo) if view.echo else None,
        stem_faders=tuple(_stem_faders_of(one) for one in view.stem_faders),
        loop=_loop_of(view.loop) if view.loop else None,
        role=view.role,
        stem=view.stem,
        made=view.made,
    )


def _warp_of(view: ClipView) -> tuple[tuple[int, int], ...]:
    """Return the stretched part of a tempo map, without an unstretched end."""
    points = [(samples(source), samples(mix)) for source, mix in view.warp]
    if len(points) > 1 and points[-1][0] - points[-2][0] == points[-1][1] - points[-2][1]:
        points.pop()
    return tuple(points) if len(points) > 1 else ()


def _loop_of(view: LoopView) -> Loop:
    return Loop(samples(view.source_start_s), samples(view.length_s), view.times)


def _effect_of(view: EffectView) -> Effect:
    start = samples(view.start_s)
    return Effect(
        kind=view.kind,
        start=start,
        length=samples(view.end_s) - start,
        shares=tuple((samples(at), share) for at, share in view.shares),
        frequency_hz=view.frequency_hz,
        to_frequency_hz=view.to_frequency_hz,
        gain_db=view.gain_db,
    )


def _echo_of(view: EchoView) -> Echo:
    return Echo(
        start=samples(view.start_s),
        send=samples(view.send_s),
        delay=samples(view.delay_s),
        feedback=view.feedback,
    )


def _stem_faders_of(view: StemFadersView) -> StemFaders:
    start = samples(view.start_s)
    return StemFaders(
        start=start,
        length=samples(view.end_s) - start,
        source=(samples(view.source_start_s), samples(view.source_end_s)),
        faders=tuple(
            (one.stem, tuple((samples(at), gain) for at, gain in one.gains)) for one in view.faders
        ),
        maker=view.maker,
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
        bars=view.bars,
    )
