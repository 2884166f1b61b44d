"""Print matrices; the exit code says whether a row ended badly."""

from __future__ import annotations

import sys

from .bits import ways
from .cache import cache_rows
from .ended import Ended
from .limits import COMMANDS, LIMITS, cells
from .settings import numba_rows

ENDED = {"cache": cache_rows, "numba": numba_rows}


def _print_ended(name: str) -> bool:
    usual: Ended | None = None
    failed = False
    for row, *runs in ENDED[name]():
        usual = usual or runs[0]
        told = [ended.against(usual) for ended in runs]
        # Other bits are told in a line, or they are a fault.
        failed |= any(text == "OTHER BITS" or "NO LINE" in text for text in told)
        print(f"{name:6} {row:34} {told[0]:24} | {told[1]}", flush=True)
    return failed


def _print_limits(kinds: list[str]) -> bool:
    failed = False
    limits = tuple(limit for limit in LIMITS if not kinds or limit.kind in kinds)
    for cell in cells(tuple(COMMANDS), limits):
        failed |= cell.broken
        print(f"{cell.limit.name:18} {cell.command:17} {'BROKEN ' * cell.broken}{cell.said}", flush=True)
    return failed


def _print_bits() -> bool:
    failed = False
    for way in ways():
        failed |= not way.same
        print(
            f"{way.name:40} {way.what:20} {'same bits' if way.same else 'OTHER BITS'} {way.said}".rstrip(), flush=True
        )
    return failed


def main() -> int:
    """Print those asked for, ``limits`` perhaps followed by kinds of limits, or all."""
    asked = sys.argv[1:] or [*ENDED, "limits", "bits"]
    if asked[0] == "limits" and asked[1:2] != ["bits"]:
        return int(_print_limits(asked[1:]))
    failed = False
    for name in asked:
        if name == "limits":
            failed |= _print_limits([])
        else:
            failed |= _print_bits() if name == "bits" else _print_ended(name)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
