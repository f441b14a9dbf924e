"""A person's template: what it may do, what it may not, and that neither takes long."""

from __future__ import annotations

import re
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.errors import BadTemplate
from backend.app.publishing import template_work
from backend.app.publishing.chapters import ListedChapter, chapters_in
from backend.app.publishing.description import description
from backend.app.publishing.offered import EXAMPLE, OFFERED, values
from backend.app.publishing.template import HOUSE, MAX_WRITTEN, DescriptionTemplate
from backend.app.publishing.template_work import FILTERS

LARGEST = replace(
    EXAMPLE,
    intro="i" * 2000,
    chapters=tuple(
        ListedChapter(i * 60, "t" * 403, artist="a" * 200, track="t" * 200) for i in range(500)
    ),
    credits=tuple(f"{i}" * 60 for i in range(500)),
)


def written(text: str) -> str:
    return DescriptionTemplate(text).write(values(EXAMPLE))


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Hello.", "Hello."),
        ("", ""),
        ("{{ title }} ({{ duration }})", "Night drive (1:05:00)"),
        ("A{% if tempo %} B{% endif %}\nC", "A B\nC"),
        ("A{% if tempo %} B{% endif -%}\nC", "A BC"),
        ("{% if tempo %}\nB\n{% endif %}\nC", "B\nC"),
        ("  {% if tempo %}{# so #} {% endif %}\nC", " C"),
        ("{{ n_tracks }} tracks, {{ tempo }}", "3 tracks, 120–124 BPM"),
        ("{{ keys | join(', ') }}", "A minor, C major"),
        ("{{ hashtags|join }}", "#mixtape#deephouse"),
        ("{{ title | upper | lower }}{{ credits | first }}", "night driveAda"),
        ("{{ chapters | length }}", "3"),
        (
            "{% for c in chapters %}{{ loop.index }} {{ c.stamp }} {{ c.track }}; {% endfor %}",
            "1 0:00 Harbour; 2 4:05 Neon; 3 1:00:01 Dawn; ",
        ),
        (
            "{% for a in credits %}{% if not loop.first %}, {% endif %}{{ a }}{% endfor %}",
            "Ada, Bo, Cleo",
        ),
        ("{% if n_tracks > 2 and tempo %}many{% elif keys %}some{% else %}few{% endif %}", "many"),
        ("{% if 'house' in intro %}house{% endif %}", "house"),
        ("{# nobody reads this #}{{ '{{' }}{% raw %}{{ x }}{% endraw %}", "{{{{ x }}"),
    ],
)
def test_what_a_template_can_do(text: str, made: str) -> None:
    assert written(text) == made


def test_the_house_s_template_passes_and_every_offered_name_can_be_used() -> None:
    assert written(HOUSE).startswith("An hour of deep house")
    for name, offered in OFFERED.items():
        used = f"{{{{ {name} | length }}}}" if offered.is_sequence else f"{{{{ {name} }}}}"
        assert written(used)
        for field in offered.fields:
            assert written(f"{{% for x in {name} %}}{{{{ x.{field} }}}}{{% endfor %}}")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ 'x' * 10 }}", "calculations"),
        ("{{ 'x' * 10 ** 10 }}", "calculations"),
        ("{{ -n_tracks }}", "cannot be used"),
        ("{{ title ~ title }}", "one after the other"),
        ("{{ range(9) }}", "calls"),
        ("{{ title.upper() }}", "calls"),
        ("{{ title.__class__ }}", "“title.__class__” is not known"),
        ("{{ ''.__class__ }}", "not known"),
        ("{{ title[0] }}", "square brackets"),
        ("{{ [1] }}", "lists"),
        ("{{ {'a': 1} }}", "dictionaries"),
        ("{{ titel }}", "“titel” is not known; there are title"),
        ("{{ self }}", "“self” is not known"),
        ("{{ title | center(1000000000) }}", "filter “center” is not known"),
        ("{{ title | upper(1) }}", "takes nothing in brackets"),
        ("{{ credits | join(title) }}", "takes a text in quotes"),
        ("{{ credits | join(attribute='x') }}", "takes a text in quotes"),
        ("{{ intro | join('x') | join('x') }}", "behind the name of a list"),
        ("{{ credits }}", "“credits” are several"),
        ("{{ chapters | join }}", "“chapters” are several"),
        ("{{ chapters | first }}", "“chapters” are several"),
        ("{{ credits == 3 }}", "“credits” are several"),
        ("{% for c in chapters %}{{ c }}{% endfor %}", "there are c.stamp, c.title"),
        ("{% for c in chapters %}{{ c.second }}{% endfor %}", "“c.second” is not known"),
        ("{% for c in chapters %}{{ loop.cycle(1) }}{% endfor %}", "calls"),
        ("{% for c in chapters %}{{ credits | join }}{% endfor %}", "inside of a loop"),
        ("{% for c in chapters %}{% for d in credits %}{% endfor %}{% endfor %}", "a loop inside"),
        ("{% for c in intro %}{% endfor %}", "a loop can go over these alone: hashtags"),
        ("{% for c in chapters if c.title %}{% endfor %}", "NAME in SEQUENCE"),
        ("{% for a, b in chapters %}{% endfor %}", "NAME in SEQUENCE"),
        ("{% for c in chapters recursive %}{% endfor %}", "NAME in SEQUENCE"),
        ("{% for title in credits %}{% endfor %}", "“title” has a meaning already"),
        ("{% for c in credits %}{% endfor %}{{ c }}", "“c” is not known"),
        ("{% set x = 1 %}", "“set”"),
        ("{% set x %}a{% endset %}", "“set”"),
        ("{% macro m() %}{% endmacro %}", "macros"),
        ("{% include 'x' %}", "“include”"),
        ("{% import 'x' as y %}", "“import”"),
        ("{% extends 'x' %}", "“extends”"),
        ("{% block b %}{% endblock %}", "“block”"),
        ("{% with a = 1 %}{% endwith %}", "“with”"),
        ("{% filter upper %}{% endfilter %}", "“filter” blocks"),
        ("{{ 'a' if title else 'b' }}", "use {% if %}"),
        ("{% if title is defined %}{% endif %}", "compare with =="),
        ("{{ title, intro }}", "side by side"),
        ("{{ title ", "line 1"),
        ("{% if title %}", "line 1"),
        ("{% trans %}", "unknown tag 'trans'"),
        ("{{ " + "(" * 4000 + "1" + ")" * 4000 + " }}", "too deeply"),
        ("{% if title %}" * 30 + "{% endif %}" * 30, "too deeply"),
        ("{{ " + "9" * 5000 + " }}", "too long"),
        ("{{ title }}" * 900, "more than 600 parts"),
        ("{% for a in credits %}" + "{{ a }}" * 100 + "{% endfor %}", "more than 60 parts"),
    ],
    ids=lambda text: text[:40],
)
def test_what_it_cannot_do_is_said(text: str, why: str) -> None:
    with pytest.raises(BadTemplate) as refused:
        DescriptionTemplate(text)
    assert why in refused.value.message
    assert refused.value.code == "bad_template"
    assert "docs/publishing.md" in refused.value.hint


def test_the_line_is_named() -> None:
    with pytest.raises(BadTemplate, match="The template's line 3: “nothing” is not known"):
        DescriptionTemplate("One\n{{ title }}\n{{ nothing }}\n")


@pytest.mark.parametrize("text", ["{{ n_tracks | length }}", "{% if title > 3 %}{% endif %}"])
def test_what_shows_only_in_the_writing_is_said_too(text: str) -> None:
    template = DescriptionTemplate(text)
    with pytest.raises(BadTemplate, match="compares a text with a number"):
        template.write(values(EXAMPLE))


def of_each_chapter(text: str) -> str:
    return f"{{% for c in chapters %}}{text}{{% endfor %}}"


WORST = [
    of_each_chapter("{{ intro }}" * 25),
    of_each_chapter("{{ intro }}" * 50),
    of_each_chapter("{{ '' }}" * 25),
    of_each_chapter("{{ loop.index }}" * 25),
    of_each_chapter("{{ c.title" + " | upper | lower" * 5 + " }}"),
    of_each_chapter(("{% if (intro" + " | upper" * 6 + ") == '' %}{% endif %}") * 4),
    of_each_chapter("{% if 'z' in intro %}{% endif %}" * 10) + "{{ title }}" * 500,
    "{{ credits | join('" + "x" * 9000 + "') }}",
    "{% if credits | join | length > 5 %}{% endif %}" * 80 + "x" * 9000,
    "{{ intro }}" * 280,
    ("{{ intro" + " | upper | lower" * 5 + " }}") * 40,
]


@pytest.mark.parametrize("text", WORST, ids=lambda text: text[:40])
def test_the_worst_template_writes_little_and_soon(text: str) -> None:
    template = DescriptionTemplate(text)
    began = time.process_time()
    with suppress(BadTemplate):
        assert len(template.write(values(LARGEST))) <= MAX_WRITTEN
    assert time.process_time() - began < 0.3  # measured: 40 ms at most
    tracemalloc.start()
    with suppress(BadTemplate):
        template.write(values(LARGEST))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12e6  # measured: 6 MB, of one long join; all of the first would be 25 MB


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Counts what all templates write, and how often, and what their filters read."""
    count: Counter[str] = Counter()
    write = DescriptionTemplate.write

    def counted(template: DescriptionTemplate, *given: Any) -> str:
        count["times"] += 1
        text = write(template, *given)
        count["characters"] += len(text)
        return text

    def filtered(text: str) -> str:
        count["filtered"] += len(text)
        return text.upper()

    monkeypatch.setattr(DescriptionTemplate, "write", counted)
    monkeypatch.setitem(cast("dict[str, object]", template_work._FILTERS), "upper", filtered)
    yield count


@pytest.mark.parametrize("text", WORST, ids=lambda text: text[:40])
@pytest.mark.parametrize("letter", "té夜")
def test_all_fittings_of_the_worst_template_together_write_little(
    text: str, letter: str, filled: Counter[str]
) -> None:
    chapters = [replace(c, title=letter * 403) for c in LARGEST.chapters]
    longest = replace(LARGEST, intro=letter * 2000, chapters=tuple(chapters))
    try:
        made, _ = description(longest, DescriptionTemplate(text))
    except BadTemplate as refused:
        assert "too much to do" in refused.message
    else:
        assert len(made.encode()) <= 5000
    # 17 times MAX_WRITTEN, each at 3 ns, are 20 ms; the fittings wrote 50 million, once
    assert filled["characters"] <= 20 * MAX_WRITTEN
    assert filled["filtered"] <= 8_000_000
    assert filled["times"] <= 45


def test_of_the_largest_mix_no_plain_template_is_refused() -> None:
    own = HOUSE.replace("{{ chapter.title }}", "{{ chapter.artist }}: {{ chapter.track | upper }}")
    for text in (HOUSE, own):
        made, notes = description(LARGEST, DescriptionTemplate(text))
        assert len(chapters_in(made)) > 100
        assert notes[-1].startswith("Only the first")


_SIGNS = "{{ }} {% %} {# #} ( ) [ ] ' \" \\ * ** 9 . | ~ == < \\ud800 \0"
_SPOKEN = "if x|for x in|endif|endfor|else|loop|join|is|not|and|__class__|set|macro|caller"
_PARTS = st.sampled_from([*OFFERED, *_SIGNS.split(" "), *_SPOKEN.split("|"), " ", "\n"])


@given(st.lists(_PARTS, max_size=40).map("".join) | st.text(max_size=200))
def test_any_text_is_a_template_or_is_refused(text: str) -> None:
    try:
        assert isinstance(written(text), str)
    except BadTemplate as refused:
        assert refused.message.endswith(".")


def test_the_example_of_the_documentation_is_a_template_with_chapters() -> None:
    text = (Path(__file__).parents[2] / "docs" / "publishing.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```jinja\n(.*?)```", text, re.S)
    made = written(example)
    assert made.startswith("Night drive · 3 tracks in 1:05:00 · 120–124 BPM\n")
    assert "With Ada, Bo, Cleo.\nKeys: A minor, C major\n" in made
    assert [chapter.second for chapter in chapters_in(made)] == [0, 245, 3601]
    assert all(f"| `{name}` |" in text for name in OFFERED)
    assert all(f"`{name}`" in text for name in FILTERS if name != "join")
