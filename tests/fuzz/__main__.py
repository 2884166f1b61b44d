"""Try targets as long or as often as asked: ``python -m tests.fuzz [TARGET ...] --minutes 30 --seed 1``."""

from __future__ import annotations

import argparse
import sys

from .runner import run
from .targets import TARGETS


def main() -> int:
    """Run the targets one after the other and print what broke; the exit code says whether anything did."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", nargs="*", metavar="TARGET", help=f"some of {', '.join(TARGETS)}; all by default")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each target")
    parser.add_argument("--count", type=int, help="cases of each target, in the place of minutes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the number of one case, which is run again and shown")
    asked = parser.parse_args()
    failed = False
    for name in asked.target or TARGETS:
        target = TARGETS[name]()
        if asked.only is None:
            report = run(target, asked.seed, runs=asked.count, minutes=asked.minutes)
        else:
            report = run(target, asked.seed, runs=1, start=asked.only)
        print(report.text(), flush=True)
        failed |= bool(report.found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
