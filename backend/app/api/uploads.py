"""Crates of tracks, and pictures."""

from __future__ import annotations

from fastapi import APIRouter, status

from ..contract.uploads import ImageUploadView, TracksUploadView, UploadView
from ..errors import InvalidRequest
from .dependencies import CurrentUser, LibraryDep
from .receiving import Received
from .views import crate_view, picture_view, upload_view

router = APIRouter(prefix="/uploads", tags=["uploads"])


def _form(required: str, properties: dict[str, object]) -> dict[str, object]:
    """What the documentation says of a body that FastAPI does not read."""
    schema = {"type": "object", "required": [required], "properties": properties}
    return {"requestBody": {"content": {"multipart/form-data": {"schema": schema}}}}


_FILE = {"type": "string", "format": "binary"}
_TRACKS = _form(
    "files", {"files": {"type": "array", "items": _FILE}, "upload_id": {"type": "string"}}
)


@router.post("/tracks", status_code=status.HTTP_201_CREATED, openapi_extra=_TRACKS)
def add_tracks(form: Received, user: CurrentUser, library: LibraryDep) -> TracksUploadView:
    """Put files into a new crate, or at the end of the one called ``upload_id``."""
    files, upload_id = form.only_files("files"), form.only_field("upload_id")
    return crate_view(library.add_tracks(user.id, files, upload_id))


@router.post(
    "/image", status_code=status.HTTP_201_CREATED, openapi_extra=_form("file", {"file": _FILE})
)
def add_image(form: Received, user: CurrentUser, library: LibraryDep) -> ImageUploadView:
    """Keep a picture."""
    files = form.only_files("file")
    if len(files) > 1 or form.fields:
        raise InvalidRequest("Send one picture at a time, and nothing else.")
    return picture_view(library.add_image(user.id, files[0]))


@router.get("/{upload_id}")
def show_upload(upload_id: str, user: CurrentUser, library: LibraryDep) -> UploadView:
    """A crate or a picture."""
    return upload_view(library.upload(user.id, upload_id))


@router.delete("/{upload_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_upload(upload_id: str, user: CurrentUser, library: LibraryDep) -> None:
    """Forget an upload and everything in it."""
    library.delete(user.id, upload_id)
