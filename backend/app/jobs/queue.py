"""The port to the rows: who may run which job, and what the runner writes about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .states import Failure, FinishedStep
from .workspace import WrittenFile

WORK = "work"
"""The lane of jobs that keep this machine busy."""

NET = "net"
"""The lane of jobs that mostly wait for others' machines, and run beside the work.

What one of them renders, the film of a mix that has none, it renders with one worker."""


class LeaseLost(Exception):
    """The job is no longer ours: its lease ran out and somebody else has it, or it was ended."""


class Standing(StrEnum):
    """How a claimed job stands with its supervisor."""

    OURS = "ours"
    CANCELLED = "cancelled"  # ours, and its owner wants it ended
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a job until the lease ends. ``owner`` and ``attempt`` fence every write."""

    job_id: str
    kind: str
    inputs: str
    work_s: float
    attempt: int
    owner: str
    finished: tuple[FinishedStep, ...]


@dataclass(frozen=True, slots=True)
class ExpectedStep:
    """A step of an attempt and the seconds it should take; ``kept`` ones are done already."""

    name: str
    cost_s: float
    kept: bool


class JobQueue(Protocol):
    """Jobs that wait, and the claims on those that run.

    Claims are atomic: however many processes ask, a job is given to one of them. Leases are kept by
    the database's clock. Users take turns: the next job is that of the user with the fewest running
    jobs in the lane, then of the one served longest ago, then the oldest.

    Every method may be called from any thread, and is one transaction. All may raise ``StoreBusy``
    or ``StorageFull``, and nothing has changed then; those that take a claim and write raise
    :class:`LeaseLost` where the claim no longer holds, and change nothing either.
    """

    def claim(self, owner: str, lease_s: float, lane: str = WORK) -> Claim | None:
        """Take the next job of a lane, one whose lease ran out included; None if there is none.

        A job that is to wait for another one, or for a moment, is not handed out before.
        A job that was to be cancelled, or has died too often, is ended instead of handed out.
        """

    def standing(self, claim: Claim) -> Standing:
        """Whether the job is still ours and wanted; writes nothing, raises no ``LeaseLost``."""

    def beat(self, claim: Claim, lease_s: float) -> None:
        """Make the lease last for another ``lease_s`` seconds."""

    def speeds(self, kind: str) -> Mapping[str, float]:
        """Of each step of this kind: measured seconds for a second of input audio."""

    def planned(self, claim: Claim, steps: Sequence[ExpectedStep]) -> None:
        """Write down the attempt's steps; files of steps that are not kept are forgotten."""

    def step_started(self, claim: Claim, step: str) -> None:
        """The step runs."""

    def progressed(
        self, claim: Claim, step: str, fraction: float, detail: str | None = None
    ) -> None:
        """The step is at ``fraction`` of its way; it never goes back.

        ``detail`` says in words what it is at; None leaves the words that stand.
        """

    def noted(self, claim: Claim, text: str) -> None:
        """Put a sentence on the job, once."""

    def step_finished(
        self, claim: Claim, step: str, files: Sequence[WrittenFile], seconds: float, pace: str = ""
    ) -> None:
        """The step is through: from now on it is not run again while its files stand.

        Its speed is remembered for its pace.
        """

    def succeeded(self, claim: Claim) -> None:
        """The job is through."""

    def failed(self, claim: Claim, failure: Failure) -> None:
        """The job ends because a step cannot go on."""

    def paused(self, claim: Claim, until_s: float, why: str) -> None:
        """Hand the job back; it is not tried before ``until_s``, in seconds since 1970."""

    def crashed(self, claim: Claim, failure: Failure) -> None:
        """The attempt died: the job waits for another, or ends with ``failure`` at the last."""

    def cancelled(self, claim: Claim) -> None:
        """The job ends because its owner wants it to."""

    def released(self, claim: Claim) -> None:
        """Hand the job back as if this attempt had not been; what is finished stays finished."""

    def owners(self) -> frozenset[str]:
        """The owners of all claims."""

    def disown(self, owner: str) -> None:
        """End the leases of ``owner``, which is known to be dead."""
