"""Grids by the names of their countries: how much a kWh of each emits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from nodecalc.errors import unknown

if TYPE_CHECKING:
    from nodecalc.catalogue import Figure

GRID: Final = "grid_g_per_kwh"
TABLE, GROUP = "carbon", "grid.g_per_kwh"


def grids() -> Mapping[str, tuple[Figure, ...]]:
    """Return the figures of each grid, by its name."""
    from nodecalc.catalogue.tables import table

    return table(TABLE)[GROUP].figures


def is_named(key: str, value: object) -> bool:
    """Whether a value of an input is the name of a grid, or meant to be one."""
    return key == GRID and isinstance(value, str) and value.strip()[:1].isalpha()


def grid_figure(name: str) -> Figure:
    """Return the figure of a grid, g CO2e a kWh; an unknown name is an error that names the nearest."""
    known = grids()
    found = known.get(name.strip().lower())
    if found is None:
        raise unknown("grid", name, known, "or g CO2e a kWh, such as --grid 500")
    return found[0]


def grid_note(name: str) -> str:
    """Return what is said of a grid that was asked for by its name."""
    figure = grid_figure(name)
    date = "" if figure.year is None else f", {figure.year:g}"
    return f"grid {name.strip().lower()}: {figure.number:g} g CO2e a kWh over its life cycle ({figure.source}{date})"
