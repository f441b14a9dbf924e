"""Restyles from the shell, without a server."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.app.cli import shell as cli
from backend.app.contract.restyles import RestyleReport
from composer.compose import compose_song
from composer.song import SongSpec

from .test_mix import SR, own_storage, tone

__all__ = ["own_storage"]


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("song") / "Sun.wav"
    made = compose_song(SongSpec(tempo_bpm=120.0, seed=3, duration_s=6.0))
    soundfile.write(path, made.samples.T, SR)
    return str(path)


def test_restyle_leaves_only_its_artifacts(
    tmp_path: Path, song: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bell, hum = tone(tmp_path / "bell.wav", 660), tone(tmp_path / "hum.wav", 110)
    out = tmp_path / "out"
    options = ["--drums", bell, "--bass", hum, "--volume", "bass=0.5", "--off", "other,vocals"]
    arguments = ["restyle", song, "--out", str(out), *options, "--format", "flac", "--video"]
    assert cli.main([*arguments, "--grain-ms", "90", "--model", "draft"]) == 0
    left = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert left == [
        "before/bass.flac",
        "before/drums.flac",
        "mix.mp4",
        "report.json",
        "restyled.flac",
        "stems/bass.flac",
        "stems/drums.flac",
        "thumbnail.jpg",
        "timeline.json",
        "waveform.json",
    ]
    report = RestyleReport.model_validate_json((out / "report.json").read_text())
    styles = {one.stem: (one.sound_name, one.volume) for one in report.stems}
    assert styles == {"drums": ("bell", 1.0), "bass": ("hum", 0.5)}
    assert report.draft
    assert soundfile.info(out / "restyled.flac").frames == 6 * SR
    output = capsys.readouterr().out
    for step in ("separating_stems", "analysing", "restyling", "mixing", "checking"):
        assert f"{step} done" in output
    assert "draft" in output
    for one in report.stems:
        assert (
            f"\n{one.stem} by {one.sound_name}: {one.onset_agreement:.0%} of the onsets" in output
        )


def test_pitch_and_envelope_can_be_switched_off(tmp_path: Path, song: str) -> None:
    hum = tone(tmp_path / "hum.wav", 300)
    options = ["--bass", hum, "--off", "drums,other,vocals", "--no-pitch", "--no-envelope"]
    out = tmp_path / "out"
    assert cli.main(["restyle", song, "--out", str(out), *options, "--model", "draft"]) == 0
    sound = soundfile.read(out / "stems" / "bass.wav")[0].mean(axis=1)
    spectrum = np.abs(np.fft.rfft(sound))
    assert spectrum.argmax() * SR / len(sound) == pytest.approx(300, abs=1.0)
    [bass] = RestyleReport.model_validate_json((out / "report.json").read_text()).stems
    assert bass.pitch_agreement is None


@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (["--drums", "SONG", "--model", "unknown"], "“unknown”"),
        (["--drums", "SONG", "--model", ""], "name is empty"),
        (["--drums", "SONG", "--model", "htdemucs"], "scientific purposes"),
        (["--grain-ms", "3"], "--grain-ms: between 30 and 500."),
        (["--volume", "bass=7"], "--volume: between 0 and 2."),
        (["--volume", "bass=loud"], "--volume: between 0 and 2."),
        (["--volume", "loud"], "STEM=FACTOR"),
        (["--volume", "trombone=1"], "“trombone” is not a stem"),
        (["--off", "trombone"], "“trombone” is not a stem"),
        ([], "Name a sound for at least one stem"),
        (["--off", "vocals", "--vocals", "SONG"], "--off vocals and --vocals"),
        (
            ["--drums", "SONG", "--volume", "drums=0", "--off", "bass,other,vocals"],
            "Every stem is left out",
        ),
        (["--guitar", "SONG"], "guitar"),
        (["--drums", "gone.wav"], "no such file"),
        (["--drums", "."], "this is a folder, not a file"),
    ],
)
def test_invalid_options_are_rejected_before_import(
    tmp_path: Path, song: str, arguments: list[str], output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    options = [song if one == "SONG" else one for one in arguments]
    model = [] if "--model" in options else ["--model", "draft"]
    assert cli.main(["restyle", song, "--out", str(out), *model, *options]) == 1
    assert output in capsys.readouterr().err
    assert not out.exists()


def test_help_states_the_length_of_sounds(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["restyle", "--help"])
    assert "0.05 to 60 s" in " ".join(capsys.readouterr().out.split())


def test_folder_as_song_is_rejected(
    tmp_path: Path, song: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--out", str(tmp_path / "out"), "--drums", song, "--model", "draft"]
    assert cli.main(["restyle", str(tmp_path), *arguments]) == 1
    assert "restyle takes one file, not a folder" in capsys.readouterr().err


def test_too_short_or_invalid_sound_is_rejected(
    tmp_path: Path, song: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "out"), "--model", "draft"]
    short = tone(tmp_path / "short.wav", 500, seconds=0.1)
    assert cli.main(["restyle", song, *out, "--drums", short]) == 1
    output = capsys.readouterr().err
    assert "“short” lasts" in output
    assert "shorter grains" in output
    assert cli.main(["restyle", song, *out, "--drums", short, "--grain-ms", "60"]) == 0
    capsys.readouterr()
    click = tone(tmp_path / "click.wav", 500, seconds=0.02)
    assert cli.main(["restyle", song, *out, "--drums", click]) == 1
    assert "a single sound 0.05 s" in capsys.readouterr().err
    text = tmp_path / "text.wav"
    text.write_text("not a sound")
    assert cli.main(["restyle", song, *out, "--drums", str(text)]) == 1
    assert capsys.readouterr().err.startswith("text.wav: ")
