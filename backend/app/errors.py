"""Errors shown to users: a stable code, a message, a hint."""

from __future__ import annotations

import errno


class SegueError(Exception):
    """An error that a user or caller can do something about.

    ``code`` is stable and machine-readable, ``message`` says what happened and is safe to show,
    ``hint`` says what to do next. ``retryable`` means that the same call may succeed later without
    a change. ``api/errors.py`` maps each class to an HTTP status.
    """

    code = "error"
    retryable = False

    def __init_subclass__(cls, *, code: str = "", retryable: bool = False) -> None:
        super().__init_subclass__()
        cls.code = code or cls.code
        cls.retryable = retryable or cls.retryable

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.code


class NotFound(SegueError, code="not_found"):
    """The object does not exist, or belongs to another user (with the same answer)."""


class Conflict(SegueError, code="conflict"):
    """The object's state does not allow the request."""


class VideoGone(NotFound, code="video_gone"):
    """YouTube no longer has a published video."""


class NotAnalysed(SegueError, code="not_analysed"):
    """The track has not been analysed yet."""


class InvalidRequest(SegueError, code="invalid_request"):
    """The request is well-formed but can't be carried out."""


class WrongTrackCount(InvalidRequest, code="wrong_track_count"):
    """The request names too few or too many tracks."""


class NotSignedIn(SegueError, code="not_signed_in"):
    """The request has no valid credentials."""


class WeakPassword(InvalidRequest, code="weak_password"):
    """A new password is too easy to guess."""


class WrongPassword(SegueError, code="wrong_password"):
    """The password that confirms a change is wrong; the session stays."""


class WrongConfirmation(InvalidRequest, code="wrong_confirmation"):
    """What the user typed to confirm a deletion does not match."""


class ResetExpired(SegueError, code="reset_expired"):
    """A reset link is unknown, used or expired."""


class NotAllowed(SegueError, code="not_allowed"):
    """The account lacks the permission."""


class CrossSite(SegueError, code="cross_site"):
    """Another site's page made the browser send a request with the user's cookie."""


class TooLarge(SegueError, code="too_large"):
    """A request, or a file in it, exceeds the size limits of the settings."""


class QuotaExceeded(SegueError, code="quota_exceeded"):
    """The user's library has reached its size limit."""


class TooManyAttempts(SegueError, code="too_many_attempts", retryable=True):
    """Too many sign-in attempts; allowed again after ``retry_after_s``."""

    def __init__(self, message: str, *, retry_after_s: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class RejectedFile(SegueError, code="not_audio"):
    """The gate refused a file; ``code`` names the rule."""


class InvalidAudioError(SegueError, code="invalid_audio"):
    """Samples of a wrong shape, length or value for a DSP function."""


class NothingToMash(SegueError, code="nothing_to_mash"):
    """No song's beat is clear enough for a mashup."""


class InvalidTimeline(SegueError, code="invalid_timeline"):
    """A timeline that can't be rendered."""


class ToolFailed(SegueError, code="tool_failed", retryable=True):
    """ffmpeg failed or timed out."""


class ToolTooSlow(ToolFailed):
    """ffmpeg took too long and was stopped."""


class StorageFull(SegueError, code="storage_full", retryable=True):
    """The disk is full."""


class NotWritable(SegueError, code="not_writable", retryable=True):
    """The server lacks permission to write to its storage."""


def storage_error(error: BaseException) -> SegueError | None:
    """Return the error to show for a full or read-only disk; None for other errors."""
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EDQUOT):
        return storage_full()
    return not_writable() if number in (errno.EROFS, errno.EACCES, errno.EPERM) else None


def storage_full() -> StorageFull:
    """Build the error for a full disk."""
    return StorageFull(
        "The server's disk is full.", hint="Free some space, then try again; nothing is lost."
    )


def not_writable() -> NotWritable:
    """Build the error for a storage that the server may only read."""
    return NotWritable(
        "The server may not write to its storage.",
        hint="The operator must make STORAGE_ROOT writable; then try again.",
    )


class StoreBusy(SegueError, code="busy", retryable=True):
    """The database, or the hashing of passwords, was busy for too long."""


class StoreDown(StoreBusy, code="database_down"):
    """The database can't be reached, or is shutting down."""


class Stopping(SegueError, code="stopping", retryable=True):
    """The server is stopping and checks no more files."""


class StepTimeout(SegueError, code="step_timeout", retryable=True):
    """A step exceeded its time limit."""


class TooManyJobs(SegueError, code="too_many_jobs", retryable=True):
    """The user has reached the limit of queued and running jobs."""


class TooManyStreams(SegueError, code="too_many_streams", retryable=True):
    """The user already follows as many jobs as one user may."""


class BadSettings(SegueError, code="bad_settings"):
    """The process refuses to start with these settings."""


class UnknownModel(SegueError, code="unknown_model"):
    """No separator has this name."""


class NoModelsFolder(UnknownModel, code="no_models_folder"):
    """The configured models folder does not exist."""


class NoticeNotAccepted(SegueError, code="weights_notice"):
    """The notice of a model's authors must be accepted before its weights are downloaded."""


class WeightsUnreachable(SegueError, code="weights_unreachable", retryable=True):
    """A model's weights are not installed and can't be downloaded."""


class BadWeights(SegueError, code="bad_weights"):
    """A model's files are damaged or of an unsupported kind."""


class UnsafeWeights(BadWeights, code="unsafe_weights"):
    """A model's file refers to code outside the allowed list; none of that code was run."""


class SilentStem(SegueError, code="silent_stem"):
    """A requested stem is silent."""


class SoundTooShort(SegueError, code="sound_too_short"):
    """A sound is shorter than one grain."""


class NotConfigured(SegueError, code="not_configured"):
    """A required setting is missing; the message names it."""


class OAuthRefused(SegueError, code="oauth_refused", retryable=True):
    """A sign-in or consent at Google failed; the user can start again."""


class JoinNeeded(SegueError, code="join_needed"):
    """Linking the Google account to the account with its email needs that one's password."""


class NotConnected(SegueError, code="youtube_not_connected"):
    """The user has not connected a YouTube channel."""


class ReconnectNeeded(SegueError, code="youtube_reconnect", retryable=True):
    """YouTube no longer accepts the connection: revoked or expired."""


class OtherChannel(ReconnectNeeded, code="other_channel"):
    """The upload was started on another channel than the connected one."""


class BadTemplate(InvalidRequest, code="bad_template"):
    """A user's template is invalid; the message names the line."""


class CannotPublish(InvalidRequest, code="cannot_publish"):
    """YouTube would refuse this video; ``code`` names the rule."""


class AlreadyPublished(Conflict, code="already_published"):
    """The mix is already on YouTube or being uploaded."""


class PublicationPending(AlreadyPublished, code="publication_pending"):
    """A job that has not ended publishes the mix; ``request`` is that job's request (JSON)."""

    def __init__(self, job_id: str, request: str) -> None:
        super().__init__(
            f"The mix is already being published, by the job {job_id}.",
            hint="Wait until that job has ended, or cancel it first.",
        )
        self.job_id = job_id
        self.request = request


class ConfirmationNeeded(Conflict, code="confirmation_needed"):
    """The user must confirm something that Segue cannot find out."""


class YouTubeUnreachable(SegueError, code="youtube_unreachable", retryable=True):
    """YouTube did not answer, or answered with server errors, on every retry."""


class YouTubeRefused(SegueError, code="youtube_refused"):
    """YouTube refused the request; ``reason`` is its own word for why, if it gave one."""

    def __init__(self, message: str, *, hint: str = "", code: str = "", reason: str = "") -> None:
        super().__init__(message, hint=hint, code=code)
        self.reason = reason


class UploadUncertain(SegueError, code="upload_uncertain", retryable=True):
    """All bytes were sent, but YouTube did not confirm the video."""


class NotProcessed(SegueError, code="video_not_processed", retryable=True):
    """YouTube has not processed the video within a day."""


class NotBefore(SegueError, code="not_before", retryable=True):
    """The job must wait until ``until_s`` (seconds since 1970)."""

    def __init__(self, message: str, *, until_s: float, hint: str = "", code: str = "") -> None:
        super().__init__(message, hint=hint, code=code)
        self.until_s = until_s


class StorageDown(NotBefore, code="storage_down"):
    """The object store does not answer, or loses bytes; a job waits and goes on."""


class StorageRefused(SegueError, code="storage_refused"):
    """The object store rejects the credentials, or has no such bucket."""
