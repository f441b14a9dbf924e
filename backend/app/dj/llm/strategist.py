"""A strategist that asks a language model for joins; its errors never fail a job.

It asks about a set in batches, in parallel, within one time limit, from daemon threads. When the
time is over, it closes the connection and abandons threads that still wait.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...contract.dj import DjRules
from ...llm.access import UNEXPECTED_FAILURE, LlmAccess
from ...llm.failure import LlmFailed
from ..pair import Pair
from ..proposals import Proposals
from .answer import check_reply
from .prompt import build_question
from .set_data import PromptPair, prompt_pairs

if TYPE_CHECKING:
    from ...llm.connection import LlmConnection

log = logging.getLogger(__name__)

PAIRS_A_QUESTION = 12
"""Pairs per question: a proposal takes about 90 tokens, and models write 50 to 150 a second, so
twelve take 7 to 20 s."""

PARALLEL_QUESTIONS = 6
REASONS_NOTED = 3


@dataclass(frozen=True, slots=True)
class LlmStrategist:
    """Proposes the joins that a language model chooses."""

    access: LlmAccess

    def propose(self, pairs: Sequence[Pair], rules: DjRules) -> Proposals:
        """Ask the model about each pair; pairs without a valid proposal get a reason."""
        began = time.monotonic()
        checked = Proposals()
        try:
            connection = self.access.connect()
        except LlmFailed as failed:
            checked = Proposals(reasons=dict.fromkeys(range(len(pairs)), failed.reason))
        else:
            for answer in _answers(connection, prompt_pairs(pairs, rules), rules):
                checked = checked.merged_with(answer)
        log.info(
            "a language model proposed %d of %d joins in %.1f s",
            len(checked.strategies),
            len(pairs),
            time.monotonic() - began,
        )
        return replace(checked, notes=checked.notes + _fallback_notes(checked))


def _answers(
    connection: LlmConnection, asked: Sequence[PromptPair], rules: DjRules
) -> Iterator[Proposals]:
    """Yield checked answers as they arrive; at the time limit, close the connection."""
    batches: queue.SimpleQueue[Sequence[PromptPair]] = queue.SimpleQueue()
    for start in range(0, len(asked), PAIRS_A_QUESTION):
        batches.put(asked[start : start + PAIRS_A_QUESTION])
    answers: queue.SimpleQueue[Proposals | None] = queue.SimpleQueue()
    running = min(batches.qsize(), PARALLEL_QUESTIONS)
    # Until an answer arrives, this is the reason for every pair.
    yield _none_of(asked, connection.too_late.reason)
    try:
        for _ in range(running):
            work = (connection, batches, rules, answers)
            threading.Thread(target=_ask_all, args=work, name="llm", daemon=True).start()
        while running and (left_s := connection.left_s) > 0.0:
            with suppress(queue.Empty):
                answer = answers.get(timeout=left_s)
                if answer:
                    yield answer
                else:
                    running -= 1
    finally:
        connection.close()


def _ask_all(
    connection: LlmConnection,
    batches: queue.SimpleQueue[Sequence[PromptPair]],
    rules: DjRules,
    answers: queue.SimpleQueue[Proposals | None],
) -> None:
    """Ask about one batch after another; put None at the end."""
    batch: Sequence[PromptPair] = ()
    try:
        while True:
            batch = batches.get_nowait()
            for answer in _conversation(connection, batch, rules):
                answers.put(answer)
    except queue.Empty:
        batch = ()
    finally:
        # A batch left over at this point means a bug: the thread shows it, and the job continues.
        answers.put(_none_of(batch, UNEXPECTED_FAILURE))
        answers.put(None)


def _conversation(
    connection: LlmConnection, batch: Sequence[PromptPair], rules: DjRules
) -> Iterator[Proposals]:
    """Ask about a batch, then once more about the pairs without a valid proposal."""
    try:
        first = check_reply(connection.ask(build_question(batch, rules)), batch, rules)
    except LlmFailed as failed:
        yield _none_of(batch, failed.reason)
        return
    yield first
    left = [pair for pair in batch if pair.index in first.reasons]
    if left:
        # If there is no second answer, the first one's fault is the better reason.
        with suppress(LlmFailed):
            again = connection.ask(build_question(left, rules, _complaint(left, first)))
            yield check_reply(again, left, rules)


def _none_of(pairs: Sequence[PromptPair], reason: str) -> Proposals:
    return Proposals(reasons={pair.index: reason for pair in pairs})


def _complaint(pairs: Sequence[PromptPair], checked: Proposals) -> str:
    """Say what was wrong with the proposals for these pairs."""
    faults = (
        f"{pair.outgoing} to {pair.incoming}: {checked.reasons[pair.index]}" for pair in pairs
    )
    return "; ".join(faults)


def _fallback_notes(checked: Proposals) -> tuple[str, ...]:
    """Say for how many joins the rules replace the model, and why."""
    count = len(checked.reasons) + len(checked.strategies)
    reasons = Counter(checked.reasons.values()).most_common()
    notes = [
        f"The rules chose {times} of {count} joins: {why}."
        for why, times in reasons[:REASONS_NOTED]
    ]
    if rest := sum(times for _, times in reasons[REASONS_NOTED:]):
        notes.append(f"The rules chose {rest} more, each for a different reason.")
    return tuple(notes)
