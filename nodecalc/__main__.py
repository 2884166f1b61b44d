"""The program's entry: ``nodecalc`` and ``python -m nodecalc``."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    # One answer is over before a collection would pay; looking for garbage while importing costs half a bare start.
    gc.disable()
    from .cli.endings import hear
    from .cli.program import run

    hear()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
