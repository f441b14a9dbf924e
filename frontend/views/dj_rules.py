"""DJ rules page: the admin's settings for all mixes."""

from __future__ import annotations

import streamlit as st
from pydantic import ValidationError

from backend.app.contract.dj import DjRules, DjRulesView
from frontend.api.errors import ApiError, attempt
from frontend.error_messages import show_error
from frontend.labels import figures
from frontend.sections.dj_rules.rule_weights import rule_weights
from frontend.sections.dj_rules.rules_form import ask_rules
from frontend.state import session

#: The rules that the form shows, with their version number.
SHOWN = session.Key[DjRulesView]("rules_shown")
SAVED = session.Key[int]("rules_saved")


def view() -> None:
    """Draw the page of the DJ rules."""
    st.title("DJ rules", anchor=False)
    current = session.api().dj_rules()
    shown = SHOWN.get_or(lambda: current)
    show_version(shown)
    if current.version != shown.version:
        warn_of_newer_version(current)
    rules = ask(shown)
    with st.container(horizontal=True, vertical_alignment="center", key="rules_bar"):
        pressed = st.button(
            "Save rules",
            type="primary",
            icon=":material/gavel:",
            disabled=rules is None or rules == shown.rules,
            key="save_rules",
        )
        st.caption("For all mixes that start from now on; running mixes keep the earlier rules.")
    if pressed and rules is not None:
        save(rules, shown)
    rule_weights(show_saved)


def show_version(shown: DjRulesView) -> None:
    """Show the version of the rules, and since when it applies."""
    if shown.updated_at is None:
        st.caption("Version 0: Segue's defaults.")
    else:
        since = figures.day_and_time(shown.updated_at, st.context.timezone)
        st.caption(f"Version {shown.version}, saved {since}.")
    if SAVED.get() == shown.version:
        st.success(f"Version {shown.version} is saved.", icon=":material/check_circle:")


def warn_of_newer_version(current: DjRulesView) -> None:
    """Warn if another admin has saved rules since the form was opened."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="newer"):
        st.markdown(
            f":material/sync_problem: Another admin saved version {current.version}. "
            "Load it, then make your changes again.",
            width="stretch",
        )
        st.button("Load the latest version", on_click=SHOWN.drop)


def ask(shown: DjRulesView) -> DjRules | None:
    """Read the rules from the form; if they are invalid, show why and return None."""
    try:
        return ask_rules(shown.rules, f"rules {shown.version}")
    except ValidationError as invalid:
        reasons = "; ".join(str(error["msg"]) for error in invalid.errors())
        show_error(ApiError("invalid", "These rules cannot be saved.", reasons))
        return None


def save(rules: DjRules, shown: DjRulesView) -> None:
    """Save the rules, and show the new version."""
    saved = attempt(lambda: session.api().change_dj_rules(rules, shown.version))
    if isinstance(saved, ApiError):
        show_error(saved)
    else:
        show_saved(saved)


def show_saved(saved: DjRulesView) -> None:
    """Show the form for the new version."""
    SHOWN.put(saved)
    SAVED.put(saved.version)
    st.rerun()


view()
