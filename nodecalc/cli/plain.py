"""Commands whose help is written by `help`, which is imported where help is asked for."""

from typing import Any

from typer.core import TyperCommand, TyperGroup


class Command(TyperCommand):
    """A command: its options under headings, its examples one a line."""

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
