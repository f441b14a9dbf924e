"""A mashup from stems to files: length, loudness, stems, report and tags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from mutagen.flac import FLAC
from mutagen.id3 import ID3

from audio_checks.cuts import clicks_at_cuts, cuts_of
from backend.app.contract.mashups import MashupReport
from backend.app.contract.mixes import TimelineView, WaveformView
from backend.app.contract.publishing import DescriptionOptions, WordsView
from backend.app.dj.mashup.plan import plan_mashup
from backend.app.dj.mashup.vibes import VIBES
from backend.app.dj.timeline import Clip
from backend.app.dsp.loudness import LoudnessMeter, integrated_lufs
from backend.app.dsp.samples import SAMPLE_RATE, Samples
from backend.app.jobs.pipeline import StepContext
from backend.app.jobs.workspace import WrittenFile
from backend.app.publishing.metadata.chapters import broken_rules, chapters_in
from backend.app.publishing.metadata.metadata_writer import MetadataWriter
from backend.app.render.player.stretched_segments import StretchedSegment, stretched_segments_of
from backend.app.services.mashup import plan as mashup_plan
from backend.app.services.mashup.job import MashupJob
from backend.app.services.mashup.pipeline import STEPS, describe_mashup
from backend.app.services.mashup.plan import PREMASTER, premaster_player, read_timeline
from backend.app.services.mashup.report import beat_error_ms
from backend.app.services.mashup.songs import mashup_tracks
from backend.app.services.metadata.facts import mashup_facts
from backend.app.services.tracks.recordings import open_recording
from backend.app.services.tracks.stretched import open_stretched
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.limits import youtube_limits
from composer.compose import compose_song
from composer.song import SongSpec
from tests.render.mixes import decoded

from ..mashup_jobs import mashup_job, put_song
from ..stored_tracks import context

SPECS = {
    "a": SongSpec(tempo_bpm=124, key="A minor", seed=1, bars=8, title="Ay", artist="Ada"),
    "b": SongSpec(
        style="pop", tempo_bpm=119, key="C major", seed=4, bars=8, title="Bee", artist="Bo"
    ),
}


@dataclass(frozen=True)
class Made:
    """A finished mashup in its workspace."""

    ctx: StepContext[MashupJob]
    notes: list[str]
    titles: list[str]
    files: dict[str, WrittenFile]

    def path(self, name: str) -> Path:
        return self.ctx.workspace.path(name)

    @property
    def report(self) -> MashupReport:
        return MashupReport.model_validate_json(self.path("report.json").read_bytes())

    @property
    def timeline(self) -> TimelineView:
        return TimelineView.model_validate_json(self.path("timeline.json").read_bytes())


def run(job: MashupJob, folder: Path) -> Made:
    notes: list[str] = []
    titles: list[str] = []
    ctx = replace(context(job, folder), note=notes.append, retitle=titles.append)
    for step in STEPS:
        if step.when is None or step.when(job):
            step.run(ctx)
    return Made(ctx, notes, titles, {file.name: file for file in ctx.workspace.written})


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ContentStore, Path, list]]:
    folder = tmp_path_factory.mktemp("crate")
    store = ContentStore(folder / "storage")
    songs = [put_song(store, folder, name, compose_song(spec)) for name, spec in SPECS.items()]
    return store, folder, songs


@pytest.fixture(scope="module")
def made(crate, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A mashup of two songs, in two formats, with its stems."""
    job = mashup_job(*crate, "chill", stems=True, formats=["mp3", "flac"])
    return run(job, tmp_path_factory.mktemp("made"))


def lufs(sound: Samples) -> float:
    meter = LoudnessMeter()
    meter.push(sound)
    return integrated_lufs(meter.energies)


def test_steps_in_order(made: Made) -> None:
    shown = [step.name for step in STEPS if step.when is None or step.when(made.ctx.job)]
    assert shown == ["separating_stems", "analysing", "mixing", "mastering"]
    assert STEPS[0].name == "fetching_weights"


def test_job_is_named_after_the_planned_mashup(made: Made) -> None:
    assert made.titles == [made.ctx.job.title(read_timeline(made.ctx.workspace)[0])]


def test_only_finished_files_are_artifacts(made: Made) -> None:
    shown = {name for name, file in made.files.items() if file.media_type}
    assert shown == {
        "mashup.mp3",
        "mashup.flac",
        "timeline.json",
        "report.json",
        "waveform.json",
        "tracklist.txt",
        *(f"stems/{stem}.flac" for stem in ("drums", "bass", "other", "vocals")),
    }


def test_files_have_the_vibes_loudness_and_the_timelines_length(made: Made) -> None:
    asked = VIBES["chill"].loudness_lufs
    for name in ("mashup.mp3", "mashup.flac"):
        sound = decoded(made.path(name))
        assert sound.shape[1] == made.timeline.duration_samples
        assert lufs(sound) == pytest.approx(asked, abs=0.5)  # the deviation that players accept
    assert made.report.loudness_lufs == pytest.approx(asked, abs=0.5)
    assert all(file.true_peak_dbtp <= -1.0 for file in made.report.files)
    assert made.report.duration_s == made.timeline.duration_s


def test_reverb_fades_to_silence_after_the_last_clip(made: Made) -> None:
    sound = decoded(made.path("mashup.flac"))
    timeline, length = read_timeline(made.ctx.workspace)
    assert length > timeline.length
    assert np.abs(sound[:, -100:]).max() < 1e-3
    peaks = WaveformView.model_validate_json(made.path("waveform.json").read_bytes()).peaks
    assert len(peaks) == pytest.approx(10 * made.report.duration_s, abs=1)


def test_clip_boundaries_have_no_clicks(made: Made) -> None:
    clips = read_timeline(made.ctx.workspace)[0].clips
    assert len(clips) > 8
    store = made.ctx.job.store
    opens = partial(open_recording, store), partial(open_stretched, store)
    sound = decoded(made.path("mashup.flac")).copy()
    assert clicks_at_cuts(sound, clips, *opens) == []
    jump = next(at for at in cuts_of(clips) if at > SAMPLE_RATE)
    sound[:, jump:] += 0.3 * np.exp(-np.arange(sound.shape[1] - jump, dtype=np.float32) / 2000)
    assert clicks_at_cuts(sound, clips, *opens) != []


def test_stems_add_up_to_the_mix_before_effects(made: Made) -> None:
    stems = [decoded(made.path(f"stems/{s}.flac")) for s in ("drums", "bass", "other", "vocals")]
    timeline, length = read_timeline(made.ctx.workspace)
    mix = np.concatenate(list(premaster_player(made.ctx.job, timeline).play(0, length)), axis=1)
    assert [stem.shape for stem in stems] == [mix.shape] * 4
    # four files of 24 bits, each rounded to half a step; and a step is scaled by one part in 2**23
    assert np.abs(sum(stems) - mix).max() < 4 * 2.0**-23
    assert all(np.abs(stem).max() > 0.01 for stem in stems)


def test_effects_change_the_mix(made: Made) -> None:
    before = sum(decoded(made.path(f"stems/{s}.flac")) for s in ("drums", "bass", "other"))
    before = before + decoded(made.path("stems/vocals.flac"))
    after = decoded(made.path(PREMASTER)) * 2.0  # derived files are stored at half level
    assert after.shape == before.shape
    assert not np.allclose(after, before, atol=0.01)
    assert made.report.figures.space_share > 0.005


def test_report_has_choices_with_reasons(made: Made) -> None:
    report = made.report
    assert {report.chosen.vocals, report.chosen.instrumental} == {"a", "b"}
    assert report.chosen in report.fits
    assert len(report.fits) == 2
    assert report.sections[0].label == "intro"
    assert all(section.reason for section in report.sections)
    assert report.treatment == VIBES["chill"].words
    assert report.figures.tempo_bpm == report.tempo_bpm
    assert report.figures.centroid_hz > 300.0
    assert 0.0 < report.figures.low_share < 1.0
    assert report.figures.loudness_range_lu > 0.0


def test_notes_and_report_mention_the_draft_separator(made: Made) -> None:
    assert made.report.draft
    assert any("draft" in note for note in made.notes)
    assert any("draft" in note for note in made.report.notes)


def test_stretched_segments_match_the_stored_timeline(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stretched: list[Sequence[StretchedSegment]] = []
    plan = plan_mashup(mashup_tracks(made.ctx.job), "chill")
    clips = tuple(ends_straight(clip) if clip.warp else clip for clip in plan.timeline.clips)
    straight = replace(plan, timeline=replace(plan.timeline, clips=clips))
    monkeypatch.setattr(mashup_plan, "plan_mashup", lambda *_, **__: straight)
    monkeypatch.setattr(mashup_plan, "stretch_segments", lambda *args: stretched.append(args[-1]))
    monkeypatch.setattr(mashup_plan, "_play", lambda *_: 0.0)
    ctx = context(made.ctx.job, tmp_path)
    mashup_plan.mix_stems(ctx)
    assert stretched == [stretched_segments_of(read_timeline(ctx.workspace)[0])]
    assert stretched != [stretched_segments_of(straight.timeline)], "the stored tempo map differs"


def ends_straight(clip: Clip) -> Clip:
    """The clip with a last line of its tempo map that changes no tempo."""
    (source, mix), (_, end) = clip.warp[-2:]
    middle = round((mix + end) / 2)
    at = source + round((middle - mix) * (clip.warp[-1][0] - source) / (end - mix))
    return replace(clip, warp=(*clip.warp[:-1], (at, middle), (at + end - middle, end)))


def test_beat_error_is_small_and_detects_shifted_vocals(made: Made) -> None:
    report, (timeline, _) = made.report, read_timeline(made.ctx.workspace)
    assert report.beat_error_ms is not None
    assert report.beat_error_ms <= 10.0
    off = round(0.03 * SAMPLE_RATE)
    clips = tuple(
        replace(
            clip,
            start=clip.start + off,
            warp=tuple((source, mix + off) for source, mix in clip.warp),
        )
        for clip in timeline.clips
        if clip.stem == "vocals"
    )
    moved = replace(timeline, clips=clips)
    error_ms = beat_error_ms(made.ctx.job, moved, report.tempo_bpm)
    assert error_ms is not None
    assert error_ms > 15.0


def test_tags_and_tracklist_name_the_songs(made: Made) -> None:
    title = "Ay × Bee (chill mashup)"
    assert ID3(made.path("mashup.mp3"))["TIT2"].text == [title]
    flac = FLAC(made.path("mashup.flac"))
    assert (flac["title"], flac["artist"]) == ([title], ["Ada, Bo"])
    text = made.path("tracklist.txt").read_text()
    assert text.startswith(f"{title}\n")
    singer = SPECS[made.report.chosen.vocals]
    assert f"{singer.artist} - {singer.title}: " in text
    assert "0:00 intro: " in text


def test_metadata_names_sections_artists_tempo_and_key(made: Made) -> None:
    limits = youtube_limits(Settings(_env_file=None))
    describe_mashup(made.ctx, MetadataWriter(None, limits))
    words = WordsView.model_validate_json(made.path("words.json").read_bytes())
    assert words.title == "Ay × Bee (chill mashup)"
    assert words.description == made.path("description.txt").read_text()
    found = chapters_in(words.description)
    assert [chapter.second for chapter in found] == [
        int(chapter.start_s) for chapter in made.timeline.chapters
    ]
    assert broken_rules(found, made.report.duration_s, limits) == words.notes
    assert words.description.startswith(f"39 seconds · 2 tracks · {made.report.tempo_bpm:.0f} BPM")
    assert "\n\nChapters\n0:00 Intro\n" in words.description
    assert words.description.endswith("\n\nTracklist: Ada – Ay; Bo – Bee\n\n#mashup #chill\n")
    assert {"Ada", "Bo"} <= set(words.tags)
    tempo = DescriptionOptions(template="{{ tempo }}, {{ keys | join(', ') }}, {{ n_tracks }}")
    facts = mashup_facts(made.timeline, "", made.report, [])
    said = MetadataWriter(None, limits).write(facts, tempo).description
    assert said == f"{made.report.tempo_bpm:.0f} BPM, {made.report.key}, 2\n"


def test_repeated_steps_write_the_same_bytes(made: Made, tmp_path: Path) -> None:
    again = run(made.ctx.job, tmp_path)
    assert {n: f.sha256 for n, f in again.files.items()} == {
        n: f.sha256 for n, f in made.files.items()
    }


def test_single_song_becomes_an_edit(crate, tmp_path: Path) -> None:
    store, folder, songs = crate
    job = mashup_job(store, folder, songs[:1], "energetic", loudness_lufs=-15.0)
    done = run(job, tmp_path)
    assert job.inputs.title == "Ay (energetic edit)"
    assert (done.report.chosen.vocals, done.report.chosen.instrumental) == ("a", "a")
    assert done.report.loudness_lufs == pytest.approx(-15.0, abs=0.5)
    assert "stems/drums.flac" not in done.files
