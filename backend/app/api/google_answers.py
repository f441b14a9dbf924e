"""Limit the size of Google's answers to a sign-in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

#: Google's longest answer, its keys, has 2 KB.
MAX_ANSWER_BYTES = 1_000_000


async def limit_size(response: httpx2.Response) -> None:
    """Cut an answer off at :data:`MAX_ANSWER_BYTES`; a response hook of httpx.

    Refuse compressed answers, which could grow past any limit; none is asked for.
    """
    if "content-encoding" in response.headers:
        raise httpx2.DecodingError("The answer is compressed.", request=response.request)
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _Limited(response.stream, response.request)


class _Limited(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, request: httpx2.Request) -> None:
        self._stream = stream
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        n_bytes = 0
        async for part in self._stream:
            n_bytes += len(part)
            if n_bytes > MAX_ANSWER_BYTES:
                raise httpx2.ReadError("The answer is too long.", request=self._request)
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
