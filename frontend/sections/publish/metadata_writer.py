"""Box in which a template or a language model writes a video's title, text and tags."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView
from backend.app.contract.publishing import DescriptionOptions, WordsView
from frontend.api.errors import ApiError
from frontend.error_messages import escaped, show_error
from frontend.labels.publish import NO_HASHTAGS, NO_INTRO, SEARCH_CHARS, WRITERS
from frontend.sections.publish.description_template import ask_template
from frontend.sections.publish.kept_lines import ask_kept_lines, ask_links_in_names
from frontend.sections.shared.form_fields import choose_one
from frontend.sections.shared.measurements import show_notes
from frontend.state import language_model, publish_draft, session
from frontend.state.mixtape_draft import hashtags
from frontend.state.publish_draft import draft_in, key

LINES_SHOWN = 9
#: Kinds of jobs whose results have chapters, round which the description is written.
WITH_CHAPTERS = ("mixtape", "mashup")
#: Metadata by form, waiting to be put into the fields before these are drawn.
WRITTEN = session.Key[WordsView]("publish_written")
#: Notes of the metadata writer, by form.
NOTES = session.Key[list[str]]("publish_notes")


def fill_in_written(form: str) -> None:
    """Put the written metadata into the form's fields."""
    written = WRITTEN.of(form).get()
    if written is None:
        return
    WRITTEN.of(form).drop()
    NOTES.of(form).put(written.notes)
    draft = draft_in(form)
    fields = {"description": written.description, "tags": written.tags}
    if written.written_by == "llm" or not draft.title.strip():
        fields["title"] = written.title
    publish_draft.fill(form, draft.model_copy(update=fields))


def write_metadata(job: JobView) -> None:
    """Offer to write the form's metadata again."""
    box = st.expander(
        "Rewrite title and description",
        icon=":material/edit_note:",
        key=key(job.id, "writing"),
        on_change="rerun",
    )
    with box:
        if not box.open:  # a closed box makes no calls to the API
            return
        writers = language_model.offered(WRITERS)
        writer = "template"
        if len(writers) > 1:
            writer = choose_one(
                "Written by", writers, key(job.id, "writer"), label_visibility="collapsed"
            )
        if writer == "llm":
            by_model(job)
        else:
            by_template(job)


def show_writer_notes(form: str) -> None:
    """Show the writer's notes about the metadata in the fields."""
    show_notes(NOTES.of(form).get() or [])


def by_model(job: JobView) -> None:
    """Have a language model write the form's metadata."""
    st.caption(
        "Writes title, introduction, hashtags and tags in the language chosen above. Tracks, "
        "times and credits always come from the mix. The result replaces the fields."
    )
    options = publish_draft.description_options(job).model_copy(
        update={"writer": "llm", "language": draft_in(job.id).language}
    )
    if st.button("Write", icon=":material/edit_note:", key="write_by_model"):
        with st.spinner("Writing…"):
            written = session.api().words(job.id, options)
        if written.written_by == "llm":
            use(job, written)
        else:
            warn_of_fallback(written)


def warn_of_fallback(written: WordsView) -> None:
    """Say why the language model wrote nothing, and that the fields are unchanged."""
    st.warning(
        "  \n".join(map(escaped, written.notes))
        + "\n\nThe fields are unchanged. “Template” writes without a language model. "
        "The server's admin sets a model up with `OPENAI_API_KEY`.",
        icon=":material/warning:",
    )


def by_template(job: JobView) -> None:
    """Ask for texts and a template, and preview the result."""
    options = publish_draft.description_options(job)
    intro, tags = ask_texts(job, options)
    with_links = key(job.id, "links_in_names")
    changed = DescriptionOptions(
        intro=intro,
        hashtags=hashtags(tags),
        template=ask_template(job, options),
        language=draft_in(job.id).language,
        links_in_names=st.session_state.get(with_links, options.links_in_names),
        lines=ask_kept_lines(job.id, options.lines),
    )
    try:
        written = session.api().words(job.id, changed)
    except ApiError as error:
        return show_error(error)
    ask_links_in_names(written.linked_names, with_links, default=options.links_in_names)
    show_result(written)
    if st.button("Use this text", icon=":material/check:", key="use_words"):
        use(job, written)
    return None


def ask_texts(job: JobView, options: DescriptionOptions) -> tuple[str, str]:
    """Ask for the introduction and the hashtags."""
    intro = st.text_area(
        "Introduction",
        value=options.intro,
        key=key(job.id, "intro"),
        height=90,
        max_chars=2000,
        placeholder=NO_INTRO,
        persist_state="session",
    )
    tags = st.text_input(
        "Hashtags",
        value=" ".join(f"#{tag}" for tag in options.hashtags),
        key=key(job.id, "hashtags"),
        placeholder=NO_HASHTAGS[job.kind],
        persist_state="session",
    )
    return intro or "", tags or ""


def show_result(written: WordsView) -> None:
    """Show the description, its beginning as a search shows it, and the notes."""
    st.caption("Result:")
    text = written.description
    long = text.count("\n") > LINES_SHOWN
    st.code(text, language=None, wrap_lines=True, height=218 if long else "content")
    beginning = " ".join(text.split())
    if len(beginning) > SEARCH_CHARS:
        st.caption(f"In a search: {escaped(beginning[:SEARCH_CHARS].rstrip())}…")
    show_notes(written.notes)
    st.caption("This replaces the description and the tags, and the title if it is empty.")


def use(job: JobView, written: WordsView) -> None:
    """Put the metadata into the form's fields at the page's next run."""
    WRITTEN.of(job.id).put(written)
    st.rerun()
