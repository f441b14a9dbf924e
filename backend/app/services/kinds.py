"""The kinds of jobs there are: how a request of each is settled, and where its recipe is."""

from __future__ import annotations

from collections.abc import Mapping

from ..contract.jobs import JobRequest
from .jobs import Prepare, Prepared
from .library import Library
from .mixtape_inputs import duration_of, settle

# By name, for only the process that runs a job loads what its kind needs.
PIPELINES: Mapping[str, str] = {"mixtape": "backend.app.services.mixtape:mixtape_pipeline"}


def preparers(library: Library) -> dict[str, Prepare]:
    """For each kind, what settles a request before it becomes a job."""

    def mixtape(user_id: str, request: JobRequest) -> Prepared:
        inputs = settle(library, user_id, request)
        return Prepared(inputs.title, inputs.model_dump_json(), duration_of(inputs))

    return {"mixtape": mixtape}
