"""Translate S3's errors that operators can act on, or that pass."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

from boto3.exceptions import Boto3Error
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)

from .storage_errors import storage_down, storage_refused

_MISSING = ("404", "NoSuchKey", "NotFound")
_REFUSED = (
    *("403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"),
    *("InvalidToken", "NoSuchBucket", "InvalidBucketName", "PermanentRedirect", "301"),
)
# S3 refuses requests that are signed a quarter of an hour off, without saying why to a HEAD.
_SKEW_S = 10 * 60.0


@contextmanager
def translated() -> Iterator[None]:
    """Translate errors of an absent store and of rejected settings.

    A missing object's ``ClientError`` passes through; everything else that S3 answers after the
    client's own attempts counts as absence.
    """
    try:
        yield
    except ClientError as e:
        if is_missing(e):
            raise
        raise _of_answer(e) from e
    except (NoCredentialsError, PartialCredentialsError, ProfileNotFound) as e:
        raise storage_refused("no credentials") from e
    except (BotoCoreError, Boto3Error) as e:
        raise _of_transfer(e) from e


def is_missing(error: ClientError) -> bool:
    """Whether S3 says that there is no such object."""
    return _code(error) in _MISSING


def _of_transfer(error: Exception) -> Exception:
    """Translate a transfer's error, which wraps the one of its request."""
    cause = error.__context__
    return _of_answer(cause) if isinstance(cause, ClientError) else storage_down()


def _of_answer(error: ClientError) -> Exception:
    """Translate an answer; a clock that is off will be right again, or another machine's is."""
    code = _code(error)
    if code not in _REFUSED:
        return storage_down()
    if _is_clock_off(error):
        return storage_down("This server's clock differs from the storage's.")
    return storage_refused(code)


def _is_clock_off(error: ClientError) -> bool:
    """Whether the store dated its answer much earlier or later than this machine would."""
    date = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        return date is not None and abs(_seconds(date) - time.time()) > _SKEW_S
    except ValueError:
        return False


def _seconds(date: str) -> float:
    return parsedate_to_datetime(date).timestamp()


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
