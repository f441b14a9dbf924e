"""Users' templates: allowed and rejected syntax, and limited work."""

from __future__ import annotations

import re
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.errors import BadTemplate
from backend.app.publishing.metadata import template_limits
from backend.app.publishing.metadata.chapters import ListedChapter, chapters_in
from backend.app.publishing.metadata.description import description
from backend.app.publishing.metadata.template import (
    DEFAULT_TEMPLATE,
    MAX_OUTPUT,
    DescriptionTemplate,
)
from backend.app.publishing.metadata.template_context import (
    EXAMPLE,
    TEMPLATE_NAMES,
    template_values,
)
from backend.app.publishing.metadata.template_limits import FILTERS
from tests import ROOT

MAX_BYTES = 5000
LARGEST = replace(
    EXAMPLE,
    intro="i" * 2000,
    chapters=tuple(
        ListedChapter(i * 60, "t" * 403, artist="a" * 200, track="t" * 200) for i in range(500)
    ),
    credits=tuple(f"{i}" * 60 for i in range(500)),
)


def written(text: str) -> str:
    return DescriptionTemplate(text).write(template_values(EXAMPLE))


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
        ("{{ hashtags|join }}", "#deephouse#house"),
        ("{{ title | upper | lower }}{{ credits | first }}", "night driveAda"),
        ("{{ chapters | length }}", "3"),
        (
            "{% for c in chapters %}{{ loop.index }} {{ c.stamp }} {{ c.track }}; {% endfor %}",
            "1 0:00 Harbour; 2 4:05 Neon; 3 1:00:01 Dawn; ",
        ),
        (
            "{% for a in credits %}{% if not loop.first %}, {% endif %}{{ a }}{% endfor %}",
            "Ada, Bo, Cleo, Dora",
        ),
        ("{% if n_tracks > 2 and tempo %}many{% elif keys %}some{% else %}few{% endif %}", "many"),
        ("{% if 'house' in intro %}house{% endif %}", "house"),
        ("{# nobody reads this #}{{ '{{' }}{% raw %}{{ x }}{% endraw %}", "{{{{ x }}"),
    ],
)
def test_supported_template_features_work(text: str, made: str) -> None:
    assert written(text) == made


def test_default_template_and_every_name_are_valid() -> None:
    whole = written(DEFAULT_TEMPLATE)
    assert whole.startswith("65 minutes · 3 tracks · 120–124 BPM · deep house\n\nAn hour of")
    links = "Links\nhttps://nightdrive.example\n\nSupport the channel: https://nightdrive.example"
    assert f"\n\nArtists: Dora\n\n{links}/support\n\nLicence: CC BY-NC 4.0\n\n#deep" in whole
    for name, offered in TEMPLATE_NAMES.items():
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
        ("{{ title.__class__ }}", "“title.__class__” is unknown"),
        ("{{ ''.__class__ }}", "is unknown"),
        ("{{ title[0] }}", "square brackets"),
        ("{{ [1] }}", "lists"),
        ("{{ {'a': 1} }}", "dictionaries"),
        ("{{ titel }}", "“titel” is unknown; known are title"),
        ("{{ self }}", "“self” is unknown"),
        ("{{ title | center(1000000000) }}", "filter “center” is unknown"),
        ("{{ title | upper(1) }}", "takes nothing in brackets"),
        ("{{ credits | join(title) }}", "takes a text in quotes"),
        ("{{ credits | join(attribute='x') }}", "takes a text in quotes"),
        ("{{ intro | join('x') | join('x') }}", "after the name of a list"),
        ("{{ credits }}", "“credits” has several values"),
        ("{{ chapters | join }}", "“chapters” has several values"),
        ("{{ chapters | first }}", "“chapters” has several values"),
        ("{{ credits == 3 }}", "“credits” has several values"),
        ("{% for c in chapters %}{{ c }}{% endfor %}", "use one of c.stamp, c.title"),
        ("{% for c in chapters %}{{ c.second }}{% endfor %}", "“c.second” is unknown"),
        ("{% for c in chapters %}{{ loop.cycle(1) }}{% endfor %}", "calls"),
        ("{% for c in chapters %}{{ credits | join }}{% endfor %}", "inside a loop"),
        (
            "{% for c in chapters %}{% for d in credits %}{% endfor %}{% endfor %}",
            "nested",
        ),
        ("{% for c in intro %}{% endfor %}", "a loop can only go over hashtags"),
        ("{% for c in chapters if c.title %}{% endfor %}", "NAME in SEQUENCE"),
        ("{% for a, b in chapters %}{% endfor %}", "NAME in SEQUENCE"),
        ("{% for c in chapters recursive %}{% endfor %}", "NAME in SEQUENCE"),
        ("{% for title in credits %}{% endfor %}", "“title” is taken already"),
        ("{% for c in credits %}{% endfor %}{{ c }}", "“c” is unknown"),
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
        ("{{ title ", "Line 1"),
        ("{% if title %}", "Line 1"),
        ("{% trans %}", "unknown tag 'trans'"),
        ("{{ " + "(" * 4000 + "1" + ")" * 4000 + " }}", "too deeply"),
        ("{% if title %}" * 30 + "{% endif %}" * 30, "too deeply"),
        ("{{ " + "9" * 5000 + " }}", "too long"),
        ("{{ title }}" * 900, "more than 600 parts"),
        ("{% for a in credits %}" + "{{ a }}" * 100 + "{% endfor %}", "more than 60 parts"),
    ],
    ids=lambda text: text[:40],
)
def test_unsupported_features_are_rejected_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(BadTemplate) as refused:
        DescriptionTemplate(text)
    assert why in refused.value.message
    assert refused.value.code == "bad_template"
    assert "docs/publishing.md" in refused.value.hint


def test_error_names_the_line() -> None:
    with pytest.raises(BadTemplate, match="Line 3 of the template: “nothing” is unknown"):
        DescriptionTemplate("One\n{{ title }}\n{{ nothing }}\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("One\n{{ intro\n{{ title }}\n", "Line 2 of the template: “{{” has no “}}”."),
        ("{% if intro\n{{ title }}\n{% endif %}", "Line 1 of the template: “{%” has no “%}”."),
    ],
)
def test_unclosed_bracket_is_named_where_it_opens(text: str, why: str) -> None:
    with pytest.raises(BadTemplate) as refused:
        DescriptionTemplate(text)
    assert refused.value.message == why


@pytest.mark.parametrize("text", ["{{ n_tracks | length }}", "{% if title > 3 %}{% endif %}"])
def test_errors_while_rendering_are_reported(text: str) -> None:
    template = DescriptionTemplate(text)
    with pytest.raises(BadTemplate, match="compares a text with a number"):
        template.write(template_values(EXAMPLE))


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
def test_worst_template_is_bounded_in_time_and_size(text: str) -> None:
    template = DescriptionTemplate(text)
    began = time.process_time()
    with suppress(BadTemplate):
        assert len(template.write(template_values(LARGEST))) <= MAX_OUTPUT
    assert time.process_time() - began < 10.0  # measured: 40 ms; without limits, minutes
    tracemalloc.start()
    with suppress(BadTemplate):
        template.write(template_values(LARGEST))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12e6  # measured: 6 MB for one long join; all of the first would take 25 MB


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count what all templates write, how often, and what their filters read."""
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
    monkeypatch.setitem(cast("dict[str, object]", template_limits._FILTERS), "upper", filtered)
    yield count


@pytest.mark.parametrize("text", WORST, ids=lambda text: text[:40])
@pytest.mark.parametrize("letter", "té夜")
def test_all_attempts_of_the_worst_template_are_bounded(
    text: str, letter: str, filled: Counter[str]
) -> None:
    chapters = [replace(c, title=letter * 403) for c in LARGEST.chapters]
    longest = replace(LARGEST, intro=letter * 2000, chapters=tuple(chapters))
    try:
        made, _ = description(longest, DescriptionTemplate(text), MAX_BYTES)
    except BadTemplate as refused:
        assert "takes too long" in refused.message
    else:
        assert len(made.encode()) <= MAX_BYTES
    # 17 times MAX_OUTPUT at 3 ns each take 20 ms; without a limit, all attempts wrote 50 million
    # characters.
    assert filled["characters"] <= 20 * MAX_OUTPUT
    assert filled["filtered"] <= 8_000_000
    assert filled["times"] <= 45


def test_plain_templates_work_for_the_largest_mix() -> None:
    own = DEFAULT_TEMPLATE.replace(
        "{{ chapter.title }}", "{{ chapter.artist }}: {{ chapter.track | upper }}"
    )
    for text in (DEFAULT_TEMPLATE, own):
        made, notes = description(LARGEST, DescriptionTemplate(text), MAX_BYTES)
        assert len(chapters_in(made)) > 100
        assert notes[-1].startswith("Only the first")


_SIGNS = "{{ }} {% %} {# #} ( ) [ ] ' \" \\ * ** 9 . | ~ == < \\ud800 \0"
_SPOKEN = "if x|for x in|endif|endfor|else|loop|join|is|not|and|__class__|set|macro|caller"
_PARTS = st.sampled_from([*TEMPLATE_NAMES, *_SIGNS.split(" "), *_SPOKEN.split("|"), " ", "\n"])


@given(st.lists(_PARTS, max_size=40).map("".join) | st.text(max_size=200))
def test_any_text_is_a_valid_template_or_rejected(text: str) -> None:
    try:
        assert isinstance(written(text), str)
    except BadTemplate as refused:
        assert refused.message.endswith(".")


def test_documented_example_is_valid_with_chapters() -> None:
    text = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```jinja\n(.*?)```", text, re.S)
    made = written(example)
    assert made.startswith("Night drive · 3 tracks in 1:05:00 · 120–124 BPM\n")
    assert "With Ada, Bo, Cleo, Dora.\nKeys: A minor, C major\n" in made
    assert [chapter.second for chapter in chapters_in(made)] == [0, 245, 3601]
    assert all(f"| `{name}` |" in text for name in TEMPLATE_NAMES)
    assert all(f"`{name}`" in text for name in FILTERS if name != "join")


@pytest.mark.parametrize(
    ("begin", "part", "end", "most"),
    [
        ("", "{{ title }}", "", 599),  # 600 parts: the names and their output
        ("{% for a in credits %}", "{{ a }}", "{% endfor %}", 59),
        ("", "{% if title %}", "{% endif %}", 12),
    ],
)
def test_template_may_have_600_parts_60_in_loops_and_12_levels(
    begin: str, part: str, end: str, most: int
) -> None:
    def template(n: int) -> DescriptionTemplate:
        return DescriptionTemplate(begin + part * n + end * (n if "if" in part else 1))

    template(most)
    with pytest.raises(BadTemplate):
        template(most + 1)
