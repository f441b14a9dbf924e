"""Object stores on the tests' S3 server."""

from __future__ import annotations

import secrets

from backend.app.store.files.objects.s3 import S3Config, S3Objects
from tests import s3_server


def s3_objects(server: s3_server.Server, **changes: str) -> S3Objects:
    """Objects below a new prefix; ``changes`` replace that, or parts of the access."""
    access = {
        "prefix": secrets.token_hex(4),
        "endpoint_url": server.url,
        "access_key_id": s3_server.ACCESS_KEY,
        "secret_access_key": s3_server.SECRET_KEY,
        "bucket": s3_server.BUCKET,
    }
    return S3Objects(S3Config(**(access | changes)))
