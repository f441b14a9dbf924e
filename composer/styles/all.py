"""All styles by name."""

from __future__ import annotations

from composer.song import StyleName
from composer.styles.basic import BASIC_STYLES
from composer.styles.hard import HARD_STYLES
from composer.styles.style import Style

STYLES: dict[StyleName, Style] = {**BASIC_STYLES, **HARD_STYLES}
