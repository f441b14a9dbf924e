"""Open the object store that ``BLOB_URL`` names, and what depends on it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ..errors import BadSettings
from ..settings import Settings
from ..store.database import Database
from ..store.files.blobs import ContentStore
from ..store.files.objects.cache import ObjectCache
from ..store.files.objects.folder import FolderObjects
from ..store.files.objects.port import Objects
from ..store.files.workspaces import Workspaces
from ..store.leases import Leases

if TYPE_CHECKING:
    from ..store.files.objects.s3 import S3Config


def open_objects(settings: Settings) -> ObjectCache | None:
    """The object store with copies in ``STORAGE_ROOT``; None if files stay there."""
    if settings.blob_url is None:
        return None
    return ObjectCache(settings.storage_root, _objects(settings, settings.blob_url))


def content_store(
    settings: Settings, objects: ObjectCache | None, database: Database | None
) -> ContentStore:
    """The content store; with an object store, its locks are rows."""
    if objects is None or database is None:
        return ContentStore(settings.storage_root)
    return ContentStore(settings.storage_root, objects, Leases(database).hold)


def open_workspaces(settings: Settings, objects: ObjectCache | None) -> Workspaces:
    """The folders of jobs."""
    return Workspaces(settings.storage_root / "jobs", objects)


def check_blob_url(settings: Settings) -> None:
    """Raise :class:`BadSettings` unless ``BLOB_URL`` is one of ours, and can be used."""
    url = settings.blob_url
    if url is None:
        return
    parts = urlsplit(url)
    is_folder = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    if not is_folder and not (parts.scheme == "s3" and parts.netloc and not parts.query):
        raise BadSettings(
            "BLOB_URL is not the address of an object store.",
            hint="Set it to s3://bucket/prefix or file:///a/shared/folder, or leave it out.",
        )
    if parts.scheme == "s3":
        _require_boto3()
    if settings.executor == "celery" and settings.tokens_encryption_key is None:
        raise BadSettings(
            "Workers with folders of their own need the API's key, but TOKENS_ENCRYPTION_KEY is"
            " not set.",
            hint="Set it to the same on all machines: the output of openssl rand -hex 32.",
        )


def _require_boto3() -> None:
    from importlib.util import find_spec

    if find_spec("boto3") is None:
        raise BadSettings(
            "BLOB_URL=s3://… needs the package boto3, which is not installed.",
            hint="Run pip install -r requirements-scale.txt.",
        )


def _objects(settings: Settings, url: str) -> Objects:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderObjects(Path(unquote(parts.path)))
    from ..store.files.objects.s3 import S3Config

    endpoint = settings.aws_endpoint_url or _with_scheme(settings.minio_endpoint)
    secret = settings.aws_secret_access_key or settings.minio_secret_key
    token = settings.aws_session_token
    return _s3(
        S3Config(
            bucket=parts.netloc,
            prefix=parts.path.strip("/"),
            endpoint_url=endpoint,
            public_endpoint_url=settings.blob_public_endpoint_url,
            access_key_id=settings.aws_access_key_id or settings.minio_access_key,
            secret_access_key=secret.get_secret_value() if secret else None,
            session_token=token.get_secret_value() if token else None,
            region=settings.aws_region or settings.aws_default_region,
        )
    )


@cache  # a client takes a fifth of a second to make
def _s3(config: S3Config) -> Objects:
    from ..store.files.objects.s3 import S3Objects

    return S3Objects(config)


def _with_scheme(endpoint: str | None) -> str | None:
    """MinIO's clients take ``host:port``."""
    return f"http://{endpoint}" if endpoint and "://" not in endpoint else endpoint
