"""Stream multipart uploads to disk, with size and count limits."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from ..errors import InvalidRequest, TooLarge
from ..services.library.intake import ReceivedFile
from ..settings import Settings
from ..store.files.incoming import Delivery, Incoming
from .dependencies import CurrentUser, SettingsDep
from .upload_slots import AllUploadSlots, UploadSlots

# A mixtape has at most this many tracks.
MAX_FILES = 500
_MAX_FIELDS = 10
_MAX_FIELD_BYTES = 1024


@dataclass(frozen=True, slots=True)
class ReceivedForm:
    """The files of a multipart body in order, and its text fields."""

    files: tuple[tuple[str, ReceivedFile], ...]
    fields: tuple[tuple[str, str], ...]

    def only_files(self, field: str) -> tuple[ReceivedFile, ...]:
        """Return the files; raise unless there is at least one and all are in ``field``."""
        if not self.files or any(name != field for name, _ in self.files):
            raise InvalidRequest(f"The form has no files, or some not named '{field}'.")
        return tuple(file for _, file in self.files)

    def only_field(self, field: str) -> str | None:
        """Return the value of ``field`` or None; raise if there is another text field."""
        if any(name != field for name, _ in self.fields) or len(self.fields) > 1:
            raise InvalidRequest(f"The only text field of this form is '{field}'.")
        return self.fields[0][1] if self.fields else None


async def _received_audio(
    request: Request, user: CurrentUser, settings: SettingsDep
) -> AsyncIterator[ReceivedForm]:
    slots = cast(AllUploadSlots, request.app.state.upload_slots).audio
    async with _form_in_the_gate(request, user.id, settings, slots) as form:
        yield form


async def _received_picture(
    request: Request, user: CurrentUser, settings: SettingsDep
) -> AsyncIterator[ReceivedForm]:
    slots = cast(AllUploadSlots, request.app.state.upload_slots).pictures
    async with _form_in_the_gate(request, user.id, settings, slots) as form:
        yield form


# scope="function" closes the form after the route, because sending the response needs no files.
ReceivedAudio = Annotated[ReceivedForm, Depends(_received_audio, scope="function")]
"""The multipart body of the request, on disk, with a slot to check its sound files."""
ReceivedPicture = Annotated[ReceivedForm, Depends(_received_picture, scope="function")]
"""The multipart body of the request, on disk, with a slot to check its picture."""


@asynccontextmanager
async def _form_in_the_gate(
    request: Request, user_id: str, settings: Settings, slots: UploadSlots
) -> AsyncIterator[ReceivedForm]:
    async with (
        slots.receiving(user_id),
        _received_form(request, settings) as form,
        slots.checking(user_id),
    ):
        yield form


@asynccontextmanager
async def _received_form(request: Request, settings: Settings) -> AsyncIterator[ReceivedForm]:
    """Write the body's files to disk; they are deleted at the end of the block."""
    incoming = cast(Incoming, request.app.state.services.files.incoming)
    incoming.require_space(int(request.headers.get("content-length", "0")))
    with incoming.delivery() as delivery:
        parser = _ToDisk(request.headers, request.stream(), delivery, settings.max_file_size)
        yield await _parsed(parser, delivery)


def form_described(
    *, optional: Mapping[str, object] | None = None, **required: object
) -> dict[str, object]:
    """OpenAPI schema of a multipart body that FastAPI does not parse."""
    schema = {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
    }
    return {"requestBody": {"content": {"multipart/form-data": {"schema": schema}}}}


async def _parsed(parser: _ToDisk, delivery: Delivery) -> ReceivedForm:
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as e:  # KeyError: no Content-Type header
        raise InvalidRequest("The request is not a well-formed multipart form.") from e
    files, fields = [], []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            value.file.flush()
            files.append((name, ReceivedFile(value.filename or "", delivery.path_of(value.file))))
        else:
            fields.append((name, value))
    return ReceivedForm(tuple(files), tuple(fields))


class _ToDisk(MultiPartParser):
    """Starlette's parser, which writes to the incoming folder instead of a temporary one."""

    def __init__(
        self,
        headers: Headers,
        stream: AsyncGenerator[bytes, None],
        delivery: Delivery,
        max_file_size: int,
    ) -> None:
        super().__init__(
            headers,
            stream,
            max_files=MAX_FILES,
            max_fields=_MAX_FIELDS,
            max_part_size=_MAX_FIELD_BYTES,
        )
        self._delivery = delivery
        self._max_file_size = max_file_size
        self._n_bytes = 0

    def on_headers_finished(self) -> None:
        """Replace the parser's temporary file by one in the incoming folder."""
        super().on_headers_finished()
        self._n_bytes = 0
        if self._current_part.file is not None:
            self._current_part.file.file.close()
            self._current_part.file.file = self._delivery.open()

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Count bytes, and raise :class:`TooLarge` at the first one over the limit."""
        self._n_bytes += end - start
        if self._n_bytes > self._max_file_size:
            raise TooLarge(
                "A file is larger than this server allows.",
                hint=f"A file may have up to {self._max_file_size // 1024**2} MB.",
            )
        super().on_part_data(data, start, end)
