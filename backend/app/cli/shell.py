"""Dispatch shell commands; print errors that users can fix without a traceback."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

from ..errors import NoticeNotAccepted, SegueError
from ..logs import set_up_logs
from . import accounts, mashup, mix, orphans, restyle, stems

COMMANDS = (mix, stems, mashup, restyle, accounts, orphans)

ACCEPT_HINT = "Add --accept-weights-notice once you have read this, or --model draft."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status."""
    options = _parser().parse_args(arguments)
    set_up_logs(level=logging.ERROR)  # the commands print everything else themselves
    try:
        status: int = options.run(options)
    except SegueError as error:
        hint = ACCEPT_HINT if isinstance(error, NoticeNotAccepted) else error.hint
        print(f"{error.message} {hint}".strip(), file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m backend.app.cli", description="Segue from the shell; no server needed."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.register(commands)
    return parser
