"""Answers as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from backend.app.services.listening.export import answers_csv
from tests.listening_data import answered


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_row_has_the_answer_and_both_versions() -> None:
    (row,) = rows_of(answers_csv([answered(1, "b", {"keys_agree": 1.4}, {"phrases_meet": 1.2})]))
    assert (row["trial"], row["mix"], row["better"]) == ("trial-1", "mix-1", "b")
    assert (row["because"], row["note"]) == ("beat key", "Clear.")
    assert (row["a_kind"], row["a_bars"], row["b_kind"], row["b_bars"]) == (
        "blend",
        "16",
        "echo",
        "2",
    )
    assert (row["a_penalty_keys_agree"], row["b_penalty_keys_agree"]) == ("1.4", "0.0")
    assert (row["a_penalty_phrases_meet"], row["b_penalty_phrases_meet"]) == ("0.0", "1.2")
    assert row["answered_at"] == "2026-11-21T04:01:00+00:00"


def test_every_answer_has_a_row() -> None:
    assert [row["trial"] for row in rows_of(answers_csv([answered(2), answered(1)]))] == [
        "trial-2",
        "trial-1",
    ]
    assert rows_of(answers_csv([])) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1+1"])
def test_titles_and_notes_are_no_formulas(text: str) -> None:
    answer = answered(1).answer.model_copy(update={"note": text})
    changes = {"outgoing": text, "incoming": text, "answer": answer}
    (row,) = rows_of(answers_csv([answered(1).model_copy(update=changes)]))
    assert {row["outgoing"], row["incoming"], row["note"]} == {f"'{text}"}


def test_other_titles_stay_as_they_are() -> None:
    trial = answered(1).model_copy(update={"outgoing": "1 = 1", "incoming": "Plain, with comma"})
    (row,) = rows_of(answers_csv([trial]))
    assert (row["outgoing"], row["incoming"]) == ("1 = 1", "Plain, with comma")
