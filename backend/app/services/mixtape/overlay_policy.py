"""Decide how often joins get overlays: as requested, within the DJ rules."""

from __future__ import annotations

from typing import get_args

from ...contract.dj import DjRules, OverlayPolicy
from ...contract.jobs import MixtapeRequest


def allowed_overlays(request: MixtapeRequest, rules: DjRules) -> OverlayPolicy:
    """Limit the requested policy by the DJ rules; allow none between plain crossfades."""
    if request.transitions != "dj":
        return "never"
    policies = get_args(OverlayPolicy)  # from the least to the most
    return min(request.overlays or rules.overlays, rules.overlays, key=policies.index)
