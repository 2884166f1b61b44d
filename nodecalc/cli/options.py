"""Options that several commands share, described by the vocabulary."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Final

import typer

from ..vocabulary import QUANTITIES


def quantity_option(key: str, *names: str, metavar: str = "X", complete: Any = None) -> Any:
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
    listed = "; 'nodecalc models' lists them" if key in ("yield_model", "placement") else ""
    return typer.Option(
        f"--{q.option}",
        *names,
        metavar=metavar,
        help=f"{q.meaning}{unit}{listed}{default}",
        show_default=False,
        autocompletion=complete,
    )


def listed(text: str | None) -> list[str] | None:
    """Return the names in a list with commas; None stays None."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def complete_node(incomplete: str) -> list[str]:
    """Return the node ids that start with `incomplete`, for shell completion."""
    from ..lookup import builtin

    return [i for i in builtin().node_ids if i.startswith(incomplete.lower())]


def complete_chip(incomplete: str) -> list[str]:
    """Return the chip ids that start with `incomplete`, for shell completion."""
    from ..lookup import builtin

    return [p.id for p in builtin().products() if p.id.startswith(incomplete.lower())]


def complete_model(incomplete: str) -> list[str]:
    """Return the yield models that start with `incomplete`, for shell completion."""
    from nodecalc_kernels import YIELD_MODELS

    return [key for key in YIELD_MODELS if key.startswith(incomplete.lower())]


def complete_placement(incomplete: str) -> list[str]:
    """Return the placements that start with `incomplete`, for shell completion."""
    from nodecalc_kernels import PLACEMENTS

    return [key for key in PLACEMENTS if key.startswith(incomplete.lower())]


DIE_OPTIONS: Final[tuple[tuple[str, str, Any], ...]] = (
    ("transistors", "N", None),
    ("density_utilisation", "F", None),
    ("aspect_ratio", "R", None),
    ("yield_model", "ID", complete_model),
    ("d0_per_cm2", "X", None),
    ("alpha", "X", None),
    ("critical_layers", "N", None),
    ("critical_area_fraction", "F", None),
    ("systematic_yield", "F", None),
    ("line_yield", "F", None),
    ("wafer_price_usd", "X", None),
    ("wafer_basis", "BASIS", None),
    ("wafer_diameter_mm", "MM", None),
    ("edge_exclusion_mm", "MM", None),
    ("scribe_mm", "MM", None),
    ("placement", "ID", complete_placement),
    ("edge_rule", "RULE", None),
    ("logic_density_mtr_per_mm2", "X", None),
)
"""Key, metavar and completion of every option that describes a die, in the order of the help."""


def with_die_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command` an option for each of `DIE_OPTIONS` in the place of its parameter `given`.

    What the user gave arrives there as one mapping, vocabulary key -> text.
    """
    own = inspect.signature(command).parameters
    names = {key: QUANTITIES[key].option.replace("-", "_") for key, _, _ in DIE_OPTIONS}
    parameters: list[inspect.Parameter] = []
    for name, parameter in own.items():
        if name != "given":
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
            continue
        for key, metavar, complete in DIE_OPTIONS:
            kind = Annotated[str | None, quantity_option(key, metavar=metavar, complete=complete)]
            parameters.append(
                inspect.Parameter(names[key], inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
            )

    def run(**values: Any) -> None:
        texts = {key: values.pop(name) for key, name in names.items()}
        command(given={key: text for key, text in texts.items() if text is not None}, **values)

    run.__doc__ = command.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


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
