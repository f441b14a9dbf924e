"""Job queue interface: claims, leases and fenced writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .cache_uses import CacheUse
from .states import Failure, FinishedStep
from .workspace import WrittenFile

#: Lane for jobs that use this machine's processors for minutes: mixes, stems, films.
WORK = "work"
#: Lane for jobs of a few seconds for which a user waits: previews.
INTERACTIVE = "interactive"
#: Lane for analyses. A user waits for them, too, but those of large crates take minutes.
ANALYSIS = "analysis"
#: Lane for jobs that separate stems on a GPU; it has jobs only while a worker with a GPU is alive.
GPU = "gpu"
#: Lane for jobs that mostly wait for other servers, beside the work lane. If such a job must render
#: (the film of a mix without one), it uses one worker.
NET = "net"

LANES = (INTERACTIVE, ANALYSIS, WORK, GPU, NET)


class LeaseLost(Exception):
    """The claim is void: its lease ran out, or the job was ended."""


class ClaimState(StrEnum):
    """Whether a claim is still valid, and whether its job is cancelled."""

    OURS = "ours"
    CANCELLED = "cancelled"  # the claim is valid, but the user has cancelled the job
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a job until the lease ends.

    ``owner`` and ``attempt`` are checked before every write (the fence).
    """

    job_id: str
    kind: str
    inputs: str
    work_s: float
    attempt: int
    owner: str
    finished: tuple[FinishedStep, ...]


@dataclass(frozen=True, slots=True)
class ExpectedStep:
    """A step of an attempt, with its expected seconds; ``kept`` steps are already done."""

    name: str
    cost_s: float
    kept: bool


class JobQueue(Protocol):
    """Interface to waiting jobs, and to claims on running ones.

    Claims are atomic: of several processes, exactly one gets a job. Leases use the database's
    clock. Users take turns: the next job is that of the user with the fewest running jobs in the
    lane, then of the user whose last job started longest ago, then the oldest job.

    Every method is one transaction and may be called from any thread. All may raise ``StoreBusy``
    or ``StorageFull``; those that write under a claim raise :class:`LeaseLost` if the claim is
    void. After an error nothing has changed.
    """

    def claim(
        self, owner: str, lease_s: float, lane: str = WORK, per_user: int | None = None
    ) -> Claim | None:
        """Claim the next job of a lane, or one whose lease ran out; None if there is none.

        Jobs that wait for another job or for a point in time are skipped, and so are those of users
        of whom ``owner`` already runs ``per_user`` jobs of the lane. Jobs that were cancelled or
        crashed too often are ended instead.
        """

    def waiting(self, lane: str, limit: int) -> Sequence[str]:
        """Return the ids of at most ``limit`` jobs of a lane that can be claimed now."""

    def claim_state(self, claim: Claim) -> ClaimState:
        """Return whether the claim is valid and whether to cancel; never raises ``LeaseLost``."""

    def beat(self, claim: Claim, lease_s: float) -> None:
        """Renew the lease for another ``lease_s`` seconds."""

    def speeds(self, kind: str) -> Mapping[str, float]:
        """Return each step's measured seconds per second of input audio."""

    def planned(self, claim: Claim, steps: Sequence[ExpectedStep]) -> None:
        """Store the attempt's steps; delete the records of files that will be made again."""

    def step_started(self, claim: Claim, step: str) -> None:
        """Mark a step as running."""

    def progressed(
        self, claim: Claim, step: str, fraction: float, detail: str | None = None
    ) -> None:
        """Raise a step's progress to ``fraction``; never lower it.

        ``detail`` describes the current work; None keeps the present text.
        """

    def noted(self, claim: Claim, text: str) -> None:
        """Add a note to the job, unless it has it already."""

    def retitled(self, claim: Claim, title: str) -> None:
        """Replace the job's title."""

    def step_finished(
        self,
        claim: Claim,
        step: str,
        files: Sequence[WrittenFile],
        seconds: float,
        pace: str = "",
        share: float = 1.0,
        caches: Sequence[CacheUse] = (),
    ) -> None:
        """Store a finished step with its files, and its speed under ``pace``.

        The speed is stored for a plain job, of which this one had to do a ``share``. The step does
        not run again while its files are intact. ``caches`` is added to the counts of all jobs.
        """

    def succeeded(self, claim: Claim) -> None:
        """End the job as succeeded."""

    def failed(self, claim: Claim, failure: Failure) -> None:
        """End the job as failed."""

    def paused(self, claim: Claim, until_s: float, why: str) -> None:
        """Requeue the job, to be claimed no earlier than ``until_s`` (Unix time)."""

    def crashed(self, claim: Claim, failure: Failure) -> None:
        """Put the job back into the queue after a crash; after too many crashes, fail it."""

    def cancelled(self, claim: Claim) -> None:
        """End the job as cancelled."""

    def released(self, claim: Claim) -> None:
        """Requeue the job without counting this attempt; finished steps are kept."""

    def owners(self) -> frozenset[str]:
        """Return the owners of all claims."""

    def expire_leases(self, owner: str) -> None:
        """Expire the leases of ``owner``, a process that has ended."""
