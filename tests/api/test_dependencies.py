"""Route dependencies have their declared types."""

from __future__ import annotations

from typing import get_args, get_origin

from fastapi.params import Depends
from fastapi.testclient import TestClient
from starlette.requests import Request

from backend.app.api import dependencies


def test_every_service_dependency_has_its_declared_type(client: TestClient) -> None:
    request = Request({"type": "http", "app": client.app})
    named = {
        name: get_args(alias)
        for name, alias in vars(dependencies).items()
        if name.endswith("Dep") and get_origin(alias) is not None
    }
    assert len(named) >= 18
    for name, (wanted, depends) in named.items():
        assert isinstance(depends, Depends), name
        assert depends.dependency is not None
        assert isinstance(depends.dependency(request), wanted), name
