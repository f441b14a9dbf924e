"""Damaged, foreign or hostile models are reported and never run."""

from __future__ import annotations

import json
import pickle
import shutil
import struct
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from backend.app.contract.stems import FOUR_STEMS, STEM_NAMES
from backend.app.errors import BadWeights, NoModelsFolder, UnknownModel, UnsafeWeights
from backend.app.stems.choose import separator_of
from backend.app.stems.weights import checkpoint as checkpoint_reading
from backend.app.stems.weights.available import is_ready, known_separators, needs_notice
from backend.app.stems.weights.checkpoint import read_checkpoint
from backend.app.stems.weights.model_files import hub_repository, is_a_name, models_in
from tests.peak_memory import peak_mb

from ..songs import lopsided_song, separated
from ..tiny_demucs import package, tiny_hub, tiny_model, tiny_repo


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an intact model, in both formats."""
    return tiny_hub(tiny_repo(tmp_path_factory.mktemp("whole"), "six", STEM_NAMES), "tiny")


def checkpoint(folder: Path, suffix: str) -> Path:
    (found,) = (path for path in folder.iterdir() if path.suffix == suffix)
    return found


def use(folder: Path, model: str) -> None:
    """Separate a song with a model."""
    separated(separator_of(model, folder, folder), lopsided_song(0.1), ["other"])


@pytest.mark.parametrize(("suffix", "sources"), [(".th", STEM_NAMES), (".safetensors", FOUR_STEMS)])
def test_sources_are_read_from_both_formats(
    whole: Path, suffix: str, sources: tuple[str, ...]
) -> None:
    read = read_checkpoint(checkpoint(whole, suffix))
    assert set(read.sources) == set(sources)
    assert read.class_name == "demucs.htdemucs.HTDemucs"


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def a_page_of_words(path: Path) -> None:
    path.write_text("<html>Sorry, this file has moved.</html>" * 20)


def one_bit_changed(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1  # the middle of the file contains weights
    path.write_bytes(raw)


@pytest.mark.parametrize("harm", [halved, emptied, a_page_of_words])
@pytest.mark.parametrize(("suffix", "model"), [(".th", "six"), (".safetensors", "tiny")])
def test_files_that_are_no_models_are_reported(
    whole: Path, tmp_path: Path, harm: Callable[[Path], None], suffix: str, model: str
) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    harm(checkpoint(tmp_path, suffix))
    with pytest.raises(BadWeights, match=suffix):
        use(tmp_path, model)


def test_wrong_checksum_is_reported(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    one_bit_changed(checkpoint(tmp_path, ".th"))
    with pytest.raises(BadWeights, match=r"\.th"):
        use(tmp_path, "six")


class Trap:
    """Runs a command when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.target,))


def pickled(path: Path, parts: object) -> Path:
    """Write a file in torch's format without torch's checks."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(parts, protocol=2))
        archive.writestr("archive/version", "3\n")
        archive.writestr("archive/byteorder", "little")
    return path


def test_no_pickled_call_runs(tmp_path: Path) -> None:
    parts = package(tiny_model())
    parts["training_args"] = Trap(tmp_path / "sprung")
    parts["state"] = {}
    pickled(tmp_path / "evil.th", parts)
    with pytest.raises(UnsafeWeights, match=r"getattr, pathlib\.Path") as error:
        use(tmp_path, "evil")
    assert "authors" in error.value.hint
    assert not (tmp_path / "sprung").exists()


def test_allowed_pickle_names_do_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_through = checkpoint_reading._MATERIALS | {"pathlib", "__builtin__"}
    monkeypatch.setattr(checkpoint_reading, "_MATERIALS", let_through)
    parts = {**package(tiny_model()), "training_args": Trap(tmp_path / "sprung"), "state": {}}
    pickled(tmp_path / "evil.th", parts)
    with pytest.raises(BadWeights, match="damaged"):
        use(tmp_path, "evil")
    assert not (tmp_path / "sprung").exists()


def test_model_of_another_class_is_rejected(tmp_path: Path) -> None:
    parts = {"args": [["drums"]], "kwargs": {}, "state": {}}
    pickled(tmp_path / "evil.th", {"klass": Path, **parts})
    with pytest.raises(UnsafeWeights, match=r"pathlib\.Path"):
        use(tmp_path, "evil")
    pickled(tmp_path / "odd.th", {"klass": Fraction, **parts})
    with pytest.raises(BadWeights, match="which is no Demucs model"):
        use(tmp_path, "odd")


def described(path: Path, **about: Any) -> Path:
    """Write a safetensors file with this metadata and no tensors."""
    words = {"klass": "demucs.htdemucs.HTDemucs", "args": [["drums"]], "kwargs": {}} | about
    said = {key: word if key == "klass" else json.dumps(word) for key, word in words.items()}
    header = json.dumps({"__metadata__": said}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    return path


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"klass": "subprocess.Popen"}, "no Demucs model"),
        ({"args": [["drums", "kazoo"]]}, "kazoo"),
        ({"kwargs": {"samplerate": 48000}}, "48000"),
        ({"kwargs": {"audio_channels": 1}}, "1 channels"),
        ({"structure": {}}, "quantised"),
        ({"args": [[]]}, "damaged"),
        ({"args": [["drums", "other"]]}, "damaged"),  # without weights
    ],
)
def test_models_not_for_songs_are_reported(
    tmp_path: Path, about: dict[str, Any], said: str
) -> None:
    described(tmp_path / "odd.safetensors", **about)
    with pytest.raises(BadWeights, match=said):
        use(tmp_path, "odd")


def in_either_form(folder: Path, **kwargs: object) -> None:
    """A tiny model in both formats, ``odd`` and ``odder``, with given metadata."""
    import torch
    from safetensors.torch import save_file

    parts = package(tiny_model())
    parts["kwargs"] = {**parts["kwargs"], "segment": 1, **kwargs}
    torch.save(parts, folder / "odd.th")
    about = {
        "klass": "demucs.htdemucs.HTDemucs",
        "args": json.dumps(parts["args"]),
        "kwargs": json.dumps(parts["kwargs"]),
    }
    state = {key: tensor.contiguous() for key, tensor in parts["state"].items()}
    save_file(state, folder / "odder.safetensors", metadata=about)


@pytest.mark.parametrize(
    "kwargs",
    [
        {"channels": 100_000},
        {"channels": 10**15},
        {"bottom_channels": 4096},
        {"t_layers": 10**9},
        {"t_heads": 0},
        {"segment": 10**6},
        {"segment": float("nan")},
        {"segment": 0},
    ],
)
@pytest.mark.parametrize("model", ["odd", "odder"])
def test_network_larger_than_its_weights_is_never_built(
    tmp_path: Path, kwargs: dict[str, object], model: str
) -> None:
    in_either_form(tmp_path)
    use(tmp_path, model)
    in_either_form(tmp_path, **kwargs)
    before_mb = peak_mb()
    with pytest.raises(BadWeights, match=r"odd.*damaged"):
        use(tmp_path, model)
    # The tiny model takes 1 MB; 4096 channels in each layer at the bottom would take about 800 MB.
    assert peak_mb() - before_mb < 100


def test_compressed_file_is_no_checkpoint(tmp_path: Path) -> None:
    pickled(tmp_path / "odd.th", package(tiny_model()) | {"state": {}})
    with zipfile.ZipFile(tmp_path / "odd.th", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data/0", b"0" * 10**6)
    with pytest.raises(BadWeights, match="damaged"):
        read_checkpoint(tmp_path / "odd.th")


@pytest.mark.parametrize("segment", ["1000000", "-1", ".nan", ".inf"])
def test_unusable_bag_segment_is_rejected(tmp_path: Path, segment: str) -> None:
    tiny_repo(tmp_path)
    (tmp_path / "tiny.yaml").write_text(f"models: [tiny0]\nsegment: {segment}\n")
    with pytest.raises(BadWeights, match=r"tiny\.yaml"):
        use(tmp_path, "tiny")


@pytest.mark.parametrize(
    "text", ["", "models: 3", "weights: [1]", "models: []", "models: ['../x']", "{", "models: [[]]"]
)
def test_bag_without_models_is_reported(tmp_path: Path, text: str) -> None:
    (tmp_path / "bag.yaml").write_text(text)
    with pytest.raises(BadWeights, match=r"bag\.yaml"):
        use(tmp_path, "bag")


@pytest.mark.parametrize("weights", ["[[1, 1]]", "[[0, 1, 1, 1]]", "[[1, 1, 1, 1], [1, 1, 1, 1]]"])
def test_wrong_bag_weights_are_reported(tmp_path: Path, weights: str) -> None:
    tiny_repo(tmp_path)
    (tmp_path / "tiny.yaml").write_text(f"models: [tiny0]\nweights: {weights}\n")
    with pytest.raises(BadWeights, match="do not fit"):
        use(tmp_path, "tiny")


def test_bag_models_must_have_the_same_stems(tmp_path: Path) -> None:
    tiny_repo(tiny_repo(tmp_path, "four"), "six", STEM_NAMES)
    (tmp_path / "both.yaml").write_text("models: [four0, six0]\n")
    with pytest.raises(BadWeights, match="different stems"):
        use(tmp_path, "both")


def test_training_metadata_is_accepted(tmp_path: Path) -> None:
    # Released checkpoints contain training settings, including numpy scalars
    import numpy as np
    import torch

    parts = package(tiny_model())
    parts["training_args"] = {"lr": np.float64(3e-4), "epochs": [np.int64(360)], "seed": 42}
    torch.save(parts, tmp_path / "trained.th")
    use(tmp_path, "trained")


@pytest.mark.parametrize(
    "model", ["none", "tiny1", "../six", "", "a/b", "hf://", "hf://a/b/c", "hf://../x", "six.yaml"]
)
def test_missing_models_are_unknown(whole: Path, model: str) -> None:
    with pytest.raises(UnknownModel) as error:
        separator_of(model, whole, whole)
    assert "six, tiny" in error.value.hint
    assert str(whole) not in error.value.message + error.value.hint
    assert "draft" in error.value.hint


def test_name_not_listed_by_demucs_is_unknown(tmp_path: Path) -> None:
    for model in ("htdemucs_ft", "mdx_extra", "955717e8", "hf://someone/theirs"):
        assert separator_of(model, None, tmp_path).sources == FOUR_STEMS
    with pytest.raises(UnknownModel, match="htdemux"):
        separator_of("htdemux", None, tmp_path)


def test_names_are_mapped_to_the_hub_as_demucs_does() -> None:
    from demucs.hf import hf_repo_name

    for name in ("htdemucs", "htdemucs_ft", "mdx_extra_q", "hdemucs_mmi"):
        assert hub_repository(name) == f"adefossez/{hf_repo_name(name)}"
    assert hub_repository("hf://me/htdemucs_x") == "me/HTDemucs-x"
    assert not is_a_name("me/htdemucs_x")


def test_known_models_can_be_fetched_without_folder(tmp_path: Path) -> None:
    listed = known_separators("htdemucs", None, tmp_path)
    assert [one.model for one in listed] == ["draft", "htdemucs", "htdemucs_ft", "htdemucs_6s"]
    assert [one.ready for one in listed] == [True, False, False, False]
    assert all("scientific purposes" in one.notice and one.download_mb for one in listed[1:])
    assert listed[3].stems == list(STEM_NAMES)
    assert needs_notice("htdemucs", None, tmp_path)
    assert not needs_notice("draft", None, tmp_path)


def test_folder_models_are_listed_and_need_no_notice(whole: Path) -> None:
    listed = {one.model: one for one in known_separators("tiny", whole, whole)}
    assert list(listed) == ["draft", "six", "tiny"]
    assert all(one.ready and not one.notice for one in listed.values())
    assert set(listed["six"].stems) == set(STEM_NAMES)
    assert models_in(whole) == ["six", "tiny"]
    assert is_ready("six0", whole, whole)
    assert not needs_notice("six", whole, whole)
    assert needs_notice("hf://elsewhere", whole, whole)


def test_damaged_model_is_listed_but_not_ready(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    halved(checkpoint(tmp_path, ".th"))
    listed = {one.model: one.ready for one in known_separators("six", tmp_path, tmp_path)}
    assert listed == {"draft": True, "six": False, "tiny": True}


def test_missing_folder_has_no_models(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert [one.model for one in known_separators("htdemucs", gone, tmp_path)] == ["draft"]
    with pytest.raises(NoModelsFolder) as error:
        separator_of("htdemucs", gone, tmp_path)
    assert "DEMUCS_REPO" in error.value.hint
    assert str(tmp_path) not in error.value.message + error.value.hint
