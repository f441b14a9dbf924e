"""Ask for a separator; before a model's first download, show its makers' notice."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from backend.app.contract.stems import SeparatorView
from frontend.error_messages import escaped
from frontend.labels import figures
from frontend.state import session

DRAFT_HELP = (
    "The draft separator takes seconds and needs no model. There is bleed between its stems: "
    "good for trying things out, not for a release."
)


@dataclass(frozen=True, slots=True)
class SeparatorChoice:
    """The chosen separator, and whether the user accepted its notice."""

    separator: SeparatorView
    notice_accepted: bool

    @property
    def model(self) -> str:
        """The separator's name in requests."""
        return self.separator.model

    @property
    def missing(self) -> str | None:
        """What the user must still do before a job can start."""
        if needs_notice(self.separator) and not self.notice_accepted:
            return "Read and accept the model's notice first, or choose the draft."
        return None


def ask_separator(key: str = "separator") -> SeparatorChoice:
    """Ask for a separator; pages with the same ``key`` share the choice."""
    known = session.api().separators()
    by_model = {one.model: one for one in known.separators}
    models = list(by_model)
    model = st.selectbox(
        "Separator",
        models,
        index=models.index(known.default) if known.default in by_model else 0,
        format_func=lambda model: option(by_model[model]),
        key=key,
        persist_state="session",
    )
    chosen = by_model[model]
    if chosen.draft:
        st.caption(DRAFT_HELP)
    return SeparatorChoice(chosen, notice_accepted=needs_notice(chosen) and ask_notice(chosen, key))


def ask_notice(separator: SeparatorView, key: str) -> bool:
    """Show the notice of a model's makers; return True once the user has accepted it."""
    size = download_size(separator)
    amount = f" ({size})" if size else ""
    with st.container(border=True, key=f"notice_{key}"):
        st.markdown(":material/gavel: **Before the first download**")
        st.markdown(escaped(separator.notice))
        return st.checkbox(
            f"I have read this. Download the model{amount}.",
            key=f"{key}_accepted_{separator.model}",
            persist_state="session",
        )


def needs_notice(separator: SeparatorView) -> bool:
    """Whether the separator has a notice and its weights are not downloaded yet."""
    return bool(separator.notice) and not separator.ready


def option(separator: SeparatorView) -> str:
    """Name a separator for the menu, with its number of stems and its download size."""
    parts = ["Draft" if separator.draft else separator.label, f"{len(separator.stems)} stems"]
    if separator.draft:
        parts.append("fast, no model")
    elif not separator.ready:
        parts.insert(1, f"{download_size(separator)} download".lstrip())
    return " · ".join(parts)


def download_size(separator: SeparatorView) -> str:
    """Return the size of a model's weights, if known."""
    mb = separator.download_mb
    return "" if mb is None else figures.size(round(mb * 1_000_000))


def draft_badge() -> None:
    """Show a badge on results that the draft separator made."""
    st.badge("Draft", icon=":material/draft:", color="orange")
