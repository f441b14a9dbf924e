"""Lines that stand under the tracklist of every mix, and the question about names with links."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from backend.app.contract.descriptions import DescriptionLines
from frontend.api.errors import ApiError
from frontend.error_messages import escaped, show_error
from frontend.labels.figures import counted
from frontend.state import kept_description

#: More names than these would push the rest of the page down.
NAMES_SHOWN = 3


def ask_kept_lines(form: str, of_mix: DescriptionLines | None = None) -> DescriptionLines | None:
    """Ask for links, support and licence; None means those that are kept already.

    ``form`` makes the fields' keys unique. Lines that are not kept count for this mix only; the
    fields begin with ``of_mix``, such lines of a mix that exists.
    """
    kept = kept_description.kept().lines
    first = of_mix or kept
    with st.expander("Kept for every mix", icon=":material/push_pin:", type="compact"):
        st.caption("Your own lines under the tracklist. Type them once.")
        links = st.text_area(
            "Links",
            value=first.links,
            key=f"kept_links_{form}",
            height=90,
            max_chars=800,
            placeholder="Your page, shop and channels, one a line",
            persist_state="session",
        )
        support = _line("Support", first.support, f"kept_support_{form}", "How to support you")
        licence = _line(
            "Licence of the mix", first.licence, f"kept_licence_{form}", "Such as CC BY-NC 4.0"
        )
        lines = DescriptionLines(links=links or "", support=support, licence=licence)
        is_kept = lines == kept
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Keep", icon=":material/push_pin:", disabled=is_kept, key=f"keep_{form}"):
                save(lambda: kept_description.keep_lines(lines))
            if not is_kept:
                st.caption("For this mix only, until you keep them.")
    return None if is_kept else lines


def save(act: Callable[[], None]) -> None:
    """Keep something, and draw the page again; show an error instead."""
    try:
        act()
    except ApiError as error:
        show_error(error)
    else:
        st.rerun()


def _line(label: str, value: str, key: str, placeholder: str) -> str:
    text = st.text_input(
        label,
        value=value,
        key=key,
        max_chars=200,
        placeholder=placeholder,
        persist_state="session",
    )
    return text or ""


def ask_links_in_names(names: Sequence[str], key: str, *, default: bool = False) -> bool:
    """Ask whether names keep their links, if any has some; show the names."""
    if not names:
        return default
    quoted = ", ".join(f"“{escaped(name)}”" for name in names[:NAMES_SHOWN])
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    with st.container(border=True, gap="xsmall", key=f"box_{key}"):
        st.markdown(
            f":orange[:material/link:] **{counted(len(names), 'name')} with links or mentions:** "
            f"{quoted}{more}"
        )
        st.caption("Under the video they would lead to other people's pages.")
        return st.toggle("Keep them", value=default, key=key, persist_state="session")
