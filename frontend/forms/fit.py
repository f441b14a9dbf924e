"""Who sings over whom: the fit of a crate's songs before anything is made of them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from backend.app.contract.analysis import TrackAnalysis
from backend.app.contract.mashups import MashupFits, PairFit, Vibe
from frontend import mashup_words, session
from frontend.api_client import ApiError
from frontend.components.fit_card import fit_card, other_fits
from frontend.mashup_words import Titles
from frontend.problems import escaped, show

#: Nobody is asked for: who fits best sings.
BEST = "best"


def ask_singer(
    crate_id: str, titles: Titles, vibe: Vibe, heard: Mapping[str, TrackAnalysis]
) -> str | None:
    """Show how well the songs fit; the singer who was chosen by hand, None for the best one."""
    try:
        fits = session.api().fits(crate_id, vibe, list(titles))
    except ApiError as problem:
        if problem.code == "not_signed_in":
            raise
        show(problem)
        return None
    singer = choose_singer(fits, titles)
    beatless = [one for one in titles if not heard[one].rhythm.beats_s]
    for warning in mashup_words.left_out(fits, titles, beatless):
        st.markdown(f":material/warning: {escaped(warning)}")
    show_fits(fits, mashup_words.best(fits, singer), titles)
    return singer


def choose_singer(fits: MashupFits, titles: Titles) -> str | None:
    """By fit, or by hand where there is more than one song."""
    if len(titles) < 2:
        return None
    best = mashup_words.best(fits, None)
    names = {BEST: f"Best fit: {titles.get(best.vocals, 'Untitled')}" if best else "Best fit"}
    chosen = st.segmented_control(
        "Who sings",
        [BEST, *titles],
        default=BEST,
        required=True,
        format_func=lambda one: names.get(one) or titles[one],
        key=f"singer_of_{' '.join(sorted(titles))}",
    )
    return None if chosen == BEST else chosen


def show_fits(fits: MashupFits, chosen: PairFit | None, titles: Titles) -> None:
    """The pair that it will be, and the others."""
    if chosen is None:
        st.caption("No pair of these songs can be told apart yet.")
        return
    fit_card(chosen, titles, measured_on=fits.measured_on)
    other_fits([fit for fit in fits.pairs if fit != chosen], titles)
