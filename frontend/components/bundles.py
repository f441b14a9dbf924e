"""The built files under ``dist/``, as the inline text that ``st.components.v2`` takes."""

from __future__ import annotations

from pathlib import Path

DIST = Path(__file__).with_name("dist")


def script(name: str) -> str:
    """A bundle's JavaScript.

    A minified bundle is one line, and one line without a break inside is taken for the path of a
    file; so a comment line goes first.
    """
    return f"// {name}\n" + (DIST / f"{name}.js").read_text(encoding="utf-8")


def style(name: str) -> str:
    """A bundle's style sheet, with a comment line first for the same reason."""
    return f"/* {name} */\n" + (DIST / f"{name}.css").read_text(encoding="utf-8")
