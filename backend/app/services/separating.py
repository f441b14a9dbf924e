"""Songs of the library taken apart: each once, whoever asks for it again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from ..contract.stems import StemName
from ..media.made_form import stem_file
from ..media.normal_form import TrackReader
from ..stems.kept import keep_stems
from ..stems.separator import Progress, Separator
from ..store.aside import made_aside
from ..store.blobs import ContentStore
from ..store.room import expect_room
from .separators import Separators

Stretch = tuple[int, int]

_BYTES_A_SAMPLE = 4.5
"""Of a stem of a loud song: three quarters of the 24 bits of two channels."""


def limit_s(work_s: float) -> float:
    """How long a step may take that separates ``work_s`` seconds: a bag of four models needs some
    seven times real time on one slow core."""
    return 300.0 + 20.0 * work_s


def separate(
    store: ContentStore,
    separator: Separator,
    content: str,
    wanted: Collection[StemName],
    *,
    stretch: Stretch | None = None,
    progress: Progress = lambda _: None,
) -> dict[StemName, str]:
    """The files of a track's stems, by stem: those kept from before, or made now.

    The names are those of :attr:`Clip.made`. A stretch is cut out of nothing larger: it has files
    of its own.
    """
    brought = separator.brings(wanted)
    names = {stem: stem_file(separator.key, stem, stretch) for stem in brought}
    if not is_separated(store, separator, content, wanted, stretch):
        # Whoever else is at it makes the same: that is waited for
        work = f"stem-{separator.key}"
        with store.alone(content, work):
            store.remove_half_made_of(content, work)
            if not is_separated(store, separator, content, wanted, stretch):
                _make(store, separator, content, wanted, stretch, names, progress)
    return {stem: names[stem] for stem in wanted}


def _make(
    store: ContentStore,
    separator: Separator,
    content: str,
    wanted: Collection[StemName],
    stretch: Stretch | None,
    names: Mapping[StemName, str],
    progress: Progress,
) -> None:
    with TrackReader(store.path(content)) as song:
        first, last = stretch or (0, song.n_samples)
        n_bytes = (last - first) * len(names) * _BYTES_A_SAMPLE
        expect_room(store.derived(content, ""), round(n_bytes))
        keep_stems(
            separator,
            song,
            (first, last),
            wanted,
            lambda stem: store.derived(content, names[stem]),
            progress,
        )
    with made_aside(_device_path(store, separator, content)) as part:
        part.write_text(separator.device, encoding="utf-8")


def is_separated(
    store: ContentStore,
    separator: Separator,
    content: str,
    wanted: Collection[StemName],
    stretch: Stretch | None = None,
) -> bool:
    """Whether all of the wanted stems are there; they are wanted just now, and so they stay."""
    names = [stem_file(separator.key, stem, stretch) for stem in wanted]
    files = [store.derived(content, name) for name in names]
    there = all(file.is_file() for file in files)
    if there:
        for file in files:
            store.renew(file)
    return there


def pace(separators: Separators, model: str, store: ContentStore, contents: Collection[str]) -> str:
    """What the speed of separating whole songs hangs on: the model, or that all are kept."""
    if separators.is_ready(model):
        separator = separators.named(model)
        if all(is_separated(store, separator, one, separator.sources) for one in contents):
            return "kept"
    return model


def separate_all(
    store: ContentStore,
    separator: Separator,
    songs: Sequence[tuple[str, Stretch | None]],
    wanted: Collection[StemName],
    *,
    progress: Progress,
    say: Callable[[str], None],
) -> None:
    """Separate what nobody has separated before, one after the other: a model takes all cores."""
    unmade = [one for one in songs if not is_separated(store, separator, one[0], wanted, one[1])]
    for index, (content, stretch) in enumerate(unmade):
        say(f"song {index + 1} of {len(unmade)}, on the {separator.device}")
        told = partial(_share, progress, index, len(unmade))
        separate(store, separator, content, wanted, stretch=stretch, progress=told)


def made_on(store: ContentStore, separator: Separator, content: str) -> str:
    """What a track was taken apart on, in words; empty if nobody wrote it down.

    Of stems that are kept from before it is not asked what this machine would do it on now: that
    may have to load a model.
    """
    try:
        return _device_path(store, separator, content).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def separation_note(separator: Separator, devices: Sequence[str]) -> str:
    """What a person should know of how songs were taken apart; ``devices`` as :func:`made_on` has
    them. Not whether that was just now: of a step that is taken again it would say otherwise.
    """
    where = " and ".join(f"on the {device}" for device in dict.fromkeys(devices) if device)
    who = f"{separator.label}, {where}" if where else separator.label
    if separator.draft:
        draft = "This is a draft, made without a model: stems are heard in each other."
        return f"Taken apart by {who}. {draft}"
    return f"Taken apart by {who}."


def _device_path(store: ContentStore, separator: Separator, content: str) -> Path:
    return store.derived(content, f"stem-{separator.key}-device.txt")


def _share(progress: Progress, index: int, count: int, done: float) -> None:
    progress((index + done) / count)
