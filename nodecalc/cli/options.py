"""Options that several commands share, described by the vocabulary."""

from typing import Annotated, Any

import typer

from ..vocabulary import QUANTITIES


def quantity_option(key: str, *names: str, metavar: str = "X") -> Any:
    """Return the typer option of the input `key`: its names, its meaning, its default."""
    q = QUANTITIES[key]
    default = (
        ""
        if q.default is None
        else f" [default: {q.default if isinstance(q.default, str) else format(q.default, 'g')}]"
    )
    if q.field:
        default = f" [default: the node's{', else ' + format(q.default, 'g') if q.default is not None else ''}]"
    unit = f", {q.unit}" if q.unit else ""
    return typer.Option(
        f"--{q.option}", *names, metavar=metavar, help=f"{q.meaning}{unit}{default}", show_default=False
    )


def complete_node(incomplete: str) -> list[str]:
    """Return the node ids that start with `incomplete`, for shell completion."""
    from ..lookup import builtin

    return [i for i in builtin().node_ids if i.startswith(incomplete.lower())]


def complete_chip(incomplete: str) -> list[str]:
    """Return the chip ids that start with `incomplete`, for shell completion."""
    from ..lookup import builtin

    return [p.id for p in builtin().products() if p.id.startswith(incomplete.lower())]


def complete_format(incomplete: str) -> list[str]:
    """Return the output formats that start with `incomplete`, for shell completion."""
    from ..render.output import WRITERS

    return [name for name in WRITERS if name.startswith(incomplete.lower())]


Format = Annotated[
    str,
    typer.Option(
        "--format", "-f", metavar="FORMAT", help="table, json, csv or markdown", autocompletion=complete_format
    ),
]
CatalogFile = Annotated[
    str | None,
    typer.Option("--catalog", metavar="FILE", help="TOML file whose figures merge over the built-in catalogue"),
]
