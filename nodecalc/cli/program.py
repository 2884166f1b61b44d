"""The program: commands put together, and every failure turned into one line and an exit code.

0 done, also where the reader of our output has had enough; 1 a failure while running, such as a file that cannot be
written; 2 bad usage or bad input; 130 interrupted.
"""

import os
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Annotated, Any, Final

import typer

from nodecalc._version import __version__
from nodecalc.errors import Interrupted, NodecalcError
from nodecalc.progress import Watch

from .slips import line_instead, spelled

COMMANDS: Final = (
    "die", "map", "risk", "sweep", "wafer", "patterning", "fit", "nodes", "chips", "models", "keys", "sources",
    "examples",
)  # fmt: skip
"""The commands, in the order of the help; each is a module of this package with NAME, EPILOG and run."""

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130
FAILED: Final = 1

# typer carries its own copy of click and exports only this leaf of its exceptions; the base is what a bad word raises.
_ClickException: type[Exception] = typer.BadParameter.__mro__[2]


def build(names: tuple[str, ...] = COMMANDS) -> typer.Typer:
    """Return the program with the commands `names`."""
    app = typer.Typer(
        name="nodecalc",
        help="What a die costs on a process node, and how sure that is.",
        # Plain help: importing rich for it would cost more than the rest of the program.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(root)
    for name in names:
        command = import_module(f".{name}", __package__)
        app.command(command.NAME, epilog=command.EPILOG)(_interruptible(command.run))
    return app


class _HadEnough(Exception):  # noqa: N818 - nobody erred
    """The reader of our output has gone; told apart because typer would make a failure of it."""


def _interruptible(run: Callable[..., None]) -> Callable[..., None]:
    """Return a command whose interruption says what was kept; typer would end the program without a word."""

    @wraps(run)
    def call(**words: Any) -> None:
        try:
            run(**words)
        except KeyboardInterrupt as interrupt:
            raise Interrupted("; ".join(("interrupted", *map(str, interrupt.args)))) from None
        except BrokenPipeError:
            raise _HadEnough from None

    return call


def _version(asked: bool) -> None:
    if asked:
        print(f"nodecalc {__version__}")
        raise typer.Exit


def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Say what a die costs on a process node, and how sure that is."""


def run(arguments: list[str]) -> int:
    """Run the command line on `arguments`, without the program's name, and return the exit code."""
    arguments = [spelled(word) for word in arguments]
    # Only the command that is asked for is put together; help, completion and a wrong name need all of them.
    asked = tuple(name for name in COMMANDS if name in arguments[:1])
    if sys.stdout is None:
        return _fail("standard output is closed", FAILED)
    try:
        with Watch():
            result = build(asked or COMMANDS)(arguments or ["--help"], prog_name="nodecalc", standalone_mode=False)
            sys.stdout.flush()
    except NodecalcError as error:
        return _fail(str(error) + line_instead(str(error), arguments, COMMANDS, _flags), BAD_INPUT)
    except typer.Abort:
        return _fail("interrupted", INTERRUPTED)
    except (BrokenPipeError, _HadEnough):
        # The reader of our output has had enough (| head): no error of ours, but nothing may be flushed any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Interrupted as interrupted:
        return _fail(str(interrupted), INTERRUPTED)
    except KeyboardInterrupt:
        return _fail("interrupted", INTERRUPTED)
    except OSError as error:
        if error.errno is None:
            return _fail(str(error), FAILED)  # an error of our own says all that there is to say
        return _fail(f"{error.filename or 'output'}: {error.strerror or error}", FAILED)
    except _ClickException as error:
        return _fail(_usage(_message(error), arguments), BAD_INPUT)
    return result if isinstance(result, int) else 0


def _message(error: BaseException) -> str:
    formatted = getattr(error, "format_message", None)
    return str(formatted() if formatted is not None else error)


def _usage(message: str, arguments: list[str]) -> str:
    text = " ".join(message.split()).rstrip(".")
    negative = next((a for a in arguments if a[:1] == "-" and a[1:2].isdigit()), None)
    if negative is not None and text.startswith("No such option"):
        return f"'{negative}': a negative number; sizes are positive, such as 100 (mm2) or 10x10 (mm)"
    instead = line_instead(text, arguments, COMMANDS, _flags)
    if instead:
        return f"{text[:1].lower()}{text[1:]}{instead}"
    return f"{text[:1].lower()}{text[1:]}; 'nodecalc --help' and 'nodecalc COMMAND --help' list what is allowed"


def _flags(command: str) -> set[str]:
    """Return the options of a command that take no value."""
    from typer.main import get_command

    group: Any = get_command(build((command, "keys")))  # of a lone command typer makes no group
    options = [o for o in group.commands[command].params if getattr(o, "is_flag", False)]
    return {name for option in options for name in option.opts}


def _fail(message: str, code: int) -> int:
    # A control character of a quoted word must not reach the terminal, and without a stderr print would use stdout.
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in " ".join(message.split()))
    if sys.stderr is not None:
        print(f"nodecalc: {line}", file=sys.stderr)
    return code
