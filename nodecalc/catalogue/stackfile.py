"""Layer stacks that a user writes: in a file of their own, or among the tables of a catalogue file."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Any, Final

from .names import shown
from .schema import BARE_KIND, Checker, hint, shown_path, type_name
from .tomlfile import load_toml
from .wafer_entries import FEATURES, WITHOUT, Layer, Stack, make_layer, split_stack_id

MOST_LAYERS: Final = 1000
"""Of one layer's `count` and `cuts`: a slip of the keyboard, not a process, is beyond it."""

_STACK_KEYS: Final = ("schema", "version", "name", "layer", "stack")
_LAYER_NEEDS: Final = ("name", "feature", "scheme", "tool")
_LAYER_KEYS: Final = Layer._fields


def read_stack_file(path: str | os.PathLike[str], tools: Collection[str], nodes: Collection[str]) -> Stack:
    """Return the checked stack of the user's file at `path`; CatalogueError where it is wrong.

    The file holds [[layer]] tables, or one [[stack."id"]] as a catalogue file does, of one of `nodes`.
    """
    file = os.fsdecode(path)
    check = Checker(file, ())
    data = load_toml(file, "stack")
    if "schema" in data:
        check.schema(data["schema"])
    check.keys("top level", data, _STACK_KEYS)
    base = os.path.basename(file)  # noqa: PTH119
    name = check.text("name", data["name"]) if "name" in data else ""
    origin = shown_path(base)
    if "stack" in data:
        return _only_stack(check, data, name, tools, nodes, origin)
    if "layer" not in data:
        raise check.error("", "no layer; write a [[layer]] table for each")
    stem = os.path.splitext(base)[0]  # noqa: PTH122 - pathlib costs more to import
    layers = read_layers(check, "[[layer]]", data["layer"], tools)
    return Stack(name or shown_path(stem), "", (), BARE_KIND, layers, origin)


def _only_stack(
    check: Checker, data: Mapping[str, Any], name: str, tools: Collection[str], nodes: Collection[str], origin: str
) -> Stack:
    if "layer" in data:
        raise check.error("", "[[layer]] and [[stack]]: two stacks; give one of them")
    stacks = check.table("stack", data["stack"])
    if len(stacks) != 1:
        listed = ", ".join(map(shown, stacks)) or "none"
        raise check.error("[[stack]]", f"{len(stacks)} stacks ({listed}); must be one, or give the file with --catalog")
    ((id_, raw),) = stacks.items()
    found = read_stack(check, id_, raw, tools, nodes, origin)
    return found._replace(id=name) if name else found


def read_stack(
    check: Checker, id_: str, raw: object, tools: Collection[str], nodes: Collection[str], origin: str
) -> Stack:
    """Return the checked stack under [[stack."id_"]], of one of `nodes`."""
    node, without = split_stack_id(id_)
    if node not in nodes:
        raise check.error("[[stack]]", f"bad id '{shown(id_)}': unknown node '{shown(node)}'; {hint(node, nodes)}")
    if id_ == node + WITHOUT or not set(without) <= set(tools):
        wrong = next((word for word in without if word not in tools), "")
        raise check.error(
            "[[stack]]", f"bad id '{shown(id_)}': unknown tool '{shown(wrong)}' after '{WITHOUT}'; {hint(wrong, tools)}"
        )
    return Stack(id_, node, without, BARE_KIND, read_layers(check, f'[[stack."{id_}"]]', raw, tools), origin)


def read_layers(check: Checker, place: str, raw: object, tools: Collection[str]) -> tuple[Layer, ...]:
    """Return the checked layers of a stack, which may name any of `tools`."""
    if not isinstance(raw, list):
        raise check.error(place, f"is {type_name(raw)}; must be a list of layers, each under its own {place}")
    if not raw:
        raise check.error(place, "is an empty list; must hold at least one layer")
    return tuple(_layer(check, f"{place} {number}", item, tools) for number, item in enumerate(raw, 1))


def _layer(check: Checker, place: str, raw: object, tools: Collection[str]) -> Layer:
    from nodecalc_kernels.wafer.patterning import SCHEMES

    table = check.table(place, raw)
    check.keys(place, table, _LAYER_KEYS)
    missing = [key for key in _LAYER_NEEDS if key not in table]
    if missing:
        raise check.error(place, f"layer without {', '.join(missing)}")
    place = f"{place} ({shown(check.text(f'{place} name', table['name']))})"
    for key, choices in (("feature", FEATURES), ("scheme", SCHEMES), ("tool", tools)):
        check.one_of(place, key, table[key], choices)
    if "count" in table:
        check.whole(f"{place} count", table["count"], 1, MOST_LAYERS)
    if "pitch_nm" in table:
        check.number(f"{place} pitch_nm", table["pitch_nm"], "nm")
    cuts = check.whole(f"{place} cuts", table["cuts"], 0, MOST_LAYERS) if "cuts" in table else 0
    # Which tool exposes the cuts decides their cost: neither guessed where it is missing nor dropped where it is idle.
    if cuts and "cut_tool" not in table:
        raise check.error(place, f"cuts without cut_tool; {hint('', tools)}")
    if "cut_tool" in table:
        if not cuts:
            raise check.error(place, "cut_tool without cuts; give the number of cut masks, cuts = 1 say")
        check.one_of(place, "cut_tool", table["cut_tool"], tools, "tool")
    return make_layer(table)
