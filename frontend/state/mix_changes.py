"""A user's changes to a finished mix, and the request that renders them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from backend.app.contract.dj import PairChoice
from backend.app.contract.jobs import JobView, MixtapeRequest, TrackPick

from . import session


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes to single joins of a mix, oldest first.

    There is at most one for each pair of tracks.
    """

    choices: tuple[PairChoice, ...] = ()

    def with_choice(self, choice: PairChoice) -> Changes:
        """Add a change; it replaces an earlier change of the same pair."""
        return replace(self, choices=(*self.without(choice).choices, choice))

    def without(self, choice: PairChoice) -> Changes:
        """Remove the change of a pair of tracks."""
        rest = tuple(one for one in self.choices if _pair(one) != _pair(choice))
        return replace(self, choices=rest)

    def for_pair(self, outgoing: str, incoming: str) -> PairChoice | None:
        """Return the change of a pair of tracks, if there is one."""
        changes = (one for one in self.choices if _pair(one) == (outgoing, incoming))
        return next(changes, None)

    def for_order(self, track_ids: Sequence[str]) -> list[PairChoice]:
        """List the changes of tracks that are adjacent in this order."""
        pairs = set(pairwise(track_ids))
        return [one for one in self.choices if _pair(one) in pairs]


def _pair(choice: PairChoice) -> tuple[str, str]:
    return choice.outgoing, choice.incoming


#: Changes to each mix that have not been rendered yet.
CHANGES = session.Key[Changes]("mix_changes")


def changes_to(job_id: str) -> Changes:
    """Return the changes to a mix that have not been rendered yet."""
    return CHANGES.of(job_id).get() or Changes()


def unchanged_joins(
    base: Sequence[str], order: Sequence[str], changed: Sequence[PairChoice]
) -> int:
    """Count the joins of the base mix that the new order keeps."""
    changed_pairs = {_pair(choice) for choice in changed}
    return len((set(pairwise(base)) & set(pairwise(order))) - changed_pairs)


def rerender_request(
    job: JobView, base: Sequence[str], tracks: Sequence[TrackPick], changes: Changes
) -> MixtapeRequest:
    """Build the request for a mix with these tracks, this order and these changes.

    ``base`` lists the finished mix's track ids. If other tracks are requested, the mix is planned
    from scratch. The new mix is not published automatically, even if the old one was,
    and has no webhook of its own.
    """
    if not isinstance(job.request, MixtapeRequest):
        raise TypeError("only a mixtape can be rendered again")
    ids = [pick.track_id for pick in tracks]
    like_a_dj = job.request.transitions == "dj"
    same_tracks = sorted(ids) == sorted(base)
    return job.request.model_copy(
        update={
            "tracks": list(tracks),
            "order": "given",
            "energy_arc": None,
            "locks": [],
            "overrides": changes.for_order(ids) if like_a_dj else [],
            "based_on": job.id if like_a_dj and same_tracks else None,
            "publish": None,
            "webhook": None,
        }
    )
