"""Built-in tables beside nodes and products: memory, packages, capacity, carbon; figures by group and key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

import nodecalc_seeds
from nodecalc.errors import unknown

from .builtin import figures_of, parse
from .entries import Entry
from .figure import Figure
from .names import shown

TABLES: Final = ("memory", "packages", "capacity", "carbon")
"""The tables, each a file of its own."""

UNITS: Final = frozenset(
    (
        "", "ratio", "percent", "relative", "nm", "um", "mm2", "Gb", "Gb/mm2", "per_cm2", "layers", "bits", "vias",
        "dies", "sites", "bridges", "reticles", "packages", "fabs", "wafers", "units", "1e6", "1e6 stacks",
        "USD", "USD/die", "USD/GB", "USD/mm2", "USD/hour", "s", "days", "year",
        "wafers/month", "wafers/year", "8-inch wafers/month",
        "GWh", "kWh/cm2", "kWh/wafer", "g/cm2", "kg/cm2", "g/kWh", "g/GB", "g/IC", "W/core", "tonnes/day",
        "tonnes/wafer",
    )
)  # fmt: skip
"""Units of figures in tables; "" = a text."""

_FILE_KEYS: Final = ("schema", "version")
_ABOUT: Final = frozenset(("note", "nodes", "company"))
"""Keys of a group that are no figures."""


class _Group(NamedTuple):
    id: str
    """Such as "fab.tsmc_n2"."""
    note: str
    """What has to be known of all its figures, "" for nothing."""
    figures: Mapping[str, tuple[Figure, ...]]
    """By key; several where sources disagree."""
    nodes: tuple[str, ...] = ()
    """Nodes that it is of: of a fab, those that share its wafers."""
    company: str = ""
    """Whose it is, as foundries are named."""


class Group(Entry, _Group):
    """Figures of one table that belong together; `preferred` and `range` answer by key."""

    __slots__ = ()


@cache
def table(name: str) -> Mapping[str, Group]:
    """Return the groups of the table `name`, one of TABLES, by id; UnknownNameError for another name.

    >>> table("capacity")["fab.tsmc_n2"].preferred("end_2025").value
    47500
    >>> table("carbon")["grid.g_per_kwh"].range("taiwan").value
    642.0
    """
    if name not in TABLES:
        raise unknown("table", shown(name), TABLES)
    groups = {}
    for first, second in parse(nodecalc_seeds.read(f"{name}.toml")).items():
        if first in _FILE_KEYS:
            continue
        for last, group in second.items():
            id_ = f"{first}.{last}"
            figures = MappingProxyType(figures_of(group, _ABOUT))
            groups[id_] = Group(
                id_, group.get("note", ""), figures, tuple(group.get("nodes", ())), group.get("company", "")
            )
    return MappingProxyType(groups)
