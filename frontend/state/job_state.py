"""Whether a job is active, and which files it has made."""

from __future__ import annotations

from backend.app.contract.jobs import ArtifactView, JobSummary, JobView


def is_active(job: JobSummary) -> bool:
    """Whether a job is queued or running."""
    return job.status in ("queued", "running")


def artifacts_by_name(job: JobView) -> dict[str, ArtifactView]:
    """Map the job's finished files by name."""
    return {artifact.name: artifact for artifact in job.artifacts}
