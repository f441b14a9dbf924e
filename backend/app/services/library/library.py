"""A user's uploads: crates of tracks, and pictures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ...errors import Conflict, NotFound
from ...media.admit_image import AdmittedImage, admit_image
from ...media.admit_track import AdmittedTrack, admit_track
from ...media.tags.display_names import TrackTags, safe_title
from ...media.tags.file_names import named_after_files, tags_from_filenames
from ...store.files.atomic_write import flush
from ...store.files.blobs import ContentStore
from ...store.holdings import Holdings
from ...store.library import Image, LibraryStore, Track, Upload
from .intake import Intake, ReceivedFile, RefusedFile, new_id


@dataclass(frozen=True, slots=True)
class Crate:
    """A crate with its tracks in order.

    ``added`` are the ids added by the current upload, ``refused`` its refused files.
    """

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
class _NewTrack:
    """An admitted file, and the track that will be added for it."""

    admitted: AdmittedTrack
    track: Track


@dataclass(frozen=True, slots=True)
class Library:
    """Users' uploads, with their tracks and pictures. Safe to share between threads.

    ``in_use(user_id, ids)`` says whether an unfinished job needs one of these uploads or tracks;
    those are not deleted.
    """

    rows: LibraryStore
    store: ContentStore
    intake: Intake
    in_use: Callable[[str, Collection[str]], bool]

    def add_tracks(
        self, user_id: str, files: Sequence[ReceivedFile], upload_id: str | None
    ) -> Crate:
        """Add files to a new crate, or to the end of the crate ``upload_id``.

        Each file is admitted or refused separately. Raise :class:`NotFound` if the user has no such
        crate, :class:`QuotaExceeded`, or the first file's rejection if all files are refused.
        """
        crate = None if upload_id is None else self._crate(user_id, upload_id)
        upload = crate or Upload(new_id(), "tracks", datetime.now(UTC))
        with self.intake.admit(user_id, files, self._admit, self.intake.audio) as verdicts:
            self._save(user_id, upload, verdicts.passed, is_new=crate is None)
        added = tuple(one.track.id for one in verdicts.passed)
        return Crate(upload, self.rows.tracks(user_id, upload.id), added, verdicts.refused)

    def add_image(self, user_id: str, file: ReceivedFile) -> Picture:
        """Add a picture; raise :class:`RejectedFile` if the gate refuses it."""
        upload = Upload(new_id(), "image", datetime.now(UTC))
        with self.intake.admit(user_id, [file], _admit_image, self.intake.pictures) as verdicts:
            admitted = verdicts.passed[0]
            image = Image(
                upload.id, upload.id + admitted.path.suffix, admitted.width, admitted.height
            )

            def place(held: Holdings) -> None:
                self.intake.require_quota(held, {image.file_name: admitted.path})
                self.store.put_image(image.file_name, admitted.path)

            self.rows.add_image(user_id, upload, image, place)
        return Picture(upload, image)

    def upload(self, user_id: str, upload_id: str) -> Crate | Picture:
        """Return the user's upload, or raise :class:`NotFound`."""
        upload = self.rows.upload(user_id, upload_id)
        if upload is None:
            raise _no_upload()
        image = self.rows.image(user_id, upload_id)
        if image is not None:
            return Picture(upload, image)
        return Crate(upload, self.rows.tracks(user_id, upload_id))

    def track(self, user_id: str, track_id: str) -> Track:
        """Return the user's track, or raise :class:`NotFound`."""
        track = self.rows.track(user_id, track_id)
        if track is None:
            raise NotFound("There is no such track.")
        return track

    def audio_path(self, track: Track) -> Path:
        """Path of the track's normal form."""
        return self.store.path(track.content_hash)

    def cover_path(self, track: Track) -> Path:
        """Path of the track's cover; raise :class:`NotFound` if it has none."""
        if not track.has_cover:
            raise NotFound("This track has no cover.")
        return self.store.cover_path(track.content_hash)

    def delete(self, user_id: str, upload_id: str) -> None:
        """Delete an upload, and its files unless another upload has the same.

        Raise :class:`Conflict` if an unfinished job needs it.
        """
        found = self.upload(user_id, upload_id)
        tracks = () if isinstance(found, Picture) else found.tracks
        if self.in_use(user_id, [upload_id, *(track.id for track in tracks)]):
            raise Conflict("A job is using this upload.", hint="Cancel the job, or wait for it.")
        self.rows.delete_upload(user_id, upload_id)
        if isinstance(found, Picture):
            self.store.remove_image(found.image.file_name)
        else:
            for content_hash in {track.content_hash for track in tracks}:
                self.rows.remove_if_unused(content_hash, self.store.remove)

    def _crate(self, user_id: str, upload_id: str) -> Upload:
        found = self.rows.upload(user_id, upload_id)
        if found is None or found.kind != "tracks":
            raise _no_upload()
        return found

    def _admit(self, file: ReceivedFile, workdir: Path) -> _NewTrack:
        gate = self.intake.gate
        admitted = admit_track(file.path, workdir=workdir, ffmpeg=gate.ffmpeg, limits=gate.limits)
        # before the transaction, which would otherwise wait for the disk and the object store
        flush(admitted.path)
        self.store.send_ahead(admitted.content_hash, admitted.path)
        return _NewTrack(admitted, _track(admitted, file.name))

    def _save(
        self, user_id: str, upload: Upload, passed: Sequence[_NewTrack], *, is_new: bool
    ) -> None:
        paths = {one.admitted.content_hash: one.admitted.path for one in passed}

        def place(held: Holdings) -> None:
            self.intake.require_quota(held, paths)
            for one in passed:
                self.store.put(one.admitted.content_hash, one.admitted.path)
                if one.admitted.cover is not None:
                    self.store.put_cover(one.admitted.content_hash, one.admitted.cover.path)

        tracks = [replace(one.track, upload_id=upload.id) for one in passed]
        self.rows.add_tracks(user_id, upload, tracks, place, is_new=is_new)
        if any(track.file_name for track in tracks):
            self.rows.rename_tracks(user_id, upload.id, named_together)


def _admit_image(file: ReceivedFile, workdir: Path) -> AdmittedImage:
    return admit_image(file.path, into=workdir)


def named_together(tracks: Sequence[Track]) -> list[Track]:
    """Name a crate's untagged tracks by comparing all of their file names.

    Files arrive one by one, but only together they show which numbers count the crate's tracks.
    """
    names = iter(tags_from_filenames([one.file_name for one in tracks if one.file_name]))
    return [_named_by_file(one, next(names)) if one.file_name else one for one in tracks]


def _named_by_file(track: Track, names: TrackTags) -> Track:
    album = track.album or names.album
    return replace(track, title=names.title, artist=names.artist, album=album)


def _track(admitted: AdmittedTrack, name: str) -> Track:
    tags = admitted.tags
    [names] = named_after_files([tags], [name])
    return Track(
        id=new_id(),
        upload_id="",
        content_hash=admitted.content_hash,
        title=names.title,
        artist=names.artist,
        album=names.album,
        genre=names.genre,
        n_samples=admitted.n_samples,
        bits=admitted.bits,
        recorded_gain_db=admitted.recorded_gain_db,
        has_cover=admitted.cover is not None,
        source_format=admitted.source_format,
        warnings=admitted.warnings,
        file_name="" if tags.title or tags.artist else safe_title(name),
    )


def _no_upload() -> NotFound:
    return NotFound("There is no such upload.")
