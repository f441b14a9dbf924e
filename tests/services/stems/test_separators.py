"""Users may name Demucs' own models; only the operator may name others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.errors import InvalidRequest, NoticeNotAccepted, UnknownModel
from backend.app.services.separators import Separators
from backend.app.stems.weights import hub as weights_hub
from tests.stems.hub_stand_in import Hub, hub
from tests.stems.tiny_demucs import tiny_hub, tiny_repo

OTHERS_MODEL = "hf://someone/two"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with another author's model of two stems."""
    published = tiny_hub(tmp_path / "published", "two", ("drums", "other"))
    monkeypatch.setattr(weights_hub, "_CHUNK_BYTES", 4096)  # the files in this test are small
    with hub() as here:
        here.repositories["someone/Demucs-two"] = published
        monkeypatch.setenv("HF_ENDPOINT", here.address)
        monkeypatch.setenv("HF_TOKEN", "hf_operators_own")
        yield here


def fetch(separators: Separators, model: str) -> None:
    separators.fetch(model, lambda _: None, lambda _: None)


@pytest.mark.parametrize("in_folder", [False, True])
def test_users_cannot_name_other_authors_models(
    server: Hub, tmp_path: Path, in_folder: bool
) -> None:
    repo = tiny_repo(tmp_path / "repo", "htdemucs") if in_folder else None
    separators = Separators("htdemucs", repo, tmp_path / "models")
    for ask in (
        lambda: separators.resolve(OTHERS_MODEL, accepted=True),
        lambda: fetch(separators, OTHERS_MODEL),
    ):
        with pytest.raises(UnknownModel, match="none of this server's") as refused:
            ask()
        assert "DEMUCS_MODEL" in refused.value.hint
    assert server.asked == []


def test_users_can_name_demucs_own_models(tmp_path: Path) -> None:
    separators = Separators("draft", None, tmp_path)
    for model in ("htdemucs", "htdemucs_ft", "htdemucs_6s", "mdx_extra", "955717e8"):
        assert separators.resolve(model, accepted=True) == model


def test_operators_model_is_downloaded_with_their_token(server: Hub, tmp_path: Path) -> None:
    separators = Separators(OTHERS_MODEL, tmp_path / "repo", tmp_path / "models")
    with pytest.raises(NoticeNotAccepted):
        separators.resolve(None, accepted=False)
    assert separators.resolve(OTHERS_MODEL, accepted=True) == OTHERS_MODEL
    fetch(separators, OTHERS_MODEL)
    assert "Bearer hf_operators_own" in server.shown
    # An installed model can be used even after the default changes.
    later = Separators("htdemucs", None, tmp_path / "models")
    assert later.resolve(OTHERS_MODEL, accepted=False) == OTHERS_MODEL


def test_users_model_is_downloaded_without_token(server: Hub, tmp_path: Path) -> None:
    server.repositories["adefossez/HTDemucs"] = tiny_hub(tmp_path / "public", "htdemucs")
    fetch(Separators(OTHERS_MODEL, None, tmp_path / "models"), "htdemucs")
    assert set(server.shown) == {None}


def test_stems_are_checked_once_the_model_is_known(server: Hub, tmp_path: Path) -> None:
    separators = Separators(OTHERS_MODEL, None, tmp_path / "models")
    for stem in ("vocals", "guitar"):  # the model's files are not downloaded yet
        separators.resolve(OTHERS_MODEL, accepted=True, stems=[stem])
    fetch(separators, OTHERS_MODEL)
    separators.resolve(OTHERS_MODEL, accepted=True, stems=["drums"])
    with pytest.raises(InvalidRequest, match="can't separate vocals") as refused:
        separators.resolve(OTHERS_MODEL, accepted=True, stems=["vocals"])
    assert "drums, other" in refused.value.hint
    with pytest.raises(InvalidRequest, match="can't separate guitar"):
        separators.resolve("htdemucs", accepted=True, stems=["guitar"])
