"""Export answers as CSV, for spreadsheets and notebooks."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TypeAlias

from ...contract.listening import AnsweredTrial, ListeningVersion

Cell: TypeAlias = str | int | float | None

_TRIAL = ("trial", "answered_at", "mix", "transition", "outgoing", "incoming")
_ANSWER = ("better", "because", "note")
_FIGURES = (
    "origin",
    "kind",
    "bars",
    "out_at_s",
    "in_at_s",
    "overlap_s",
    "pitch_semitones",
    "tempo_change_percent",
    "key_distance",
    "vocal_overlap_s",
    "loudness_step_lu",
    "gain_db",
    "lufs",
)
# A spreadsheet reads a cell that begins with one of these as a formula, also in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def answers_csv(answers: Sequence[AnsweredTrial]) -> str:
    """Write one row for each answer, with columns for the figures and penalties of A and of B.

    Rules that add no penalty to any version have no columns.
    """
    rules = sorted({rule for one in answers for rule in (*one.a.penalties, *one.b.penalties)})
    figures = [*_FIGURES, *(f"penalty_{rule}" for rule in rules)]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*_TRIAL, *_ANSWER, *(f"{side}_{name}" for side in "ab" for name in figures)])
    for one in answers:
        rows.writerow([*_trial(one), *_version(one.a, rules), *_version(one.b, rules)])
    return text.getvalue()


def _trial(one: AnsweredTrial) -> list[Cell]:
    return [
        one.id,
        one.answered_at.isoformat(timespec="seconds"),
        one.job_id,
        one.transition,
        _text(one.outgoing),
        _text(one.incoming),
        one.answer.better,
        " ".join(one.answer.because),
        _text(one.answer.note),
    ]


def _version(version: ListeningVersion, rules: Sequence[str]) -> list[Cell]:
    figures: list[Cell] = [getattr(version, name) for name in _FIGURES]
    return [*figures, *(version.penalties.get(rule, 0.0) for rule in rules)]


def _text(text: str) -> str:
    """Keep spreadsheets from reading a title or a note as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
