"""The app without a browser and without an API."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from frontend.api_client import Credentials
from tests.frontend.scripted_api import FINISHED, ScriptedApi
from tests.frontend.youtube_data import CONNECTED

APP = Path(__file__).parents[2] / "frontend" / "streamlit_app.py"
# A first run imports all of the app's modules: on a loaded machine that takes seconds.
TIMEOUT_S = 30


@pytest.fixture
def scripted_api(monkeypatch: pytest.MonkeyPatch) -> ScriptedApi:
    api = ScriptedApi()
    monkeypatch.setattr("frontend.session.connect", lambda: None)
    monkeypatch.setattr("frontend.session.ApiClient", lambda *args, **kwargs: api)
    return api


@pytest.fixture
def app(scripted_api: ScriptedApi) -> AppTest:
    """The app as somebody meets it who is not signed in."""
    return AppTest.from_file(str(APP), default_timeout=TIMEOUT_S)


@pytest.fixture
def page(app: AppTest) -> Callable[..., AppTest]:
    """Open a page as a person who is signed in."""

    def opened(path: str = "views/new_mixtape.py", **query: str) -> AppTest:
        app.session_state["credentials"] = Credentials("t", time.time() + 3600, "r")
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        if path != "views/new_mixtape.py":
            app.switch_page(path).run()
        return app

    return opened


@pytest.fixture
def publish_page(page: Callable[..., AppTest], scripted_api: ScriptedApi) -> Callable[..., AppTest]:
    """The page of a finished mix, with a channel connected unless a test says otherwise."""
    scripted_api.all_jobs = [FINISHED]
    scripted_api.youtube = CONNECTED

    def opened(**query: str) -> AppTest:
        app = page()
        app.switch_page("views/publish.py")
        for name, value in ({"job": "job-1"} | query).items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return opened
