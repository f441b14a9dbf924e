"""The facts of a mix, and words of them that are kept whatever happens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backend.app.analysis.kept import save_analysis
from backend.app.analysis.track import VERSION
from backend.app.contract.analysis import GridFix
from backend.app.contract.publishing import DescriptionOptions, WordsView
from backend.app.dj.timeline import Chapter, Clip, Timeline
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.publishing.limits import limits_of
from backend.app.publishing.offered import Words
from backend.app.publishing.written import WordWriter
from backend.app.services.mix_words import describing, write_words
from backend.app.services.mixtape_inputs import MixTrack
from backend.app.services.words_facts import mixtape_facts
from backend.app.settings import Settings
from backend.app.store.blobs import ContentStore
from tests.dj.llm_set import heard

from .tracks import context

MINUTE = 60 * SAMPLE_RATE


def clip(letter: str, start: int, **other: object) -> Clip:
    parts = {"title": letter.upper(), "artist": f"Artist {letter}", **other}
    return Clip(letter, letter * 64, start=start, length=MINUTE, **parts)


def track(letter: str, fix: GridFix | None = None) -> MixTrack:
    return MixTrack(
        track_id=letter,
        content=letter * 64,
        title=letter.upper(),
        artist="",
        n_samples=MINUTE,
        has_cover=False,
        grid_fix=fix,
    )


TIMELINE = Timeline(
    (
        clip("a", 0),
        clip("s", 30 * SAMPLE_RATE, role="overlay", artist="", title="Siren"),
        clip("b", MINUTE),
        clip("a", 2 * MINUTE),
    ),
    chapters=tuple(Chapter(n * MINUTE, f"Artist {x} – {x.upper()}") for n, x in enumerate("aba")),
)


def test_a_model_may_take_its_time_and_the_step_with_it() -> None:
    patient = Settings(_env_file=None, llm_timeout_s=300.0)
    step = describing(lambda ctx, writer: None, patient)
    assert step.limit_s(0.0) == 360.0


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    return ContentStore(tmp_path / "storage")


def keep(store: ContentStore, letter: str, tempo_bpm: float, key: str | None) -> None:
    path = store.derived(letter * 64, f"analysis-v{VERSION}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_analysis(heard(tempo_bpm, key), path)


def test_a_mix_is_of_its_tracks_and_not_of_sounds_laid_over_it(store: ContentStore) -> None:
    facts = mixtape_facts(TIMELINE, "Night", [track("a"), track("b")], store)
    assert (facts.n_tracks, facts.duration_s, facts.title) == (2, 180.0, "Night")
    assert facts.credits == ("Artist a", "Artist b")
    assert [(c.second, c.artist, c.track) for c in facts.chapters] == [
        (0, "Artist a", "A"),
        (60, "Artist b", "B"),
        (120, "Artist a", "A"),
    ]


def test_tempo_and_keys_are_those_that_were_heard_and_put_right(store: ContentStore) -> None:
    tracks = [track("a"), track("b", GridFix(key="C major"))]
    assert mixtape_facts(TIMELINE, "", tracks, store).tempo == ""
    keep(store, "a", 124.4, "A minor")
    assert mixtape_facts(TIMELINE, "", tracks, store).tempo == "124 BPM"
    keep(store, "b", 120.0, "A minor")
    facts = mixtape_facts(TIMELINE, "", tracks, store)
    assert (facts.tempo, facts.keys) == ("120–124 BPM", ("A minor", "C major"))


def test_a_template_that_fails_on_real_words_fails_no_job(tmp_path: Path) -> None:
    facts = Words(title="Night", intro="Night", hashtags=(), chapters=(), credits=())
    writer = WordWriter(None, limits_of(Settings(_env_file=None)))
    notes: list[str] = []
    ctx = replace(context(object(), tmp_path), note=notes.append)
    write_words(ctx, writer, facts, DescriptionOptions(template="{{ n_tracks | length }}"))
    assert notes[0].endswith("The house's template is used instead.")
    kept = WordsView.model_validate_json((tmp_path / "words.json").read_bytes())
    assert kept.description == (tmp_path / "description.txt").read_text() == "Night\n"
    assert {file.name: file.media_type for file in ctx.workspace.written} == {
        "description.txt": "text/plain; charset=utf-8",
        "words.json": "application/json",
    }
