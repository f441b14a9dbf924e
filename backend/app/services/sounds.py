"""A user's sounds: in through the gate, trimmed, levelled and measured; listed; forgotten."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ..contract.sounds import SoundKind
from ..errors import NotFound, QuotaExceeded
from ..media.gate import GateLimits, admit_track
from ..media.names import stem_of
from ..media.normal_form import TrackReader, write_normal_form
from ..store.aside import flush
from ..store.blobs import ContentStore
from ..store.library import LibraryStore
from ..store.sounds import Sound, SoundStore
from .intake import Intake, ReceivedFile, RefusedFile, new_id
from .sound_detail import SoundFacts, facts_of
from .sound_measure import made_ready

LONGEST_S, SHORTEST_S = 60.0, 0.05
MAX_SOUNDS = 500
"""As many as one person may keep: a mixtape takes notice of them all."""

# One window of the gate's survey, 46 ms: a click is a sound.
_LEAST_AUDIBLE_S = 0.04


@dataclass(frozen=True, slots=True)
class AddedSounds:
    """The sounds that passed, in the order of their files, and the files that did not."""

    sounds: tuple[Sound, ...]
    refused: tuple[RefusedFile, ...]


@dataclass(frozen=True, slots=True)
class AdmittedSound:
    """A sound that passed, with its file, ready to be moved."""

    sound: Sound
    path: Path


class Sounds:
    """What is there to be laid over joins. Safe to share between threads.

    ``pending_inputs`` tells what the jobs that have not ended work with, each as JSON.
    """

    def __init__(
        self,
        rows: SoundStore,
        library_rows: LibraryStore,
        content: ContentStore,
        intake: Intake,
        pending_inputs: Callable[[], list[str]],
    ) -> None:
        self._rows = rows
        self._library_rows = library_rows
        self._content = content
        self._intake = intake
        self._pending_inputs = pending_inputs

    def add(self, user_id: str, kind: SoundKind, files: Sequence[ReceivedFile]) -> AddedSounds:
        """Keep files as sounds; each gets its own verdict.

        Raises
        ------
        QuotaExceeded
            If the user may not keep as much as that, or as many.
        SegueError
            The first file's verdict, if no file passed.
        """

        def admit(file: ReceivedFile, workdir: Path) -> AdmittedSound:
            return self._admit(file, kind, workdir)

        with self._intake.judged(files, admit) as verdicts:
            passed = verdicts.passed
            self._intake.expect_room(user_id, {one.sound.content: one.path for one in passed})
            self._keep(user_id, passed)
        return AddedSounds(tuple(one.sound for one in passed), verdicts.refused)

    def all(self, user_id: str) -> tuple[Sound, ...]:
        """The user's sounds, newest first."""
        return self._rows.all(user_id)

    def find(self, user_id: str, sound_id: str) -> Sound:
        """The user's sound with this id; :class:`NotFound` if there is none."""
        sound = self._rows.find(user_id, sound_id)
        if sound is None:
            raise NotFound("There is no such sound.")
        return sound

    def facts(self, sound: Sound) -> SoundFacts:
        """What is heard in the sound from close; :class:`NotFound` if it is gone meanwhile."""
        try:
            return facts_of(self._content, sound.content)
        except FileNotFoundError as gone:
            raise NotFound("There is no such sound.") from gone

    def audio_path(self, sound: Sound) -> Path:
        """Where the sound's normal form lies."""
        return self._content.path(sound.content)

    def delete(self, user_id: str, sound_id: str) -> None:
        """Forget a sound, and drop its file if nothing else has it.

        A job that has not ended may still play it: then the library's sweep drops the file.
        """
        sound = self.find(user_id, sound_id)
        self._rows.delete(user_id, sound_id)
        if not any(sound.content in inputs for inputs in self._pending_inputs()):
            self._library_rows.remove_if_unused(sound.content, self._content.remove)

    def _keep(self, user_id: str, passed: Sequence[AdmittedSound]) -> None:
        def place() -> None:
            for one in passed:
                self._content.put(one.sound.content, one.path)

        sounds = [one.sound for one in passed]
        if not self._rows.add(user_id, sounds, place, at_most=MAX_SOUNDS):
            raise QuotaExceeded(
                f"You may keep {MAX_SOUNDS} sounds.", hint="Delete some that you no longer need."
            )

    def _admit(self, file: ReceivedFile, kind: SoundKind, workdir: Path) -> AdmittedSound:
        gate = self._intake.gate
        return admit_sound(file, kind, workdir=workdir, ffmpeg=gate.ffmpeg, limits=gate.limits)


def admit_sound(
    file: ReceivedFile, kind: SoundKind, *, workdir: Path, ffmpeg: Path, limits: GateLimits
) -> AdmittedSound:
    """Judge one file; if it is a sound, make it ready in ``workdir``.

    ``limits`` are those of tracks; a sound may be shorter, and not so long.

    Raises
    ------
    RejectedFile
        If it is none.
    """
    admitted = admit_track(file.path, workdir=workdir, ffmpeg=ffmpeg, limits=_limits(limits))
    with TrackReader(admitted.path) as reader:
        samples = reader.read(0, reader.n_samples)
    ready = made_ready(samples, kind=kind, file_name=file.name)
    path = workdir / "ready.flac"
    write_normal_form(path, ready.samples)
    flush(path)  # here, for later the database waits for it
    sound = Sound(
        id=new_id(),
        name=stem_of(file.name),
        kind=kind,
        content=hashlib.sha256(path.read_bytes()).hexdigest(),
        n_samples=ready.samples.shape[1],
        tempo_bpm=ready.tempo_bpm,
        beats=ready.beats,
        key=ready.key,
        loudness_lufs=ready.loudness_lufs,
        created_at=datetime.now(UTC),
    )
    return AdmittedSound(sound, path)


def _limits(tracks: GateLimits) -> GateLimits:
    return replace(
        tracks, max_track_s=LONGEST_S, min_track_s=SHORTEST_S, min_audible_s=_LEAST_AUDIBLE_S
    )
