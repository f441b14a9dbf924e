"""Descriptions within YouTube's limits, for any titles and templates."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.app.publishing.metadata.chapters import (
    ListedChapter,
    broken_rules,
    chapters_in,
    disguise_times,
)
from backend.app.publishing.metadata.description import (
    chapter_notes,
    description,
    hashtag,
    tracklist,
)
from backend.app.publishing.metadata.graphemes import cut
from backend.app.publishing.metadata.template import DescriptionTemplate
from backend.app.publishing.metadata.template_context import MixFacts
from backend.app.settings import Settings
from backend.app.wiring.limits import youtube_limits

LIMITS = youtube_limits(Settings(_env_file=None))
MAX_BYTES = LIMITS.description_bytes


def described(
    made: MixFacts, template: str | None = None, max_bytes: int = MAX_BYTES
) -> tuple[str, list[str]]:
    own = None if template is None else DescriptionTemplate(template)
    return description(made, own, max_bytes)


def words(chapters: list[ListedChapter], **other: object) -> MixFacts:
    parts = {"intro": "", "credits": (), "hashtags": (), **other}
    return MixFacts(chapters=tuple(chapters), **parts)


def set_of(n_tracks: int, title: str, *, every_s: int = 240) -> list[ListedChapter]:
    return [ListedChapter(i * every_s, f"{title} {i + 1}") for i in range(n_tracks)]


def test_description_has_intro_chapters_credits_and_hashtags() -> None:
    made = words(
        set_of(3, "Song"), intro="Hello.", credits=("Ada", "Bo"), hashtags=("#DJ mix", "house")
    )
    text, notes = described(made)
    assert notes == []
    assert text == (
        "Hello.\n\nTracklist\n0:00 Song 1\n4:00 Song 2\n8:00 Song 3\n"
        "\nArtists: Ada, Bo\n\n#DJmix #house\n"
    )


def test_first_chapter_is_at_zero() -> None:
    assert tracklist(set_of(2, "Song")).startswith("0:00 Song 1\n")


def test_angle_brackets_are_replaced() -> None:
    text, _ = described(words([ListedChapter(0, "<b>Bold</b>")], intro="a < b"))
    assert "<" not in text
    assert ">" not in text
    assert "‹b›Bold‹/b›" in text


def test_template_syntax_in_a_title_is_plain_text() -> None:
    text, _ = described(words([ListedChapter(0, "{{ 7 * 7 }} {% raw %}")]))
    assert "0:00 {{ 7 * 7 }} {% raw %}" in text


def test_emoji_and_cjk_titles_fit_with_every_chapter() -> None:
    made = words(
        set_of(60, "夜の東京を歩く長い長いタイトル 🎧🌃✨ ミックス" * 2),
        intro="5:30 in the morning. " + "A long night. " * 40,
        credits=("4:20 Crew", *(f"アーティスト {i}" for i in range(60))),
        hashtags=("djmix",),
    )
    text, notes = described(made)
    assert len(text.encode()) <= MAX_BYTES
    found = chapters_in(text)
    assert [chapter.second for chapter in found] == [c.second for c in made.chapters]
    assert broken_rules(found, 4 * 3600.0, LIMITS) == []
    assert [line.split()[0] for line in text.splitlines() if "夜" in line] == [
        chapter.stamp for chapter in made.chapters
    ]
    assert len(notes) == 3
    assert "#djmix" in text


def test_too_many_tracks_list_the_first_ones() -> None:
    made = words(set_of(500, "長い長い曲の題名" * 4), hashtags=("djmix",))
    text, notes = described(made)
    lines = [line.split()[0] for line in text.splitlines() if "長" in line]
    assert lines == [chapter.stamp for chapter in made.chapters[: len(lines)]]
    assert f"Only the first {len(lines)} of 500 tracks" in notes[-1]
    # The next line, with at most 12 characters of 3 bytes after its time, would not fit.
    assert MAX_BYTES - 50 < len(text.encode()) <= MAX_BYTES
    assert "#djmix" in text


def test_credits_are_omitted_first() -> None:
    credits = tuple(f"Artist number {i}" for i in range(400))
    text, notes = described(words(set_of(3, "Song"), intro="Kept whole.", credits=credits))
    assert "Kept whole." in text
    assert "Artist number" not in text
    assert "credits" in notes[0]


def test_first_line_states_only_what_is_known() -> None:
    facts = words(set_of(3, "Song"), duration_s=3716.0, n_tracks=20, tempo="120–126 BPM")
    known = replace(facts, genres=("Deep House", "UK Garage"))
    assert known.facts_line == "62 minutes · 20 tracks · 120–126 BPM · deep house, UK garage"
    german = replace(known, language="de")
    assert german.facts_line == "62 Minuten · 20 Tracks · 120–126 BPM · Deep House, UK Garage"
    assert replace(facts, tempo="").facts_line == "62 minutes · 20 tracks"
    assert words(set_of(3, "Song")).facts_line == ""
    text, _ = described(known)
    assert text.startswith(f"{known.facts_line}\n\nTracklist\n0:00 Song 1\n")


def test_introduction_that_repeats_the_title_is_left_out() -> None:
    titled = words(set_of(3, "Song"), title="Night", intro="Night")
    assert "Night" not in described(titled)[0]
    assert described(replace(titled, intro="Night. Late."))[0].startswith("Night. Late.\n\n")


def test_own_lines_stand_under_the_tracklist_in_the_language() -> None:
    own = {"links": "https://a.example\n5:00 at @ada", "support": "Help", "licence": "CC BY 4.0"}
    text, _ = described(words(set_of(3, "Song"), language="fr", credits=("Ada",), **own))
    assert text == (
        "Liste des titres\n0:00 Song 1\n4:00 Song 2\n8:00 Song 3\n\nArtistes : Ada\n\n"
        "Liens\nhttps://a.example\n5\u223600 at @ada\n\nHelp\n\nLicence : CC BY 4.0\n"
    )


def test_own_lines_are_omitted_before_tracks_are() -> None:
    many = words(set_of(220, "A title of thirty-two letters"), links="https://a.example\n" * 40)
    text, notes = described(many)
    assert len(chapters_in(text)) == 220
    assert notes[-1].startswith("Links, support and licence did not fit")
    assert "a.example" not in text


def test_joined_emoji_are_never_split() -> None:
    family = "👨\u200d👩\u200d👧\u200d👦"
    text, _ = described(words(set_of(120, f"{family} e\u0301" * 12)))
    assert len(text.encode()) <= MAX_BYTES
    for line in text.splitlines()[1:]:
        shown = line.split(" ", 1)[1]
        assert shown.removesuffix("…").replace(family, "").replace("e\u0301", "").strip() == ""


TITLES = (
    "夜の東京を歩く長い長いタイトル 🎧🌃✨ ミックス",
    "Été à la plage 🏖\ufe0f (Ann & Bo's <remix>)",
    "שיר ארוך מאוד על הלילה והים",
    "أغنية طويلة جدا عن الليل",
    "क्षितिज के पार एक लंबा गीत",
    "e\u0301\u0323" * 30,
    "👩\u200d👩\u200d👧\u200d👦" * 12,
    "🇯🇵" * 20,
    "5:00 in the morning",
    "4:20 Crew – Song",
    "- 1:00",
    "한국어 노래 제목이 아주 길어요",
    "Z" + "\u0334" * 60,
)


def real_set(n_tracks: int, duration_s: float = 4 * 3600.0) -> list[ListedChapter]:
    every_s = duration_s / n_tracks
    return [
        ListedChapter(int(i * every_s), f"{TITLES[i % len(TITLES)]} {i}") for i in range(n_tracks)
    ]


@pytest.mark.parametrize("n_tracks", [3, 60, 200])
@pytest.mark.parametrize("own", [None, "🎧" * 200, "👩\u200d👩\u200d👧\u200d👦" * 200])
def test_long_mix_in_any_script_keeps_its_chapters(n_tracks: int, own: str | None) -> None:
    chapters = real_set(n_tracks)
    if own:
        chapters = [replace(chapter, title=own) for chapter in chapters]
    made = words(
        chapters,
        title="24:00 Techno",
        intro="5:30 in the morning\n" + "いらっしゃいませ 🎉 " * 150,
        credits=("4:20 Crew", *(f"{i}:00 アーティスト" for i in range(n_tracks))),
        hashtags=("djmix", "夜"),
    )
    text, _ = described(made)
    assert len(text.encode()) <= MAX_BYTES
    found = chapters_in(text)
    assert [chapter.second for chapter in found] == [chapter.second for chapter in chapters]
    assert broken_rules(found, 4 * 3600.0, LIMITS) == []
    for chapter, original in zip(found, chapters, strict=True):
        seen = original.title.translate({60: "‹", 62: "›"})
        whole = " ".join(disguise_times(seen).split())
        kept = chapter.title.removesuffix("…").rstrip()
        # "- 1∶00" is parsed without its dash
        at = whole.find(kept)
        assert at in (0, 2), (kept, whole)
        assert cut(whole, len(whole[: at + len(kept)].encode())).rstrip() == whole[: at + len(kept)]


def test_names_that_start_with_a_time_keep_every_chapter() -> None:
    names = [f"{i % 24}:{i % 60:02} Crew" for i in range(60)]
    chapters = [ListedChapter(i * 240, f"{name} – Song") for i, name in enumerate(names)]
    made = words(
        chapters,
        title="24:00 Techno",
        intro="24:00 Techno\n5:30 in the morning",
        credits=("4:20 Crew", *names),
        hashtags=("4:20",),
        duration_s=4 * 3600.0,
    )
    text, notes = described(made)
    assert notes == []
    assert "\n\nArtists: 4\u223620 Crew\n" in text
    found = chapters_in(text)
    assert [chapter.second for chapter in found] == [chapter.second for chapter in chapters]
    assert broken_rules(found, made.duration_s, LIMITS) == []


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=300),
    st.text(max_size=2000),
    st.integers(200, 6000),
)
def test_any_text_fits_the_limit(titles: list[str], intro: str, limit: int) -> None:
    chapters = [ListedChapter(i * 60, title) for i, title in enumerate(titles)]
    text, notes = described(words(chapters, intro=intro), max_bytes=limit)
    assert len(text.encode()) <= limit
    assert not {"<", ">"} & set(text)
    of_mix = [chapter.second for chapter in chapters]
    listed = [chapter.second for chapter in chapters_in(text.partition("Tracklist\n")[2])]
    if "Tracklist" not in intro:
        assert listed == of_mix[: len(listed)]
        assert len(listed) == len(of_mix) or any(f"first {len(listed)} of" in n for n in notes)


TEMPLATES = (
    "{% for c in chapters %}{{ c.title }} {{ c.stamp }}\n{% endfor %}",
    "{% for c in chapters %}{{ c.stamp }} {{ c.track }} by {{ c.artist }}\n{% endfor %}{{ intro }}",
    "{{ intro }}{{ intro }}{{ intro }}\n{% for a in credits %}{{ a }}{% endfor %}",
    "<b>" * 2000,
    "🎧" * 4000,
    "{% if intro %}" + "x" * 6000 + "{% else %}y{% endif %}",
    "{% if n_tracks < 3 %}few{% endif %}",
    "",
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda text: text[:30])
@settings(max_examples=20, deadline=None)
@given(titles=st.lists(st.text(max_size=100), max_size=200), intro=st.text(max_size=2000))
def test_any_template_fits_the_limit(template: str, titles: list[str], intro: str) -> None:
    chapters = [ListedChapter(i * 60, t, artist=t, track=t) for i, t in enumerate(titles)]
    made = words(chapters, intro=intro, credits=tuple(titles))
    text, _ = described(made, template)
    assert len(text.encode()) <= MAX_BYTES
    assert not {"<", ">"} & set(text)


def test_notes_list_only_effective_cuts() -> None:
    made = words(set_of(3, "Song"), intro="Hello.", credits=("Ada",))
    text, notes = described(made, "line of words\n" * 500)
    assert notes == ["The end was cut to fit into YouTube's 5000 bytes."]
    assert text == "line of words\n" * 357


def notes_on(template: str | None, chapters: list[ListedChapter], **other: object) -> list[str]:
    made = words(chapters, duration_s=900.0, **other)
    text, _ = described(made, template)
    return chapter_notes(text, made, LIMITS)


def test_valid_chapters_get_no_note() -> None:
    assert notes_on(None, set_of(3, "Song")) == []


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{% for c in chapters %}{{ c.title }} {{ c.stamp }}\n{% endfor %}", "lists 0"),
        ("Nothing.", "lists 0"),
        ("{% for c in chapters %}{% if not loop.first %}{{ c.stamp }} x\n{% endif %}{% endfor %}",
         "lists 2"),
    ],
)  # fmt: skip
def test_template_that_loses_chapters_gets_a_note(template: str, why: str) -> None:
    first, second = notes_on(template, set_of(3, "Song"))
    assert why in first
    assert "of the mix's 3 chapters as lines" in second


OWN = "{% for c in chapters %}{{ c.stamp }} {{ c.title }}\n{% endfor %}"
TIMES_FIRST = ("4:20 Crew", "24:00 Techno", "[1:05:00] Late", "- 8:00", "0:00")


@pytest.mark.parametrize("name", TIMES_FIRST)
@pytest.mark.parametrize(
    "template",
    [
        None,
        "{{ title }} is here\n" + OWN + "{% for a in credits %}– {{ a }} plays\n{% endfor %}",
        "{{ intro | upper }}\n" + OWN + "{% for c in chapters %}{{ c.artist }}: hi\n{% endfor %}",
        "{{ duration }} of music\n({{ duration | trim }}) it lasts\n" + OWN,
        OWN + "{{ credits | join('\n') }}\n\n{{ credits | first }} and more",
    ],
)
def test_name_that_starts_with_a_time_is_no_chapter(name: str, template: str | None) -> None:
    chapters = [ListedChapter(s, f"{name} – Song", artist=name, track=name) for s in (0, 260, 480)]
    made = words(
        chapters,
        title=name,
        intro=f"{name} says hello.\n5:30 in the morning\n\n  20:00 doors open",
        credits=(name, f"Ada\n{name}", name),
        hashtags=(name, "4:20 crew"),
        duration_s=900.0,
    )
    text, _ = described(made, template)
    found = chapters_in(text)
    assert [chapter.second for chapter in found] == [0, 260, 480]
    assert broken_rules(found, 900.0, LIMITS) == []
    assert all(f"{chapter.title}\n" in text for chapter in found)


def test_disguised_time_in_a_name_looks_the_same() -> None:
    made = words(set_of(3, "Song"), intro="Doors: 8:00.\n5:30 is late", credits=("4:20 Crew",))
    text, _ = described(made)
    assert text.startswith("Doors: 8:00.\n5\u223630 is late\n")
    assert "\nArtists: 4\u223620 Crew\n" in text


def test_time_written_by_the_template_stays_with_a_note() -> None:
    first, second = notes_on("20:00 doors open\n" + OWN, set_of(3, "Song"))
    assert "not at 0:00; here it is “20:00 doors open”" in first
    assert "do not ascend: “Song 1”" in second


def test_two_track_mix_has_no_chapters_without_blaming_the_template() -> None:
    (note,) = notes_on(None, set_of(2, "Song"))
    assert "fewer than 3" in note


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("#DJ mix!", "#DJmix"),
        ("日本語", "#日本語"),
        ("हिन्दी", "#हिन्दी"),  # vowel signs and viramas are marks, not letters
        ("--", ""),
        ("a_b 2", "#a_b2"),
    ],
)
def test_hashtags_have_only_letters_and_digits(text: str, tag: str) -> None:
    assert hashtag(text) == tag


def test_control_characters_are_removed_and_names_joined_to_one_line() -> None:
    text, _ = described(words([ListedChapter(0, "a\x00b\tc\ud800\n5:00 d\u2028e")]))
    assert "0:00 ab c 5:00 d e\n" in text
