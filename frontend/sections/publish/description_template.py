"""Fields for a description template, and the templates that a user keeps."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.jobs import JobView
from backend.app.contract.publishing import DescriptionOptions
from frontend.error_messages import escaped
from frontend.sections.publish.kept_lines import save
from frontend.sections.shared.form_fields import select
from frontend.state import kept_description, language_model
from frontend.state.kept_description import MAX_TEMPLATES
from frontend.state.publish_draft import key

DEFAULT_NAME = "Segue's template"


def choose_kept_template(key: str) -> str | None:
    """Ask for one of the kept templates, if there are any; None means the server's."""
    templates = {one.name: one.template for one in kept_description.kept().templates}
    if not templates:
        return None
    names = {"": DEFAULT_NAME, **{name: escaped(name) for name in templates}}
    if st.session_state.get(key) not in names:
        st.session_state.pop(key, None)
    return templates.get(select("Template", names, key))


def ask_template(job: JobView, options: DescriptionOptions) -> str | None:
    """Ask for a description template; None means the server's."""
    default = language_model.template().template
    field = key(job.id, "template")
    with st.expander("Change the template", icon=":material/code:", type="compact"):
        explain_names()
        offer_kept(job, field, default)
        text = st.text_area(
            "Template",
            value=options.template or default,
            key=field,
            height=258,  # eleven whole lines
            max_chars=10_000,
            persist_state="session",
        )
        keep(job, text or "", default)
    return None if (text or "").strip() in ("", default.strip()) else text


def explain_names() -> None:
    """List the names that a template may use."""
    st.caption("Names in double braces are filled in from the mix. You can use:")
    with st.container(key="template_names", gap=None):
        for name in language_model.template().names:
            fields = ", ".join(f"`{field}`" for field in name.fields)
            each = f" Each has {fields}." if fields else ""
            meaning = escaped(name.meaning.removesuffix("."))
            st.markdown(f"`{name.name}` — {meaning}.{each}")


def offer_kept(job: JobView, field: str, default: str) -> None:
    """Put one of the kept templates, or the server's, into the field."""
    templates = {one.name: one.template for one in kept_description.kept().templates}
    if not templates:
        return
    with st.container(horizontal=True, key=f"kept_templates_{job.id}"):
        for name, text in {DEFAULT_NAME: default, **templates}.items():
            st.button(
                escaped(name),
                key=f"use_template_{name}_{job.id}",
                type="tertiary",
                icon=":material/description:",
                on_click=lambda text=text: st.session_state.__setitem__(field, text),
            )


def keep(job: JobView, text: str, default: str) -> None:
    """Keep the template under a name, or remove one that is kept."""
    kept = kept_description.kept().templates
    same = next((one.name for one in kept if one.template == text), None)
    if same is not None:
        if st.button(f"Remove “{escaped(same)}”", type="tertiary", key=f"remove_{job.id}"):
            save(lambda: kept_description.remove_template(same))
        return
    if text.strip() in ("", default.strip()):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Keep it for the next mix as", key=f"template_name_{job.id}", max_chars=60
        )
        names = {one.name.casefold() for one in kept}
        typed = (name or "").strip()
        is_full = len(kept) >= MAX_TEMPLATES and typed.casefold() not in names
        pressed = st.button(
            "Keep template",
            icon=":material/push_pin:",
            disabled=not typed or is_full,
            key=f"keep_template_{job.id}",
        )
    if is_full and typed:
        st.caption(f"You keep {MAX_TEMPLATES} templates. Remove one, or replace it by its name.")
    if pressed:
        save(lambda: kept_description.keep_template(typed, text))
