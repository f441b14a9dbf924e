"""Who takes songs apart: chosen by name, with what its makers want read before it is fetched."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from backend.app.contract.stems import SeparatorView
from frontend import session, words
from frontend.problems import escaped

DRAFT_MEANS = (
    "A draft comes at once and without a model. Voices and instruments leak into each other: "
    "good for trying things out, not for a release."
)


@dataclass(frozen=True, slots=True)
class SeparatorChoice:
    """The separator of a request, and whether its notice was read where there is one to read."""

    separator: SeparatorView
    notice_accepted: bool

    @property
    def model(self) -> str:
        """Its name, as requests have it."""
        return self.separator.model

    @property
    def why_not_yet(self) -> str | None:
        """What is missing before it can start."""
        if needs_reading(self.separator) and not self.notice_accepted:
            return "Read and accept the model's notice first, or choose the draft."
        return None


def ask_separator(key: str = "separator") -> SeparatorChoice:
    """One of those that there are; the same ``key`` on another page keeps the choice."""
    known = session.api().separators()
    by_model = {one.model: one for one in known.separators}
    models = list(by_model)
    model = st.selectbox(
        "Taken apart by",
        models,
        index=models.index(known.default) if known.default in by_model else 0,
        format_func=lambda model: option(by_model[model]),
        key=key,
        persist_state="session",
    )
    chosen = by_model[model]
    if chosen.draft:
        draft_badge()
        st.caption(DRAFT_MEANS)
    return SeparatorChoice(
        chosen, notice_accepted=needs_reading(chosen) and ask_notice(chosen, key)
    )


def ask_notice(separator: SeparatorView, key: str) -> bool:
    """The makers' words as they are, and whether they were read."""
    with st.container(border=True, key=f"notice_{key}"):
        st.markdown(":material/gavel: **Before the first download**")
        st.markdown(escaped(separator.notice))
        return st.checkbox(
            f"I have read this. Fetch the model{download(separator)}.",
            key=f"{key}_accepted_{separator.model}",
            persist_state="session",
        )


def needs_reading(separator: SeparatorView) -> bool:
    """Whether there is a notice, and weights that are still to be fetched."""
    return bool(separator.notice) and not separator.ready


def option(separator: SeparatorView) -> str:
    """A separator in a line: its name, what it tells apart, whether it is here."""
    name = "Draft" if separator.draft else separator.label
    parts = [name, f"{len(separator.stems)} stems"]
    if separator.draft:
        parts.append("at once, no model")
    elif not separator.ready:
        mb = separator.download_mb
        parts.insert(1, "to be fetched" if mb is None else f"{size(mb)} to fetch")
    return " · ".join(parts)


def download(separator: SeparatorView) -> str:
    """How much is fetched, in brackets, where that is known."""
    mb = separator.download_mb
    return "" if mb is None else f" ({size(mb)})"


def size(mb: float) -> str:
    """Megabytes as files have them."""
    return words.size(round(mb * 1_000_000))


def draft_badge() -> None:
    """The mark on whatever a draft made."""
    st.badge("Draft", icon=":material/draft:", color="orange")
