"""Stems jobs download missing weights, or fail with a message."""

from __future__ import annotations

import json
import pickle
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from backend.app.contract.stems import StemName
from backend.app.jobs.messages import Done, Failed, Message, Order, Planned, Progressed
from backend.app.jobs.runner import run_order
from backend.app.settings import Settings
from backend.app.stems.weights import hub as weights_hub
from backend.app.wiring.jobs.pipelines import build_stems_pipeline
from tests.sounds import noise
from tests.stems.hub_stand_in import Hub, hub
from tests.stems.tiny_demucs import tiny_hub, tiny_repo

from ..stems_harness import StemsHarness


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    published = tiny_hub(tmp_path / "published", "htdemucs")
    monkeypatch.setattr(weights_hub, "_CHUNK_BYTES", 4096)  # the files in this test are small
    with hub(HTDemucs=published) as here:
        monkeypatch.setenv("HF_ENDPOINT", here.address)
        yield here


def separate(
    root: Path, model: str = "htdemucs", repo: Path | None = None, stems: Sequence[StemName] = ()
) -> list[Message]:
    """Run a stems job on a short song; return its messages."""
    harness = StemsHarness(root / "storage", None)
    inputs = {
        "request": {"kind": "stems", "track_id": "t0"},
        "title": "S",
        "model": model,
        "stems": [*stems],
        "tracks": [harness.put(noise(1.5, seed=1)).model_dump()],
    }
    settings = Settings(
        _env_file=None, storage_root=harness.root, demucs_repo=repo, demucs_model=model
    )
    said: list[Message] = []
    order = Order("j", "", json.dumps(inputs), 1.5, str(root / "job"), 1, [])
    run_order(order, build_stems_pipeline(settings), said.append)
    return said


def steps_of(said: list[Message]) -> list[str]:
    [planned] = [one for one in said if isinstance(one, Planned)]
    return [step.name for step in planned.steps]


def failure_of(said: list[Message]) -> tuple[str, str, str]:
    last = said[-1]
    assert isinstance(last, Failed), last
    return last.failure.code, last.failure.message, last.failure.hint


def test_download_is_a_step_with_progress(server: Hub, tmp_path: Path) -> None:
    server.bytes_per_s = 80_000.0  # 78 kB
    said = separate(tmp_path)
    assert isinstance(said[-1], Done), said[-1]
    assert steps_of(said) == ["fetching_weights", "separating_stems", "writing"]
    steps = [one for one in said if isinstance(one, Progressed) and one.step == "fetching_weights"]
    shares = [one.fraction for one in steps]
    assert shares == sorted(shares)
    # The download takes a second and reports five times a second; a slow machine may skip some
    # reports.
    assert len({share for share in shares if 0.0 < share < 1.0}) >= 2
    assert steps[-1].detail is not None
    assert steps[-1].detail.endswith("of 0 MB")


def test_second_job_downloads_nothing(server: Hub, tmp_path: Path) -> None:
    separate(tmp_path)
    asked = len(server.asked)
    again = separate(tmp_path)
    assert isinstance(again[-1], Done), again[-1]
    assert steps_of(again) == ["separating_stems", "writing"]
    assert len(server.asked) == asked


def unreachable(server: Hub) -> None:
    server.refusal = (503, "")


def damaged(server: Hub) -> None:
    server.damaged = True


def unpublished(server: Hub) -> None:
    server.repositories.clear()


@pytest.mark.parametrize(
    ("model", "harm", "code", "said"),
    [
        ("htdemucs", unreachable, "weights_unreachable", "refuses the download"),
        ("htdemucs", damaged, "bad_weights", "damaged"),
        ("hf://someone/htdemucs", unpublished, "unknown_model", "someone/htdemucs"),
    ],
)
def test_failed_download_is_explained(
    server: Hub, tmp_path: Path, model: str, harm: Callable[[Hub], None], code: str, said: str
) -> None:
    harm(server)
    failure = failure_of(separate(tmp_path, model))
    assert failure[0] == code
    assert said in failure[1]
    assert failure[2]


def test_stem_missing_from_downloaded_model_is_explained(server: Hub, tmp_path: Path) -> None:
    code, said, hint = failure_of(separate(tmp_path, stems=["drums", "guitar"]))
    assert (code, said) == ("invalid_request", "Demucs 4 can't separate guitar.")
    assert "drums, bass, other, vocals" in hint


class Trap:
    """Creates a file when unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.target,))


def no_folder(repo: Path) -> None:
    repo.rename(repo.with_name("elsewhere"))


def no_model(repo: Path) -> None:
    (repo / "tiny.yaml").unlink()


def nothing_at_all(repo: Path) -> None:
    for path in repo.iterdir():
        path.unlink()


def torn(repo: Path) -> None:
    [path] = repo.glob("*.th")
    path.write_bytes(path.read_bytes()[:5000])


def hostile(repo: Path) -> None:
    [path] = repo.glob("*.th")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Trap(repo / "sprung"), protocol=2))


@pytest.mark.parametrize(
    ("harm", "code", "said", "hint"),
    [
        (no_folder, "no_models_folder", "does not exist", "DEMUCS_REPO"),
        (no_model, "unknown_model", "no model called “tiny”", "There is tiny0"),
        (
            nothing_at_all,
            "unknown_model",
            "no model called “tiny”",
            "folder in DEMUCS_REPO has none",
        ),
        (torn, "bad_weights", "is damaged", "again"),
        (hostile, "unsafe_weights", "Nothing in it was run", "malicious"),
    ],
)
def test_bad_models_folder_is_explained(
    tmp_path: Path, harm: Callable[[Path], None], code: str, said: str, hint: str
) -> None:
    repo = tiny_repo(tmp_path / "models")
    harm(repo)
    failure = failure_of(separate(tmp_path, "tiny", repo))
    assert failure[0] == code
    assert said in failure[1]
    assert hint in failure[2]
    assert not (repo / "sprung").exists()
