"""A stand-in for YouTube with the documented protocol and scripted faults.

In a test::

    with YouTubeStandIn(Channel(unit_bytes=256), tokens={"good"}) as youtube:
        youtube.script.faults = [Fault("chunk", 2, "drop", store=1.0)]
        ...  # YOUTUBE_API_BASE=youtube.url
        assert youtube.channel.duplicates() == []

As a process, for tests that kill processes or drive a browser::

    python -m tests.publishing.stand_ins.youtube --port 8099 --token good --token other

It prints its address once it listens. ``--any-token`` accepts every token. It knows nothing of
OAuth: pass it the tokens that the Google stand-in issues. Control route:

- ``GET /_control`` : videos (with the SHA-256 of their bytes), uploads, playlists, the number of
  requests of each kind, duplicates
- ``POST /_control`` with any of ``{"faults": [...], "tokens": [...], "uploads_left": 3,
  "appears_after": 0, "may_set_thumbnails": false}`` : faults as in
  :class:`.Fault`, counted from then on; ``"tokens": null`` accepts every token

An upload is a POST to ``/upload/youtube/v3/videos?uploadType=resumable`` and PUTs to the returned
address; :class:`.Channel` has the rest.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Container
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.threaded_server import ThreadedServer

from .youtube_faults import Fault, Script
from .youtube_model import Channel, Reply, refused

_UPLOAD = "/upload/youtube/v3/videos"
_PAGE = b"<html><body>502 Bad Gateway (a proxy on the way)</body></html>"


class YouTubeStandIn(ThreadedServer):
    """The stand-in's server.

    ``tokens`` None accepts every token. ``on_request`` is called with each request's kind before
    it is handled, ``on_done`` before it is answered.
    """

    def __init__(
        self, channel: Channel | None = None, tokens: Container[str] | None = None, port: int = 0
    ) -> None:
        self.channel = channel or Channel()
        self.tokens = tokens
        self.script = Script()
        self.on_request: Callable[[str], None] = lambda kind: None
        self.on_done: Callable[[str], None] = lambda kind: None
        super().__init__(lambda handler: _Exchange(self, handler).run(), port)


class _Exchange:
    """One request and its answer."""

    def __init__(self, stand_in: YouTubeStandIn, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        self.stand_in, self.handler = stand_in, handler
        self.path, self.query = address.path, dict(parse_qsl(address.query))
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.body = handler.rfile.read(int(self.headers.get("content-length", "0")))

    def run(self) -> None:
        if self.path == "/_control":
            self._send(self._control())
            return
        kind = self._kind()
        stand_in = self.stand_in
        stand_in.on_request(kind)
        with stand_in.channel.lock:
            fault = stand_in.script.next(kind)
            reply = self._reply(kind, fault)
            self._lose(fault)
        stand_in.on_done(kind)
        if fault is None or fault.answer == "honest":
            self._send(reply)
        else:
            self._fail(fault, reply)

    def _kind(self) -> str:
        if self.path == _UPLOAD:
            if self.handler.command == "POST":
                return "open"
            is_query = self.headers.get("content-range", "").startswith("bytes */")
            return "query" if is_query else "chunk"
        if self.path == "/upload/youtube/v3/thumbnails/set":
            return "thumbnails.set"
        noun = self.path.removeprefix("/youtube/v3/")
        verb = {"GET": "list", "PUT": "update"}.get(self.handler.command, "insert")
        return f"{noun}.{verb}"

    def _reply(self, kind: str, fault: Fault | None) -> Reply:
        """Answer a request as YouTube does when nothing goes wrong."""
        channel, tokens = self.stand_in.channel, self.stand_in.tokens
        bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
        if not bearer or (tokens is not None and bearer not in tokens):
            return refused(401, "authError")
        store = None if fault is None else fault.store
        if store is None and fault is not None and fault.answer in ("status", "drop", "hang"):
            store = 0.0
        match kind:
            case "open":
                if store == 0.0:
                    return Reply(503)
                return self._with_address(channel.open(self.query, self.headers, self.body))
            case "chunk" | "query":
                return channel.put(self.query.get("upload_id", ""), self.headers, self.body, store)
        return Reply(503) if store == 0.0 else self._small(kind)

    def _small(self, kind: str) -> Reply:
        channel = self.stand_in.channel
        match kind:
            case "channels.list":
                return channel.channels_list()
            case "videos.list":
                return channel.videos_list(self.query)
            case "videos.update":
                return channel.videos_update(self.query, self.body)
            case "playlistItems.list":
                return channel.items_list(self.query)
            case "playlistItems.insert":
                return channel.items_insert(self.body)
            case "playlists.list":
                return channel.playlists_list(self.query)
            case "playlists.insert":
                return channel.playlists_insert(self.body)
            case "thumbnails.set":
                return channel.thumbnails_set(self.query, self.body)
        return refused(404, "notFound")

    def _with_address(self, reply: Reply) -> Reply:
        if reply.status != 200:
            return reply
        session = f"uploadType=resumable&upload_id={reply.headers['X-Upload']}"
        return Reply(200, None, {"Location": f"{self.stand_in.url}{_UPLOAD}?{session}"})

    def _lose(self, fault: Fault | None) -> None:
        session = self.stand_in.channel.sessions.get(self.query.get("upload_id", ""))
        if fault is None or session is None:
            return
        session.is_gone = session.is_gone or fault.forget
        if fault.ends_early and session.video_id is None:
            self.stand_in.channel.become(session)
        if fault.cut_back_to is not None and session.video_id is None:
            del session.received[fault.cut_back_to :]

    def _fail(self, fault: Fault, reply: Reply) -> None:
        headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        match fault.answer:
            case "status" if fault.reason:
                said = refused(fault.status, fault.reason)
                self._send(Reply(said.status, said.content, headers))
            case "status":
                self._send(Reply(fault.status, None, headers))
            case "html":
                self._write(fault.status, _PAGE, {"Content-Type": "text/html", **headers})
            case "empty":
                self._write(200, b"", {})
            case "range":
                self._write(308, b"", {"Range": fault.reason} if fault.reason else {})
            case "video":
                self._send(Reply(200, self.stand_in.channel.named(fault.reason, reply)))
            case "cut":
                body = reply.body or b"{"
                self._write(
                    reply.status, body[: len(body) // 2], {**reply.headers}, len(body) or 10
                )
                self._hang_up()
            case "hang":
                self.handler.connection.recv(1)  # returns when the client closes the connection
                self._hang_up()
            case _:
                self._hang_up()

    def _hang_up(self) -> None:
        self.handler.close_connection = True

    def _send(self, reply: Reply) -> None:
        self._write(reply.status, reply.body, reply.headers)

    def _write(self, status: int, body: bytes, headers: Any, announced: int | None = None) -> None:
        handler = self.handler
        length = len(body) if announced is None else announced
        handler.send_response(status)
        for name, value in {"Content-Length": str(length), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def _control(self) -> Reply:
        stand_in = self.stand_in
        with stand_in.channel.lock:
            if self.handler.command == "POST":
                self._change(json.loads(self.body))
            state = stand_in.channel.shown()
            counts = dict(stand_in.script.counts)
            return Reply(
                200, {**state, "counts": counts, "duplicates": stand_in.channel.duplicates()}
            )

    def _change(self, changes: dict[str, Any]) -> None:
        for name, value in changes.items():
            if name == "faults":
                self.stand_in.script.replace(value)
            elif name == "tokens":
                self.stand_in.tokens = None if value is None else set(value)
            else:
                setattr(self.stand_in.channel, name, value)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.publishing.stand_ins.youtube")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", action="append", default=[])
    parser.add_argument("--any-token", action="store_true")
    parser.add_argument("--unit-bytes", type=int, default=256 * 1024)
    options = parser.parse_args()
    channel = Channel(unit_bytes=options.unit_bytes)
    tokens = None if options.any_token else options.token
    with YouTubeStandIn(channel, tokens, options.port) as stand_in:
        sys.stdout.write(f"{stand_in.url}\n")
        sys.stdout.flush()
        stand_in.wait()


if __name__ == "__main__":
    main()
