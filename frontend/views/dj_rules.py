"""DJ rules: what the DJ may do in every mix to come, for who runs this Segue."""

from __future__ import annotations

import streamlit as st
from pydantic import ValidationError

from backend.app.contract.dj import DjRules, DjRulesView
from frontend import session, words
from frontend.api_client import ApiError
from frontend.forms.rules import ask_rules
from frontend.problems import show

#: The rules as they were when this person began to look at them.
SEEN = session.Key[DjRulesView]("rules_seen")
SAVED = session.Key[int]("rules_saved")


def view() -> None:
    """The page from top to bottom."""
    st.title("DJ rules", anchor=False)
    current = session.api().dj_rules()
    seen = SEEN.get() or current
    SEEN.put(seen)
    standing(seen)
    if current.version != seen.version:
        overtaken(current)
    rules = rules_asked(seen)
    with st.container(horizontal=True, vertical_alignment="center", key="rules_bar"):
        pressed = st.button(
            "Put in force",
            type="primary",
            icon=":material/gavel:",
            disabled=rules is None or rules == seen.rules,
            key="save_rules",
        )
        st.caption("For all mixes that start from now on. Mixes under way keep theirs.")
    if pressed and rules is not None:
        put_in_force(rules, seen)


def standing(seen: DjRulesView) -> None:
    """Which rules these are, and since when."""
    if seen.updated_at is None:
        st.caption("Version 0: the rules that Segue comes with.")
    else:
        since = words.day_and_time(seen.updated_at, st.context.timezone)
        st.caption(f"Version {seen.version}, in force since {since}.")
    if SAVED.get() == seen.version:
        st.success(f"Version {seen.version} is in force.", icon=":material/check_circle:")


def overtaken(current: DjRulesView) -> None:
    """Somebody else was faster."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="overtaken"):
        st.markdown(
            f":material/sync_problem: Somebody else put version {current.version} in force "
            "meanwhile. Load it, then make your changes again.",
            width="stretch",
        )
        st.button("Load the newest", on_click=SEEN.drop)


def rules_asked(seen: DjRulesView) -> DjRules | None:
    """The rules as the form has them; None, with the reason shown, where they make no sense."""
    try:
        return ask_rules(seen.rules, f"rules {seen.version}")
    except ValidationError as problem:
        said = "; ".join(str(error["msg"]) for error in problem.errors())
        show(ApiError("invalid", "These rules cannot be put in force.", said))
        return None


def put_in_force(rules: DjRules, seen: DjRulesView) -> None:
    """Ask for it; the page then shows what is in force."""
    try:
        saved = session.api().change_dj_rules(rules, seen.version)
    except ApiError as problem:
        if problem.code == "not_signed_in":
            raise
        show(problem)
        return
    SEEN.put(saved)
    SAVED.put(saved.version)
    st.rerun()


view()
