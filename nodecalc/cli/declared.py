"""What commands take, said without typer: most lines are read by the plain reader, which does without its start.

A command is a function whose parameters are ``Annotated[type, Option(...)]`` or ``Annotated[type, Argument(...)]``.
`nodecalc.cli.typed` makes typer's program of the same declarations, for help, completion and every error.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, NamedTuple

COMMANDS: Final = (
    "die", "map", "compare", "risk", "sweep", "solve", "wafer", "patterning", "fit", "diff",
    "capacity", "system", "split", "memory", "carbon", "claims",
    "nodes", "chips", "models", "keys", "sources", "examples",
)  # fmt: skip
"""The commands, in the order of the help; each is a module of this package with NAME, EXAMPLES and run."""


class Option:
    """An option: its names and what typer is to know of it, a text or what makes one when it is asked for."""

    def __init__(self, *names: str, **known: Any) -> None:
        """Name the option; `known` is handed on to typer."""
        self.names = names
        self.known = known


class Argument(Option):
    """A word without a name."""

    def __init__(self, **known: Any) -> None:
        """Have no names; `known` is handed on to typer."""
        super().__init__(**known)


class Parameter(NamedTuple):
    """A parameter of a command."""

    name: str
    type: Any
    default: Any
    declared: Option

    @property
    def several(self) -> bool:
        """Whether it collects every word or value it is given."""
        return self.type in SEVERAL


REQUIRED: Final = ...
"""Default of a parameter that has none."""
SEVERAL: Final = (list[str], list[str] | None)


def parameters(run: Callable[..., None]) -> tuple[Parameter, ...]:
    """Return the parameters of a command, in its order.

    >>> from nodecalc.cli import keys
    >>> [p.name for p in parameters(keys.run)]
    ['key', 'catalog', 'output_format', 'output', 'force']
    """
    ready: tuple[Parameter, ...] | None = getattr(run, "declared", None)
    return own_parameters(run) if ready is None else ready


def own_parameters(run: Callable[..., None]) -> tuple[Parameter, ...]:
    """Return the parameters that stand in a function's signature; `inspect` would cost more than the rest."""
    code: Any = run.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    placed: tuple[Any, ...] = run.__defaults__ or ()
    named: dict[str, Any] = run.__kwdefaults__ or {}
    defaults = {**dict(zip(names[code.co_argcount - len(placed) : code.co_argcount], placed, strict=True)), **named}
    found = []
    for name in names:
        annotation = run.__annotations__[name]
        of = getattr(annotation, "__metadata__", (Option(),))[0]
        found.append(Parameter(name, getattr(annotation, "__origin__", annotation), defaults.get(name, REQUIRED), of))
    return tuple(found)


def flags_of(command: str) -> set[str]:
    """Return the options of a command that take no value.

    >>> "--explain" in flags_of("die"), "--node" in flags_of("die")
    (True, False)
    """
    run = import_module(f".{command}", __package__).run
    return {name for row in parameters(run) if row.type is bool for name in row.declared.names}
