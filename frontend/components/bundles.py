"""Register the built bundles under ``dist/`` as Streamlit components, and draw them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st
from streamlit.components.v2.bidi_component import ComponentResult

from ..api.connection import api_base
from ..state import session

DIST = Path(__file__).with_name("dist")


class Widget:
    """A registered bundle; ``name`` if it is used under several, ``visible`` if it shows anything.

    ``draw`` takes the names of the values that the browser may set in the result.
    """

    def __init__(self, bundle: str, name: str | None = None, *, visible: bool = True) -> None:
        self._component: Callable[..., ComponentResult] = st.components.v2.component(
            f"segue.{name or bundle}",
            html="<div data-root></div>" if visible else None,
            css=_content(bundle, "css") if visible else None,
            js=_content(bundle, "js"),
        )

    def draw(self, key: str, data: Mapping[str, object], *values: str) -> ComponentResult:
        """Draw it with ``data``."""
        # Streamlit keeps only values that have a callback
        callbacks = {f"on_{value}_change": lambda: None for value in values}
        return self._component(key=key, data=data, **callbacks)

    def draw_with_api(self, key: str, data: Mapping[str, object], *values: str) -> ComponentResult:
        """Draw one that calls the API; if the API refuses its token, renew that and rerun."""
        access = {"api": api_base(), "token": session.api().access_token()}
        result = self.draw(key, {**access, **data}, "token_expired", *values)
        if result.token_expired is not None:
            session.api().renew()
            st.rerun()
        return result


def _content(bundle: str, ending: str) -> str:
    """A built file; Streamlit takes a text of one line for a path, so it starts with a comment."""
    return f"/* {bundle} */\n" + (DIST / f"{bundle}.{ending}").read_text(encoding="utf-8")
