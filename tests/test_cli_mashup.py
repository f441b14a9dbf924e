"""Mashups from the shell, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from backend.app.cli import shell as cli
from backend.app.contract.mashups import MashupReport
from backend.app.dj.vibes import VIBES
from composer.compose import compose_song
from composer.song import SongSpec

from .test_cli import SR, a_house_of_its_own, tone

__all__ = ["a_house_of_its_own"]


def song(path: Path, seed: int, key: str) -> str:
    made = compose_song(SongSpec(tempo_bpm=120.0 + seed, key=key, seed=seed, bars=10))
    soundfile.write(path, made.samples.T, SR)
    return str(path)


def test_two_songs_become_a_mashup_by_whom_one_says_and_nothing_else_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = (
        song(tmp_path / "Sun.wav", 1, "A minor"),
        song(tmp_path / "Moon.wav", 2, "C major"),
    )
    out = tmp_path / "out"
    wishes = ["--vibe", "Chill", "--vocals", two, "--model", "draft", "--stems"]
    assert cli.main(["mashup", one, two, "--out", str(out), *wishes]) == 0
    left = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert left == [
        "description.txt",
        "mashup.mp3",
        "report.json",
        *(f"stems/{stem}.flac" for stem in ("bass", "drums", "other", "vocals")),
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
    said = capsys.readouterr().out
    for step in ("separating_stems", "analysing", "mixing", "mastering", "describing"):
        assert f"{step} done" in said
    minutes, seconds = divmod(round(report.duration_s), 60)
    measured = f"{report.tempo_bpm:.1f} BPM, {report.key}, {report.loudness_lufs:.1f} LUFS"
    assert f"\n{minutes}:{seconds:02} min, {measured}\n" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--model", "nobody"], "“nobody”"),
        (["--model", "htdemucs"], "scientific purposes"),
        (["--model", ""], "without a name"),
        (["--model", "draft", "--loudness", "3"], "--loudness: between -24 and -9."),
        (["--model", "draft", "--formats", "midi"], "--formats"),
        (["--model", "draft", "--vocals", "gone.wav"], "no such file"),
    ],
)
def test_what_cannot_be_is_said_before_a_track_is_read(
    tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    gone = str(tmp_path / "gone.wav")
    assert cli.main(["mashup", gone, "--out", str(out), "--vibe", "dark", *arguments]) == 1
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_five_tracks_and_a_singer_from_elsewhere_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tracks = [tone(tmp_path / f"{hz}.wav", hz) for hz in (200, 300, 400, 500, 600)]
    wishes = ["--out", str(tmp_path / "out"), "--vibe", "dark", "--model", "draft"]
    assert cli.main(["mashup", *tracks, *wishes]) == 1
    assert "1 to 4 tracks, not 5" in capsys.readouterr().err
    assert cli.main(["mashup", *tracks[:2], *wishes, "--vocals", tracks[4]]) == 1
    assert "none of the tracks" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_tones_have_no_beat_to_be_mashed_up_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    track = tone(tmp_path / "tone.wav", 300, seconds=8.0)
    wishes = ["--out", str(tmp_path / "out"), "--vibe", "dark", "--model", "draft"]
    assert cli.main(["mashup", track, *wishes]) == 1
    assert "beat" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_track_that_cannot_be_used_ends_it_in_the_words_of_its_refusal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    track, notes = tone(tmp_path / "tone.wav", 300), tmp_path / "notes.mp3"
    notes.write_text("not a song")
    wishes = ["--out", str(tmp_path / "out"), "--vibe", "dark", "--model", "draft"]
    assert cli.main(["mashup", track, str(notes), *wishes]) == 1
    said = capsys.readouterr().err
    assert said.startswith("notes.mp3: This is not a sound file")
    assert "left out" not in said
    assert not (tmp_path / "out").exists()


def test_the_help_tells_what_each_vibe_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["mashup", "--help"])
    said = capsys.readouterr().out
    for vibe, treatment in VIBES.items():
        assert f"{vibe} " in said
        assert f"{treatment.loudness_lufs:g} LUFS; {treatment.words}\n" in said
