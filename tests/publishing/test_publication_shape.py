"""What a request to publish may say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from backend.app.contract.publishing import Publication


def test_a_moment_is_kept_in_utc() -> None:
    wanted = Publication.model_validate({"publish_at": "2027-01-01T01:30:00+02:00"})
    assert wanted.publish_at == datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert wanted.publish_at.tzinfo is UTC


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2027-01-01T01:30:00"]
)
def test_a_moment_that_is_in_no_calendar_or_no_zone_is_refused(moment: str) -> None:
    with pytest.raises(ValidationError):
        Publication.model_validate({"publish_at": moment})


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-Hant-TW"])
def test_languages_are_named_as_browsers_name_them(language: str) -> None:
    assert Publication(language=language).language == language


@pytest.mark.parametrize("language", ["", "english please", "e", "en_US", "x" * 40])
def test_what_names_no_language_is_refused(language: str) -> None:
    with pytest.raises(ValidationError):
        Publication(language=language)
