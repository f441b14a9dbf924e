"""Requests to webhooks: public addresses only, pinned, over HTTPS."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path

import pytest

from backend.app.errors import InvalidRequest
from backend.app.services.webhooks.post import NotDelivered, Poster, is_public
from tests.services.webhooks.certificate import write_certificate
from tests.threaded_server import ThreadedServer

PRIVATE = (
    *("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_other_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.org/", "ftp://example.org", "https://", "example.org", "https://[::1"),
        *("https://ann:secret@example.org/", "https://example.org:0/", "https://example.org:x/"),
        *("https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://x.org/" + "a" * 2000),
        *("https://example.org/\x01", "https://example.org/\ud800", "https://\u2488.org/"),
    ],
)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        Poster().check(url)
    assert refused.value.hint


def test_fragment_is_left_out() -> None:
    assert Poster().check(" https://example.org/a?b=1#c ") == "https://example.org/a?b=1"


def test_names_and_paths_in_other_scripts_become_ascii() -> None:
    """Headers and TLS take no other characters: such a message could never be sent."""
    checked = Poster().check("https://bücher.example/ü?ä=ö")
    assert checked == "https://xn--bcher-kva.example/%C3%BC?%C3%A4=%C3%B6"
    assert Poster().check(checked) == checked


def test_message_to_a_name_in_another_script_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def unknown(host: str, *_: object, **__: object) -> None:
        asked.append(host)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotDelivered, match="unknown"):
        Poster().post("https://bücher.example/", b"{}", {})
    assert asked == ["xn--bcher-kva.example"]


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], []])
def test_name_with_a_private_address_is_not_contacted(
    answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in answers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises(NotDelivered, match="not on the public internet"):
        Poster().post("https://rebound.example/", b"{}", {})


@dataclass
class Receiver:
    """A server on this machine for the name ``hook.example``; records requests."""

    port: int = 0
    status: int = 204
    location: str = ""
    heads: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    hangs: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"https://hook.example:{self.port}/in"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.heads.append(dict(request.headers))
        self.bodies.append(request.rfile.read(int(request.headers["Content-Length"])))
        request.send_response(self.status)
        if self.location:
            request.send_header("Location", self.location)
        request.send_header("Content-Length", "0")
        request.end_headers()


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    receiver = Receiver()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*write_certificate(tmp_path, "hook.example"))
    resolve = socket.getaddrinfo
    here = ("hook.example", "127.0.0.1")

    def local(host: str, *rest: object, **more: object) -> object:
        return resolve("127.0.0.1" if host in here else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", local)
    with ThreadedServer(receiver.answer, context=context) as server:
        receiver.port = server.port
        yield receiver


@pytest.fixture
def poster(tmp_path: Path) -> Poster:
    def context() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=tmp_path / "certificate.pem")

    return Poster(is_allowed=lambda _: True, context=context)


def test_body_and_headers_arrive_under_the_servers_name(receiver: Receiver, poster: Poster) -> None:
    poster.post(receiver.url, b'{"a": 1}', {"Segue-Signature": "t=1,v1=x"})
    assert receiver.bodies == [b'{"a": 1}']
    assert receiver.heads[0]["Host"] == f"hook.example:{receiver.port}"
    assert receiver.heads[0]["Segue-Signature"] == "t=1,v1=x"


@pytest.mark.parametrize("status", [301, 307, 400, 500])
def test_redirects_and_errors_are_failures(receiver: Receiver, poster: Poster, status: int) -> None:
    receiver.status, receiver.location = status, receiver.url
    with pytest.raises(NotDelivered, match=f"answered {status}"):
        poster.post(receiver.url, b"{}", {})
    assert len(receiver.bodies) == 1


def test_certificate_of_another_name_is_refused(receiver: Receiver, poster: Poster) -> None:
    with pytest.raises(NotDelivered, match="No connection"):
        poster.post(receiver.url.replace("hook.example", "127.0.0.1"), b"{}", {})
    assert receiver.bodies == []


def test_certificate_of_an_unknown_authority_is_refused(receiver: Receiver) -> None:
    with pytest.raises(NotDelivered, match="No connection"):
        Poster(is_allowed=lambda _: True).post(receiver.url, b"{}", {})
    assert receiver.bodies == []
