"""Signals that ask the program to end: it ends with what it was writing removed or kept as a part.

They are noted, because not everything lets an interrupt through: what is loaded meanwhile may make another fault of it.
"""

import sys
from importlib import import_module
from typing import Any, Final

_signal: Final[Any] = import_module("_signal")
"""The C module, which is there anyway: `signal` would load the machinery of enumerations first."""

NAMES: Final = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "its terminal has gone"}
"""Signals, where the system has them, and what is said of each."""

heard: list[int] = []
"""The signal that ended the program, in a list of at most one."""


def hear() -> None:
    """Take those signals as interrupts from here on; one that is ignored, as nohup asks for, stays ignored."""
    for name in NAMES:
        number = getattr(_signal, name, None)
        if number is not None and _signal.getsignal(number) in (_signal.SIG_DFL, _signal.default_int_handler):
            _signal.signal(number, _end)
    sys.unraisablehook = _unraisable


def _unraisable(found: Any) -> None:
    """Print what Python cannot raise, but for an interrupt: it is noted, and raised again at the next step."""
    if not (heard and found.exc_type is KeyboardInterrupt):
        sys.__unraisablehook__(found)


def _end(number: int, frame: Any) -> None:
    first = not heard
    heard[:] = [number]
    interrupts = sys.modules.get("nodecalc.interrupts")
    if interrupts is not None:
        interrupts.note()
    if first or number == _signal.SIGINT:  # a second request to end must not break off what tidies up; Ctrl-C may
        raise KeyboardInterrupt


_end.notes = True  # type: ignore[attr-defined] # nodecalc.interrupts need not take its place


def is_ending() -> bool:
    """Whether a signal has ended the program, whatever the fault that came of it."""
    return bool(heard)


def code_and_word(otherwise: int) -> tuple[int, str]:
    """Return the exit code and the word for an end before the answer: of the signal, else of an interrupt."""
    if not heard:
        return otherwise, NAMES["SIGINT"]
    word = next(word for name, word in NAMES.items() if getattr(_signal, name, None) == heard[0])
    return 128 + heard[0], word
