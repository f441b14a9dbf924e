"""Logging for every process: one line a record, the job's id in each, secrets never."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_job_id: ContextVar[str] = ContextVar("job_id", default="-")

# Bearer tokens, JWTs and the signature of a signed link, wherever they turn up in a message.
_SECRETS = re.compile(
    r"(?i)(bearer\s+)\S+|eyJ[\w-]+\.[\w-]+\.[\w-]*|((?:sig|token|code|password)=)[^&\s\"']+"
)


class _Redact(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.job_id = _job_id.get()
        message = record.getMessage()
        clean = _SECRETS.sub(lambda m: f"{m.group(1) or m.group(2) or ''}***", message)
        if clean != message:
            record.msg, record.args = clean, ()
        return True


def set_up_logs(level: int = logging.INFO) -> None:
    """Send every logger's records, uvicorn's too, through one redacting handler on stderr."""
    handler = logging.StreamHandler()
    handler.addFilter(_Redact())
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)-7s %(name)s job=%(job_id)s %(message)s")
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


@contextmanager
def job_in_logs(job_id: str) -> Iterator[None]:
    """Put ``job_id`` into every record logged inside the block."""
    token = _job_id.set(job_id)
    try:
        yield
    finally:
        _job_id.reset(token)
