"""Fixtures that run the app without a browser and without an API."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from frontend.api.connection import Credentials
from frontend.sections.shared import page_layout
from tests import ROOT
from tests.frontend.scripted_api import FINISHED, ScriptedApi
from tests.frontend.youtube_data import CONNECTED
from tests.patience import PATIENCE_S

APP = ROOT / "frontend" / "streamlit_app.py"
# A first run imports all of the app's modules, which takes seconds on a loaded machine.
TIMEOUT_S = round(PATIENCE_S)


@pytest.fixture(scope="session", autouse=True)
def pages_compiled_once() -> Iterator[None]:
    """Share results between runs: compiled pages, the list of installed components.

    The wait for the browser's styles is left out.
    """
    scripts = ScriptCache()
    scan = manifest_scanner.scan_component_manifests
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_test, "ScriptCache", lambda: scripts)
        patch.setattr(local_script_runner, "ScriptCache", lambda: scripts)
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(scan))
        patch.setattr(page_layout, "STYLES_S", 0.0)
        yield


@pytest.fixture(autouse=True)
def main_module_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run of the app takes the place of the program that was started."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def scripted_api(monkeypatch: pytest.MonkeyPatch) -> ScriptedApi:
    api = ScriptedApi()
    monkeypatch.setattr("frontend.state.previews.USUAL_S", 0.0)
    monkeypatch.setattr("frontend.state.session.connect", lambda: None)
    monkeypatch.setattr("frontend.state.session.ApiClient", lambda *args, **kwargs: api)
    return api


@pytest.fixture
def app(scripted_api: ScriptedApi) -> AppTest:
    """The app, opened by a user who is not signed in."""
    return AppTest.from_file(str(APP), default_timeout=TIMEOUT_S)


@pytest.fixture
def page(app: AppTest) -> Callable[..., AppTest]:
    """Open a page as a signed-in user."""

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
    """The Publish page of a finished mix, with a connected channel."""
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
