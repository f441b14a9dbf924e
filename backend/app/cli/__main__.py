"""``python -m backend.app.cli``, and what it says where it cannot even begin."""

from __future__ import annotations

import sys

INSTALL = (
    "Install the requirements first: make run "
    "(or pip install -r requirements.txt -c constraints.txt)"
)
STOPPED = "Stopped; what was made so far is kept and found again."

try:
    from .shell import main

    status = main()
except ModuleNotFoundError as missing:
    package = (missing.name or "").partition(".")[0]
    if package in ("", "backend", *sys.stdlib_module_names):
        raise
    print(f"There is no {package} here. {INSTALL}", file=sys.stderr)
    status = 1
except KeyboardInterrupt:
    print(f"\r{STOPPED}", file=sys.stderr)
    status = 130  # as of whatever SIGINT ends
sys.exit(status)
