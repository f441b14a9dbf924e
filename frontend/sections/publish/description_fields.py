"""Fields of the description of a mixtape or a mashup, before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from backend.app.contract.publishing import DescriptionOptions, Writer
from frontend.labels.publish import LANGUAGES, NO_HASHTAGS, NO_INTRO, WRITERS
from frontend.sections.publish.description_template import choose_kept_template
from frontend.sections.publish.kept_lines import ask_kept_lines, ask_links_in_names
from frontend.sections.shared.form_fields import choose_one, select
from frontend.state import language_model
from frontend.state.mixtape_draft import hashtags

#: Prefix of the fields' keys on each page.
PREFIXES = {"mixtape": "", "mashup": "mashup_"}


def ask_description(
    kind: Literal["mixtape", "mashup"], linked: Sequence[str] = ()
) -> DescriptionOptions:
    """Ask for the description's texts, its writer, language and template.

    ``linked`` are names of tracks with links.
    """
    prefix = PREFIXES[kind]
    intro = st.text_area(
        "Introduction",
        key=f"{prefix}intro",
        max_chars=2000,
        height=90,
        placeholder=placeholder(NO_INTRO, prefix),
        help="Between the first line, with length, tracks, tempo and genre, and the tracklist.",
        persist_state="session",
    )
    tags = st.text_input(
        "Hashtags",
        key=f"{prefix}hashtags",
        placeholder=placeholder(NO_HASHTAGS[kind], prefix),
        persist_state="session",
    )
    return DescriptionOptions(
        intro=intro or "",
        hashtags=hashtags(tags or ""),
        writer=ask_writer(prefix),
        language=select("Language of the description", LANGUAGES, f"{prefix}words_language"),
        template=choose_kept_template(f"{prefix}kept_template"),
        links_in_names=ask_links_in_names(linked, f"{prefix}links_in_names"),
        lines=ask_kept_lines(kind),
    )


def ask_writer(prefix: str) -> Writer:
    """Ask whether a template or a language model writes the description."""
    writers = language_model.offered(WRITERS)
    if len(writers) == 1:
        return "template"
    return choose_one(
        "Description written by",
        writers,
        f"{prefix}writer",
        help="A language model writes the introduction, hashtags and tags. Tracks, times and "
        "credits always come from the mix; if the model fails, the template is used.",
    )


def placeholder(by_template: str, prefix: str) -> str:
    """Say what will be written into a field that stays empty."""
    by_model = st.session_state.get(f"{prefix}writer") == "llm"
    return "If empty: written by a language model" if by_model else by_template
