"""Multipart bodies on their way to disk: straight into our own folder, each file counted."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated, cast

import anyio
from fastapi import Depends, Request
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from ..errors import InvalidRequest, TooLarge
from ..services.intake import ReceivedFile
from ..store.incoming import Delivery, Incoming
from .dependencies import CurrentUser, SettingsDep

# As many as a mixtape may have tracks.
MAX_FILES = 500
_MAX_FIELDS = 10
_MAX_FIELD_BYTES = 1024
# Each upload whose files pass the gate holds a thread; the pool has 40, and others need some too.
UPLOADS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class ReceivedForm:
    """The files of a multipart body, in the order they came, and its text fields."""

    files: tuple[tuple[str, ReceivedFile], ...]
    fields: tuple[tuple[str, str], ...]

    def only_files(self, field: str) -> tuple[ReceivedFile, ...]:
        """The files, of which there is at least one, all of them under ``field``."""
        if not self.files or any(name != field for name, _ in self.files):
            raise InvalidRequest(f"The form has no files, or some not named '{field}'.")
        return tuple(file for _, file in self.files)

    def only_field(self, field: str) -> str | None:
        """The value of ``field``, which is the only text field if there is any."""
        if any(name != field for name, _ in self.fields) or len(self.fields) > 1:
            raise InvalidRequest(f"The only text field of this form is '{field}'.")
        return self.fields[0][1] if self.fields else None


async def _received_form(
    request: Request, _user: CurrentUser, settings: SettingsDep
) -> AsyncIterator[ReceivedForm]:
    """Write the body's files to disk as they come; they are gone when the route has ended."""
    incoming = cast(Incoming, request.app.state.services.incoming)
    slots = cast(anyio.CapacityLimiter, request.app.state.upload_slots)
    incoming.expect(int(request.headers.get("content-length", "0")))
    with incoming.delivery() as delivery:
        parser = _ToDisk(request.headers, request.stream(), delivery, settings.max_file_size)
        form = await _parsed(parser, delivery)
        async with slots:
            yield form


# Closed as soon as the route has ended: the files are not needed for sending its answer.
Received = Annotated[ReceivedForm, Depends(_received_form, scope="function")]
"""The multipart body of the request, on disk."""


def form_described(
    *, optional: Mapping[str, object] | None = None, **required: object
) -> dict[str, object]:
    """What the documentation says of a body that FastAPI does not read: a schema for each field."""
    schema = {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
    }
    return {"requestBody": {"content": {"multipart/form-data": {"schema": schema}}}}


async def _parsed(parser: _ToDisk, delivery: Delivery) -> ReceivedForm:
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as e:  # KeyError: there is no Content-Type at all
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
    """Starlette's parser, writing to files of ours instead of ones in the system's temp folder."""

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
        """Open a file of ours where the parser has just made a temporary one."""
        super().on_headers_finished()
        self._n_bytes = 0
        if self._current_part.file is not None:
            self._current_part.file.file.close()
            self._current_part.file.file = self._delivery.open()

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Count what comes in, and stop at the first byte too many."""
        self._n_bytes += end - start
        if self._n_bytes > self._max_file_size:
            raise TooLarge(
                "A file is larger than this server allows.",
                hint=f"A file may have up to {self._max_file_size // 1024**2} MB.",
            )
        super().on_part_data(data, start, end)
