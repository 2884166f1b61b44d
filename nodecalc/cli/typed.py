"""typer's program, made of what the commands declare: help, completion, and errors about the words of a line."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from nodecalc._version import __version__
from nodecalc.errors import InputError

from .declared import COMMANDS, REQUIRED, Argument, Parameter, parameters

# typer carries its own copy of click and exports only this leaf of its exceptions; the base is what a bad word raises.
UsageFailure: Final[type[Exception]] = typer.BadParameter.__mro__[2]
Aborted: Final = typer.Abort


class Command(TyperCommand):
    """A command: its options under headings, its examples one a line; what takes one value is given once."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of a line; of an option given twice typer would take the last value without a word."""
        if not ctx.resilient_parsing and not {*args} & {*ctx.help_option_names}:
            _, _, order = self.make_parser(ctx).parse_args(args=list(args))
            seen: set[str] = set()
            for option in order:
                kinds = (getattr(option, kind, True) for kind in ("multiple", "is_flag"))
                if option.param_type_name == "option" and not any(kinds):
                    if str(option.name) in seen:
                        raise InputError(f"{option.opts[0]}: given twice; give it once")
                    seen.add(str(option.name))
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the whole help."""
        from .help import command_help

        formatter.write(command_help(self, ctx))


class Program(TyperGroup):
    """The program: its commands one a line, its exit codes."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the whole help."""
        from .help import program_help

        formatter.write(program_help(self, ctx))


def build(
    names: tuple[str, ...] = COMMANDS, around: Callable[[Callable[..., None]], Callable[..., None]] = lambda run: run
) -> typer.Typer:
    """Return the program with the commands `names`, each of which runs as `around` makes it."""
    app = typer.Typer(
        name="nodecalc",
        cls=Program,
        help="What a die costs on a process node, and how sure that is.",
        # Plain help: importing rich for it would cost more than the rest of the program.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for name in names:
        command = import_module(f".{name}", __package__)
        typed = _typed(command.run, around(command.run))
        app.command(command.NAME, cls=Command, epilog="\n".join(command.EXAMPLES))(typed)
    return app


def _typed(run: Callable[..., None], called: Callable[..., None]) -> Callable[..., None]:
    """Return `called` with the signature that typer reads."""

    def command(**words: Any) -> None:
        called(**words)

    rows = [
        inspect.Parameter(
            row.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if row.default is REQUIRED else row.default,
            annotation=Annotated[row.type, _declaration(row)],
        )
        for row in parameters(run)
    ]
    command.__doc__ = run.__doc__
    command.__signature__ = inspect.Signature(rows)  # type: ignore[attr-defined]
    command.__annotations__ = {row.name: row.annotation for row in rows}
    return command


def _declaration(row: Parameter) -> Any:
    known = {key: value() if key == "help" and callable(value) else value for key, value in row.declared.known.items()}
    if isinstance(row.declared, Argument):
        return typer.Argument(**known)
    return typer.Option(*row.declared.names, **known)


def _version(asked: bool) -> None:
    if asked:
        print(f"nodecalc {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Say what a die costs on a process node, and how sure that is."""
