"""What is heard in stems: measured once, kept beside them, found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from ..analysis import stem_ear
from ..analysis.stem_ear import StemFacts, hear_stem, load_facts, save_facts
from ..contract.stems import StemName
from ..dsp.samples import SAMPLE_RATE
from ..render.effort import Effort, crew
from ..store.blobs import ContentStore
from .hearing import is_heard, profile_of
from .recordings import blocks_of, open_recording

MadeStem: TypeAlias = tuple[str, StemName, str]
"""A track's content, one of its stems, and the file of that."""

_PASSES = 2  # its loudness, then all else


def stem_facts(
    store: ContentStore, made_stem: MadeStem, heard: Callable[[int], None] = lambda _: None
) -> StemFacts:
    """What can be heard in a stem: found again, or listened to and kept, with its loudness."""
    content, stem, made = made_stem
    recording = f"{content}/{made}"
    profile_of(store, recording, heard)
    path = _facts_path(store, content, made)
    kept = load_facts(path)
    if kept is not None:
        return kept
    with open_recording(store, recording) as reader:
        facts = hear_stem(stem, blocks_of(reader, SAMPLE_RATE, heard))
    save_facts(facts, path)
    return facts


def hear_stems(
    store: ContentStore,
    stems: Sequence[tuple[MadeStem, int]],
    *,
    workers: int,
    progress: Callable[[float], None],
    say: Callable[[str], None],
) -> None:
    """Listen to those stems, each with its length in samples, that nobody has heard yet."""
    unheard = [one for one in dict.fromkeys(stems) if not _is_known(store, one[0])]
    effort, lock, begun = Effort(progress), Lock(), count(1)
    effort.plan(_PASSES * sum(length for _, length in unheard))

    def listen(stem: MadeStem) -> None:
        with lock:
            say(f"stem {next(begun)} of {len(unheard)}")
        stem_facts(store, stem, effort.add)

    with crew(workers, effort) as pool:
        listening = [pool.submit(effort.guard, partial(listen, stem)) for stem, _ in unheard]
        for future in listening:
            future.result()


def _is_known(store: ContentStore, made_stem: MadeStem) -> bool:
    content, _, made = made_stem
    if not is_heard(store, f"{content}/{made}", whole=False):
        return False
    return load_facts(_facts_path(store, content, made)) is not None


def _facts_path(store: ContentStore, content: str, made: str) -> Path:
    of = made.removesuffix(".flac")
    return store.derived(content, f"facts-v{stem_ear.VERSION}-{of}.json")
