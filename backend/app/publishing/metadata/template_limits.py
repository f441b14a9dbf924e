"""Limit the work of a description template, over all attempts to fit a description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jinja2 import pass_context
from jinja2.filters import do_title
from jinja2.runtime import Context

from ...errors import BadTemplate

MAX_WORK = 160_000
"""Limit for one description, in template parts run: 0.2 s. A description is rendered up to 40 times
until it fits; the default template costs 31,000 with 500 tracks with long titles."""

# Numbers of characters that take as long as one template part, 1 µs.
CHARS_WRITTEN = 400
CHARS_FILTERED = 50


@dataclass(slots=True)
class Work:
    """The work that is left for one description."""

    left: int = MAX_WORK

    def spend(self, parts: int) -> None:
        """Subtract ``parts`` from the work; raise :class:`BadTemplate` if too little is left."""
        self.left -= parts
        if self.left < 0:
            why = "The template takes too long for a mix of this length."
            raise BadTemplate(why, hint="Shorten its loops.")


WORK = " work"  # no template can use this name, which begins with a space


def _counted(name: str) -> Callable[..., object]:
    """Wrap a filter so that it subtracts its cost from the work."""

    @pass_context
    def run(context: Context, value: object, *args: str) -> object:
        result = _FILTERS[name](value, *args)
        text = result if name == "join" else value
        context[WORK].spend(len(text) // CHARS_FILTERED if isinstance(text, str) else 0)
        return result

    return run


_FILTERS: Mapping[str, Callable[..., object]] = {
    "capitalize": lambda text: str(text).capitalize(),
    "first": lambda items: items[0] if items else "",
    "join": lambda items, between="": between.join(items),
    "last": lambda items: items[-1] if items else "",
    "length": len,
    "lower": lambda text: str(text).lower(),
    "title": do_title,
    "trim": lambda text: str(text).strip(),
    "upper": lambda text: str(text).upper(),
}
FILTERS = tuple(_FILTERS)
COUNTED_FILTERS = {name: _counted(name) for name in FILTERS}
