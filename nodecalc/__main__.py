"""The program's entry: ``nodecalc`` and ``python -m nodecalc``."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    # One answer is over before a collection would pay; looking for garbage while importing costs half a bare start.
    gc.disable()
    try:
        from .cli.endings import hear
        from .cli.program import run
    except (MemoryError, OSError) as error:  # a limit of the system: nothing is wrong with what was asked
        print(f"nodecalc: it cannot be loaded: {str(error) or 'out of memory'}", file=sys.stderr)
        sys.exit(1)
    hear()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
