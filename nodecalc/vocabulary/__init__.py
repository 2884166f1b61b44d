"""Every quantity, once: key, unit, meaning, default, valid range, format, spelling on the command line.

Command-line options, library keywords, columns, ``--explain`` and the documentation read this table. A key carries its
unit as a suffix; a key without one is dimensionless. The tools are the catalogue's: a row of a tool is made where it is
asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from .die import DIE, MONEY
from .ground import GROUND
from .package import BITS, CAPACITY, CARBON, OF_CAPACITY, PACKAGE
from .port import PORT
from .results import OF_DIE, OF_WAFER
from .row import Quantity
from .wafer import PRODUCT, STACK, TOOL_FIELDS, WAFER

__all__ = [
    "BESIDE_KEYS",
    "GROUND_KEYS",
    "INPUT_KEYS",
    "OUTPUT_KEYS",
    "PORT_KEYS",
    "QUANTITIES",
    "TOOL_ROWS",
    "WAFER_INPUT_KEYS",
    "WAFER_NAME_KEYS",
    "Quantity",
    "find_quantity",
    "is_wafer_input",
    "is_wafer_key",
    "node_key",
    "quantity",
    "tool_key",
    "tool_keys",
]

_ALL: Final = (
    *DIE, *OF_DIE, *WAFER, *STACK, *PRODUCT, *OF_WAFER, *GROUND, *MONEY, *PORT, *CAPACITY, *OF_CAPACITY, *BITS,
    *PACKAGE, *CARBON,
)  # fmt: skip
QUANTITIES: Final[Mapping[str, Quantity]] = MappingProxyType({q.key: q for q in _ALL})
"""Every row but those of tools, for which ask `quantity`."""
INPUT_KEYS: Final = tuple(q.key for q in DIE if q.role == "input")
BESIDE_KEYS: Final = tuple(q.key for q in (*BITS, *CARBON) if q.role == "input")
"""Inputs of a die that its cost does not follow: its bits, its wafer's electricity and grid."""
GROUND_KEYS: Final = tuple(q.key for q in GROUND)
"""Inputs of a wafer map alone."""
PORT_KEYS: Final = tuple(q.key for q in PORT)
"""Inputs of a design that moves to another node."""
OUTPUT_KEYS: Final = tuple(q.key for q in (*OF_DIE, *DIE) if q.role == "output")
WAFER_INPUT_KEYS: Final = tuple(q.key for q in WAFER)
"""Inputs of a wafer's cost from its layers beside the figures of its tools; the cost of a die takes none of them."""
WAFER_NAME_KEYS: Final = tuple(q.key for q in STACK)
"""Inputs of a wafer's cost that are names."""

TOOL_ROWS: Final = TOOL_FIELDS
"""Figures that any exposure tool has; a tool's own key stands behind its id."""

_FIELDS: Final = {q.key: q for q in sorted(TOOL_FIELDS, key=lambda q: len(q.key), reverse=True)}
"""The longest first: a field that ends like another is not taken for it."""


def tool_key(key: str) -> tuple[str, str] | None:
    """Return tool and field of a key such as ``arfi_scanner_price_usd``, None for any other key.

    Whether there is such a tool is for the catalogue to say.
    """
    if key not in QUANTITIES:
        for field in _FIELDS:
            tool = key.removesuffix(f"_{field}")
            if tool and tool != key:
                return tool, field
    return None


def tool_keys(tools: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of all figures of `tools`."""
    return tuple(f"{tool}_{q.key}" for tool in tools for q in TOOL_FIELDS)


def is_wafer_input(key: str) -> bool:
    """Whether `key` is an input of a wafer's cost from its layers: the model's, or a figure of some tool."""
    return key in WAFER_INPUT_KEYS or tool_key(key) is not None


def is_wafer_key(key: str) -> bool:
    """Whether an input, number or name, says what a wafer costs by its layers."""
    return is_wafer_input(key) or key in WAFER_NAME_KEYS


@lru_cache(maxsize=1024)
def _of_tool(key: str) -> Quantity | None:
    found = tool_key(key)
    if found is None:
        return None
    tool, field = found
    row = _FIELDS[field]
    return row._replace(key=key, meaning=f"{row.meaning}, {tool}")


def node_key(key: str) -> tuple[str, str] | None:
    """Return node and key of an input that is one node's alone, such as ``smic-n+2:d0_per_cm2``; None for any other."""
    node, colon, own = key.rpartition(":")
    return (node, own) if colon else None


@lru_cache(maxsize=1024)
def _of_node(key: str) -> Quantity | None:
    found = node_key(key)
    row = None if found is None else find_quantity(found[1])
    if found is None or row is None:
        return None
    column = f"{found[0]}: {row.column or row.key}"
    return row._replace(key=key, meaning=f"{row.meaning}; of {found[0]} alone", option="", column=column)


def find_quantity(key: str) -> Quantity | None:
    """Return the quantity called `key`, None where there is none."""
    return QUANTITIES.get(key) or (_of_node(key) if ":" in key else _of_tool(key))


def quantity(key: str) -> Quantity:
    """Return the quantity called `key`; an unknown one is an error that names the nearest."""
    found = find_quantity(key)
    if found is None:
        from nodecalc.errors import unknown

        raise unknown("quantity", key, QUANTITIES)
    return found
