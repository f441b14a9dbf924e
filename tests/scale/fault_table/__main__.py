"""Print the table of faults: ``python -m tests.scale.fault_table --rounds 20 --seed 1``."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import tempfile
from pathlib import Path

from .faults import FAULTS
from .rounds import trials
from .verdicts import markdown

#: Of the workers; with the default of 30 s the same rounds take longer.
SHORT_LEASE_S = 6.0

log = logging.getLogger("faults")


def main(arguments: list[str]) -> int:
    """Run the rounds, print the table; 1 if a figure is not as promised."""
    parser = argparse.ArgumentParser(prog="python -m tests.scale.fault_table")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=list(FAULTS), default=list(FAULTS))
    parser.add_argument("--default-lease", action="store_true", help="30 s, as without settings")
    parser.add_argument("--folder", type=Path, help="keeps the logs")
    options = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    log.setLevel(logging.INFO)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and stop all processes
    lease_s = None if options.default_lease else SHORT_LEASE_S
    folder = options.folder or Path(tempfile.mkdtemp(prefix="segue-faults-"))
    folder.mkdir(parents=True, exist_ok=True)
    with trials(
        folder, seed=options.seed, names=options.only, lease_s=lease_s, say=log.info
    ) as ready:
        rows = [ready.disturb(FAULTS[name], options.rounds) for name in options.only]
        for row in rows:
            ready.judge(row)
            log.info("%s: %s", row.fault, "; ".join(row.remarks) or "as promised")
    sys.stdout.write(markdown(rows) + "\n")
    return 0 if all(row.is_good for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
