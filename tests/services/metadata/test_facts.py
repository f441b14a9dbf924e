"""The facts of a mix, and the step that writes its metadata."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from backend.app.analysis.result_files import save_json
from backend.app.analysis.track import VERSION
from backend.app.contract.analysis import GridFix
from backend.app.contract.publishing import DescriptionOptions, WordsView
from backend.app.dj.timeline import Chapter, Clip, Timeline
from backend.app.dj.timeline_json import view_of
from backend.app.dsp.samples import SAMPLE_RATE
from backend.app.llm.access import LlmAccess
from backend.app.publishing.metadata.metadata_writer import MetadataWriter
from backend.app.publishing.metadata.template_context import MixFacts
from backend.app.services.library.track_ref import TrackRef
from backend.app.services.metadata.facts import mashup_facts, mixtape_facts
from backend.app.services.metadata.write import describe_step, write_metadata
from backend.app.settings import Settings
from backend.app.store.files.blobs import ContentStore
from backend.app.wiring.limits import youtube_limits
from tests.dj.llm_set import track_analysis

from ..stored_tracks import context

MINUTE = 60 * SAMPLE_RATE
WRITER = MetadataWriter(None, youtube_limits(Settings(_env_file=None)))


def clip(letter: str, start: int, **other: object) -> Clip:
    parts = {"title": letter.upper(), "artist": f"Artist {letter}", **other}
    return Clip(letter, letter * 64, start=start, length=MINUTE, **parts)


def track(letter: str, fix: GridFix | None = None) -> TrackRef:
    return TrackRef(
        track_id=letter,
        content_hash=letter * 64,
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


def test_describing_limit_includes_the_model_timeout() -> None:
    model = LlmAccess(SecretStr("sk-test"), "http://localhost", "a-model", timeout_s=300.0)
    writer = MetadataWriter(model, youtube_limits(Settings(_env_file=None)))
    assert describe_step(lambda ctx, writer: None, writer).limit_s(0.0) == 360.0


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    return ContentStore(tmp_path / "storage")


def save(store: ContentStore, letter: str, tempo_bpm: float, key: str | None) -> None:
    path = store.derived(letter * 64, f"analysis-v{VERSION}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_json(track_analysis(tempo_bpm, key), path)


def test_facts_ignore_overlays(store: ContentStore) -> None:
    facts = mixtape_facts(TIMELINE, "Night", [track("a"), track("b")], store)
    assert (facts.n_tracks, facts.duration_s, facts.title) == (2, 180.0, "Night")
    assert facts.credits == ("Artist a", "Artist b")
    assert [(c.second, c.artist, c.track) for c in facts.chapters] == [
        (0, "Artist a", "A"),
        (60, "Artist b", "B"),
        (120, "Artist a", "A"),
    ]


def test_tempo_and_keys_are_analysed_and_corrected(store: ContentStore) -> None:
    tracks = [track("a"), track("b", GridFix(key="C major"))]
    assert mixtape_facts(TIMELINE, "", tracks, store).tempo == ""
    save(store, "a", 124.4, "A minor")
    assert mixtape_facts(TIMELINE, "", tracks, store).tempo == "124 BPM"
    save(store, "b", 120.0, "A minor")
    facts = mixtape_facts(TIMELINE, "", tracks, store)
    assert (facts.tempo, facts.keys) == ("120–124 BPM", ("A minor", "C major"))


def tagged(*genres: str) -> list[TrackRef]:
    tracks = [track("a"), track("b")]
    return [
        one.model_copy(update={"genre": genre}) for one, genre in zip(tracks, genres, strict=True)
    ]


def test_genres_of_the_files_name_genre_and_hashtags(store: ContentStore) -> None:
    facts = mixtape_facts(TIMELINE, "Night", tagged("Deep House", "Deep House; Dub"), store)
    assert (facts.genres, facts.genre) == (("Deep House", "Dub"), "deep house, dub")
    assert facts.hashtags == ("deephouse", "dub")


def test_without_genres_the_hashtags_name_the_kind_of_mix(store: ContentStore) -> None:
    facts = mixtape_facts(TIMELINE, "Night", tagged("", "Other"), store)
    assert (facts.genre, facts.hashtags) == ("", ("mixtape", "djmix"))


def test_only_songs_that_play_in_a_mashup_name_its_genre() -> None:
    view = view_of(replace(TIMELINE, clips=(clip("a", 0),), chapters=TIMELINE.chapters[:1]))
    facts = mashup_facts(view, "Night", None, tagged("House", "Metal"))
    assert (facts.genres, facts.hashtags) == (("House",), ("mashup", "house"))
    assert facts.has_parts


def test_every_song_of_a_mashup_is_named_though_no_part_names_it() -> None:
    drums = replace(clip("b", 0), artist="")
    view = view_of(replace(TIMELINE, clips=(clip("a", 0), drums), chapters=TIMELINE.chapters[:1]))
    facts = mashup_facts(view, "Night", None, tagged("", ""))
    text = WRITER.write(facts, DescriptionOptions()).description
    assert "\nTracklist: Artist a – A; B\n" in text
    linked = replace(facts, songs=("Artist a – A", "B @stranger"))
    text = WRITER.write(linked, DescriptionOptions()).description
    assert "@stranger" not in text


def test_default_description_starts_with_the_facts_and_repeats_nothing(
    store: ContentStore,
) -> None:
    save(store, "a", 124.0, "A minor")
    facts = mixtape_facts(TIMELINE, "Night", tagged("Deep House", "Deep House"), store)
    options = DescriptionOptions(language="es")
    assert WRITER.write(facts, options).description == (
        "3 minutos · 2 temas · 124 BPM · deep house\n\n"
        "Lista de temas\n0:00 Artist a – A\n1:00 Artist b – B\n2:00 Artist a – A\n\n"
        "#deephouse\n"
    )


def test_names_with_links_are_noted(tmp_path: Path, store: ContentStore) -> None:
    chapters = tuple(replace(one, title="Track [www.pirate.example]") for one in TIMELINE.chapters)
    facts = mixtape_facts(replace(TIMELINE, chapters=chapters), "Night", [], store)
    notes: list[str] = []
    ctx = replace(context(object(), tmp_path), note=notes.append)
    write_metadata(ctx, WRITER, facts, DescriptionOptions())
    assert notes[0] == ("Links, @ and # were left out of 1 name: “Track [www.pirate.example]”.")
    assert "pirate" not in (tmp_path / "description.txt").read_text()


def test_template_failing_on_real_titles_falls_back_to_default(tmp_path: Path) -> None:
    facts = MixFacts(title="Night", intro="Late.", hashtags=(), chapters=(), credits=())
    notes: list[str] = []
    ctx = replace(context(object(), tmp_path), note=notes.append)
    write_metadata(ctx, WRITER, facts, DescriptionOptions(template="{{ n_tracks | length }}"))
    assert notes[0].endswith("The default template is used instead.")
    written = WordsView.model_validate_json((tmp_path / "words.json").read_bytes())
    assert written.description == (tmp_path / "description.txt").read_text() == "Late.\n"
    assert {file.name: file.media_type for file in ctx.workspace.written} == {
        "description.txt": "text/plain; charset=utf-8",
        "words.json": "application/json",
    }
