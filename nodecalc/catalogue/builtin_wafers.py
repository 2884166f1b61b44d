"""The built-in exposure tools, model parameters and geometry of stacks, each read at the last moment; see `builtin`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import nodecalc_seeds

from .builtin import figures_of, headers, one_table
from .figure import Figure
from .wafer_entries import Published, Tool, make_tool


class WaferData(NamedTuple):
    """What the cost of any wafer takes beside its layers."""

    tools: Mapping[str, Tool]
    model: Mapping[str, tuple[Figure, ...]]
    reference_node: str
    model_year: int


class WaferChecks(NamedTuple):
    """What the model of a wafer's cost is set against."""

    relative_cost: Mapping[str, tuple[Figure, ...]]
    published: tuple[Published, ...]


class Tools(Mapping[str, Tool]):
    """The built-in exposure tools by id; each is parsed when it is asked for."""

    def __init__(self) -> None:
        """Know their ids."""
        self._tools: dict[str, Tool | None] = dict.fromkeys(tool_ids())

    def __getitem__(self, id_: str) -> Tool:
        found = self._tools[id_]
        if found is None:
            table = _table("tool." + id_)
            found = self._tools[id_] = make_tool(id_, table["name"], figures_of(table, frozenset({"name"})))
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._tools)

    def __len__(self) -> int:
        return len(self._tools)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._tools


class Model(Mapping[str, tuple[Figure, ...]]):
    """The built-in model's parameters by key, and published figures, parsed when the first of them is asked for."""

    def __init__(self) -> None:
        """Read the parameters, and the keys of what is published."""
        self._figures: dict[str, tuple[Figure, ...]] = figures_of(_table("model"))
        _, _, rest = _text("litho.toml").partition("\n[anchor]\n")
        lines, _, _ = rest.partition("\n[relative_cost]\n")
        named = (line.partition(" = ")[0] for line in lines.splitlines() if line[:1].isalpha())
        self._anchors = dict.fromkeys(named)

    def __getitem__(self, key: str) -> tuple[Figure, ...]:
        if key in self._anchors and key not in self._figures:
            self._figures |= figures_of(_table("anchor"))
        return self._figures[key]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._figures, **self._anchors})

    def __len__(self) -> int:
        return len({**self._figures, **self._anchors})

    def __contains__(self, key: object) -> bool:
        return key in self._figures or key in self._anchors


def tool_ids() -> list[str]:
    """Return the ids of all built-in exposure tools."""
    return headers(_text("litho.toml"), "tool")


def _make_published(field: str, row: Mapping[str, Any]) -> Published:
    get = row.get
    tools, without = tuple(get("tools", ())), tuple(get("without", ()))
    return Published(
        field,
        row["quantity"],
        get("node", ""),
        without,
        get("over", ""),
        tools,
        get("dose"),
        get("standing", ""),
        get("words", ""),
    )


@lru_cache(maxsize=4)
def _text(name: str) -> str:
    """Return the text of a built-in file, which is asked for one table at a time."""
    return nodecalc_seeds.read(name)


def _table(name: str) -> dict[str, Any]:
    """Parse one table of the tools' and the model's file."""
    table = one_table(_text("litho.toml"), f"[{name}]")
    assert table is not None
    return table


def wafer_data() -> WaferData:
    """Return the built-in tools and the model's parameters."""
    reference = _table("reference")
    return WaferData(Tools(), Model(), reference["node"], reference["year"])


def wafer_checks() -> WaferChecks:
    """Return what the built-in model is set against."""
    published = tuple(_make_published(field, row) for field, row in _table("published").items())
    return WaferChecks(MappingProxyType(figures_of(_table("relative_cost"))), published)


def geometry(node_id: str) -> Mapping[str, tuple[Figure, ...]]:
    """Return what the layer stack of a node takes beside the node's own figures, by field; nothing for most.

    Only its table is parsed.
    """
    table = one_table(_text("geometry.toml"), f'[geometry."{node_id}"]')
    return MappingProxyType({} if table is None else figures_of(table))
