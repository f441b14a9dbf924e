"""Set up logging: one line for each record, with the job's id and without secrets."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_job_id: ContextVar[str] = ContextVar("job_id", default="-")

# Bearer tokens, JWTs, signatures of signed links, OAuth and upload parameters, passwords in URLs.
# Tracebacks contain them even if messages don't.
_SECRETS = re.compile(
    r"(?i)(bearer\s+)\S+|eyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|((?:sig|signature|token|code|state|secret|upload_id|password)=)[^&\s\"']+"
    r"|(://[^\s:/@]*:)[^\s/@]+(?=@)"
)


class _Redacting(logging.Formatter):
    """Adds the job's id and removes secrets, also from tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record with its job id and without secrets."""
        record.job_id = _job_id.get()
        return _SECRETS.sub(_redacted, super().format(record))


def _redacted(secret: re.Match[str]) -> str:
    """Replace a secret, but keep the prefix that says which kind it was."""
    return "".join(part or "" for part in secret.groups()) + "***"


def set_up_logs(level: int = logging.INFO) -> None:
    """Route all loggers, including uvicorn's, through one redacting handler on stderr."""
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
    # At INFO, this logger writes every URL.
    logging.getLogger("httpx2").setLevel(max(level, logging.WARNING))


@contextmanager
def job_in_logs(job_id: str) -> Iterator[None]:
    """Add ``job_id`` to every record logged inside the block."""
    token = _job_id.set(job_id)
    try:
        yield
    finally:
        _job_id.reset(token)
