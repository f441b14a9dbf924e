"""Logging for every process: one line a record, the job's id in each, secrets never."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_job_id: ContextVar[str] = ContextVar("job_id", default="-")

# Bearer tokens, JWTs, the signature of a signed link, what a consent or an upload hangs on, and the
# password in an address, wherever they turn up: a traceback holds what a message would not.
_SECRETS = re.compile(
    r"(?i)(bearer\s+)\S+|eyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|((?:sig|token|code|state|secret|upload_id|password)=)[^&\s\"']+|(://[^\s:/@]*:)[^\s/@]+(?=@)"
)


class _Redacting(logging.Formatter):
    """Writes a record, its traceback too, with the job's id and without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as it is to be read."""
        record.job_id = _job_id.get()
        return _SECRETS.sub(_kept, super().format(record))


def _kept(secret: re.Match[str]) -> str:
    """What tells a reader which secret stood there."""
    return "".join(part or "" for part in secret.groups()) + "***"


def set_up_logs(level: int = logging.INFO) -> None:
    """Send every logger's records, uvicorn's too, through one redacting handler on stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        _Redacting("%(asctime)s %(levelname)-7s %(name)s job=%(job_id)s %(message)s")
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # At INFO it tells each address that is called
    logging.getLogger("httpx2").setLevel(max(level, logging.WARNING))


@contextmanager
def job_in_logs(job_id: str) -> Iterator[None]:
    """Put ``job_id`` into every record logged inside the block."""
    token = _job_id.set(job_id)
    try:
        yield
    finally:
        _job_id.reset(token)
