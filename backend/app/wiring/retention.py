"""How long jobs of each kind and uploads are kept, from the settings."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from ..errors import BadSettings
from ..services.jobs.expiry import UPLOADS, Retention
from ..services.kinds import INPUTS
from ..settings import EPHEMERAL_HOURS, Hours, Settings

_HOURS: TypeAdapter[float] = TypeAdapter(Hours)


def retention(settings: Settings) -> Retention:
    """Read the hours; ``EPHEMERAL`` limits all of them. Raise :class:`BadSettings`."""
    by_kind = dict(map(_entry, filter(None, map(str.strip, _parts(settings)))))
    if settings.ephemeral:
        by_kind = {
            k: min(hours or EPHEMERAL_HOURS, EPHEMERAL_HOURS) for k, hours in by_kind.items()
        }
    return Retention(settings.kept_hours, by_kind)


def _parts(settings: Settings) -> list[str]:
    return settings.retention_hours_by_kind.split(",")


def _entry(text: str) -> tuple[str, float]:
    """Read one entry such as ``stems=3d``."""
    kind, _, duration = (part.strip() for part in text.partition("="))
    known = (*INPUTS, UPLOADS)
    if kind not in known:
        raise BadSettings(
            f"RETENTION_HOURS_BY_KIND names “{kind}”, which is no kind of job.",
            hint=f"Use {', '.join(known)}, as in stems=3d,uploads=0.",
        )
    try:
        hours = _HOURS.validate_python(duration)
    except ValidationError:
        hours = -1.0
    if hours < 0:
        raise BadSettings(
            f"RETENTION_HOURS_BY_KIND gives {kind} “{duration}”, which is not a duration.",
            hint="Use such as 3d, 90min or 72; 0 keeps them.",
        )
    return kind, hours
