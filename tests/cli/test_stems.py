"""Separating stems from the shell, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.cli import shell as cli
from backend.app.contract.stems import StemsView

from .test_mix import own_storage, tone

__all__ = ["own_storage"]


def files(out: Path) -> list[str]:
    return sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())


def test_each_song_gets_a_folder_of_stems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tracks = [tone(tmp_path / f"{name}.wav", hz) for name, hz in (("Sun", 300), ("Moon", 400))]
    out = tmp_path / "out"
    options = ["--model", "draft", "--stems", "vocals,drums", "--format", "mp3"]
    assert cli.main(["stems", *tracks, "--out", str(out), *options]) == 0
    expected = [
        f"stems/{name}/{stem}.mp3" for name in ("Moon", "Sun") for stem in ("drums", "vocals")
    ]
    assert files(out) == ["stems.json", *expected]
    view = StemsView.model_validate_json((out / "stems.json").read_text())
    assert (view.model, view.draft) == ("draft", True)
    output = capsys.readouterr().out
    assert "This is a draft" in output
    assert "separating_stems done" in output


def test_rejected_file_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "notes.mp3").write_text("not a song")
    track = tone(tmp_path / "Sun.wav", 300)
    arguments = ["stems", track, str(tmp_path / "notes.mp3"), "--out", str(tmp_path / "out")]
    assert cli.main([*arguments, "--model", "draft", "--stems", "bass"]) == 2
    assert files(tmp_path / "out") == ["stems.json", "stems/Sun/bass.flac"]


@pytest.mark.parametrize(
    ("options", "output"),
    [
        (["--model", "unknown"], "“unknown”"),
        (["--model", ""], "name is empty"),
        (["--model", "draft", "--stems", "kazoo"], "--stems"),
        (["--stems", ",".join(7 * ["drums"])], "--stems: 6 of them at most."),
        (["--model", "draft", "--stems", "guitar"], "guitar"),
        (["--model", "htdemucs"], "scientific purposes"),
        ([], "--accept-weights-notice"),
    ],
)
def test_invalid_options_are_rejected_before_import(
    tmp_path: Path, options: list[str], output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, out = str(tmp_path / "gone.wav"), tmp_path / "out"
    assert cli.main(["stems", gone, "--out", str(out), *options]) == 1
    assert output in capsys.readouterr().err
    assert not out.exists()


def test_unreachable_hub_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # no server listens there
    track = tone(tmp_path / "Sun.wav", 300)
    arguments = ["stems", track, "--out", str(tmp_path / "out"), "--accept-weights-notice"]
    assert cli.main([*arguments, "--model", "htdemucs"]) == 1
    assert "DEMUCS_REPO" in capsys.readouterr().err


def test_mix_swaps_stems_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tracks = [tone(tmp_path / f"{hz}.wav", hz) for hz in (300, 400)]
    arguments = ["mix", *tracks, "--out", str(tmp_path / "out"), "--no-video"]
    for model, output in (("unknown", "“unknown”"), ("htdemucs", "scientific purposes")):
        assert cli.main([*arguments, "--swap-stems-by", model]) == 1
        assert output in capsys.readouterr().err
    assert cli.main([*arguments, "--swap-stems-by", "draft"]) == 0
    assert "separating_stems done" in capsys.readouterr().out
