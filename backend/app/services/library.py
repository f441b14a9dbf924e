"""What happens to an upload: through the gate, into the content store, onto rows."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ..errors import Conflict, NotFound, QuotaExceeded, SegueError
from ..media.gate import AdmittedTrack, GateLimits, admit_track
from ..media.images import admit_image
from ..media.names import named_after_file, safe_title
from ..store.blobs import ContentStore, flush
from ..store.library import Image, LibraryStore, Track, Upload


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as it came in: the name it was given, which is for reading only, and its bytes."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that did not pass the gate, and why."""

    name: str
    reason: SegueError


@dataclass(frozen=True, slots=True)
class Crate:
    """A crate with its tracks in order; the ids just added, and the files just refused."""

    upload: Upload
    tracks: tuple[Track, ...]
    added: tuple[str, ...] = ()
    refused: tuple[RefusedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """An uploaded picture."""

    upload: Upload
    image: Image


@dataclass(frozen=True, slots=True)
class _Passed:
    """A file that passed: what the gate says of it, and its files, ready to be moved."""

    admitted: AdmittedTrack
    track: Track


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate works with: its ffmpeg, its limits, a folder for what is being looked at."""

    ffmpeg: Path
    limits: GateLimits
    folder: Path


class Library:
    """Uploads and what is in them. Safe to share between threads.

    ``in_use(user_id, upload_id)`` tells whether a job that has not ended needs an upload: such a
    one is not deleted. A user may keep ``max_bytes`` of sounds and pictures.
    """

    def __init__(
        self,
        rows: LibraryStore,
        content: ContentStore,
        gate: Gate,
        in_use: Callable[[str, str], bool],
        max_bytes: int,
    ) -> None:
        self._max_bytes = max_bytes
        self._rows = rows
        self._content = content
        self._gate = gate
        self._in_use = in_use
        # One gate a core: a gate is an ffmpeg at work, and more of them only wait for each other.
        self._gates = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="gate")

    def add_tracks(
        self, user_id: str, files: Sequence[ReceivedFile], upload_id: str | None
    ) -> Crate:
        """Put files into a new crate, or at the end of the one called ``upload_id``.

        Each file gets its own verdict.

        Raises
        ------
        NotFound
            If the user has no such crate.
        QuotaExceeded
            If the user may not keep as much as that.
        SegueError
            The first file's verdict, if no file passed.
        """
        crate = None if upload_id is None else self._crate(user_id, upload_id)
        with self._workshop() as folder:
            verdicts = list(self._gates.map(lambda file: self._verdict(file, folder), files))
            refused = tuple(v for v in verdicts if isinstance(v, RefusedFile))
            passed = [v for v in verdicts if isinstance(v, _Passed)]
            if not passed:
                raise refused[0].reason
            self._expect_room(user_id, {p.admitted.content: p.admitted.path for p in passed})
            upload = crate or self._new_crate(user_id)
            self._keep(user_id, upload, passed)
        added = tuple(one.track.id for one in passed)
        return Crate(upload, self._rows.tracks(user_id, upload.id), added, refused)

    def add_image(self, user_id: str, file: ReceivedFile) -> Picture:
        """Keep a picture; raises :class:`RejectedFile` if the gate refuses it."""
        upload = Upload(_new_id(), "image", _now())
        with self._workshop() as folder:
            admitted = self._gates.submit(admit_image, file.path, into=folder).result()
            image = Image(
                upload.id, upload.id + admitted.path.suffix, admitted.width, admitted.height
            )
            self._expect_room(user_id, {image.file_name: admitted.path})
            self._content.put_image(image.file_name, admitted.path)
        self._rows.add_image(user_id, upload, image)
        return Picture(upload, image)

    def upload(self, user_id: str, upload_id: str) -> Crate | Picture:
        """The user's upload with this id; :class:`NotFound` if there is none."""
        upload = self._rows.upload(user_id, upload_id)
        if upload is None:
            raise _no_upload()
        image = self._rows.image(user_id, upload_id)
        if image is not None:
            return Picture(upload, image)
        return Crate(upload, self._rows.tracks(user_id, upload_id))

    def track(self, user_id: str, track_id: str) -> Track:
        """The user's track with this id; :class:`NotFound` if there is none."""
        track = self._rows.track(user_id, track_id)
        if track is None:
            raise NotFound("There is no such track.")
        return track

    def audio_path(self, track: Track) -> Path:
        """Where the track's normal form lies."""
        return self._content.path(track.content)

    def cover_path(self, track: Track) -> Path:
        """Where the track's cover lies; :class:`NotFound` if it has none."""
        if not track.has_cover:
            raise NotFound("This track has no cover.")
        return self._content.cover_path(track.content)

    def delete(self, user_id: str, upload_id: str) -> None:
        """Forget an upload, and drop the files that nobody else has.

        Raises
        ------
        Conflict
            While a job that has not ended needs it.
        """
        found = self.upload(user_id, upload_id)
        if self._in_use(user_id, upload_id):
            raise Conflict("A job is using this upload.", hint="Cancel the job or let it end.")
        self._rows.delete_upload(user_id, upload_id)
        if isinstance(found, Picture):
            self._content.remove_image(found.image.file_name)
        else:
            for content in {track.content for track in found.tracks}:
                self._rows.remove_if_unused(content, self._content.remove)

    def close(self) -> None:
        """Let no further file in."""
        self._gates.shutdown(wait=False, cancel_futures=True)

    def _expect_room(self, user_id: str, coming: Mapping[str, Path]) -> None:
        """What the user has already, under the names of ``coming``, is counted once."""
        contents = self._rows.contents(user_id)
        kept = self._content.size(contents, self._rows.pictures(user_id))
        added = sum(path.stat().st_size for name, path in coming.items() if name not in contents)
        if kept + added > self._max_bytes:
            raise QuotaExceeded(
                f"Your library is full: it may hold {self._max_bytes // 1024**2} MB.",
                hint="Delete uploads that you no longer need.",
            )

    def _crate(self, user_id: str, upload_id: str) -> Upload:
        found = self._rows.upload(user_id, upload_id)
        if found is None or found.kind != "tracks":
            raise _no_upload()
        return found

    def _new_crate(self, user_id: str) -> Upload:
        upload = Upload(_new_id(), "tracks", _now())
        self._rows.add_upload(user_id, upload)
        return upload

    def _verdict(self, file: ReceivedFile, folder: Path) -> _Passed | RefusedFile:
        workdir = folder / _new_id()
        workdir.mkdir(mode=0o700)
        try:
            admitted = self._admitted(file.path, workdir)
        except SegueError as reason:
            return RefusedFile(safe_title(file.name), reason)
        flush(admitted.path)  # here, for later the database waits for it
        return _Passed(admitted, _track(admitted, file.name))

    def _admitted(self, source: Path, workdir: Path) -> AdmittedTrack:
        return admit_track(
            source, workdir=workdir, ffmpeg=self._gate.ffmpeg, limits=self._gate.limits
        )

    def _keep(self, user_id: str, upload: Upload, passed: Sequence[_Passed]) -> None:
        def place() -> None:
            for one in passed:
                self._content.put(one.admitted.content, one.admitted.path)
                if one.admitted.cover is not None:
                    self._content.put_cover(one.admitted.content, one.admitted.cover.path)

        tracks = [replace(one.track, upload_id=upload.id) for one in passed]
        self._rows.add_tracks(user_id, upload.id, tracks, place)

    @contextmanager
    def _workshop(self) -> Iterator[Path]:
        """A private folder for as long as a request is worked on."""
        folder = self._gate.folder / _new_id()
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _track(admitted: AdmittedTrack, name: str) -> Track:
    names = named_after_file(admitted.tags, name)
    return Track(
        id=_new_id(),
        upload_id="",
        content=admitted.content,
        title=names.title,
        artist=names.artist,
        album=names.album,
        n_samples=admitted.n_samples,
        bits=admitted.bits,
        recorded_gain_db=admitted.recorded_gain_db,
        has_cover=admitted.cover is not None,
        source_format=admitted.source_format,
        warnings=admitted.warnings,
    )


def _new_id() -> str:
    return secrets.token_hex(16)


def _now() -> datetime:
    return datetime.now(UTC)


def _no_upload() -> NotFound:
    return NotFound("There is no such upload.")
