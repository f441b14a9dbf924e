"""Songs taken apart from the shell, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.cli import shell as cli
from backend.app.contract.stems import StemsView

from .test_cli import a_house_of_its_own, tone

__all__ = ["a_house_of_its_own"]


def files(out: Path) -> list[str]:
    return sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())


def test_songs_become_a_folder_of_stems_each_and_nothing_else_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tracks = [tone(tmp_path / f"{name}.wav", hz) for name, hz in (("Sun", 300), ("Moon", 400))]
    out = tmp_path / "out"
    wishes = ["--model", "draft", "--stems", "vocals,drums", "--format", "mp3"]
    assert cli.main(["stems", *tracks, "--out", str(out), *wishes]) == 0
    wanted = [
        f"stems/{name}/{stem}.mp3" for name in ("Moon", "Sun") for stem in ("drums", "vocals")
    ]
    assert files(out) == ["stems.json", *wanted]
    view = StemsView.model_validate_json((out / "stems.json").read_text())
    assert (view.model, view.draft) == ("draft", True)
    said = capsys.readouterr().out
    assert "This is a draft" in said
    assert "separating_stems done" in said


def test_a_file_that_is_refused_is_left_out_of_the_stems(tmp_path: Path) -> None:
    (tmp_path / "notes.mp3").write_text("not a song")
    track = tone(tmp_path / "Sun.wav", 300)
    arguments = ["stems", track, str(tmp_path / "notes.mp3"), "--out", str(tmp_path / "out")]
    assert cli.main([*arguments, "--model", "draft", "--stems", "bass"]) == 2
    assert files(tmp_path / "out") == ["stems.json", "stems/Sun/bass.flac"]


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        (["--model", "nobody"], "“nobody”"),
        (["--model", ""], "without a name"),
        (["--model", "draft", "--stems", "kazoo"], "--stems"),
        (["--stems", ",".join(7 * ["drums"])], "--stems: 6 of them at most."),
        (["--model", "draft", "--stems", "guitar"], "guitar"),
        (["--model", "htdemucs"], "scientific purposes"),
        ([], "--accept-weights-notice"),
    ],
)
def test_what_cannot_be_is_said_before_a_file_is_read(
    tmp_path: Path, wishes: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, out = str(tmp_path / "gone.wav"), tmp_path / "out"
    assert cli.main(["stems", gone, "--out", str(out), *wishes]) == 1
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_without_a_way_to_the_weights_the_shell_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nobody listens there
    track = tone(tmp_path / "Sun.wav", 300)
    arguments = ["stems", track, "--out", str(tmp_path / "out"), "--accept-weights-notice"]
    assert cli.main([*arguments, "--model", "htdemucs"]) == 1
    assert "DEMUCS_REPO" in capsys.readouterr().err


def test_a_mix_swaps_stems_where_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tracks = [tone(tmp_path / f"{hz}.wav", hz) for hz in (300, 400)]
    arguments = ["mix", *tracks, "--out", str(tmp_path / "out"), "--no-video"]
    for model, said in (("nobody", "“nobody”"), ("htdemucs", "scientific purposes")):
        assert cli.main([*arguments, "--swap-stems-by", model]) == 1
        assert said in capsys.readouterr().err
    assert cli.main([*arguments, "--swap-stems-by", "draft"]) == 0
    assert "separating_stems done" in capsys.readouterr().out
