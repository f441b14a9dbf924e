"""What is heard in tracks: measured once, kept beside the sound, found again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock

from ..analysis import loudness
from ..analysis.kept import load_analysis, save_analysis
from ..analysis.loudness import (
    PEAK_HOP,
    LoudnessProfile,
    load_profile,
    measure_loudness,
    save_profile,
)
from ..analysis.track import VERSION, analyse
from ..contract.analysis import TrackAnalysis
from ..media.normal_form import TrackReader
from ..render.effort import Effort, crew
from ..store.blobs import ContentStore
from .recordings import blocks_of, open_recording

_BLOCK = 100 * PEAK_HOP  # a second at a time

Heard = Callable[[int], None]
"""Called with the samples just heard; may raise, to stop."""


def analysis_of(store: ContentStore, content: str) -> TrackAnalysis | None:
    """What was heard in a track, before any fix; None where nobody has listened yet."""
    return load_analysis(_analysis_path(store, content))


def hear(store: ContentStore, content: str, heard: Heard = lambda _: None) -> TrackAnalysis:
    """What can be heard in a track: found again, or listened to and kept, with its loudness."""
    kept = analysis_of(store, content)
    if kept is not None:
        return kept
    known = load_profile(_profile_path(store, content))
    with TrackReader(store.path(content)) as reader:
        analysis, profile = analyse(blocks_of(reader, _BLOCK, heard), known)
    if known is None:
        save_profile(profile, _profile_path(store, content))
    save_analysis(analysis, _analysis_path(store, content))
    return analysis


def profile_of(
    store: ContentStore, recording: str, heard: Heard = lambda _: None
) -> LoudnessProfile:
    """A recording's loudness: found again, or measured and kept."""
    kept = load_profile(_profile_path(store, recording))
    if kept is not None:
        return kept
    with open_recording(store, recording) as reader:
        profile = measure_loudness(blocks_of(reader, _BLOCK, heard))
    save_profile(profile, _profile_path(store, recording))
    return profile


def whole_profile_of(store: ContentStore, recording: str) -> LoudnessProfile:
    """A recording's loudness, and how much of it is bass where it is an analysed track."""
    profile = profile_of(store, recording)
    analysis = None if "/" in recording else analysis_of(store, recording)
    return replace(profile, bass_share=analysis.bass_share) if analysis else profile


def hear_all(
    store: ContentStore,
    lengths: Mapping[str, int],
    *,
    whole: bool,
    workers: int,
    progress: Callable[[float], None],
    say: Callable[[str], None],
) -> None:
    """Listen to what nobody has heard yet, several tracks at once.

    Threads will do: of 1.7 s of processor time for three minutes of sound, two threads wait 2 % of
    it for each other, for nearly all of it passes inside the libraries.

    Parameters
    ----------
    lengths : the tracks' contents and their lengths in samples
    whole : whether to hear everything, or only how loud the tracks are
    """
    unheard = [content for content in lengths if not is_heard(store, content, whole=whole)]
    effort, lock, begun = Effort(progress), Lock(), count(1)
    effort.plan(sum(lengths[content] for content in unheard))

    def listen(content: str) -> None:
        with lock:
            say(f"track {next(begun)} of {len(unheard)}")
        (hear if whole else profile_of)(store, content, effort.add)

    with crew(workers, effort) as pool:
        listening = [pool.submit(effort.guard, partial(listen, one)) for one in unheard]
        for future in listening:
            future.result()


def is_heard(store: ContentStore, content: str, *, whole: bool) -> bool:
    """Whether the track's loudness, and with ``whole`` all else too, is known."""
    if load_profile(_profile_path(store, content)) is None:
        return False
    return not whole or analysis_of(store, content) is not None


def _profile_path(store: ContentStore, recording: str) -> Path:
    content, _, made = recording.partition("/")
    of = f"-{made.removesuffix('.flac')}" if made else ""
    return store.derived(content, f"loudness-v{loudness.VERSION}{of}.npz")


def _analysis_path(store: ContentStore, content: str) -> Path:
    return store.derived(content, f"analysis-v{VERSION}.json")
