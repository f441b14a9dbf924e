"""What a description's template costs: counted, so that all its fittings together end soon."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jinja2 import pass_context
from jinja2.filters import do_title
from jinja2.runtime import Context

from ..errors import BadTemplate

MOST_WORK = 160_000
"""What all the fittings of one description may cost, in parts of a template: 0.2 s.

A description is written up to 40 times until it fits. The house's, of 500 tracks with long titles,
costs 31,000.
"""

# What takes as long as one part of a template does, which is 1 µs
CHARS_WRITTEN = 400
CHARS_FILTERED = 50


@dataclass(slots=True)
class Work:
    """What is left of what one description may cost."""

    left: int = MOST_WORK

    def spend(self, parts: int) -> None:
        """Take that much off; :class:`BadTemplate` where it is not there."""
        self.left -= parts
        if self.left < 0:
            why = "The template has too much to do for a mix of this length."
            raise BadTemplate(why, hint="Take something out of its loops.")


WORK = " work"  # with a space in front: no template can name it


def _counted(name: str) -> Callable[..., object]:
    """A filter that takes what it costs off the work."""

    @pass_context
    def run(context: Context, value: object, *args: str) -> object:
        made = _FILTERS[name](value, *args)
        of = made if name == "join" else value
        context[WORK].spend(len(of) // CHARS_FILTERED if isinstance(of, str) else 0)
        return made

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
COUNTED = {name: _counted(name) for name in FILTERS}
