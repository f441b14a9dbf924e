"""Say in words what YouTube has against a video."""

from __future__ import annotations

from collections.abc import Iterator

from ...contract.publishing import VideoRemark
from ...store.publications.looks import VideoFacts

_AGAIN = "Publish it again; if that fails too, check that the downloaded video plays."
_STUDIO = "YouTube Studio says more, and takes an appeal."
# YouTube Data API v3, videos: status.failureReason
_FAILURES = {
    "conversion": ("YouTube could not convert the video.", _AGAIN),
    "invalidFile": ("YouTube cannot read the video's file.", _AGAIN),
    "emptyFile": ("YouTube says that the video's file is empty.", _AGAIN),
    "tooSmall": ("YouTube says that the video's file is too small.", "Make a longer mix."),
    "codec": ("YouTube does not know the video's codec.", _AGAIN),
    "uploadAborted": ("YouTube says that the upload was not finished.", "Publish it again."),
}
# YouTube Data API v3, videos: status.rejectionReason
_REJECTIONS = {
    "copyright": (
        "YouTube rejected the video for copyright infringement.",
        "YouTube Studio says whose music it is: dispute it there, or mix without that track.",
    ),
    "inappropriate": ("YouTube rejected the video as inappropriate.", _STUDIO),
    "duplicate": (
        "YouTube rejected the video as a duplicate: the channel already has it.",
        "Use the video that is there, or delete it in YouTube Studio and publish again.",
    ),
    "termsOfUse": ("YouTube rejected the video for breaking its terms of use.", _STUDIO),
    "uploaderAccountSuspended": ("YouTube has suspended the channel's account.", _STUDIO),
    "length": (
        "YouTube rejected the video as too long for this channel.",
        "Verify the channel's phone number at youtube.com/verify, then publish again.",
    ),
    "claim": (
        "A rights holder has blocked the video.",
        "YouTube Studio says whose music it is: dispute it there, or mix without that track.",
    ),
    "uploaderAccountClosed": ("The channel's account is closed.", "Connect another channel."),
    "trademark": ("YouTube rejected the video for trademark infringement.", _STUDIO),
    "legal": ("YouTube rejected the video for a legal reason that it does not name.", _STUDIO),
}
_COUNTRIES_SHOWN = 10


def studio_url(video_id: str) -> str:
    """Address of the video in YouTube Studio."""
    return f"https://studio.youtube.com/video/{video_id}/edit"


def refusal_of(facts: VideoFacts) -> VideoRemark | None:
    """Why the video cannot be watched; None if it can."""
    # a single word only, as it is shown to users
    reason = facts.upload_reason or ""
    reason = reason if reason.isidentifier() else ""
    match facts.upload_status:
        case "failed":
            words = _FAILURES.get(reason, ("YouTube could not process the video.", _AGAIN))
        case "rejected":
            words = _REJECTIONS.get(reason, ("YouTube rejected the video.", _STUDIO))
        case "deleted":
            words = ("The video is no longer on YouTube.", "Publish the mix again if you want to.")
        case _:
            return None
    message, hint = words
    code = "_".join(("video", str(facts.upload_status), *([reason] if reason else [])))
    return VideoRemark(code=code, message=message, hint=hint, is_refusal=True)


def claims_of(facts: VideoFacts) -> list[VideoRemark]:
    """What stands against the video, though it can be watched."""
    remarks = []
    if facts.is_licensed:
        remarks.append(
            VideoRemark(
                code="video_claimed",
                message="A rights holder has claimed music in the video.",
                hint="They may show adverts in it or block it. YouTube Studio says who it is.",
            )
        )
    if blocked := _blocked(facts):
        remarks.append(
            VideoRemark(
                code="video_blocked",
                message=f"The video is blocked {blocked}.",
                hint="YouTube Studio says whose music is the reason.",
            )
        )
    return remarks


def remarks_of(facts: VideoFacts, privacy_before: str | None = None) -> Iterator[VideoRemark]:
    """Yield all remarks on a video; ``privacy_before`` if its privacy has changed since."""
    if refusal := refusal_of(facts):
        yield refusal
        return
    yield from claims_of(facts)
    if privacy_before:
        yield VideoRemark(
            code="privacy_changed",
            message=f"The video is {facts.privacy} now; Segue published it as {privacy_before}.",
            hint="You or YouTube have changed that.",
        )


def _blocked(facts: VideoFacts) -> str:
    """Where the video is blocked; empty if nowhere."""
    if facts.allowed_in is not None:
        allowed = _countries(facts.allowed_in)
        return f"everywhere but in {allowed}" if allowed else "in every country"
    return f"in {blocked}" if (blocked := _countries(facts.blocked_in or "")) else ""


def _countries(listed: str) -> str:
    """Format ISO 3166 codes: a few of them, or how many there are."""
    codes = [code for code in listed.split(",") if code]
    return ", ".join(codes) if len(codes) <= _COUNTRIES_SHOWN else f"{len(codes)} countries"
