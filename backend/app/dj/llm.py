"""A language model as a strategist: it may propose, and whatever it does fails no job.

A set is asked about in batches, side by side, within one limit of wall-clock time. The asking is
done by daemon threads: one that a server keeps waiting is left behind, its connection closed.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..contract.dj import DjRules
from ..llm.access import BROKEN, LlmAccess
from ..llm.failure import LlmFailed
from .llm_answer import Usable, usable
from .llm_data import AskedPair, asked_pairs
from .llm_prompt import question_about
from .strategy import Pair, Proposals

if TYPE_CHECKING:
    from ..llm.line import Line

log = logging.getLogger(__name__)

PAIRS_A_QUESTION = 12
"""A proposal is some 90 tokens, and models write 50 to 150 a second: twelve take 7 to 20 s."""

QUESTIONS_AT_ONCE = 6
REASONS_NOTED = 3


@dataclass(frozen=True, slots=True)
class LlmStrategist:
    """Asks a model about joins."""

    access: LlmAccess

    def propose(self, pairs: Sequence[Pair], rules: DjRules) -> Proposals:
        """What the model proposes in time; each other pair has its reason."""
        began = time.monotonic()
        heard = Usable()
        try:
            line = self.access.line()
        except LlmFailed as failed:
            heard = Usable(reasons=dict.fromkeys(range(len(pairs)), failed.words))
        else:
            for news in _answers(line, asked_pairs(pairs, rules), rules):
                heard = heard.joined_by(news)
        log.info(
            "a language model proposed %d of %d joins in %.1f s",
            len(heard.strategies),
            len(pairs),
            time.monotonic() - began,
        )
        return Proposals(heard.strategies, heard.reasons, heard.notes + _stand_ins(heard))


def _answers(line: Line, asked: Sequence[AskedPair], rules: DjRules) -> Iterator[Usable]:
    """What comes back, as it comes, for as long as there is time; then the line is closed."""
    batches: queue.SimpleQueue[Sequence[AskedPair]] = queue.SimpleQueue()
    for start in range(0, len(asked), PAIRS_A_QUESTION):
        batches.put(asked[start : start + PAIRS_A_QUESTION])
    news: queue.SimpleQueue[Usable | None] = queue.SimpleQueue()
    askers = min(batches.qsize(), QUESTIONS_AT_ONCE)
    # Until something is heard of a pair
    yield _none_of(asked, line.too_late.words)
    try:
        for _ in range(askers):
            work = (line, batches, rules, news)
            threading.Thread(target=_ask_all, args=work, name="llm", daemon=True).start()
        while askers and (left_s := line.left_s) > 0.0:
            with suppress(queue.Empty):
                heard = news.get(timeout=left_s)
                if heard:
                    yield heard
                else:
                    askers -= 1
    finally:
        line.close()


def _ask_all(
    line: Line,
    batches: queue.SimpleQueue[Sequence[AskedPair]],
    rules: DjRules,
    news: queue.SimpleQueue[Usable | None],
) -> None:
    """Ask about batch after batch; None at the end."""
    batch: Sequence[AskedPair] = ()
    try:
        while True:
            batch = batches.get_nowait()
            for heard in _conversation(line, batch, rules):
                news.put(heard)
    except queue.Empty:
        batch = ()
    finally:
        # What is left here was ended by a mistake of ours: the thread shows it, the job goes on
        news.put(_none_of(batch, BROKEN))
        news.put(None)


def _conversation(line: Line, batch: Sequence[AskedPair], rules: DjRules) -> Iterator[Usable]:
    """What holds of the answer about a batch, and of a second one about what did not hold."""
    try:
        heard = usable(line.ask(question_about(batch, rules)), batch, rules)
    except LlmFailed as failed:
        yield _none_of(batch, failed.words)
        return
    yield heard
    left = [pair for pair in batch if pair.index in heard.reasons]
    if left:
        # Where no second answer comes, what was wrong with the first is the better reason
        with suppress(LlmFailed):
            again = line.ask(question_about(left, rules, _complaint(left, heard)))
            yield usable(again, left, rules)


def _none_of(pairs: Sequence[AskedPair], why: str) -> Usable:
    return Usable(reasons={pair.index: why for pair in pairs})


def _complaint(pairs: Sequence[AskedPair], heard: Usable) -> str:
    """What was wrong with the proposals for these pairs."""
    faults = (f"{pair.outgoing} to {pair.incoming}: {heard.reasons[pair.index]}" for pair in pairs)
    return "; ".join(faults)


def _stand_ins(heard: Usable) -> tuple[str, ...]:
    """How often, and why, the rules decide in the model's place."""
    count = len(heard.reasons) + len(heard.strategies)
    reasons = Counter(heard.reasons.values()).most_common()
    notes = [
        f"The rules decide {times} of {count} joins: {why}."
        for why, times in reasons[:REASONS_NOTED]
    ]
    if rest := sum(times for _, times in reasons[REASONS_NOTED:]):
        notes.append(f"The rules decide {rest} more, each for a reason of its own.")
    return tuple(notes)
