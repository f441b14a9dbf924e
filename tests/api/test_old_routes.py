"""Old routes: health answers; the others name today's route."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from backend.app.api.old_routes import OLD_ROUTES
from backend.app.wiring.settings.old_names import OLD_NAMES, UNUSED_NAMES
from tests import ROOT

from .test_other_peoples_things import api_routes


@pytest.mark.parametrize("path", ["/api/health", "/healthz"])
def test_old_health_answers_as_health(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200
    assert client.get(path).json() == client.get("/health").json()


def test_old_routes_answer_404_with_todays_route(client: TestClient) -> None:
    for old, today in OLD_ROUTES.items():
        method, path = re.sub(r"{[^}]+}", "x", old).split()
        answer = client.request(method, path)
        assert answer.status_code == 404, old
        problem = answer.json()["error"]
        assert problem["code"] == "not_found"
        assert problem["hint"] == f"Use {today}; docs/seeds.md lists all old routes."


def test_routes_that_the_hints_name_exist(client: TestClient) -> None:
    existing = {
        re.sub(r"{[^}]+}|[\w.]+$", "x", f"{verb} {path}") for verb, path in api_routes(client.app)
    }
    named = [
        re.sub(r"{[^}]+}|[\w.]+$", "x", route)
        for today in OLD_ROUTES.values()
        for route in re.findall(r"(?:GET|POST|PUT|DELETE) /[\w/{}.-]+", today)
    ]
    assert len(named) > 25
    assert set(named) <= existing


def test_unknown_paths_have_no_hint(client: TestClient) -> None:
    assert client.get("/nothing").json()["error"]["hint"] == ""
    assert client.get("/process-folder").json()["error"]["hint"] == ""


def test_page_lists_every_old_route_and_setting() -> None:
    page = (ROOT / "docs" / "seeds.md").read_text(encoding="utf-8")
    settings = [name.upper() for name in (*OLD_NAMES, *UNUSED_NAMES)]
    assert [name for name in (*OLD_ROUTES, *settings) if f"`{name}`" not in page] == []
