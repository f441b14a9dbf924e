"""What happens to an upload: through the gate, into the content store, onto rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ..errors import Conflict, NotFound
from ..media.gate import AdmittedTrack, admit_track
from ..media.images import AdmittedImage, admit_image
from ..media.names import named_after_file
from ..store.aside import flush
from ..store.blobs import ContentStore
from ..store.library import Image, LibraryStore, Track, Upload
from .intake import Intake, ReceivedFile, RefusedFile, new_id


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


class Library:
    """Uploads and what is in them. Safe to share between threads.

    ``in_use(user_id, ids)`` tells whether a job that has not ended needs an upload or track: such a
    one is not deleted.
    """

    def __init__(
        self,
        rows: LibraryStore,
        content: ContentStore,
        intake: Intake,
        in_use: Callable[[str, Collection[str]], bool],
    ) -> None:
        self._rows = rows
        self._content = content
        self._intake = intake
        self._in_use = in_use

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
        with self._intake.judged(files, self._admit) as verdicts:
            passed = verdicts.passed
            coming = {one.admitted.content: one.admitted.path for one in passed}
            self._intake.expect_room(user_id, coming)
            upload = crate or self._new_crate(user_id)
            self._keep(user_id, upload, passed)
        added = tuple(one.track.id for one in passed)
        return Crate(upload, self._rows.tracks(user_id, upload.id), added, verdicts.refused)

    def add_image(self, user_id: str, file: ReceivedFile) -> Picture:
        """Keep a picture; raises :class:`RejectedFile` if the gate refuses it."""
        upload = Upload(new_id(), "image", _now())
        with self._intake.judged([file], _admit_image) as verdicts:
            admitted = verdicts.passed[0]
            image = Image(
                upload.id, upload.id + admitted.path.suffix, admitted.width, admitted.height
            )
            self._intake.expect_room(user_id, {image.file_name: admitted.path})
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
        tracks = () if isinstance(found, Picture) else found.tracks
        if self._in_use(user_id, [upload_id, *(track.id for track in tracks)]):
            raise Conflict("A job is using this upload.", hint="Cancel the job or let it end.")
        self._rows.delete_upload(user_id, upload_id)
        if isinstance(found, Picture):
            self._content.remove_image(found.image.file_name)
        else:
            for content in {track.content for track in tracks}:
                self._rows.remove_if_unused(content, self._content.remove)

    def _crate(self, user_id: str, upload_id: str) -> Upload:
        found = self._rows.upload(user_id, upload_id)
        if found is None or found.kind != "tracks":
            raise _no_upload()
        return found

    def _new_crate(self, user_id: str) -> Upload:
        upload = Upload(new_id(), "tracks", _now())
        self._rows.add_upload(user_id, upload)
        return upload

    def _admit(self, file: ReceivedFile, workdir: Path) -> _Passed:
        gate = self._intake.gate
        admitted = admit_track(file.path, workdir=workdir, ffmpeg=gate.ffmpeg, limits=gate.limits)
        flush(admitted.path)  # here, for later the database waits for it
        return _Passed(admitted, _track(admitted, file.name))

    def _keep(self, user_id: str, upload: Upload, passed: Sequence[_Passed]) -> None:
        def place() -> None:
            for one in passed:
                self._content.put(one.admitted.content, one.admitted.path)
                if one.admitted.cover is not None:
                    self._content.put_cover(one.admitted.content, one.admitted.cover.path)

        tracks = [replace(one.track, upload_id=upload.id) for one in passed]
        self._rows.add_tracks(user_id, upload.id, tracks, place)


def _admit_image(file: ReceivedFile, workdir: Path) -> AdmittedImage:
    return admit_image(file.path, into=workdir)


def _track(admitted: AdmittedTrack, name: str) -> Track:
    names = named_after_file(admitted.tags, name)
    return Track(
        id=new_id(),
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


def _now() -> datetime:
    return datetime.now(UTC)


def _no_upload() -> NotFound:
    return NotFound("There is no such upload.")
