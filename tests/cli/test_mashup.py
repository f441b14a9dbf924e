"""Mashups from the shell, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from backend.app.cli import shell as cli
from backend.app.contract.mashups import MashupReport
from backend.app.dj.mashup.vibes import VIBES
from composer.compose import compose_song
from composer.song import SongSpec

from .test_mix import SR, own_storage, tone

__all__ = ["own_storage"]


def song(path: Path, seed: int, key: str) -> str:
    made = compose_song(SongSpec(tempo_bpm=120.0 + seed, key=key, seed=seed, bars=6))
    soundfile.write(path, made.samples.T, SR)
    return str(path)


def test_mashup_uses_the_chosen_singer_and_leaves_only_artifacts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = (
        song(tmp_path / "Sun.wav", 1, "A minor"),
        song(tmp_path / "Moon.wav", 2, "C major"),
    )
    out = tmp_path / "out"
    options = ["--vibe", "Chill", "--vocals", two, "--model", "draft", "--stems"]
    options += ["--off", "drums", "--video"]
    assert cli.main(["mashup", one, two, "--out", str(out), *options]) == 0
    left = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert left == [
        "description.txt",
        "mashup.mp3",
        "mix.mp4",
        "report.json",
        *(f"stems/{stem}.flac" for stem in ("bass", "other", "vocals")),
        "thumbnail.jpg",
        "timeline.json",
        "tracklist.txt",
        "waveform.json",
        "words.json",
    ]
    report = MashupReport.model_validate_json((out / "report.json").read_text())
    assert (report.vibe, report.draft) == ("chill", True)
    assert report.chosen.vocals != report.chosen.instrumental
    text = (out / "tracklist.txt").read_text()
    assert text.startswith("Sun × Moon (chill mashup)\n")
    assert "Moon: vocals" in text
    output = capsys.readouterr().out
    for step in ("separating_stems", "analysing", "mixing", "mastering", "filming", "describing"):
        assert f"{step} done" in output
    minutes, seconds = divmod(round(report.duration_s), 60)
    measured = f"{report.tempo_bpm:.1f} BPM, {report.key}, {report.loudness_lufs:.1f} LUFS"
    assert f"\n{minutes}:{seconds:02} min, {measured}\n" in output


@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (["--model", "unknown"], "“unknown”"),
        (["--model", "htdemucs"], "scientific purposes"),
        (["--model", ""], "name is empty"),
        (["--model", "draft", "--loudness", "3"], "--loudness: between -24 and -9."),
        (["--model", "draft", "--formats", "midi"], "--formats"),
        (["--model", "draft", "--vocals", "gone.wav"], "no such file"),
    ],
)
def test_invalid_options_are_rejected_before_import(
    tmp_path: Path, arguments: list[str], output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    gone = str(tmp_path / "gone.wav")
    assert cli.main(["mashup", gone, "--out", str(out), "--vibe", "dark", *arguments]) == 1
    assert output in capsys.readouterr().err
    assert not out.exists()


def test_too_many_tracks_or_foreign_singer_are_rejected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tracks = [tone(tmp_path / f"{hz}.wav", hz) for hz in (200, 300, 400, 500, 600)]
    options = ["--out", str(tmp_path / "out"), "--vibe", "dark", "--model", "draft"]
    assert cli.main(["mashup", *tracks, *options]) == 1
    assert "1 to 4 tracks, not 5" in capsys.readouterr().err
    assert cli.main(["mashup", *tracks[:2], *options, "--vocals", tracks[4]]) == 1
    assert "not one of the tracks" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_tracks_without_beats_are_rejected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    track = tone(tmp_path / "tone.wav", 300, seconds=3.0)
    options = ["--out", str(tmp_path / "out"), "--vibe", "dark", "--model", "draft"]
    assert cli.main(["mashup", track, *options]) == 1
    assert "beat" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_rejected_track_fails_the_mashup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    track, notes = tone(tmp_path / "tone.wav", 300), tmp_path / "notes.mp3"
    notes.write_text("not a song")
    options = ["--out", str(tmp_path / "out"), "--vibe", "dark", "--model", "draft"]
    assert cli.main(["mashup", track, str(notes), *options]) == 1
    output = capsys.readouterr().err
    assert output.startswith("notes.mp3: This is not a sound file")
    assert "left out" not in output
    assert not (tmp_path / "out").exists()


def test_help_describes_the_vibes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["mashup", "--help"])
    output = capsys.readouterr().out
    for vibe, treatment in VIBES.items():
        assert f"{vibe} " in output
        assert f"{treatment.loudness_lufs:g} LUFS; {treatment.words}\n" in output
