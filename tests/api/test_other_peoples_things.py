"""Every route answers 404 for another user's objects."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute
from starlette.websockets import WebSocketDisconnect

from .conftest import Person, picture, tone

# Routes without a token: other tests check what they reveal.
OPEN = {
    "/auth/register",
    "/auth/token",
    "/auth/refresh",
    "/auth/logout",
    "/auth/session",
    "/auth/password/reset",
    "/auth/providers",
    "/auth/google/login",
    "/auth/google/callback",
    "/auth/google/join",
    "/auth/exchange",
    "/youtube/oauth/callback",
    "/",
    "/health",
    "/metrics",  # has a token of its own
    "/health/ready",
    "/api/health",
    "/healthz",
    "/files/{job_id}/{name}",
}


def api_routes(app: FastAPI) -> list[tuple[str, str]]:
    """Return every method and path from the OpenAPI document."""
    found = []
    for path, verbs in app.openapi()["paths"].items():
        found += [(verb.upper(), path) for verb in verbs]
    return found


def declared_paths(app: FastAPI) -> set[str]:
    """Return the paths of all routes, documented or not."""
    routes = (route for route in all_routes(app) if isinstance(route, APIRoute))
    return {re.sub(r":\w+}", "}", route.path) for route in routes}


def all_routes(app: FastAPI) -> list[BaseRoute]:
    """Return the routes of the application and of the routers in it."""
    pending, found = list(app.routes), []
    while pending:
        route = pending.pop()
        found.append(route)
        inner = getattr(route, "original_router", route)
        pending += getattr(inner, "routes", [])
    return found


def socket_paths(app: FastAPI) -> list[str]:
    """Return the paths of all WebSockets."""
    routes = (route for route in all_routes(app) if isinstance(route, APIWebSocketRoute))
    return sorted(route.path for route in routes)


def closing_of(client, url: str, token: str) -> tuple[int, str]:
    """The code and reason with which a WebSocket closes after its first message."""
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client.websocket_connect(f"ws://localhost:8000{url}") as socket,
    ):
        socket.send_json({"token": token})
        socket.receive_text()
    return closed.value.code, closed.value.reason


def test_every_socket_requires_sign_in(client):
    assert socket_paths(client.app) == ["/ws/jobs/{job_id}", "/ws/me"]
    for path in socket_paths(client.app):
        url = re.sub(r"{[^}]+}", "x", path)
        assert closing_of(client, url, "forged") == (4401, "not_signed_in"), path


def test_another_users_ids_are_unknown_on_every_socket(client, alice, bob):
    things = things_of(bob)
    for path in socket_paths(client.app):
        for url in paths_with(path, things) if "{" in path else ():
            closing = closing_of(client, url, alice.tokens["access_token"])
            assert closing == (4404, "not_found"), url


def test_all_routes_are_covered_below(client):
    described = {path for _, path in api_routes(client.app)}
    assert declared_paths(client.app)
    assert declared_paths(client.app) <= described


def test_every_route_but_the_open_ones_requires_sign_in(client):
    for verb, path in api_routes(client.app):
        if path not in OPEN:
            answer = client.request(verb, re.sub(r"{[^}]+}", "x", path))
            assert answer.status_code == 401, (verb, path)


def things_of(person: Person) -> dict[str, list[str]]:
    """Return a user's ids by path parameter."""
    crate = person.send_tracks(("a.wav", tone())).json()
    image = person.send_image(picture()).json()
    sound = person.client.post(
        "/sounds",
        files={"files": ("hit.wav", tone(seconds=0.1))},
        data={"kind": "percussion"},
        headers=person.headers,
    ).json()["sounds"][0]
    job = person.client.post(
        "/jobs", json={"tracks_upload_id": crate["id"]}, headers=person.headers
    ).json()
    return {
        "job_id": [job["id"]],
        "name": ["pullover/front.bin", "artifacts.zip"],
        "upload_id": [crate["id"], image["id"]],
        "track_id": [crate["tracks"][0]["id"]],
        "sound_id": [sound["id"]],
        "session_id": [person.get("/auth/sessions").json()["sessions"][0]["id"]],
    }


def paths_with(path: str, things: dict[str, list[str]]) -> Iterator[str]:
    """Yield ``path`` with each parameter replaced by each suitable id, or else by every id."""
    names = re.findall(r"{(\w+)(?::\w+)?}", path)
    every = [one for some in things.values() for one in some]
    for filling in itertools.product(*(things.get(name, every) for name in names)):
        filled = path
        for name, value in zip(names, filling, strict=True):
            filled = re.sub(rf"{{{name}(:\w+)?}}", value, filled)
        yield filled


@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_another_users_ids_are_unknown_on_every_route(client, alice, bob, verb):
    things = things_of(bob)
    before = _seen_by(bob, things)
    for path in sorted(path for v, path in api_routes(client.app) if v == verb and "{" in path):
        for url in paths_with(path, things):
            answer = client.request(verb, url, headers=alice.headers)
            assert answer.status_code == 404, (verb, url, answer.text)
            assert answer.json()["error"]["code"] == "not_found"
    assert _seen_by(bob, things) == before


def _seen_by(person: Person, things: dict[str, list[str]]) -> list[str]:
    uploads = [person.get(f"/uploads/{i}") for i in things["upload_id"]]
    tracks = [person.get(f"/tracks/{i}") for i in things["track_id"]]
    sounds = [person.get(f"/sounds/{i}") for i in things["sound_id"]]
    seen = uploads + tracks + sounds
    assert {answer.status_code for answer in seen} == {200}
    return [answer.text for answer in seen]


def test_another_users_crate_cannot_be_extended(client, alice, bob):
    crate = things_of(bob)["upload_id"][0]
    answer = alice.send_tracks(("mine.wav", tone()), upload_id=crate)
    assert answer.status_code == 404
    assert len(bob.get(f"/uploads/{crate}").json()["tracks"]) == 1


@pytest.mark.parametrize("name", ["upload_id", "track_id"])
def test_unknown_and_another_users_ids_get_the_same_answer(client, alice, bob, name):
    theirs = things_of(bob)[name][0]
    folder = "/uploads/" if name == "upload_id" else "/tracks/"
    assert alice.get(folder + theirs).json() == alice.get(folder + "0" * 32).json()
