"""A person's own template, in the part of Jinja2's language that always ends, soon and small.

Jinja2's sandbox keeps a template from what it must not touch, but not from running for hours or
filling the memory (``{{ "x" * 10 ** 10 }}``). So what it was parsed to is held to a list of what is
allowed before any of it runs: text, the names that are offered, a few filters, comparisons, and
loops over what is offered that are not nested. What it writes is counted as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sized

from jinja2 import Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from ..errors import BadTemplate
from .offered import LOOP_FIELDS, OFFERED
from .template_work import CHARS_WRITTEN, COUNTED, FILTERS, WORK, Work

HOUSE = """\
{% if intro %}
{{ intro }}

{% endif %}
{% if chapters %}
Tracklist
{% for chapter in chapters %}
{{ chapter.stamp }} {{ chapter.title }}
{% endfor %}
{% endif %}
{% if credits %}

Music by
{% for artist in credits %}
{{ artist }}
{% endfor %}
{% endif %}
{% if hashtags %}

{{ hashtags | join(" ") }}
{% endif %}
"""
"""The template where nobody wrote another one."""

MAX_WRITTEN = 400_000
"""Characters of a description before anything gives way; 500 long titles are half of it."""

MAX_PARTS = 600
MAX_PARTS_LOOPED = 60
MAX_DEPTH = 12


_ONLY_BLOCKS = re.compile(r"(?:\s|\{%[^%]*%\}|\{#[^#]*#\})+")

# Text, not HTML: escaping is for pages.
_LANGUAGE = SandboxedEnvironment(autoescape=False, trim_blocks=True, lstrip_blocks=True)
_LANGUAGE.filters = dict(COUNTED)
_LANGUAGE.tests = {}
_LANGUAGE.globals = {}

_PLAIN = (
    nodes.And,
    nodes.Compare,
    nodes.Const,
    nodes.If,
    nodes.Not,
    nodes.Operand,
    nodes.Or,
    nodes.Output,
    nodes.TemplateData,
)
_CONDITIONS = (nodes.And, nodes.If, nodes.Not, nodes.Or)
_OF_SEQUENCES = ("first", "join", "last")
_IN_WORDS: Mapping[type[nodes.Node], str] = {
    nodes.Call: "calls",
    nodes.BinExpr: "calculations",
    nodes.Concat: "joining with “~” (write the two one after the other)",
    nodes.Assign: "“set”",
    nodes.AssignBlock: "“set”",
    nodes.Include: "“include”",
    nodes.Import: "“import”",
    nodes.FromImport: "“import”",
    nodes.Extends: "“extends”",
    nodes.Block: "“block”",
    nodes.Macro: "macros",
    nodes.CallBlock: "“call”",
    nodes.FilterBlock: "“filter” blocks",
    nodes.With: "“with”",
    nodes.Getitem: "square brackets behind a name",
    nodes.List: "lists",
    nodes.Tuple: "several values side by side",
    nodes.Dict: "dictionaries",
    nodes.Test: "“is” (compare with ==, or write the name alone)",
    nodes.CondExpr: "“… if … else …” inside of {{ }} (use {% if %})",
}


class DescriptionTemplate:
    """A template that has been found to be harmless.

    Raises
    ------
    BadTemplate
        If it is not, or cannot be read.
    """

    def __init__(self, text: str) -> None:
        self._template, self._check = _compiled(text)

    def write(self, values: Mapping[str, object], work: Work | None = None) -> str:
        """What comes of it; past ``MAX_WRITTEN`` characters the rest is not written at all.

        Raises
        ------
        BadTemplate
            If it compares or measures what cannot be: a text with a number, a number's length.
            If it costs more than is left of the ``work``.
        """
        work = work or Work()
        work.spend(self._check.cost(values))
        written: list[str] = []
        length = 0
        try:
            for part in self._template.generate({**values, WORK: work}):
                written.append(part)
                length += len(part)
                if length > MAX_WRITTEN:
                    break
        except (TypeError, TemplateError) as error:
            why = "The template compares a text with a number, or asks for the length of one."
            raise BadTemplate(why, hint=_HINT) from error
        work.spend(length // CHARS_WRITTEN)
        return "".join(written)[:MAX_WRITTEN]


def _compiled(text: str) -> tuple[Template, _Check]:
    check = _Check()
    try:
        tree = _LANGUAGE.parse(_with_line_ends(text))
        check.all_of(tree)
        return _LANGUAGE.from_string(tree), check
    except TemplateSyntaxError as error:
        raise _bad(error.lineno, f"{error.message or 'it cannot be read'}".rstrip(".")) from error
    except RecursionError as error:
        raise BadTemplate("The template is nested too deeply.", hint=_HINT) from error
    except ValueError as error:  # a number of thousands of digits
        raise BadTemplate("A number in the template is too long.", hint=_HINT) from error


class _Check:
    """Walks through a template, and counts."""

    def __init__(self) -> None:
        self._parts = 0
        self._looped = 0
        self._loops: list[tuple[str, int]] = []
        self._items: dict[str, tuple[str, ...]] = {}

    def cost(self, values: Mapping[str, object]) -> int:
        """How many parts run, at most, with these values."""
        of = {name: len(value) for name, value in values.items() if isinstance(value, Sized)}
        return self._parts + sum(of[name] * parts for name, parts in self._loops)

    def all_of(self, node: nodes.Node, depth: int = 0) -> None:
        """Raise :class:`BadTemplate` for what is not allowed in a node or below it."""
        for child in node.iter_child_nodes():
            self._count(child, depth)
            if isinstance(child, nodes.For):
                self._loop(child, depth)
                continue
            if isinstance(child, nodes.Name):
                self._name(child, node)
            elif isinstance(child, nodes.Getattr):
                self._field(child)
                continue
            elif isinstance(child, nodes.Filter):
                _expect_plain_filter(child)
            elif not isinstance(child, _PLAIN):
                what = next((w for k, w in _IN_WORDS.items() if isinstance(child, k)), None)
                raise _bad(child.lineno, f"{what or 'this part of the language'} cannot be used")
            self.all_of(child, depth + 1)

    def _count(self, node: nodes.Node, depth: int) -> None:
        self._parts += 1
        self._looped += bool(self._items)
        if self._looped > MAX_PARTS_LOOPED:
            raise _bad(node.lineno, f"loops have more than {MAX_PARTS_LOOPED} parts")
        if self._parts > MAX_PARTS:
            raise _bad(node.lineno, f"it has more than {MAX_PARTS} parts")
        if depth > MAX_DEPTH:
            raise _bad(node.lineno, "it is nested too deeply")

    def _loop(self, loop: nodes.For, depth: int) -> None:
        """A loop over one of the sequences, which holds no other."""
        if self._items:
            raise _bad(loop.lineno, "a loop inside of a loop cannot be used")
        over = loop.iter.name if isinstance(loop.iter, nodes.Name) else ""
        if over not in OFFERED or not OFFERED[over].is_sequence:
            sequences = ", ".join(name for name, one in OFFERED.items() if one.is_sequence)
            raise _bad(loop.lineno, f"a loop can go over these alone: {sequences}")
        if not isinstance(loop.target, nodes.Name) or loop.test or loop.recursive:
            raise _bad(loop.lineno, "a loop can only be “for NAME in SEQUENCE”")
        if loop.target.name in OFFERED or loop.target.name == "loop":
            raise _bad(loop.lineno, f"“{loop.target.name}” has a meaning already")
        self._items = {loop.target.name: tuple(OFFERED[over].fields), "loop": LOOP_FIELDS}
        before = self._looped
        self.all_of(nodes.Template(loop.body, lineno=loop.lineno), depth + 1)
        self._loops.append((over, self._looped - before))
        self._items = {}
        self.all_of(nodes.Template(loop.else_, lineno=loop.lineno), depth + 1)

    def _name(self, name: nodes.Name, user: nodes.Node) -> None:
        if name.name in self._items:
            if fields := self._items[name.name]:
                known = ", ".join(f"{name.name}.{one}" for one in fields)
                raise _bad(name.lineno, f"“{name.name}” by itself is no text; there are {known}")
            return
        if name.name not in OFFERED:
            known = ", ".join((*self._items, *OFFERED))
            raise _bad(name.lineno, f"“{name.name}” is not known; there are {known}")
        if OFFERED[name.name].is_sequence:
            self._sequence(name, user)

    def _sequence(self, name: nodes.Name, user: nodes.Node) -> None:
        """Several values are asked whether there are any, are counted, joined, or looped over."""
        if self._items:
            raise _bad(name.lineno, f"“{name.name}” cannot be used inside of a loop")
        of_texts = ("length",) if OFFERED[name.name].fields else ("length", *_OF_SEQUENCES)
        if isinstance(user, nodes.Filter) and user.node is name and user.name in of_texts:
            return
        if not isinstance(user, _CONDITIONS):
            raise _bad(name.lineno, f'“{name.name}” are several: use a loop, or “| join(", ")”')

    def _field(self, node: nodes.Getattr) -> None:
        of = node.node.name if isinstance(node.node, nodes.Name) else ""
        fields = self._items.get(of, ())
        if node.attr not in fields:
            known = f"; there are {', '.join(f'{of}.{one}' for one in fields)}" if fields else ""
            raise _bad(node.lineno, f"“{of or '…'}.{node.attr}” is not known{known}")


def _expect_plain_filter(node: nodes.Filter) -> None:
    if node.name not in FILTERS:
        known = ", ".join(FILTERS)
        raise _bad(node.lineno, f"the filter “{node.name}” is not known; there are {known}")
    if node.name in _OF_SEQUENCES and not isinstance(node.node, nodes.Name):
        raise _bad(node.lineno, f"“| {node.name}” goes behind the name of a list alone")
    n_args = 1 if node.name == "join" else 0
    plain = all(isinstance(arg, nodes.Const) and isinstance(arg.value, str) for arg in node.args)
    if node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) > n_args or not plain:
        takes = "a text in quotes" if n_args else "nothing"
        raise _bad(node.lineno, f"the filter “{node.name}” takes {takes} in brackets")


_HINT = "See “Templates” in docs/publishing.md for what a template can do."


def _bad(line: int, why: str) -> BadTemplate:
    return BadTemplate(f"The template's line {line}: {why}.", hint=_HINT)


def _with_line_ends(text: str) -> str:
    """The same, so that only lines with nothing but ``{% … %}`` leave no line behind.

    Jinja2 takes away the line's end behind any block; a plus sign keeps it there.
    """
    return "\n".join(map(_with_its_end, text.split("\n")))


def _with_its_end(line: str) -> str:
    ends_in_block = line.endswith(("%}", "#}")) and line[-3:-2] not in ("-", "+")
    if not ends_in_block or _ONLY_BLOCKS.fullmatch(line):
        return line
    return f"{line[:-2]}+{line[-2:]}"
