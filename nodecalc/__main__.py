"""The program's entry: ``nodecalc`` and ``python -m nodecalc``."""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False  # as in nodecalc/__init__.py
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> None:
    """Run the command line and leave with its exit code."""
    # One answer is over before a collection would pay; looking for garbage while importing costs half a bare start.
    gc.disable()
    try:
        try:
            from .cli.endings import hear
            from .cli.program import run
        except (MemoryError, OSError) as error:  # a limit of the system: nothing is wrong with what was asked
            _end(f"it cannot be loaded: {str(error) or 'out of memory'}", 1)
        hear()
        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # while the program is loaded, or while it says how it ended
        _end("interrupted", 130)


def _end(line: str, code: int) -> NoReturn:
    if sys.stderr is not None:  # print would take standard output instead
        print(f"nodecalc: {line}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
