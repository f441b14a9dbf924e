"""A chat completions server on a real socket that can be scripted to fail.

Like OpenAI's it rejects a wrong path, a missing key, and a schema outside strict mode. Its
responses are scripted, one for each request; the last one repeats.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = dict[str, Any]
Act = Callable[["Handler", Answer], None]
UNSUPPORTED_IN_STRICT_MODE = ("default", "minLength", "maxLength", "allOf", "not")


@dataclass
class LlmServer:
    """The server's address, and the requests it received."""

    acts: Sequence[Act]
    base_url: str = ""
    requests: list[Answer] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    def next_act(self) -> Act:
        return self.acts[min(len(self.requests), len(self.acts)) - 1]

    @property
    def formats(self) -> list[str]:
        """The response format of each request."""
        asked = [request.get("response_format", {"type": "text"}) for request in self.requests]
        return [form["type"] for form in asked]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120
    script: LlmServer

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        request = json.loads(body)
        self.script.bodies.append(body)
        self.script.headers.append({n.lower(): value for n, value in self.headers.items()})
        self.script.requests.append(request)
        act = self.script.next_act()
        if fault := self._fault(request):
            act = status(*fault)
        try:
            act(self, request)
        except OSError:
            self.close_connection = True

    def _fault(self, request: Answer) -> tuple[int, str] | None:
        if self.path != "/v1/chat/completions":
            return 404, "unknown_url"
        if not self.headers.get("authorization", "").startswith("Bearer sk-"):
            return 401, "invalid_api_key"
        if not request.get("model") or not request.get("messages"):
            return 400, "missing_required_parameter"
        form = request.get("response_format", {"type": "text"})
        schema = form.get("json_schema", {}).get("schema")
        if form["type"] == "json_schema" and not (schema and strict(schema)):
            return 400, "invalid_json_schema"
        return None

    def send(self, code: int, body: bytes, **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def strict(node: Any) -> bool:
    """Whether a schema fits OpenAI's strict mode: all fields required, no others, no lengths."""
    if isinstance(node, list):
        return all(strict(part) for part in node)
    if not isinstance(node, dict):
        return True
    properties = node.get("properties", {})
    whole = sorted(node.get("required", [])) == sorted(properties)
    closed = node.get("type") != "object" or node.get("additionalProperties") is False
    plain = not any(name in node for name in UNSUPPORTED_IN_STRICT_MODE)
    return whole and closed and plain and all(strict(part) for part in node.values())


@contextmanager
def serving(*acts: Act) -> Iterator[LlmServer]:
    """Run the server; at the end wait until every connection is closed."""
    script = LlmServer(acts or (obliging,))
    handler = type("Scripted", (Handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = False
    faults: list[BaseException | None] = []
    server.handle_error = lambda *_: faults.append(sys.exc_info()[1])  # type: ignore[method-assign]
    script.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        began = time.monotonic()
        server.server_close()
        # A leaked connection would block until the handler's time limit.
        assert time.monotonic() - began < Handler.timeout / 2, "a connection is still open"
        assert [fault for fault in faults if not isinstance(fault, OSError)] == []


def completion(content: str | None, finish: str = "stop", **message: Any) -> bytes:
    said = {"role": "assistant", "content": content, "refusal": None, **message}
    choice = {"index": 0, "message": said, "finish_reason": finish, "logprobs": None}
    whole = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "a-model",
        "choices": [choice],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
    return json.dumps(whole).encode()


def proposals(request: Answer) -> list[Answer]:
    """The proposals of a model that follows its instructions."""
    data = json.loads(request["messages"][-1]["content"])
    return [
        {
            "outgoing": pair["outgoing"]["id"],
            "incoming": pair["incoming"]["id"],
            "kind": pair["kinds"][0],
            "bars": 16,
            "out_at_s": pair["outgoing"]["cues"][-1]["at_s"],
            "in_at_s": pair["incoming"]["cues"][0]["at_s"],
            "tempo": "follow",
            "eq": "bass_swap",
            "pitch_semitones": 0,
            "overlay": False,
            "reason": "Both phrases begin here.",
        }
        for pair in data["pairs"]
    ]


def obliging(handler: Handler, request: Answer) -> None:
    """Answer well."""
    handler.send(200, completion(json.dumps({"pairs": proposals(request)})))


def edited(edit: Callable[[list[Answer]], list[Answer] | None], finish: str = "stop") -> Act:
    """Answer well, with changes by ``edit`` (in place or returned)."""

    def act(handler: Handler, request: Answer) -> None:
        pairs = proposals(request)
        changed = edit(pairs)
        text = json.dumps({"pairs": pairs if changed is None else changed})
        handler.send(200, completion(text, finish))

    return act


def wrapped(wrap: Callable[[str], str], finish: str = "stop") -> Act:
    """Answer well, with changed text."""
    return lambda handler, request: handler.send(
        200, completion(wrap(json.dumps({"pairs": proposals(request)})), finish)
    )


def says(content: str | None, finish: str = "stop", **message: Any) -> Act:
    return lambda handler, _: handler.send(200, completion(content, finish, **message))


def body(raw: bytes, **headers: str) -> Act:
    return lambda handler, _: handler.send(200, raw, **headers)


def status(code: int, error_code: str = "", **headers: str) -> Act:
    """Answer with an error like OpenAI's, whose message repeats the key."""

    def act(handler: Handler, _: Answer) -> None:
        key = handler.headers.get("authorization")
        error = {"message": f"No: {key}", "type": "error", "param": None, "code": error_code}
        handler.send(code, json.dumps({"error": error}).encode(), **headers)

    return act


def silence(handler: Handler, _: Answer) -> None:
    """Do not answer until the client disconnects."""
    handler.rfile.read(1)


def dripping(part: str, every_s: float = 0.25) -> Act:
    """Send headers or body byte by byte, for two minutes at most."""

    def act(handler: Handler, request: Answer) -> None:
        head = b"HTTP/1.1 200 OK\r\nx: " + b"-" * round(120.0 / every_s)
        if part == "body":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n")
        for byte in head:
            handler.wfile.write(bytes([byte]))
            time.sleep(every_s)

    return act


def endless(handler: Handler, _: Answer) -> None:
    """Send a body of 256 MB without stating its length."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
    for _ in range(4096):
        handler.wfile.write(b" " * 65536)


def reset(handler: Handler, _: Answer) -> None:
    """Send half a body, then reset the connection."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{")
    time.sleep(0.05)
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    handler.connection.close()
