"""The weights of the scoring rules, fitted to the answers of listening trials."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from backend.app.contract.dj import DjRulesView
from backend.app.contract.listening import WeightFitView
from frontend.api.errors import ApiError, attempt
from frontend.error_messages import show_error
from frontend.labels import listening
from frontend.labels.figures import counted
from frontend.state import session

#: The fit that is shown. Fitting takes a second, too long for every change in the form.
FIT = session.Key[WeightFitView]("weight_fit")


def rule_weights(saved: Callable[[DjRulesView], None]) -> None:
    """Fit the weights when asked, show them, and offer to use or to undo them.

    ``saved`` is called with the new version of the rules.
    """
    st.subheader("Weights from listening", anchor=False)
    if st.button("Fit to the answers", icon=":material/hearing:", key="fit_weights"):
        FIT.put(session.api().rule_weights())
    fit = FIT.get()
    if fit is None:
        st.caption(
            "Answers in the listening room say which flaws matter. Fitted weights make a flaw "
            "count more or less when Segue chooses transitions."
        )
        return
    if not fit.n_answers and not fit.can_undo:
        st.caption("No answers yet. They come from the listening room.")
        return
    st.caption(summary(fit))
    with st.expander("Weights of the rules", icon=":material/balance:"):
        show_weights(fit)
    with st.container(horizontal=True, key="weights_bar"):
        if st.button("Use the fitted weights", disabled=not fit.usable, key="use_weights"):
            change(lambda: session.api().apply_rule_weights(fit), saved)
        if st.button("Undo the last change of weights", disabled=not fit.can_undo, key="undo"):
            change(lambda: session.api().undo_rule_weights(fit.rules.version), saved)


def summary(fit: WeightFitView) -> str:
    """Say how well the weights explain the answers."""
    if fit.n_answers < fit.least_answers:
        return f"{fit.n_answers} of at least {fit.least_answers} answers."
    explained = (
        f"{fit.n_answers} answers of {counted(fit.n_listeners, 'listener')}. Of {fit.n_decided} "
        f"with a preference, the current weights explain {fit.explained_before}, the fitted ones "
        f"{fit.explained_after}."
    )
    if fit.usable:
        return explained
    return f"{explained} That is not clearly better than now, or than by chance."


def show_weights(fit: WeightFitView) -> None:
    """Show the weight of each rule before and after."""
    st.table(
        [
            {
                "Rule": listening.rule(one.rule),
                "Now": f"{one.now:.2f}",
                "Fitted": f"{one.fitted:.2f}",
            }
            for one in fit.weights
        ]
    )


def change(press: Callable[[], DjRulesView], saved: Callable[[DjRulesView], None]) -> None:
    """Save changed weights, and show the new version."""
    done = attempt(press)
    if isinstance(done, ApiError):
        show_error(done)
    else:
        FIT.put(session.api().rule_weights())
        saved(done)
