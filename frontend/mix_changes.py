"""What a person wants changed of a finished mix, and the request that makes it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from backend.app.contract.dj import PairChoice
from backend.app.contract.jobs import JobView, MixtapeRequest, TrackPick

from . import session


@dataclass(frozen=True, slots=True)
class Changes:
    """Wishes for single joins, in the order in which they were made."""

    choices: tuple[PairChoice, ...] = ()

    def with_choice(self, choice: PairChoice) -> Changes:
        """These wishes and one more, in the place of an earlier one for the same pair."""
        return replace(self, choices=(*self.without(choice).choices, choice))

    def without(self, choice: PairChoice) -> Changes:
        """These wishes but those for a pair."""
        rest = tuple(one for one in self.choices if _pair(one) != _pair(choice))
        return replace(self, choices=rest)

    def for_pair(self, outgoing: str, incoming: str) -> PairChoice | None:
        """The wish for a pair, if there is one."""
        wishes = (one for one in self.choices if _pair(one) == (outgoing, incoming))
        return next(wishes, None)

    def that_fit(self, track_ids: Sequence[str]) -> list[PairChoice]:
        """The wishes for tracks that follow each other in this order."""
        neighbours = set(pairwise(track_ids))
        return [one for one in self.choices if _pair(one) in neighbours]


def _pair(choice: PairChoice) -> tuple[str, str]:
    return choice.outgoing, choice.incoming


CHANGES = session.Key[dict[str, Changes]]("mix_changes")


def changes_to(job_id: str) -> Changes:
    """What is wanted of this mix so far."""
    return (CHANGES.get() or {}).get(job_id, Changes())


def keep(job_id: str, changes: Changes) -> None:
    """Keep what is wanted of this mix."""
    CHANGES.put({**(CHANGES.get() or {}), job_id: changes})


def joins_kept(before: Sequence[str], after: Sequence[str], changed: Sequence[PairChoice]) -> int:
    """How many joins of the new order are those of the old one, unchanged."""
    touched = {_pair(choice) for choice in changed}
    return len((set(pairwise(before)) & set(pairwise(after))) - touched)


def changed_request(
    job: JobView, before: Sequence[str], tracks: Sequence[TrackPick], changes: Changes
) -> MixtapeRequest:
    """The mix again, in this order and with these wishes; all else is kept where it can be.

    A mix of other tracks cannot go on from this one: it is planned anew. What is made again does
    not go online again by itself.
    """
    if not isinstance(job.request, MixtapeRequest):
        raise TypeError("only a mixtape can be made again")
    ids = [pick.track_id for pick in tracks]
    like_a_dj = job.request.transitions == "dj"
    same_tracks = sorted(ids) == sorted(before)
    return job.request.model_copy(
        update={
            "tracks": list(tracks),
            "order": "given",
            "energy_arc": None,
            "locks": [],
            "overrides": changes.that_fit(ids) if like_a_dj else [],
            "based_on": job.id if like_a_dj and same_tracks else None,
            "publish": None,
        }
    )
