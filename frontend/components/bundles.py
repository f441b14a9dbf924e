"""Register the built JavaScript bundles under ``dist/`` as Streamlit components."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st
from streamlit.components.v2.bidi_component import ComponentResult

from ..api.connection import api_base
from ..state import session

DIST = Path(__file__).with_name("dist")


class Widget:
    """A JavaScript bundle registered as a Streamlit component.

    ``name`` distinguishes two components of one bundle; ``visible`` is False for a component that
    shows nothing. ``draw`` takes the names of the values that the browser may set in the result.
    """

    def __init__(self, bundle: str, name: str | None = None, *, visible: bool = True) -> None:
        self._component: Callable[..., ComponentResult] = st.components.v2.component(
            f"segue.{name or bundle}",
            html="<div data-root></div>" if visible else None,
            css=_content(bundle, "css") if visible else None,
            js=_content(bundle, "js"),
        )

    def draw(self, key: str, data: Mapping[str, object], *values: str) -> ComponentResult:
        """Draw the component with ``data``."""
        # Streamlit keeps only values for which a callback is registered.
        callbacks = {f"on_{value}_change": lambda: None for value in values}
        return self._component(key=key, data=data, **callbacks)

    def draw_with_api(self, key: str, data: Mapping[str, object], *values: str) -> ComponentResult:
        """Draw a component that calls the API.

        If the API refuses its access token, renew the token and rerun the page.
        """
        access = {"api": api_base(), "token": session.api().access_token()}
        result = self.draw(key, {**access, **data}, "token_expired", *values)
        if result.token_expired is not None:
            session.api().renew()
            st.rerun()
        return result


def _content(bundle: str, ending: str) -> str:
    """Read a built file, with a comment in front.

    Streamlit takes a text of one line for a path, so the comment adds a line.
    """
    return f"/* {bundle} */\n" + (DIST / f"{bundle}.{ending}").read_text(encoding="utf-8")
