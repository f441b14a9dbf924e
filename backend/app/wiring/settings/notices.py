"""What to log at start about the names of settings: old ones, and probable typing errors."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from ...settings import Settings
from .given import given_values
from .old_names import OLD_NAMES, UNUSED_NAMES, names_read
from .read_settings import ENV_FILE
from .secret_files import SUFFIX, names_of_secrets

_log = logging.getLogger(__name__)

# Variables that begin so are other programs', however close to a setting (AWS_ENDPOINT_URL_S3).
_OTHERS = "aws_"
_OLD_PREFIXES = ("automix_", "mixtape_")
_OWN_PREFIX = "segue_"
# Letters that differ: two are one wrong, missing or exchanged letter.
_CLOSE = 2
_CLOSE_IF_LONG = 3
_LONG = 15
_SHORT = 8


def log_setting_notices() -> None:
    """Log a warning for each notice about the environment and ``.env``."""
    for notice in setting_notices():
        _log.warning("%s", notice)


def setting_notices(env_file: str | None = ENV_FILE) -> list[str]:
    """Return a sentence for each name that is old, unused or probably misspelt; no values."""
    given = given_values(env_file)
    return [*_of_old_names(given), *_of_unknown_names(given)]


def _of_old_names(given: Mapping[str, str]) -> Iterator[str]:
    for setting in dict.fromkeys((*OLD_NAMES.values(), "redis_url")):
        old = names_read(given, setting)
        if not old:
            continue
        names = " and ".join(name.upper() for name in old)
        if setting in given or setting + SUFFIX in given:
            yield f"{names}: ignored, since {setting.upper()} is set."
        else:
            yield f"{names}: read as {setting.upper()}; use that name."
    if given.get("executor") == "celery" and "celery_broker_url" in given:
        yield "CELERY_BROKER_URL: Celery reads it in place of REDIS_URL. Leave it out."
    for name, instead in UNUSED_NAMES.items():
        if name in given:
            yield f"{name.upper()}: not used by Segue. {instead}"


def _of_unknown_names(given: Mapping[str, str]) -> Iterator[str]:
    known = {*Settings.model_fields, *(name + SUFFIX for name in names_of_secrets())}
    for name in given.keys() - known - OLD_NAMES.keys() - UNUSED_NAMES.keys():
        likely = _likely(name, known)
        if likely is not None:
            yield f"{name.upper()} is not a setting. Is it {likely.upper()}?"
        elif name.startswith(_OLD_PREFIXES):
            yield f"{name.upper()} is not a setting. See docs/seeds.md for today's names."


def _likely(name: str, known: set[str]) -> str | None:
    """Return the setting that a name probably stands for."""
    if name.startswith(_OTHERS):
        return None
    for prefix in (_OWN_PREFIX, *_OLD_PREFIXES):
        if name.startswith(prefix) and name.removeprefix(prefix) in known:
            return name.removeprefix(prefix)
    allowed = _CLOSE_IF_LONG if len(name) >= _LONG else _CLOSE if len(name) >= _SHORT else 1
    near = [one for one in sorted(known) if abs(len(one) - len(name)) <= allowed]
    best = min(near, key=lambda one: _differing(name, one), default=None)
    return best if best is not None and _differing(name, best) <= allowed else None


def _differing(one: str, other: str) -> int:
    """Return how many letters of both are in no common block."""
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return len(one) + len(other) - 2 * sum(block.size for block in blocks)
