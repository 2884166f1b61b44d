"""The built-in data, each part read at the last moment and no more of it than is asked for.

Built-in files are trusted: the tests put them through the same checks as a user's file, so that a run need not.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import nodecalc_seeds

from .entries import Node, Product, Source
from .evidence import Piece, make_piece
from .figure import Figure, make_figure
from .names import Named

_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789+-.")
_NODE_KEYS = frozenset(
    ("schema", "version", "id", "foundry", "name", "aliases", "class", "peer", "wafer_note", "variant_of", "assumed")
)
_PRODUCT_KEYS = frozenset(("name", "vendor", "node", "kind", "aliases"))


def is_id(text: str) -> bool:
    """Tell whether `text` is spelt like an id: lower case letters, digits, "+", "-", "."; first a letter or digit."""
    return bool(text) and text[0].isalnum() and _ID_CHARACTERS.issuperset(text)


def parse(text: str) -> dict[str, Any]:
    """Return the tables of a built-in file's text."""
    from .plaintoml import read

    try:
        return read(text)
    except ValueError:
        import tomllib

        return tomllib.loads(text)


def figures_of(table: Mapping[str, Any], skip: frozenset[str] = frozenset()) -> dict[str, tuple[Figure, ...]]:
    """Return the figures of a sound table, by field, leaving out the keys of `skip`."""
    return {
        field: tuple(make_figure(field, item) for item in (raw if isinstance(raw, list) else (raw,)))
        for field, raw in table.items()
        if field not in skip
    }


def node(node_id: str) -> Node:
    """Return the built-in node with exactly the id `node_id`; OSError where there is none.

    A variant has its parent's figures where it has none of its own.
    """
    table = parse(nodecalc_seeds.read(f"nodes/{node_id}.toml"))
    figures = figures_of(table, _NODE_KEYS)
    for field, stand_in in figures_of(table.get("assumed", {})).items():
        figures.setdefault(field, stand_in)  # a published figure always wins
    found = Node(
        table["id"],
        table["foundry"],
        table["name"],
        tuple(table["aliases"]),
        table["class"],
        MappingProxyType(figures),
        peer=table.get("peer", ""),
        wafer_note=table.get("wafer_note", ""),
        evidence=_evidence(node_id),
        variant_of=table.get("variant_of", ""),
    )
    return found.with_parent(node(found.variant_of)) if found.variant_of else found


def _evidence(node_id: str) -> tuple[Piece, ...]:
    """Return what has been stated of a node's D0 and wafer price; of some nodes nothing has."""
    try:
        text = nodecalc_seeds.read(f"evidence/{node_id}.toml")
    except OSError:
        return ()
    return tuple(make_piece(table) for table in parse(text)["evidence"])


def node_names() -> list[Named]:
    """Return the names of all built-in nodes from one small index, without reading a node's file."""
    names = []
    for line in nodecalc_seeds.read("nodes/index.txt").splitlines():
        if line and not line.startswith("#"):
            id_, foundry, name, aliases = line.split("\t")
            names.append(Named(id_, foundry, name, tuple(aliases.split(" | ")) if aliases else ()))
    return names


def headers(text: str, table: str) -> list[str]:
    """Return the ids in headers like [source.ID] or [product."ID"], each at the start of a line in our own files."""
    start = f"[{table}."
    return [line[len(start) : -1].strip('"') for line in text.splitlines() if line.startswith(start)]


def one_table(text: str, header: str) -> dict[str, Any] | None:
    """Parse only the table under `header`: all sources together take ten times the whole rest of an estimate."""
    _, found, rest = text.partition(f"\n{header}\n")
    return parse(rest.partition("\n[")[0]) if found else None


def _make_source(id_: str, table: Mapping[str, Any]) -> Source:
    return Source(
        id_,
        table["title"],
        table["publisher"],
        table["year"],
        table.get("address", ""),
        table.get("read", ""),
        table["verified"],
    )


def source_ids() -> list[str]:
    """Return the ids of all built-in sources."""
    return headers(nodecalc_seeds.read("sources.toml"), "source")


def source(source_id: str) -> Source | None:
    """Return the built-in source with exactly the id `source_id`, None where there is none."""
    table = one_table(nodecalc_seeds.read("sources.toml"), f"[source.{source_id}]")
    return None if table is None else _make_source(source_id, table)


def sources() -> list[Source]:
    """Return all built-in sources."""
    tables = parse(nodecalc_seeds.read("sources.toml"))["source"]
    return [_make_source(id_, table) for id_, table in tables.items()]


def _make_product(id_: str, table: Mapping[str, Any]) -> Product:
    figures = MappingProxyType(figures_of(table, _PRODUCT_KEYS))
    aliases = tuple(table.get("aliases", ()))
    return Product(id_, table["name"], table["vendor"], table["node"], table["kind"], figures, aliases=aliases)


def vendor_names() -> dict[str, tuple[str, ...]]:
    """Return the other names of vendors that have some."""
    table = one_table(nodecalc_seeds.read("products.toml"), "[vendor]") or {}
    return {vendor: tuple(names) for vendor, names in table.items()}


def product_ids() -> list[str]:
    """Return the ids of all built-in products."""
    return headers(nodecalc_seeds.read("products.toml"), "product")


def product(product_id: str) -> Product | None:
    """Return the built-in product with exactly the id `product_id`, None where there is none."""
    table = one_table(nodecalc_seeds.read("products.toml"), f'[product."{product_id}"]')
    return None if table is None else _make_product(product_id, table)


def products() -> list[Product]:
    """Return all built-in products."""
    tables = parse(nodecalc_seeds.read("products.toml"))["product"]
    return [_make_product(id_, table) for id_, table in tables.items()]
