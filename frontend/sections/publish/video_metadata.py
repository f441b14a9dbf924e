"""Fields for a video's title, description, tags and language, with YouTube's limits."""

from __future__ import annotations

import streamlit as st

from frontend.labels.publish import (
    DESCRIPTION_BYTES,
    LANGUAGES,
    TITLE_CHARS,
    USER_TAGS_CHARS,
    tags_length,
)
from frontend.sections.publish.field_errors import FieldErrors
from frontend.sections.shared.form_fields import select
from frontend.state.publish_draft import draft_in, key

#: Counter and preview update after this pause in typing.
PAUSE = "400ms"
MAX_TAGS = 100


def ask_metadata(
    form: str, errors: FieldErrors, *, is_ready: bool, has_defaults: bool = True
) -> None:
    """Draw all text fields, each with a counter and a place for its errors.

    ``has_defaults``: empty fields are filled in from the mix.
    """
    st.subheader("Title and description", anchor=False)
    with st.container(gap="xsmall", key="field_title"):
        ask_title(form, "If empty: the mix's title" if has_defaults else None)
        errors.reserve("title")
    with st.container(gap="xsmall", key="field_description"):
        when = "" if is_ready else " when it is ready"
        default = f"If empty: written from the mix{when}, with its chapters."
        ask_description(form, default if has_defaults else None)
        errors.reserve("description")
    with st.container(gap="xsmall", key="field_tags"):
        ask_tags(form, "If empty: the mix's tags" if has_defaults else None)
        errors.reserve("tags")
    ask_language(form)
    errors.reserve("language")


def ask_title(form: str, if_empty: str | None) -> None:
    """Ask for the title, and count its characters while the user types."""
    title = st.text_input(
        "Title",
        key=key(form, "title"),
        placeholder=if_empty,
        live=PAUSE,
        persist_state="session",
    )
    counter(len(title or ""), TITLE_CHARS, "characters")


def ask_description(form: str, if_empty: str | None) -> None:
    """Ask for the description."""
    text = st.text_area(
        "Description",
        key=key(form, "description"),
        height=316,  # fourteen whole lines
        placeholder=if_empty,
        persist_state="session",
    )
    counter(len((text or "").encode()), DESCRIPTION_BYTES, "bytes")


def ask_tags(form: str, if_empty: str | None) -> None:
    """Ask for tags; a comma or Enter ends each."""
    st.multiselect(
        "Tags",
        [],
        key=key(form, "tags"),
        accept_new_options=True,
        max_selections=MAX_TAGS,
        placeholder=if_empty or "Add a tag",
        on_change=split_at_commas,
        args=(form,),
        persist_state="session",
    )
    length = tags_length(draft_in(form).tags)
    counter(length, USER_TAGS_CHARS, "characters, with commas and quotes")


def split_at_commas(form: str) -> None:
    """Split a tag with commas into several tags."""
    typed = [part.strip() for tag in st.session_state[key(form, "tags")] for part in tag.split(",")]
    st.session_state[key(form, "tags")] = list(dict.fromkeys(part for part in typed if part))


def ask_language(form: str) -> None:
    """Ask for the language of texts and sound; keep a draft's unlisted one."""
    code = draft_in(form).language
    languages = {**LANGUAGES, code: LANGUAGES.get(code, code)}
    help = "Of the title, the description and the sound."
    select("Language", languages, key(form, "language"), help=help)


def counter(used: int, limit: int, unit: str) -> None:
    """Show a text's length, in red if it exceeds the limit."""
    text = f"{used} / {limit} {unit}"
    st.caption(text if used <= limit else f":red[**{text}**]")
