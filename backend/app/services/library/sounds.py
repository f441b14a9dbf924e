"""A user's sounds: add, list, measure, delete."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ...contract.sounds import SoundKind
from ...errors import NotFound, QuotaExceeded
from ...media.admit_track import admit_track
from ...media.gate.limits import GateLimits
from ...media.normal_form import TrackReader, write_normal_form
from ...media.tags.file_names import stem_of
from ...store.files.atomic_write import flush
from ...store.files.blobs import ContentStore
from ...store.holdings import Holdings
from ...store.library import LibraryStore
from ...store.sounds import Sound, SoundStore
from .intake import Intake, ReceivedFile, RefusedFile, new_id
from .sound_detail import SoundFacts, sound_facts
from .sound_measure import prepare_sound

LONGEST_S, SHORTEST_S = 60.0, 0.05
#: Limit for each user, because a mixtape considers all of the user's sounds.
MAX_SOUNDS = 500
# Just under one window of the gate's signal check (46 ms): a click is a sound, too.
_LEAST_AUDIBLE_S = 0.04


@dataclass(frozen=True, slots=True)
class AddedSounds:
    """The admitted sounds, in the order of their files, and the refused files."""

    sounds: tuple[Sound, ...]
    refused: tuple[RefusedFile, ...]


@dataclass(frozen=True, slots=True)
class AdmittedSound:
    """An admitted sound, and its file."""

    sound: Sound
    path: Path


@dataclass(frozen=True, slots=True)
class Sounds:
    """Users' sounds, for overlays and restyles. Safe to share between threads.

    ``pending_inputs`` returns the inputs of all jobs that have not ended, each as JSON.
    """

    rows: SoundStore
    library_rows: LibraryStore
    store: ContentStore
    intake: Intake
    pending_inputs: Callable[[], list[str]]

    def add(self, user_id: str, kind: SoundKind, files: Sequence[ReceivedFile]) -> AddedSounds:
        """Add files as sounds; each is admitted or refused separately.

        Raise :class:`QuotaExceeded` if the files exceed the user's quota or the number of sounds,
        and the first file's rejection if all files are refused.
        """
        gate = self.intake.gate

        def admit(file: ReceivedFile, workdir: Path) -> AdmittedSound:
            admitted = admit_sound(
                file, kind, workdir=workdir, ffmpeg=gate.ffmpeg, limits=gate.limits
            )
            self.store.send_ahead(admitted.sound.content_hash, admitted.path)
            return admitted

        with self.intake.admit(user_id, files, admit, self.intake.audio) as verdicts:
            self._save(user_id, verdicts.passed)
        return AddedSounds(tuple(one.sound for one in verdicts.passed), verdicts.refused)

    def all(self, user_id: str) -> tuple[Sound, ...]:
        """The user's sounds, newest first."""
        return self.rows.all(user_id)

    def find(self, user_id: str, sound_id: str) -> Sound:
        """Return the user's sound, or raise :class:`NotFound`."""
        sound = self.rows.find(user_id, sound_id)
        if sound is None:
            raise NotFound("There is no such sound.")
        return sound

    def facts(self, sound: Sound) -> SoundFacts:
        """Return a sound's details; raise :class:`NotFound` if it was deleted meanwhile."""
        try:
            return sound_facts(self.store, sound.content_hash)
        except FileNotFoundError as error:
            raise NotFound("There is no such sound.") from error

    def audio_path(self, sound: Sound) -> Path:
        """Path of the sound's normal form."""
        return self.store.path(sound.content_hash)

    def delete(self, user_id: str, sound_id: str) -> None:
        """Delete a sound, and its file unless something else has the same.

        If an unfinished job needs the file, the file stays for the library's sweep.
        """
        sound = self.find(user_id, sound_id)
        self.rows.delete(user_id, sound_id)
        if not any(sound.content_hash in inputs for inputs in self.pending_inputs()):
            self.library_rows.remove_if_unused(sound.content_hash, self.store.remove)

    def _save(self, user_id: str, passed: Sequence[AdmittedSound]) -> None:
        paths = {one.sound.content_hash: one.path for one in passed}

        def place(held: Holdings) -> None:
            self.intake.require_quota(held, paths)
            for one in passed:
                self.store.put(one.sound.content_hash, one.path)

        sounds = [one.sound for one in passed]
        if not self.rows.add(user_id, sounds, place, at_most=MAX_SOUNDS):
            raise QuotaExceeded(
                f"You may keep {MAX_SOUNDS} sounds.", hint="Delete some that you no longer need."
            )


def admit_sound(
    file: ReceivedFile, kind: SoundKind, *, workdir: Path, ffmpeg: Path, limits: GateLimits
) -> AdmittedSound:
    """Check one file; trim, level and measure it in the folder ``workdir``.

    ``limits`` are the limits for tracks; sounds have other limits of duration. Raise
    :class:`RejectedFile` if the gate refuses the file.
    """
    limits = replace(
        limits, max_track_s=LONGEST_S, min_track_s=SHORTEST_S, min_audible_s=_LEAST_AUDIBLE_S
    )
    admitted = admit_track(file.path, workdir=workdir, ffmpeg=ffmpeg, limits=limits)
    with TrackReader(admitted.path) as reader:
        samples = reader.read(0, reader.n_samples)
    ready = prepare_sound(samples, kind=kind, file_name=file.name)
    path = workdir / "ready.flac"
    write_normal_form(path, ready.samples)
    flush(path)  # before the transaction, which would otherwise wait for the disk
    sound = Sound(
        id=new_id(),
        name=stem_of(file.name),
        kind=kind,
        content_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
        n_samples=ready.samples.shape[1],
        tempo_bpm=ready.tempo_bpm,
        beats=ready.beats,
        key=ready.key,
        loudness_lufs=ready.loudness_lufs,
        created_at=datetime.now(UTC),
    )
    return AdmittedSound(sound, path)
