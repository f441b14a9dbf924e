"""A small crate, and random timelines with tempo maps, filters and echoes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from backend.app.analysis.levels.loudness import measure_loudness
from backend.app.dj.loop import SEAM, Loop
from backend.app.dj.timeline import Clip, Echo, Effect, Timeline
from backend.app.dsp.samples import Samples
from backend.app.media.normal_form import TrackReader, write_normal_form
from backend.app.render.player.peak_bounds import Peaks
from backend.app.render.player.player import Player
from backend.app.render.player.stretched_segments import StretchedSegment, stretch_segment
from tests.sounds import SR, clicks, noise, sine

BEAT = SR // 2
NO_CEILING = 60.0


def plucked(duration_s: float) -> Samples:
    """A chord plucked twice a second; each rings into the next."""
    t = np.arange(round(duration_s * SR)) / SR
    chord = sum(np.sin(2 * np.pi * hz * t) for hz in (55.0, 220.0, 277.2, 1330.0, 4410.0))
    wave = 0.12 * chord * np.exp(-3.0 * (t % 0.5))
    return np.stack([wave, np.roll(wave, 17)]).astype(np.float32)


SOUNDS: dict[str, Callable[[], Samples]] = {
    "noise": lambda: noise(12.0, seed=1, rms_db=-18),
    "drums": lambda: clicks(12.0, 0.5) * np.float32(0.8) + noise(12.0, seed=4, rms_db=-50),
    "chords": lambda: plucked(12.0) * np.float32(1.5),
    "tone": lambda: sine(12.0, 110.0, peak_db=-9.0),
}


class Crate:
    """Sounds as tracks in normal form, and the stretched segments rendered so far."""

    def __init__(self, folder: Path, names: Iterable[str] = tuple(SOUNDS)) -> None:
        self.folder = folder
        self._peaks: dict[str, Peaks] = {}
        for name in names:
            write_normal_form(folder / name, SOUNDS[name](), bits=24)

    def track(self, name: str) -> Samples:
        """A whole stored track."""
        with self.open(name) as reader:
            return reader.read(0, reader.n_samples)

    def open(self, name: str) -> TrackReader:
        return TrackReader(self.folder / name)

    def open_stretched(self, segment: StretchedSegment) -> TrackReader:
        path = self.folder / segment.file_name
        if not path.exists():
            stretch_segment(segment, self.open, path)
        return TrackReader(path)

    def peaks(self, name: str) -> Peaks:
        if name not in self._peaks:
            self._peaks[name] = measure_loudness([self.track(name)]).peaks
        return self._peaks[name]

    def player(self, timeline: Timeline, ceiling_db: float = NO_CEILING) -> Player:
        return Player(timeline, self.open, ceiling_db, open_stretched=self.open_stretched)


def played(player: Player, start: int = 0, end: int | None = None) -> Samples:
    """Play a stretch of a mix; by default all of it."""
    end = player.timeline.length if end is None else end
    return np.concatenate(list(player.play(start, end)), axis=1)


def bend(
    source_start: int, start: int, speed: float, beats: int = 4
) -> tuple[tuple[int, int], ...]:
    """A tempo map: some beats at another speed, then as many that return to speed 1."""
    speeds = [speed] * beats + [1 + (speed - 1) * (1 - (k + 0.5) / beats) for k in range(beats)]
    mixes = start + np.rint(np.cumsum([0.0, *(BEAT / each for each in speeds)])).astype(int)
    return tuple((source_start + k * BEAT, int(mix)) for k, mix in enumerate(mixes))


def clip(name: str, start: int, length: int, **more: object) -> Clip:
    """A clip of a track that has the name of its sound."""
    return partial(Clip, name, name, name.title(), "", start, length)(**more)


@st.composite
def effects(draw: st.DrawFn, first: int, last: int) -> Effect:
    """Any filter over a part of a clip."""
    start = draw(st.integers(first, last - SR // 2))
    length = draw(st.integers(SR // 4, last - start))
    kind = draw(st.sampled_from(["low_pass", "high_pass", "low_shelf", "high_shelf", "level"]))
    sweeps = "pass" in kind and draw(st.booleans())
    return Effect(
        kind,
        start,
        length,
        tuple(
            (start + length * step // 2, draw(st.sampled_from([0.0, 0.4, 1.0])))
            for step in range(draw(st.integers(1, 3)))
        ),
        frequency_hz=draw(st.sampled_from([100.0, 900.0])),
        to_frequency_hz=3000.0 if sweeps else None,
        gain_db=draw(st.sampled_from([-26.0, 6.0])),
    )


@st.composite
def clips(draw: st.DrawFn, start: int) -> Clip:
    """A clip of 2.5 to five seconds with any combination of features."""
    speed, pitch = draw(st.sampled_from([(1.0, 0), (1.04, 0), (0.95, 0), (1.02, 1)]))
    length = draw(st.integers(5 * SR // 2, 5 * SR)) if not pitch else 3 * SR
    source_start = draw(st.sampled_from([0, SR]))
    loop = Loop(
        source_start + 2 * SR + 1234,
        draw(st.sampled_from([SR // 4, 2 * SEAM])),
        draw(st.integers(1, 3)),
    )
    echo = Echo(start + length - SR, draw(st.sampled_from([SR // 2, 3000])), SR // 4, 0.6)
    return clip(
        draw(st.sampled_from(sorted(SOUNDS))),
        start,
        length,
        source_start=source_start,
        gain_db=draw(st.sampled_from([-3.0, 0.0, 4.0])),
        fade_in=draw(st.sampled_from([0, 220, SR])),
        fade_out=draw(st.sampled_from([0, 220, SR // 2])),
        warp=bend(source_start, start, speed, beats=2) if speed != 1.0 else (),
        pitch_semitones=pitch,
        effects=tuple(draw(st.lists(effects(start, start + length), max_size=3))),
        echo=draw(st.sampled_from([None, echo])),
        loop=draw(st.sampled_from([None, loop])),
    )


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """One to three clips, overlapping or not."""
    starts = draw(st.lists(st.integers(0, 4 * SR), min_size=1, max_size=3))
    return Timeline(tuple(draw(clips(start)) for start in sorted(starts)))
