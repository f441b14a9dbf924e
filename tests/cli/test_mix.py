"""Mixtapes from the shell, without a server."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.app.cli import shell as cli
from backend.app.cli.summary import summarise_mix
from backend.app.contract.mixes import ReportView

SR = 44_100


@pytest.fixture(autouse=True)
def own_storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_ROOT", str(tmp_path / "storage"))
    monkeypatch.setattr(
        cli, "set_up_logs", lambda level: None
    )  # set_up_logs would replace pytest's handlers


def tone(path: Path, hz: float, *, seconds: float = 2.0) -> str:
    wave = 0.3 * np.sin(2 * np.pi * hz * np.arange(int(SR * seconds)) / SR)
    soundfile.write(path, np.column_stack([wave, wave]), SR)
    return str(path)


def report_of(out: Path) -> ReportView:
    return ReportView.model_validate_json((out / "report.json").read_text())


def test_mix_leaves_only_its_artifacts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tracks = [tone(tmp_path / f"{hz}.wav", hz) for hz in (300, 400, 500)]
    out = tmp_path / "out"
    # The crossfades are longer than the tracks, so all three would play at once.
    status = cli.main(["mix", *tracks, "--out", str(out), "--crossfade", "30", "--height", "720"])
    assert status == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "description.txt",
        "mix.mp3",
        "mix.mp4",
        "report.json",
        "thumbnail.jpg",
        "timeline.json",
        "tracklist.txt",
        "waveform.json",
        "words.json",
    ]
    first, second = report_of(out).transitions
    output = capsys.readouterr().out
    assert f"\n300 → 400: {first.kind}. {first.reason}\n" in output
    assert f"\n400 → 500: {second.kind}. {second.reason}\nStem swaps: 0 of 2 joins\n" in output


def test_template_and_writer_are_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = tmp_path / "words.j2"
    options = ["--out", str(tmp_path / "out"), "--no-video", "--template", str(template)]
    tracks = [tone(tmp_path / f"{hz}.wav", hz) for hz in (300, 400)]
    assert cli.main(["mix", *tracks, *options]) == 1
    assert "words.j2: no such file" in capsys.readouterr().err
    template.write_text("{{ nothing }}")
    assert cli.main(["mix", *tracks, *options]) == 1
    assert "Line 1 of the template: “nothing” is unknown" in capsys.readouterr().err
    assert cli.main(["mix", *tracks, *options, "--language", "?"]) == 1
    assert "--language: " in capsys.readouterr().err
    template.write_text("{{ title }}: {{ credits | length }} artists")
    assert cli.main(["mix", *tracks, *options, "--title", "Night", "--writer", "llm"]) == 0
    assert (tmp_path / "out" / "description.txt").read_text() == "Night: 0 artists\n"
    assert "no language model is set up here" in capsys.readouterr().out


def test_summary_counts_stem_swaps(tmp_path: Path) -> None:
    tracks = [tone(tmp_path / f"{hz}.wav", hz) for hz in (300, 400, 500)]
    out = tmp_path / "out"
    assert cli.main(["mix", *tracks, "--out", str(out), "--no-video"]) == 0
    report = report_of(out)
    swapped = report.transitions[1].model_copy(update={"kind": "stem_swap"})
    joins = [report.transitions[0], swapped]
    changed = report.model_copy(update={"transitions": joins})
    (out / "report.json").write_text(changed.model_dump_json())
    *_, swaps = summarise_mix(out)
    assert swaps == "Stem swaps: 1 of 2 joins"


def test_rejected_file_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.mp3").write_text("not a song")
    track = tone(tmp_path / "song.wav", 440)
    arguments = ["mix", track, str(tmp_path / "notes.mp3"), "--out", str(tmp_path / "out")]
    assert cli.main([*arguments, "--no-video"]) == 2
    assert "notes.mp3: left out." in capsys.readouterr().err
    assert (tmp_path / "out" / "mix.mp3").is_file()


def test_mix_without_any_accepted_file_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.mp3").write_text("not a song")
    assert cli.main(["mix", str(tmp_path / "notes.mp3"), "--out", str(tmp_path / "out")]) == 1
    output = capsys.readouterr().err
    assert output.startswith("notes.mp3: This is not a sound file")
    assert "WebM or M4A." in output
    assert not (tmp_path / "out").exists()


def test_folder_adds_its_sound_files(tmp_path: Path) -> None:
    folder, out = tmp_path / "songs", tmp_path / "out"
    folder.mkdir()
    for hz in (300, 400):
        tone(folder / f"{hz}.wav", hz)
    (folder / "cover.txt").write_text("not a song")
    assert cli.main(["mix", str(folder), "--out", str(out), "--no-video"]) == 0
    assert "300" in (out / "tracklist.txt").read_text()
    assert "400" in (out / "tracklist.txt").read_text()


def test_empty_folder_and_file_as_output_are_rejected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    track, empty = tone(tmp_path / "song.wav", 440), tmp_path / "empty"
    empty.mkdir()
    assert cli.main(["mix", str(empty), "--out", str(tmp_path / "out")]) == 1
    assert "no sound file in this folder" in capsys.readouterr().err
    assert cli.main(["mix", track, "--out", track]) == 1
    assert "this is a file, not a folder" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["track", "image"])
def test_missing_file_is_rejected(
    tmp_path: Path, missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    there, gone = tone(tmp_path / "song.wav", 440), str(tmp_path / "gone")
    files = [gone] if missing == "track" else [there, "--image", gone]
    assert cli.main(["mix", *files, "--out", str(tmp_path / "out")]) == 1
    assert "gone: no such file." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "output"),
    [
        (["--formats", "mp3,aiff"], "--formats: mp3, flac, wav, m4a or opus, not “aiff”."),
        (["--crossfade", "99"], "--crossfade: between 0 and 30 seconds."),
        (["--loudness", "3"], "--loudness: between -24 and -9."),
        (["--title", 300 * "a"], "--title: 200 characters at most."),
        (["--swap-stems-by", ""], "The model's name is empty."),
    ],
)
def test_invalid_option_is_rejected_by_name(
    tmp_path: Path, option: list[str], output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    track = tone(tmp_path / "song.wav", 440)
    assert cli.main(["mix", track, "--out", str(tmp_path / "out"), *option]) == 1
    assert output in capsys.readouterr().err


def test_only_supported_formats_are_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    track, out = tone(tmp_path / "song.wav", 440), tmp_path / "out"
    rejections = (
        ("mp3, flac", "song.wav: This is WAV audio, which"),
        ("mp3,waw", "waw"),
    )
    for formats, complaint in rejections:
        monkeypatch.setenv("SUPPORTED_FORMATS", formats)
        assert cli.main(["mix", track, "--out", str(out), "--no-video"]) == 1
        assert complaint in capsys.readouterr().err
    assert not out.exists()
