"""Objects in a bucket of S3, or of a server that speaks its protocol.

Import this module only if S3 is set: it needs boto3, from requirements-scale.txt.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from .port import LinkTerms, ObjectInfo
from .s3_errors import translated
from .storage_errors import storage_down

_MIB = 1 << 20
# Larger files are sent and read in parts of this size, at most four at a time: enough to use a
# connection of 1 Gbit/s, and no more than 64 MiB of memory.
_PART = 16 * _MIB
_PARTS_AT_ONCE = 4
# 0.5 s, 1 s, 2 s, 4 s on average between five attempts.
_ATTEMPTS = 5
_SHA256 = "sha256"
# A server of one's own takes any region, but boto3 wants one.
_ANY_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class S3Config:
    """A bucket, a prefix of all keys, and access; None leaves a value to boto3's defaults.

    ``public_endpoint_url`` is the endpoint in links, if browsers reach the store elsewhere.
    ``timeout_s`` limits the wait for a connection, and for each block of bytes.
    """

    bucket: str
    prefix: str = ""
    endpoint_url: str | None = None
    public_endpoint_url: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None
    session_token: str | None = None
    region: str | None = None
    timeout_s: float = 20.0


class S3Objects:
    """Objects of one bucket below one prefix."""

    def __init__(self, config: S3Config) -> None:
        self._bucket = config.bucket
        self._prefix = f"{config.prefix}/" if config.prefix else ""
        self._transfer = TransferConfig(
            multipart_threshold=_PART,
            multipart_chunksize=_PART,
            max_concurrency=_PARTS_AT_ONCE,
        )
        self._client = _client(config, config.endpoint_url)
        public = config.public_endpoint_url
        self._linking_client = _client(config, public) if public else self._client

    def put(self, key: str, file: Path, sha256: str) -> None:
        """Send the file with a checksum for each part, and check what the store then has.

        An object with another checksum, which another machine has just sent, stays.
        """
        metadata = {"Metadata": {_SHA256: sha256}}
        with translated():
            self._client.upload_file(
                str(file), *self._named(key), ExtraArgs=metadata, Config=self._transfer
            )
        found = self.info(key)
        if found is None or (found.size, found.sha256) != (file.stat().st_size, sha256):
            if found is not None and found.sha256 in (sha256, None):
                self.delete(key)
            raise storage_down("The storage lost a part of a file.")

    def fetch(self, key: str, to: Path) -> None:
        """Read the object, large ones in parts."""
        try:
            with translated():
                self._client.download_file(*self._named(key), str(to), Config=self._transfer)
        except ClientError as e:
            raise FileNotFoundError(key) from e

    def info(self, key: str) -> ObjectInfo | None:
        """Ask for the object's headers."""
        try:
            with translated():
                found = self._client.head_object(**self._keyed(key))
        except ClientError:
            return None
        return ObjectInfo(
            key,
            int(found["ContentLength"]),
            found["Metadata"].get(_SHA256),
            found["LastModified"].timestamp(),
        )

    def renew(self, key: str) -> None:
        """Copy the object onto itself."""
        found = self.info(key)
        if found is None:
            return
        bucket, name = self._named(key)
        metadata = {_SHA256: found.sha256} if found.sha256 else {}
        extra = {"MetadataDirective": "REPLACE", "Metadata": metadata}
        source = {"Bucket": bucket, "Key": name}
        with suppress(ClientError), translated():  # deleted meanwhile
            self._client.copy(source, bucket, name, ExtraArgs=extra, Config=self._transfer)

    def delete(self, key: str) -> None:
        """Delete the object."""
        with translated():
            self._client.delete_object(**self._keyed(key))

    def keys(self, prefix: str) -> Iterator[ObjectInfo]:
        """List the objects, a thousand a request."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        with translated():
            for page in pages:
                for found in page.get("Contents", ()):
                    key = found["Key"].removeprefix(self._prefix)
                    yield ObjectInfo(key, found["Size"], None, found["LastModified"].timestamp())

    def link(self, key: str, terms: LinkTerms) -> str | None:
        """Sign a GET of this object, with the answer's name and type."""
        disposition = "inline" if terms.inline else "attachment"
        parameters = {
            **self._keyed(key),
            "ResponseContentType": terms.media_type,
            "ResponseContentDisposition": (
                f"{disposition}; filename*=utf-8''{quote(terms.file_name, safe='')}"
            ),
        }
        with translated():
            return str(
                self._linking_client.generate_presigned_url(
                    "get_object", Params=parameters, ExpiresIn=terms.seconds
                )
            )

    def _named(self, key: str) -> tuple[str, str]:
        return self._bucket, self._prefix + key

    def _keyed(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}


def _client(config: S3Config, endpoint_url: str | None):  # type: ignore[no-untyped-def]  # boto3 has no types
    return boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        aws_access_key_id=config.access_key_id,
        aws_secret_access_key=config.secret_access_key,
        aws_session_token=config.session_token,
        region_name=config.region or (_ANY_REGION if endpoint_url else None),
        config=Config(
            signature_version="s3v4",
            connect_timeout=config.timeout_s,
            read_timeout=config.timeout_s,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            max_pool_connections=2 * _PARTS_AT_ONCE,
            # other servers than Amazon's seldom have a name for each bucket
            s3={"addressing_style": "path" if endpoint_url else "auto"},
        ),
    )
