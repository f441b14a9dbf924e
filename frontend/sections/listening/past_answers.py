"""The list of past answers, and their export."""

from __future__ import annotations

import streamlit as st

from backend.app.contract.listening import AnsweredTrial
from frontend.error_messages import escaped
from frontend.labels import figures, listening
from frontend.state import session

#: How many pages of answers are shown.
PAGES = session.Key[int]("answer_pages")
CSV = session.Key[str]("answers_csv")


def past_answers() -> None:
    """List past answers, newest first."""
    st.subheader("Your answers", anchor=False)
    answers, more = load(PAGES.get() or 1)
    if not answers:
        st.caption("No answers yet. Press “Compare blind” beside a transition of a finished mix.")
        return
    with st.container(key="answers"):
        for one in answers:
            show_answer(one)
    if more:
        st.button("Show more", on_click=lambda: PAGES.put((PAGES.get() or 1) + 1))
    export()


def load(pages: int) -> tuple[list[AnsweredTrial], bool]:
    """Load the first pages of answers; True if there are more."""
    found, more = list[AnsweredTrial](), True
    while more and pages > 0:
        page = session.api().listening_answers(found[-1].id if found else None)
        found, more, pages = [*found, *page.answers], page.more, pages - 1
    return found, more


def show_answer(one: AnsweredTrial) -> None:
    """Show an answer in two lines."""
    when = figures.day_and_time(one.answered_at, st.context.timezone)
    names = f"{escaped(one.outgoing)} → {escaped(one.incoming)}"
    st.markdown(f"**{names}** · {when}  \n{listening.answer(one)}")


def export() -> None:
    """Offer all answers as CSV; they are only fetched when they are asked for."""
    text = CSV.get()
    if text is None:
        if st.button("Export as CSV", icon=":material/table:"):
            CSV.put(session.api().listening_csv())
            st.rerun()
        return
    st.download_button(
        "Download answers.csv", text, "answers.csv", "text/csv", icon=":material/download:"
    )
    CSV.drop()
