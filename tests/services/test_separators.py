"""Users name well-known models; what else there is on the hub is for whoever runs the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app.errors import InvalidRequest, NoticeNotAccepted, UnknownModel
from backend.app.services.separators import Separators
from backend.app.stems import weights_hub
from tests.stems.hub_stand_in import Hub, hub
from tests.stems.tiny_demucs import tiny_hub, tiny_repo

THEIRS = "hf://somebody/two"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with a model of somebody's that tells two stems."""
    published = tiny_hub(tmp_path / "published", "two", ("drums", "other"))
    monkeypatch.setattr(weights_hub, "_CHUNK_BYTES", 4096)  # the files are small here
    with hub() as here:
        here.repositories["somebody/Demucs-two"] = published
        monkeypatch.setenv("HF_ENDPOINT", here.address)
        monkeypatch.setenv("HF_TOKEN", "hf_operators_own")
        yield here


def fetched(separators: Separators, model: str) -> None:
    separators.fetch(model, lambda _: None, lambda _: None)


@pytest.mark.parametrize("in_folder", [False, True])
def test_what_anybody_published_is_refused_to_users(
    server: Hub, tmp_path: Path, in_folder: bool
) -> None:
    repo = tiny_repo(tmp_path / "repo", "htdemucs") if in_folder else None
    separators = Separators("htdemucs", repo, tmp_path / "models")
    for ask in (
        lambda: separators.settled(THEIRS, accepted=True),
        lambda: fetched(separators, THEIRS),
    ):
        with pytest.raises(UnknownModel, match="none of this server's") as refused:
            ask()
        assert "DEMUCS_MODEL" in refused.value.hint
    assert server.asked == []


def test_what_demucs_authors_published_is_open_to_users(tmp_path: Path) -> None:
    separators = Separators("draft", None, tmp_path)
    for model in ("htdemucs", "htdemucs_ft", "htdemucs_6s", "mdx_extra", "955717e8"):
        assert separators.settled(model, accepted=True) == model


def test_the_word_of_whoever_runs_the_server_is_fetched_with_their_token(
    server: Hub, tmp_path: Path
) -> None:
    separators = Separators(THEIRS, tmp_path / "repo", tmp_path / "models")
    with pytest.raises(NoticeNotAccepted):
        separators.settled(None, accepted=False)
    assert separators.settled(THEIRS, accepted=True) == THEIRS
    fetched(separators, THEIRS)
    assert "Bearer hf_operators_own" in server.shown
    # What was taken apart by it can still be mixed when the server has got another default
    later = Separators("htdemucs", None, tmp_path / "models")
    assert later.settled(THEIRS, accepted=False) == THEIRS


def test_a_user_s_choice_is_fetched_without_a_token(server: Hub, tmp_path: Path) -> None:
    server.repositories["adefossez/HTDemucs"] = tiny_hub(tmp_path / "public", "htdemucs")
    fetched(Separators(THEIRS, None, tmp_path / "models"), "htdemucs")
    assert set(server.shown) == {None}


def test_stems_are_judged_as_soon_as_it_is_known_who_can_tell_them(
    server: Hub, tmp_path: Path
) -> None:
    separators = Separators(THEIRS, None, tmp_path / "models")
    for stem in ("vocals", "guitar"):  # nobody has seen its files
        separators.settled(THEIRS, accepted=True, wanted=[stem])
    fetched(separators, THEIRS)
    separators.settled(THEIRS, accepted=True, wanted=["drums"])
    with pytest.raises(InvalidRequest, match="cannot tell vocals") as refused:
        separators.settled(THEIRS, accepted=True, wanted=["vocals"])
    assert "drums, other" in refused.value.hint
    with pytest.raises(InvalidRequest, match="cannot tell guitar"):
        separators.settled("htdemucs", accepted=True, wanted=["guitar"])
