"""Ctrl-C that is heard for certain.

Python raises `KeyboardInterrupt` wherever the main thread happens to be. Where that is a finaliser, or what a weak
reference calls when its object goes, which a pool of threads has for each of its own, the interrupt is printed as
"Exception ignored" and the run goes on. So it is noted as well, and raised again at the next step.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_noted = threading.Event()


def note() -> None:
    """Have the next `check` raise an interrupt, whatever becomes of one that is raised now."""
    _noted.set()


def _note(number: int, frame: Any) -> None:
    note()
    signal.default_int_handler(number, frame)


@contextmanager
def heard() -> Iterator[None]:
    """Note interrupts within, for `check`; not outside the main thread, nor where a caller has a handler of his own."""
    before = signal.getsignal(signal.SIGINT)
    notes = getattr(before, "notes", False)  # the command line's own handler calls `note`
    ours = threading.current_thread() is threading.main_thread()
    if not ours or not (notes or before is signal.default_int_handler):
        yield
        return
    if not notes:
        signal.signal(signal.SIGINT, _note)
    try:
        yield
        check()
    finally:
        signal.signal(signal.SIGINT, before)
        _noted.clear()


def check() -> None:
    """Raise the interrupt that was noted; only the main thread does, which is the one that was interrupted."""
    if _noted.is_set() and threading.current_thread() is threading.main_thread():
        _noted.clear()
        raise KeyboardInterrupt
