"""Routes for uploads: crates of tracks, and pictures."""

from __future__ import annotations

from fastapi import APIRouter, status

from ...contract.uploads import ImageUploadView, TracksUploadView, UploadView
from ...errors import InvalidRequest
from ..dependencies import CurrentUser, LibraryDep
from ..multipart import ReceivedAudio, ReceivedPicture, form_described
from ..upload_slots import in_own_thread
from ..views import crate_view, picture_view, upload_view

router = APIRouter(prefix="/uploads", tags=["uploads"])


_FILE = {"type": "string", "format": "binary"}
_TRACKS = form_described(
    files={"type": "array", "items": _FILE}, optional={"upload_id": {"type": "string"}}
)
_IMAGE = form_described(file=_FILE)


@router.post("/tracks", status_code=status.HTTP_201_CREATED, openapi_extra=_TRACKS)
@in_own_thread
def add_tracks(form: ReceivedAudio, user: CurrentUser, library: LibraryDep) -> TracksUploadView:
    """Add files to a new crate, or append them to crate ``upload_id``."""
    files, upload_id = form.only_files("files"), form.only_field("upload_id")
    return crate_view(library.add_tracks(user.id, files, upload_id))


@router.post("/image", status_code=status.HTTP_201_CREATED, openapi_extra=_IMAGE)
@in_own_thread
def add_image(form: ReceivedPicture, user: CurrentUser, library: LibraryDep) -> ImageUploadView:
    """Upload a picture."""
    files = form.only_files("file")
    if len(files) > 1 or form.fields:
        raise InvalidRequest("Send one picture at a time, and nothing else.")
    return picture_view(library.add_image(user.id, files[0]))


@router.get("/{upload_id}")
def show_upload(upload_id: str, user: CurrentUser, library: LibraryDep) -> UploadView:
    """Show a crate or a picture."""
    return upload_view(library.upload(user.id, upload_id))


@router.delete("/{upload_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_upload(upload_id: str, user: CurrentUser, library: LibraryDep) -> None:
    """Delete an upload and everything in it."""
    library.delete(user.id, upload_id)
