"""The one family of errors a person may see: a stable code, what happened, what to do about it."""

from __future__ import annotations


class SegueError(Exception):
    """Something a user or caller can act on.

    ``code`` is stable and machine-readable, ``message`` says what happened in words that are safe
    to show, ``hint`` says what to do next. ``retryable`` tells whether the same call may succeed
    later without a change. No HTTP status lives here: ``api/problems.py`` maps codes to statuses.
    """

    code = "error"
    retryable = False

    def __init__(self, message: str, *, hint: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.code


class NotFound(SegueError):
    """The object does not exist, or belongs to somebody else: the two answers are the same."""

    code = "not_found"


class Conflict(SegueError):
    """The object is in a state that does not allow this."""

    code = "conflict"


class NotAnalysed(SegueError):
    """Nobody has listened to the track yet."""

    code = "not_analysed"


class InvalidRequest(SegueError):
    """The request is well-formed but asks for something that makes no sense."""

    code = "invalid_request"


class WrongTrackCount(InvalidRequest):
    """More tracks, or fewer, than what is asked for can be made of."""

    code = "wrong_track_count"


class NotSignedIn(SegueError):
    """No valid credentials came with the request."""

    code = "not_signed_in"


class NotAllowed(SegueError):
    """The account may not do this; another one may."""

    code = "not_allowed"


class CrossSite(SegueError):
    """A page of another site made the browser send this, with the user's cookie."""

    code = "cross_site"


class TooLarge(SegueError):
    """A request, or a file in it, is larger than the settings allow."""

    code = "too_large"


class QuotaExceeded(SegueError):
    """The user keeps as many bytes here as one may keep."""

    code = "quota_exceeded"


class TooManyAttempts(SegueError):
    """Too many failed sign-ins; ``retry_after_s`` tells when to try again."""

    code = "too_many_attempts"
    retryable = True

    def __init__(self, message: str, *, retry_after_s: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class RejectedFile(SegueError):
    """A file that the gate does not let in; ``code`` says which rule refused it."""

    code = "not_audio"


class InvalidAudioError(SegueError):
    """Samples that a DSP function cannot work on: shape, length or value."""

    code = "invalid_audio"


class NothingToMash(SegueError):
    """Songs that no mashup can be made of: none of them has a beat, or enough of it."""

    code = "nothing_to_mash"


class InvalidTimeline(SegueError):
    """A timeline that no renderer could play."""

    code = "invalid_timeline"


class ToolFailed(SegueError):
    """A program that Segue relies on (ffmpeg) ended in failure or ran out of time."""

    code = "tool_failed"
    retryable = True


class StorageFull(SegueError):
    """There is no room left to work in."""

    code = "storage_full"
    retryable = True


class NotWritable(SegueError):
    """The server may not write where it has to keep something."""

    code = "not_writable"
    retryable = True


class StoreBusy(SegueError):
    """Others kept the database, or the hashing of passwords, for longer than we wait."""

    code = "busy"
    retryable = True


class StepTimeout(SegueError):
    """A step ran longer than it is allowed to."""

    code = "step_timeout"
    retryable = True


class TooManyJobs(SegueError):
    """The user has as many jobs waiting and running as one may have."""

    code = "too_many_jobs"
    retryable = True


class BadSettings(SegueError):
    """The process must not start with settings like these."""

    code = "bad_settings"


class UnknownModel(SegueError):
    """There is no separator of this name."""

    code = "unknown_model"


class NoModelsFolder(UnknownModel):
    """The folder that models are to be taken from is not there."""

    code = "no_models_folder"


class NoticeNotAccepted(SegueError):
    """A model's weights are to be fetched, and nobody has yet read what their authors ask for."""

    code = "weights_notice"


class WeightsUnreachable(SegueError):
    """A model's weights are not here, and cannot be fetched."""

    code = "weights_unreachable"
    retryable = True


class BadWeights(SegueError):
    """A model's files are damaged, or of no kind that can be used."""

    code = "bad_weights"


class UnsafeWeights(BadWeights):
    """A model's file names code that no model is made of; nothing of it is run."""

    code = "unsafe_weights"


class SilentStem(SegueError):
    """There is nothing in a stem that something was to be made of."""

    code = "silent_stem"


class SoundTooShort(SegueError):
    """A sound has no room for a single grain."""

    code = "sound_too_short"


class NotConfigured(SegueError):
    """The server lacks a setting without which this cannot be done; the message names it."""

    code = "not_configured"


class OAuthRefused(SegueError):
    """A sign-in or a consent at Google did not end as it has to; it can be begun anew."""

    code = "oauth_refused"
    retryable = True


class JoinNeeded(SegueError):
    """The e-mail of a Google account has an account here: its password is needed to join both."""

    code = "join_needed"


class NotConnected(SegueError):
    """The user has not connected a YouTube channel."""

    code = "youtube_not_connected"


class ReconnectNeeded(SegueError):
    """YouTube no longer accepts the connection: it was revoked, or has expired."""

    code = "youtube_reconnect"
    retryable = True


class OtherChannel(ReconnectNeeded):
    """The upload was begun on another channel than the one that is connected now."""

    code = "other_channel"


class BadTemplate(InvalidRequest):
    """A person's template that nothing can be made of; the message names the line."""

    code = "bad_template"


class CannotPublish(InvalidRequest):
    """YouTube would refuse this; ``code`` says which of its rules is broken."""

    code = "cannot_publish"


class AlreadyPublished(Conflict):
    """The mix is on YouTube already, or on its way there."""

    code = "already_published"


class YouTubeUnreachable(SegueError):
    """YouTube did not answer, or only said that it is in trouble, time after time."""

    code = "youtube_unreachable"
    retryable = True


class YouTubeRefused(SegueError):
    """YouTube understood, and says no."""

    code = "youtube_refused"


class UploadUncertain(SegueError):
    """All bytes were sent, and YouTube no longer says what became of them."""

    code = "upload_uncertain"
    retryable = True


class NotBefore(SegueError):
    """It can be done, but not before ``until_s`` (seconds since 1970): the job is to wait."""

    code = "not_before"
    retryable = True

    def __init__(self, message: str, *, until_s: float, hint: str = "", code: str = "") -> None:
        super().__init__(message, hint=hint, code=code or None)
        self.until_s = until_s
