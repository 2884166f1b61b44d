"""How often intervals of fits hold: ``python -m tests.intervals [DESIGN ...] --lots 1000 --seed 1``."""

from __future__ import annotations

import argparse
import sys

from .designs import DESIGNS, held


def main() -> int:
    """Draw and fit the lots of each design and print how often the intervals held what was drawn."""
    parser = argparse.ArgumentParser(prog="python -m tests.intervals", description=__doc__)
    parser.add_argument("design", nargs="*", metavar="DESIGN", help=f"some of {', '.join(DESIGNS)}; all by default")
    parser.add_argument("--lots", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--interval", type=float, default=0.9)
    asked = parser.parse_args()
    for name in asked.design or DESIGNS:
        found = held(name, asked.lots, asked.seed, asked.interval)
        print(f"{name}: {DESIGNS[name].what}; {asked.lots} lots, seed {asked.seed}")
        for key in found.below:
            print(
                f"  {key}: {100.0 * found.share(key):.1f} % held; {found.below[key]} intervals lie below, "
                f"{found.above[key]} above, {found.unbounded[key]} have no upper limit",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
