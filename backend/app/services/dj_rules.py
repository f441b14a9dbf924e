"""The DJ's house rules: live for the next job, every change of them kept."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from ..contract.dj import DjRules, DjRulesView
from ..store.dj_rules import DjRulesStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What the DJ may do in every job that starts from now on. Safe to share between threads."""

    store: DjRulesStore

    def current(self) -> DjRulesView:
        """The rules in force."""
        return self.store.current()

    def change(self, user_id: str, rules: DjRules, expected: int | None = None) -> DjRulesView:
        """Put new rules in force; :class:`Conflict` if ``expected`` is no longer the version."""
        view = self.store.change(rules, user_id=user_id, now=datetime.now(UTC), expected=expected)
        log.info("version %d of the DJ's rules is in force", view.version)
        return view
