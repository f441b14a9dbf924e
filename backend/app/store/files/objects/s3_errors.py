"""Translate S3's errors that operators can act on, or that pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
        code = _code(e)
        raise (storage_refused(code) if code in _REFUSED else storage_down()) from e
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
    if isinstance(cause, ClientError) and _code(cause) in _REFUSED:
        return storage_refused(_code(cause))
    return storage_down()


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
