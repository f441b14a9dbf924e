"""``python -m backend.app.cli``; reports missing packages and interruption in one line."""

from __future__ import annotations

import sys

INSTALL = (
    "Install the requirements first: make run "
    "(or pip install -r requirements.txt -c constraints.txt)"
)
STOPPED = "Stopped. Finished parts are cached and reused."

try:
    from .shell import main

    status = main()
except ModuleNotFoundError as missing:
    package = (missing.name or "").partition(".")[0]
    if package in ("", "backend", *sys.stdlib_module_names):
        raise
    print(f"The package {package} is not installed. {INSTALL}", file=sys.stderr)
    status = 1
except KeyboardInterrupt:
    print(f"\r{STOPPED}", file=sys.stderr)
    status = 130  # the usual status of a process ended by SIGINT
sys.exit(status)
