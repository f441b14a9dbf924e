"""Routes for published videos: show, check a change, change."""

from __future__ import annotations

from fastapi import APIRouter

from ...contract.video_edits import VideoEdit, VideoEditCheck, VideoView
from ..dependencies import CurrentUser, VideoEditsDep

router = APIRouter(prefix="/publications", tags=["youtube"])


@router.get("/{job_id}")
def show_video(job_id: str, user: CurrentUser, edits: VideoEditsDep) -> VideoView:
    """Read the video of a publish job from YouTube."""
    return edits.show(user.id, job_id)


@router.post("/{job_id}/preflight")
def check_edit(
    job_id: str, user: CurrentUser, edits: VideoEditsDep, edit: VideoEdit = VideoEdit()
) -> VideoEditCheck:
    """Check a change of a published video without sending anything."""
    return edits.check(user.id, job_id, edit)


@router.patch("/{job_id}")
def edit_video(
    job_id: str, user: CurrentUser, edits: VideoEditsDep, edit: VideoEdit = VideoEdit()
) -> VideoView:
    """Change a published video on YouTube; fields left out stay as they are there."""
    return edits.edit(user.id, job_id, edit)
