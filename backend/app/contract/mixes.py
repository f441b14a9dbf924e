"""Machine-readable files of a mix: ``timeline.json``, ``waveform.json``, ``report.json``."""

from __future__ import annotations

from typing import Literal

from .base import Shape
from .dj import TransitionKind, TransitionReport
from .stems import StemName


class EffectView(Shape):
    """A filter over a stretch of a clip; ``shares`` pairs mix seconds and filtered shares.

    A ``level`` is a plain gain of ``gain_db``, with no frequency.
    """

    kind: Literal["low_pass", "high_pass", "low_shelf", "high_shelf", "level"]
    start_s: float
    end_s: float
    shares: list[tuple[float, float]]
    frequency_hz: float
    to_frequency_hz: float | None
    gain_db: float


class EchoView(Shape):
    """From ``start_s`` on, the clip's last ``send_s`` seconds repeat instead of its sound."""

    start_s: float
    send_s: float
    delay_s: float
    feedback: float


class FaderView(Shape):
    """A stem's fader: pairs of mix seconds and gains (0 to 1), with straight lines between."""

    stem: StemName
    gains: list[tuple[float, float]]


class StemFadersView(Shape):
    """A stretch of a clip that plays stems, each with its fader, instead of the track.

    ``maker`` separated them, out of the seconds from ``source_start_s`` to ``source_end_s`` of the
    track; a stem without a fader is silent.
    """

    start_s: float
    end_s: float
    maker: str
    source_start_s: float
    source_end_s: float
    faders: list[FaderView]


class LoopView(Shape):
    """From ``source_start_s`` of the track, ``length_s`` seconds play ``times`` more times."""

    source_start_s: float
    length_s: float
    times: int


class ClipView(Shape):
    """A stretch of a track on the mix's time axis; ``warp`` pairs source and mix seconds.

    After the last but one pair of ``warp`` the track plays sample for sample; with a ``loop``, the
    last pair is the end of its first pass, after which its repeats follow. ``made`` names a
    derived file that is played instead of the track, such as that of the stem ``stem``; it is empty
    for the track itself.
    """

    track_id: str
    content: str
    title: str
    artist: str
    start_s: float
    end_s: float
    source_start_s: float
    source_end_s: float
    warp: list[tuple[float, float]]
    pitch_semitones: int
    gain_db: float
    fade_in_s: float
    fade_out_s: float
    curve: Literal["equal_power", "linear"]
    effects: list[EffectView] = []
    echo: EchoView | None = None
    stem_faders: list[StemFadersView] = []
    loop: LoopView | None = None
    role: Literal["track", "overlay", "stem"] = "track"
    stem: StemName | None = None
    made: str = ""


class TransitionView(Shape):
    """A join: ``outgoing`` and ``incoming`` are indices into ``clips``."""

    outgoing: int
    incoming: int
    kind: TransitionKind | Literal["crossfade"]
    start_s: float
    end_s: float
    asked_s: float
    reason: str
    bars: int = 0


class ChapterView(Shape):
    """A chapter starts where its track takes over."""

    start_s: float
    title: str


class TimelineView(Shape):
    """The whole mix as data, which can be checked without Segue's code."""

    version: int
    sample_rate: int
    duration_s: float
    duration_samples: int
    clips: list[ClipView]
    transitions: list[TransitionView]
    chapters: list[ChapterView]


class WaveformView(Shape):
    """The rendered mix as ``peaks``: each bin's largest magnitude (0 to 1), both channels."""

    duration_s: float
    bins_per_s: float
    peaks: list[float]


class FileReport(Shape):
    """A finished file, decoded and measured.

    ``gain_shift_db`` is added to every clip's ``gain_db`` of the timeline for this file, to
    compensate for its stricter limiter ceiling, ``ceiling_dbtp`` (None in files of versions that
    did not state it).
    """

    name: str
    loudness_lufs: float
    true_peak_dbtp: float
    gain_shift_db: float
    ceiling_dbtp: float | None = None


class ReportView(Shape):
    """Measurements of the finished mix: of its first file, and in ``files`` of each file."""

    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    limited_db: float
    files: list[FileReport] = []
    transitions: list[TransitionReport] = []
    notes: list[str]
