"""Validation of publish requests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from backend.app.contract.publishing import Publication


def test_publish_time_is_converted_to_utc() -> None:
    publication = Publication.model_validate({"publish_at": "2027-01-01T01:30:00+02:00"})
    assert publication.publish_at == datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert publication.publish_at.tzinfo is UTC


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2027-01-01T01:30:00"]
)
def test_publish_time_without_zone_or_out_of_range_is_rejected(moment: str) -> None:
    with pytest.raises(ValidationError):
        Publication.model_validate({"publish_at": moment})


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-Hant-TW"])
def test_language_tags_are_accepted(language: str) -> None:
    assert Publication(language=language).language == language


@pytest.mark.parametrize("language", ["", "english please", "e", "en_US", "x" * 40])
def test_invalid_language_tags_are_rejected(language: str) -> None:
    with pytest.raises(ValidationError):
        Publication(language=language)
