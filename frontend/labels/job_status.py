"""Text for a job's status and for the names of its steps."""

from __future__ import annotations

from backend.app.contract.jobs import JobSummary

from .figures import relative_time, time_left

STEPS = {
    "analysing": "Analysing the tracks",
    "ordering": "Finding the order",
    "planning": "Planning the transitions",
    "checking_joins": "Listening to the transitions",
    "stretching": "Matching the tempos",
    "mixing": "Mixing",
    "checking": "Measuring the mix",
    "filming": "Making the video",
    "correcting_peaks": "Correcting the peaks",
    "describing": "Writing the description",
    "fetching_weights": "Downloading the model",
    "separating_stems": "Separating the stems",
    "restyling": "Replaying the stems",
    "writing": "Writing the files",
    "mastering": "Mastering",
    "uploading": "Uploading the video",
    "dressing": "Setting the thumbnail and the playlist",
    "releasing": "Changing who may see it",
    "noting": "Saving the video's link",
}
#: Steps that have a different name in one kind of job.
STEPS_BY_KIND = {
    ("stem_mix", "planning"): "Setting the levels",
    ("mashup", "planning"): "Arranging the parts",
    ("publish", "checking"): "Checking YouTube's limits",
    ("publish", "processing"): "Waiting until YouTube has processed it",
}


def step(name: str, kind: str = "mixtape") -> str:
    """Name a step of a job."""
    label = STEPS_BY_KIND.get((kind, name)) or STEPS.get(name)
    return label or name.replace("_", " ").capitalize()


def job_status(job: JobSummary, zone: str | None = None) -> str:
    """Describe a job's status in one line; ``zone`` is the user's time zone."""
    match job.status:
        case "queued":
            return wait_reason(job, zone) or queue_place(job.queue_position)
        case "running":
            current = step(job.step, job.kind) if job.step else "Starting"
            return current if job.eta_s is None else f"{current} — {time_left(job.eta_s)}"
        case "succeeded":
            return "Finished"
        case "cancelled":
            return "Cancelled"
        case "failed":
            return "Failed"


def wait_reason(job: JobSummary, zone: str | None) -> str | None:
    """Say what a queued job waits for, other than a free worker."""
    if job.resumes_at:
        at = relative_time(job.resumes_at, zone)
        return f"On YouTube, next check {at}" if has_video(job) else f"Resumes {at}"
    if job.waits_for_status in ("failed", "cancelled"):
        ended = "failed" if job.waits_for_status == "failed" else "was cancelled"
        return f"The mix {ended}: retry the mix, or cancel this job"
    return "Waiting for the mix" if job.waits_for else None


def has_video(job: JobSummary) -> bool:
    """Whether an unfinished publish job has uploaded its video already."""
    return job.kind == "publish" and any(
        one.video_id for one in job.publications if one.job_id == job.id
    )


def queue_place(position: int | None) -> str:
    """Describe a place in the queue; 1 starts next."""
    if position is None:
        return "Waiting"
    return "Waiting — next in line" if position == 1 else f"Waiting — number {position} in line"
