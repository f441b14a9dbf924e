"""Description templates by users, in a subset of Jinja2 with limited time and output.

Jinja2's sandbox does not stop a template from running for hours or filling the memory (``{{ "x" *
10 ** 10 }}``). So a parsed template is checked before it runs. Allowed are: text, template names, a
few filters, comparisons, and loops over template names, not nested. Output is counted while it is
written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sized
from itertools import pairwise

from jinja2 import TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from ...errors import BadTemplate
from .template_context import LOOP_FIELDS, TEMPLATE_NAMES
from .template_limits import CHARS_WRITTEN, COUNTED_FILTERS, FILTERS, WORK, Work

DEFAULT_TEMPLATE = """\
{% if facts_line %}
{{ facts_line }}

{% endif %}
{% if intro and intro != title %}
{{ intro }}

{% endif %}
{% if chapters %}
{{ tracklist_heading }}
{% for chapter in chapters %}
{{ chapter.stamp }} {{ chapter.title }}
{% endfor %}
{% endif %}
{% if credits_line %}

{{ credits_line }}
{% endif %}
{% if links %}

{{ links_heading }}
{{ links }}
{% endif %}
{% if support %}

{{ support }}
{% endif %}
{% if licence_line %}

{{ licence_line }}
{% endif %}
{% if hashtags %}

{{ hashtags | join(" ") }}
{% endif %}
"""
"""The template if the user has none."""

MAX_OUTPUT = 400_000
"""Maximum number of characters of a description before it is shortened; 500 long titles take half
of it."""

MAX_PARTS = 600
MAX_PARTS_LOOPED = 60
MAX_DEPTH = 12

_ONLY_BLOCKS = re.compile(r"(?:\s|\{%[^%]*%\}|\{#[^#]*#\})+")

# No escaping, because a description is text, not HTML.
_LANGUAGE = SandboxedEnvironment(autoescape=False, trim_blocks=True, lstrip_blocks=True)
_LANGUAGE.filters = dict(COUNTED_FILTERS)
_LANGUAGE.tests = {}
_LANGUAGE.globals = {}

_ALLOWED = (
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
_SEQUENCE_FILTERS = ("first", "join", "last")
_NODE_NAMES: Mapping[type[nodes.Node], str] = {
    nodes.Call: "calls",
    nodes.BinExpr: "calculations",
    nodes.Concat: "joining with “~” (write one after the other)",
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
    nodes.Getitem: "square brackets after a name",
    nodes.List: "lists",
    nodes.Tuple: "several values side by side",
    nodes.Dict: "dictionaries",
    nodes.Test: "“is” (compare with ==, or write only the name)",
    nodes.CondExpr: "“… if … else …” inside {{ }} (use {% if %})",
}


class DescriptionTemplate:
    """A checked template.

    Raise ``BadTemplate`` if it cannot be parsed, or uses anything that is not allowed.
    """

    def __init__(self, text: str) -> None:
        self._check = _Check()
        try:
            tree = _LANGUAGE.parse("\n".join(map(_keep_line_end, text.split("\n"))))
            self._check.check(tree)
            self._template = _LANGUAGE.from_string(tree)
        except TemplateSyntaxError as error:
            raise _unclosed(text, error.lineno) or _bad(
                error.lineno, (error.message or "it cannot be parsed").rstrip(".")
            ) from error
        except RecursionError as error:
            raise BadTemplate("The template is nested too deeply.", hint=_HINT) from error
        except ValueError as error:  # raised for a number of thousands of digits
            raise BadTemplate("A number in the template is too long.", hint=_HINT) from error

    def write(self, values: Mapping[str, object], work: Work | None = None) -> str:
        """Render the template up to ``MAX_OUTPUT`` characters.

        Raise ``BadTemplate`` if it compares a text with a number or asks for a number's length, or
        if it costs more than is left of ``work``.
        """
        work = work or Work()
        work.spend(self._check.cost(values))
        written = ""
        try:
            for part in self._template.generate({**values, WORK: work}):
                written += part
                if len(written) > MAX_OUTPUT:
                    break
        except (TypeError, TemplateError) as error:
            why = "The template compares a text with a number, or asks for a number's length."
            raise BadTemplate(why, hint=_HINT) from error
        work.spend(len(written) // CHARS_WRITTEN)
        return written[:MAX_OUTPUT]


class _Check:
    """Checks and counts the parts of a template."""

    def __init__(self) -> None:
        self._parts = 0
        self._looped = 0
        self._loops: list[tuple[str, int]] = []
        self._items: dict[str, tuple[str, ...]] = {}

    def cost(self, values: Mapping[str, object]) -> int:
        """How many template parts run at most with these values."""
        lengths = {name: len(value) for name, value in values.items() if isinstance(value, Sized)}
        return self._parts + sum(lengths[name] * parts for name, parts in self._loops)

    def check(self, node: nodes.Node, depth: int = 0) -> None:
        """Raise :class:`BadTemplate` if anything in a node is not allowed."""
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
                _check_filter(child)
            elif not isinstance(child, _ALLOWED):
                what = next((w for k, w in _NODE_NAMES.items() if isinstance(child, k)), None)
                raise _bad(child.lineno, f"{what or 'this part of the language'} cannot be used")
            self.check(child, depth + 1)

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
        """Check that a loop is over a sequence and not nested."""
        if self._items:
            raise _bad(loop.lineno, "loops cannot be nested")
        over = loop.iter.name if isinstance(loop.iter, nodes.Name) else ""
        if over not in TEMPLATE_NAMES or not TEMPLATE_NAMES[over].is_sequence:
            sequences = ", ".join(name for name, one in TEMPLATE_NAMES.items() if one.is_sequence)
            raise _bad(loop.lineno, f"a loop can only go over {sequences}")
        if not isinstance(loop.target, nodes.Name) or loop.test or loop.recursive:
            raise _bad(loop.lineno, "a loop can only be “for NAME in SEQUENCE”")
        if loop.target.name in TEMPLATE_NAMES or loop.target.name == "loop":
            raise _bad(loop.lineno, f"“{loop.target.name}” is taken already")
        self._items = {loop.target.name: tuple(TEMPLATE_NAMES[over].fields), "loop": LOOP_FIELDS}
        before = self._looped
        self.check(nodes.Template(loop.body, lineno=loop.lineno), depth + 1)
        self._loops.append((over, self._looped - before))
        self._items = {}
        self.check(nodes.Template(loop.else_, lineno=loop.lineno), depth + 1)

    def _name(self, name: nodes.Name, user: nodes.Node) -> None:
        if name.name in self._items:
            if fields := self._items[name.name]:
                known = ", ".join(f"{name.name}.{one}" for one in fields)
                raise _bad(name.lineno, f"“{name.name}” is not a text; use one of {known}")
            return
        if name.name not in TEMPLATE_NAMES:
            known = ", ".join((*self._items, *TEMPLATE_NAMES))
            raise _bad(name.lineno, f"“{name.name}” is unknown; known are {known}")
        if TEMPLATE_NAMES[name.name].is_sequence:
            self._sequence(name, user)

    def _sequence(self, name: nodes.Name, user: nodes.Node) -> None:
        """Check that a sequence is used in a condition, with a filter, or in a loop."""
        if self._items:
            raise _bad(name.lineno, f"“{name.name}” cannot be used inside a loop")
        of_texts = () if TEMPLATE_NAMES[name.name].fields else _SEQUENCE_FILTERS
        filters = ("length", *of_texts)
        if isinstance(user, nodes.Filter) and user.node is name and user.name in filters:
            return
        if not isinstance(user, _CONDITIONS):
            why = f'“{name.name}” has several values: use a loop or “| join(", ")”'
            raise _bad(name.lineno, why)

    def _field(self, node: nodes.Getattr) -> None:
        of = node.node.name if isinstance(node.node, nodes.Name) else ""
        fields = self._items.get(of, ())
        if node.attr not in fields:
            known = f"; known are {', '.join(f'{of}.{one}' for one in fields)}" if fields else ""
            raise _bad(node.lineno, f"“{of or '…'}.{node.attr}” is unknown{known}")


def _check_filter(node: nodes.Filter) -> None:
    if node.name not in FILTERS:
        known = ", ".join(FILTERS)
        raise _bad(node.lineno, f"the filter “{node.name}” is unknown; known are {known}")
    if node.name in _SEQUENCE_FILTERS and not isinstance(node.node, nodes.Name):
        raise _bad(node.lineno, f"“| {node.name}” works only after the name of a list")
    n_args = 1 if node.name == "join" else 0
    plain = all(isinstance(arg, nodes.Const) and isinstance(arg.value, str) for arg in node.args)
    if node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) > n_args or not plain:
        takes = "a text in quotes" if n_args else "nothing"
        raise _bad(node.lineno, f"the filter “{node.name}” takes {takes} in brackets")


_CLOSING = {"{{": "}}", "{%": "%}"}
_HINT = "See “Templates” in docs/publishing.md for what a template can do."


def _bad(line: int, why: str) -> BadTemplate:
    return BadTemplate(f"Line {line} of the template: {why}.", hint=_HINT)


def _unclosed(text: str, line: int) -> BadTemplate | None:
    """Name the last bracket before a line that stays open; Jinja names what it meets instead."""
    before = "\n".join(text.split("\n")[:line])
    brackets = list(re.finditer(r"\{\{|\{%|\}\}|%\}", before))
    for bracket, after in pairwise(brackets):
        if bracket[0].startswith("{") and after[0].startswith("{"):
            open_line = before.count("\n", 0, bracket.start()) + 1
            return _bad(open_line, f"“{bracket[0]}” has no “{_CLOSING[bracket[0]]}”")
    return None


def _keep_line_end(line: str) -> str:
    """Keep the line's end, unless the line consists of blocks only.

    Jinja2 removes the line's end after any block, unless the block ends with a plus sign.
    """
    ends_in_block = line.endswith(("%}", "#}")) and line[-3:-2] not in ("-", "+")
    if not ends_in_block or _ONLY_BLOCKS.fullmatch(line):
        return line
    return f"{line[:-2]}+{line[-2:]}"
