"""The program: commands put together, and every failure turned into one line and an exit code.

0 done, also where the reader of our output has had enough; 1 a failure while running, such as a file that cannot be
written; 2 bad usage or bad input; 130 interrupted.
"""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from nodecalc.errors import Interrupted, NodecalcError, brief_line
from nodecalc.progress import Watch, tell

from .declared import COMMANDS
from .endings import code_and_word, is_ending
from .plain import words_of
from .slips import line_instead, spelled

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130
HELP: Final = "help"
"""A word that many programs take for --help."""
FAILED: Final = 1
_LARGE: Final = frozenset(("hashlib", "numpy", "numba", "scipy", "pyarrow", "matplotlib"))
"""Libraries whose loading may fail without a word, or with too many, where memory is limited."""


class _HadEnough(Exception):  # noqa: N818 - nobody erred
    """The reader of our output has gone; told apart because typer would make a failure of it."""


def _interruptible(run: Callable[..., None]) -> Callable[..., None]:
    """Return a command whose interruption says what was kept; typer would end the program without a word."""

    def call(**words: Any) -> None:
        try:
            run(**words)
        except KeyboardInterrupt as interrupt:
            raise Interrupted("; ".join(("interrupted", *map(str, interrupt.args)))) from None
        except BrokenPipeError:
            raise _HadEnough from None

    return call


class _Misused(Exception):  # noqa: N818 - the words of a line, told apart from what a command finds wrong
    """What typer has against the words of the line."""


def run(arguments: list[str]) -> int:
    """Run the command line on `arguments`, without the program's name, and return the exit code."""
    arguments = [spelled(word) for word in arguments]
    if arguments[:1] == [HELP]:
        arguments = [*(word for word in arguments if word != HELP), "--help"]
    if sys.stdout is None:
        return _fail("standard output is closed", FAILED)
    if _Room not in sys.meta_path:
        sys.meta_path.insert(0, _Room)
    try:
        with Watch():
            result = _answered(arguments)
            sys.stdout.flush()
        _tell_settings()
    except NodecalcError as error:
        return _fail(str(error) + line_instead(str(error), arguments), BAD_INPUT)
    except (BrokenPipeError, _HadEnough):
        # The reader of our output has had enough (| head): no error of ours, but nothing may be flushed any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Interrupted as interrupted:
        return _ended(str(interrupted))
    except KeyboardInterrupt:
        return _ended("interrupted")
    except _Misused as error:
        return _fail(_usage(str(error), arguments), BAD_INPUT)
    except Exception as error:
        if is_ending():  # what is loaded or finalised meanwhile makes a fault of its own of an interrupt
            return _ended("interrupted")
        if isinstance(error, ImportError | MemoryError | OSError):
            return _fail(_limited(error), FAILED)
        raise
    return result


def _answered(arguments: list[str]) -> int:
    """Carry the line out and return the exit code; what is not plain goes to typer."""
    asked = [name for name in COMMANDS if name in arguments[:1]]
    if asked:
        command = import_module(f".{asked[0]}", __package__).run
        words = words_of(command, arguments[1:])
        if words is not None:
            _interruptible(command)(**words)
            return 0
    from .typed import Aborted, UsageFailure, build

    # Only the command that is asked for is put together; help, completion and a wrong name need all of them.
    program = build(tuple(asked) or COMMANDS, _interruptible)
    try:
        result = program(arguments or ["--help"], prog_name="nodecalc", standalone_mode=False)
    except Aborted:
        raise Interrupted("interrupted") from None
    except UsageFailure as error:
        raise _Misused(_message(error)) from None
    return result if isinstance(result, int) else 0


def _tell_settings() -> None:
    """Say which settings of numba moved the last bits of an answer; where nothing was compiled none did."""
    numba = sys.modules.get("nodecalc_kernels.compiled.loading")
    found = "" if numba is None else numba.unusual_settings()
    if found:
        tell(f"nodecalc: {found}: the last bits of compiled results may be others than usual")


def _message(error: BaseException) -> str:
    formatted = getattr(error, "format_message", None)
    return str(formatted() if formatted is not None else error)


def _usage(message: str, arguments: list[str]) -> str:
    text = " ".join(message.split()).rstrip(".")
    negative = next((a for a in arguments if a[:1] == "-" and a[1:2].isdigit()), None)
    if negative is not None and text.startswith("No such option"):
        return f"'{negative}': a negative number; sizes are positive, such as 100 (mm2) or 10x10 (mm)"
    instead = line_instead(text, arguments)
    if instead:
        return f"{text[:1].lower()}{text[1:]}{instead}"
    return f"{text[:1].lower()}{text[1:]}; 'nodecalc --help' and 'nodecalc COMMAND --help' list what is allowed"


class _Room:
    """A finder of modules that finds none: it asks for memory before a library that does not say when it has none."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        if name in _LARGE:
            from nodecalc.doors import check_room

            check_room(name)


def _limited(error: ImportError | MemoryError | OSError) -> str:
    """Return what the system refused, in words; without memory there may be none for many."""
    try:
        from nodecalc.doors import refused

        return refused(error)
    except (MemoryError, OSError):
        return "out of memory" if isinstance(error, MemoryError) else str(error)


def _ended(message: str) -> int:
    """Say that the program was ended before its answer, and by what."""
    code, word = code_and_word(INTERRUPTED)
    return _fail(word + message.removeprefix("interrupted"), code)


def _fail(message: str, code: int) -> int:
    tell(f"nodecalc: {brief_line(' '.join(message.split()))}")
    return code
