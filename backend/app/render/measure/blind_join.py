"""Listen to a join's two decks, each alone, and compare their beats."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from ...dj.timeline import Clip
from ...dsp.samples import CHANNELS, SAMPLE_RATE, Samples
from ...media.normal_form import TrackReader
from ..player.clip_player import ClipPlayer
from ..player.looped_track import looped
from ..player.stretched_segments import StretchedSegment
from .blind_beats import BlindBeats, DeckStretch, compare_beats
from .deck_onsets import find_deck_onsets
from .join_metrics import Times, plain_clip, shared_span

CONTEXT_BEATS = 64
"""Beats before the overlap (outgoing) and after it (incoming) whose bars are averaged."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How long a beat of the overlap is, in samples of the mix, and how many make a bar.

    ``same_tempo`` is False if one of the tracks plays in double time.
    """

    beat: float
    beats_per_bar: int
    same_tempo: bool = True

    @classmethod
    def of(cls, beats: tuple[Times, Times], beats_per_bar: int) -> Pulse | None:
        """Take only the mean distances of both tracks' beats; None for fewer than two."""
        if min(map(len, beats)) < 2:
            return None
        out, into = (float(times[-1] - times[0]) / (len(times) - 1) for times in beats)
        return cls(out, beats_per_bar, same_tempo=abs(np.log2(out / into)) < 0.5)


@dataclass(frozen=True, slots=True)
class BlindListener:
    """Compares the beats of joins; opens tracks and stretched segments as in the mix."""

    open_track: Callable[[str], TrackReader]
    open_stretched: Callable[[StretchedSegment], TrackReader]

    def beats_of(self, clips: tuple[Clip, Clip], pulse: Pulse) -> BlindBeats:
        """Measure how far the beats of two clips are apart in their overlap."""
        start, end = shared_span(clips)
        sounds = (self.play(plain_clip(clip), start, end) for clip in clips)
        out, into = map(find_deck_onsets, sounds)
        before = self._stretch(clips[0], start, end, pulse, (-CONTEXT_BEATS, 0))
        after = self._stretch(clips[1], start, end, pulse, (0, CONTEXT_BEATS))
        beat_s = pulse.beat / SAMPLE_RATE
        return compare_beats(
            (out, into),
            (before, after),
            beat_s=beat_s,
            beats_per_bar=pulse.beats_per_bar,
            same_tempo=pulse.same_tempo,
        )

    def play(self, clip: Clip, start: int, end: int) -> Samples:
        """The clip's sound in ``[start, end)`` of the mix."""
        with closing(ClipPlayer(clip, self.open_track, self.open_stretched)) as player:
            return player.read(start, end).copy()

    def _stretch(
        self, clip: Clip, start: int, end: int, pulse: Pulse, more_beats: tuple[int, int]
    ) -> DeckStretch:
        """The onsets of the track in the overlap and some beats more, at its own tempo."""
        first, last = clip.written_out_at(np.array([start, end], np.float64))
        beat = (last - first) / (end - start) * pulse.beat
        before, after = more_beats
        with self.open_track(clip.recording) as recording:
            track = looped(recording, clip.loop)
            begin = max(round(first + before * beat), track.first)
            stop = min(round(last + after * beat), track.n_samples)
            sound = np.zeros((CHANNELS, 0), np.float32)
            if begin < stop:
                sound = track.read(begin, stop - begin)
        onsets = find_deck_onsets(sound)
        return DeckStretch(onsets, float(beat) / SAMPLE_RATE, float((begin - first) / beat))
