"""Words for a video, written from the mix: by a template that can be changed, or by a model."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView
from backend.app.contract.publishing import DescriptionOptions, TemplateView, WordsView
from frontend import draft, publishing, session
from frontend.api_client import ApiError
from frontend.problems import escaped, show
from frontend.publish_words import NO_HASHTAGS, NO_INTRO, WRITERS
from frontend.publishing import draft_in, key

LINES_SHOWN = 9
#: What has chapters, and so words that can be written round them.
WITH_WORDS = ("mixtape", "mashup")
#: Words that wait to be put into the fields of a form: only possible before those are drawn.
WRITTEN = session.Key[dict[str, WordsView]]("publish_written")
#: What a writer had to say about its words.
NOTES = session.Key[dict[str, list[str]]]("publish_notes")
TEMPLATE = session.Key[TemplateView]("words_template")


def take_up(form: str) -> None:
    """Put words that were written into the fields."""
    waiting = WRITTEN.get() or {}
    words = waiting.get(form)
    if words is None:
        return
    WRITTEN.put({name: one for name, one in waiting.items() if name != form})
    NOTES.put({**(NOTES.get() or {}), form: words.notes})
    draft = draft_in(form)
    fresh = {"description": words.description, "tags": words.tags}
    if words.written_by == "llm" or not draft.title.strip():
        fresh["title"] = words.title
    publishing.fill(form, draft.model_copy(update=fresh))


def write_words(job: JobView) -> None:
    """A way to have the words written anew."""
    box = st.expander(
        "Write the words",
        icon=":material/edit_note:",
        key=key(job.id, "writing"),
        on_change="rerun",
    )
    with box:
        if not box.open:  # what is not looked at is not asked for
            return
        writer = st.segmented_control(
            "Written",
            list(WRITERS),
            default="template",
            required=True,
            format_func=WRITERS.__getitem__,
            key=key(job.id, "writer"),
            label_visibility="collapsed",
            persist_state="session",
        )
        if writer == "llm":
            by_model(job)
        else:
            by_template(job)


def tell_notes(form: str) -> None:
    """What the writer of the words had to say about them."""
    for note in (NOTES.get() or {}).get(form, []):
        st.markdown(f":material/info: {escaped(note)}")


def by_model(job: JobView) -> None:
    """A language model writes round what the mix tells."""
    st.caption(
        "It writes a title, an opening, hashtags and tags, in the language chosen here. "
        "Tracks, times and credits always come from the mix itself. "
        "What it writes takes the place of what stands in the fields."
    )
    options = publishing.words_asked_for(job).model_copy(
        update={"writer": "llm", "language": draft_in(job.id).language}
    )
    if st.button("Write them", icon=":material/edit_note:", key="write_by_model"):
        with st.spinner("Writing…"):
            words = session.api().words(job.id, options)
        if words.written_by == "llm":
            put(job, words)
        else:
            tell_stand_in(words)


def tell_stand_in(words: WordsView) -> None:
    """A model that wrote nothing takes nobody's words away."""
    st.warning(
        "  \n".join(map(escaped, words.notes))
        + "\n\nThe fields are as they were; the template's words are under “From a template”. "
        "A language model is set up with `OPENAI_API_KEY` by whoever runs this server.",
        icon=":material/warning:",
    )


def by_template(job: JobView) -> None:
    """An introduction, hashtags, and the template they go into; what comes of it is shown."""
    mine = publishing.words_asked_for(job)
    intro = st.text_area(
        "Introduction",
        value=mine.intro,
        key=key(job.id, "intro"),
        height=90,
        max_chars=2000,
        placeholder=NO_INTRO,
        persist_state="session",
    )
    tags = st.text_input(
        "Hashtags",
        value=" ".join(f"#{tag}" for tag in mine.hashtags),
        key=key(job.id, "hashtags"),
        placeholder=f"Left empty: {NO_HASHTAGS[job.kind]}",
        persist_state="session",
    )
    template = ask_template(job, mine)
    options = DescriptionOptions(
        intro=intro or "",
        hashtags=draft.hashtags(tags or ""),
        template=template,
        language=draft_in(job.id).language,
    )
    try:
        words = session.api().words(job.id, options)
    except ApiError as problem:
        return show(problem)
    st.caption("This is what comes of it:")
    long = words.description.count("\n") > LINES_SHOWN
    st.code(words.description, language=None, wrap_lines=True, height=228 if long else "content")
    for note in words.notes:
        st.markdown(f":material/info: {escaped(note)}")
    st.caption(
        "They take the place of the description and the tags, and of the title where it is empty."
    )
    if st.button("Use these words", icon=":material/check:", key="use_words"):
        put(job, words)
    return None


def ask_template(job: JobView, mine: DescriptionOptions) -> str | None:
    """The template, to be changed; None is the house's own."""
    known = house_template()
    house = known.template
    with st.expander("Change the template", icon=":material/code:", type="compact"):
        st.caption(
            "What stands in double braces is put in from the mix; the rest is printed as it is. "
            "These can be put in:"
        )
        with st.container(key="template_names", gap=None):
            for name in known.names:
                fields = ", ".join(f"`{field}`" for field in name.fields)
                each = f" Each has {fields}." if fields else ""
                means = escaped(name.meaning.removesuffix("."))
                st.markdown(f"`{name.name}` — {means}.{each}")
        text = st.text_area(
            "Template",
            value=mine.template or house,
            key=key(job.id, "template"),
            height=258,  # eleven whole lines
            max_chars=10_000,
            persist_state="session",
        )
    return None if (text or "").strip() in ("", house.strip()) else text


def house_template() -> TemplateView:
    """The template of this Segue, asked for once."""
    held = TEMPLATE.get()
    if held is None:
        held = session.api().words_template()
        TEMPLATE.put(held)
    return held


def put(job: JobView, words: WordsView) -> None:
    """Let the fields have these words, from the next run on."""
    WRITTEN.put({**(WRITTEN.get() or {}), job.id: words})
    st.rerun()
