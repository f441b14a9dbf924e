"""What those who run this server may see and set."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from ..contract.dj import DjRules, DjRulesView
from .dependencies import CurrentAdmin, RulesDep

router = APIRouter(prefix="/admin", tags=["admin"])


@router.get("/dj-rules")
def show_dj_rules(_admin: CurrentAdmin, rules: RulesDep) -> DjRulesView:
    """What the DJ may do."""
    return rules.current()


@router.put("/dj-rules")
def change_dj_rules(
    form: DjRules,
    admin: CurrentAdmin,
    rules: RulesDep,
    version: Annotated[int | None, Query(ge=0)] = None,
) -> DjRulesView:
    """Put rules in force for all jobs to come, if ``version`` (where given) is still the newest."""
    return rules.change(admin.id, form, version)
