"""Separate songs of the library, with cached stems."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ...contract.stems import StemName
from ...dsp.samples import seconds
from ...jobs.cache_uses import CACHE_USES
from ...jobs.pipeline import TaskList
from ...media.normal_form import TrackReader
from ...media.stem_file_format import stem_file
from ...stems.separator import Progress, Separator
from ...stems.write_stems import keep_stems
from ...store.files.atomic_write import atomic_write
from ...store.files.blobs import ContentStore
from ...store.files.disk_space import require_disk_space
from ..jobs.pieces import Piece, tasks_of

Stretch = tuple[int, int]

#: Size of a loud song's stem: two channels of 24 bits, compressed to three quarters.
_BYTES_A_SAMPLE = 4.5

# CPU seconds for a second of music, for htdemucs, measured on one core.
_COST = 0.5


def limit_s(work_s: float) -> float:
    """Time limit for a step that separates ``work_s`` seconds.

    A bag of four models takes about seven times real time on one slow core.
    """
    return 300.0 + 20.0 * work_s


@dataclass(frozen=True, slots=True)
class StemCache:
    """The stems that one separator makes of the library's songs, cached in the content store.

    A stretch of a song has separate files; it is not cut out of the whole song's stems.
    """

    store: ContentStore
    separator: Separator

    def separate(
        self,
        content_hash: str,
        stems: Collection[StemName],
        stretch: Stretch | None = None,
        progress: Progress = lambda _: None,
    ) -> dict[StemName, str]:
        """Separate a track unless its ``stems`` are cached; return each one's :attr:`Clip.made`."""
        if not self.holds(content_hash, stems, stretch):
            work = f"stem-{self.separator.key}"
            # another process may be separating this track
            with self.store.lock(content_hash, work):
                self.store.remove_unfinished_of(content_hash, work)
                if self.holds(content_hash, stems, stretch):
                    CACHE_USES.hit("stems")
                else:
                    CACHE_USES.miss("stems")
                    self._separate(content_hash, stems, stretch, progress)
        return {stem: stem_file(self.separator.key, stem, stretch) for stem in stems}

    def separate_all(
        self,
        songs: Sequence[tuple[str, Stretch | None]],
        stems: Collection[StemName],
        progress: Progress,
        say: Callable[[str], None],
        task_keys: Collection[str] = (),
    ) -> None:
        """Separate the songs that are not cached, one after the other: a model uses all cores.

        ``task_keys`` are those of the songs that tasks separated, which count their use of the
        cache.
        """
        missing = [one for one in songs if not self.holds(one[0], stems, one[1])]
        found = [song for song in dict.fromkeys(songs) if song not in missing]
        CACHE_USES.hit("stems", sum(not _was_task(song, task_keys) for song in found))
        for index, (content_hash, stretch) in enumerate(missing):
            say(f"song {index + 1} of {len(missing)}, on the {self.separator.device}")
            share = partial(_share, progress, index, len(missing))
            self.separate(content_hash, stems, stretch, share)

    def tasks(
        self, songs: Sequence[tuple[str, Stretch | None]], stems: Collection[StemName]
    ) -> TaskList:
        """List the songs that are not cached as tasks, one at a time: a model uses all cores."""

        def piece(content_hash: str, stretch: Stretch | None) -> Piece:
            def work(progress: Progress) -> Sequence[Path]:
                self.separate(content_hash, stems, stretch, progress)
                return ()

            first, last = stretch or (0, self._length(content_hash))
            cost_s = _COST * seconds(last - first)
            is_done = self.holds(content_hash, stems, stretch)
            key = _task_key(content_hash, (first, last))
            # only networks gain from a GPU
            return Piece(key, cost_s, work, is_done, None if self.separator.draft else "gpu")

        return tasks_of([piece(*song) for song in songs], at_once=1)

    def holds(
        self, content_hash: str, stems: Collection[StemName], stretch: Stretch | None = None
    ) -> bool:
        """Whether all of the stems are cached; if so, mark them as recently used."""
        files = [self._path(content_hash, stretch, stem) for stem in stems]
        cached = all(file.is_file() for file in files)
        if cached:
            for file in files:
                self.store.touch(file)
        return cached

    def devices(self, songs: Iterable[str]) -> list[str]:
        """The devices on which these songs were separated, in words, as far as known.

        Read from the cache, because asking the separator could load its model.
        """
        known = []
        for song in songs:
            with suppress(FileNotFoundError):
                known.append(self._device_path(song).read_text(encoding="utf-8"))
        return list(dict.fromkeys(filter(None, known)))

    def note(self, songs: Iterable[str]) -> str:
        """Note which separator and devices separated the songs.

        It does not say when: a repeated step must write the same note.
        """
        used = " and ".join(f"on the {device}" for device in self.devices(songs))
        note = f"Separated by {self.separator.label}{used and f', {used}'}."
        if self.separator.draft:
            return f"{note} This is a draft, made without a model: some bleed between stems."
        return note

    def _separate(
        self,
        content_hash: str,
        stems: Collection[StemName],
        stretch: Stretch | None,
        progress: Progress,
    ) -> None:
        path_of = partial(self._path, content_hash, stretch)
        with TrackReader(self.store.path(content_hash)) as song:
            first, last = stretch or (0, song.n_samples)
            n_bytes = (last - first) * len(self.separator.brings(stems)) * _BYTES_A_SAMPLE
            require_disk_space(self.store.derived(content_hash, ""), round(n_bytes))
            keep_stems(self.separator, song, (first, last), stems, path_of, progress)
        device = self._device_path(content_hash)
        with atomic_write(device) as part:
            part.write_text(self.separator.device, encoding="utf-8")
        for file in (*map(path_of, self.separator.brings(stems)), device):
            self.store.persist(file)

    def _length(self, content_hash: str) -> int:
        with TrackReader(self.store.path(content_hash)) as song:
            return song.n_samples

    def _path(self, content_hash: str, stretch: Stretch | None, stem: StemName) -> Path:
        return self.store.derived(content_hash, stem_file(self.separator.key, stem, stretch))

    def _device_path(self, content_hash: str) -> Path:
        return self.store.derived(content_hash, f"stem-{self.separator.key}-device.txt")


def _task_key(content_hash: str, stretch: Stretch) -> str:
    return f"{content_hash}-{stretch[0]}-{stretch[1]}"


def _was_task(song: tuple[str, Stretch | None], task_keys: Collection[str]) -> bool:
    """Whether one of the tasks separated this song.

    A whole one's key ends with its length, which is not read again: a step separates whole songs or
    stretches, never both.
    """
    content_hash, stretch = song
    if stretch is not None:
        return _task_key(content_hash, stretch) in task_keys
    return any(key.startswith(f"{content_hash}-0-") for key in task_keys)


def _share(progress: Progress, index: int, count: int, done: float) -> None:
    progress((index + done) / count)
