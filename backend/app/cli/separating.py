"""The options of every command that takes songs apart."""

from __future__ import annotations

import argparse

from ..contract.stems import DRAFT, FOUR_STEMS
from ..errors import UnknownModel

MODELS = f"{DRAFT}, htdemucs, htdemucs_ft, htdemucs_6s or any other in DEMUCS_REPO"


def add_separator_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--model`` and ``--accept-weights-notice``."""
    parser.add_argument(
        "--model",
        help=f"who takes songs apart: {MODELS} (default: that of the setting DEMUCS_MODEL)",
    )
    add_notice_option(parser)


def add_notice_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--accept-weights-notice``."""
    parser.add_argument(
        "--accept-weights-notice",
        action="store_true",
        help="you have read what the authors of a model's weights ask for; they may be fetched",
    )


def model_named(text: str | None) -> str | None:
    """The model that an option names; None where it is not given.

    An empty name, as of a variable that is not set, is not taken for the model of the settings:
    its weights might be fetched.
    """
    if text is not None and not text.strip():
        raise UnknownModel("A model without a name is none.", hint=f"There is {MODELS}.")
    return text


def stems_named(text: str | None) -> list[str] | None:
    """The stems of ``drums,vocals``; None where none are named.

    >>> stems_named("drums, vocals")
    ['drums', 'vocals']
    """
    return None if text is None else [name.strip() for name in text.split(",")]


STEMS_HELP = f"any of {','.join(FOUR_STEMS)}, and what else the model can tell (default: all)"
