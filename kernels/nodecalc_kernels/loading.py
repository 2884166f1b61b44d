"""Libraries of C extensions, loaded as a whole: one that is interrupted half way stays broken for the session."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from .room import check_room


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Put Ctrl-C off until the block is over; outside the main thread nothing is interrupted anyway."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    waiting: list[int] = []

    def note(number: int, frame: Any) -> None:
        waiting.append(number)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if waiting:
            signal.raise_signal(signal.SIGINT)


def loaded(name: str) -> Any:
    """Return the module of that name where it is there, whole; None where not, or while another thread loads it."""
    found = sys.modules.get(name)
    return None if getattr(getattr(found, "__spec__", None), "_initializing", False) else found


def load_whole(name: str) -> Any:
    """Return the module of that name, imported with Ctrl-C put off where it is not there yet."""
    found = loaded(name)
    if found is not None:
        return found
    check_room(name)
    with interrupts_wait():
        return import_module(name)
