"""A video's words: title, description, tags and their language, counted as YouTube counts."""

from __future__ import annotations

import streamlit as st

from frontend.forms.fault_places import FaultPlaces
from frontend.publish_words import (
    DESCRIPTION_BYTES,
    LANGUAGES,
    OWN_TAGS_CHARS,
    TITLE_CHARS,
    tags_length,
)
from frontend.publishing import draft_in, key

#: A pause in typing after which the counters and the preview follow.
PAUSE = "400ms"
MOST_TAGS = 100


def ask_video_words(form: str, places: FaultPlaces, *, is_ready: bool) -> None:
    """The fields, each with its counter and with what YouTube would refuse of it."""
    st.subheader("Words", anchor=False)
    with st.container(gap="xsmall", key="field_title"):
        ask_title(form)
        places.below("title")
    with st.container(gap="xsmall", key="field_description"):
        ask_description(form, is_ready=is_ready)
        places.below("description")
    with st.container(gap="xsmall", key="field_tags"):
        ask_tags(form)
        places.below("tags")
    ask_language(form)


def ask_title(form: str) -> None:
    """One line, counted while it is typed."""
    title = st.text_input(
        "Title",
        key=key(form, "title"),
        placeholder="As the mix",
        live=PAUSE,
        persist_state="session",
    )
    counter(len(title or ""), TITLE_CHARS, "characters")


def ask_description(form: str, *, is_ready: bool) -> None:
    """The long text; what is left empty is written from the mix."""
    soon = "" if is_ready else " as soon as that is ready"
    text = st.text_area(
        "Description",
        key=key(form, "description"),
        height=316,  # fourteen whole lines
        placeholder=f"Left empty, Segue writes it from the mix{soon}, with its chapters.",
        persist_state="session",
    )
    counter(len((text or "").encode()), DESCRIPTION_BYTES, "bytes")


def ask_tags(form: str) -> None:
    """Words by which a video may be found; a comma or Enter ends one."""
    st.multiselect(
        "Tags",
        [],
        key=key(form, "tags"),
        accept_new_options=True,
        max_selections=MOST_TAGS,
        placeholder="Left empty, those of the mix",
        on_change=part_at_commas,
        args=(form,),
        persist_state="session",
    )
    counter(tags_length(draft_in(form).tags), OWN_TAGS_CHARS, "characters, with commas and quotes")


def part_at_commas(form: str) -> None:
    """Make a tag of each part of what was typed with commas."""
    typed = [part.strip() for tag in st.session_state[key(form, "tags")] for part in tag.split(",")]
    st.session_state[key(form, "tags")] = list(dict.fromkeys(part for part in typed if part))


def ask_language(form: str) -> None:
    """The language of title, description and sound."""
    st.selectbox(
        "Language",
        languages(draft_in(form).language),
        format_func=lambda code: LANGUAGES.get(code, code),
        key=key(form, "language"),
        help="Of the title, the description and the sound.",
        persist_state="session",
    )


def languages(held: str) -> list[str]:
    """Those to choose from; another one that a mix came with is among them."""
    return list(dict.fromkeys([*LANGUAGES, held]))


def counter(used: int, most: int, of_what: str) -> None:
    """How much of the room is taken."""
    said = f"{used} / {most} {of_what}"
    st.caption(said if used <= most else f":red[**{said}**]")
