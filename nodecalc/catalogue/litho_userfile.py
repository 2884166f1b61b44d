"""A user's tools, model parameters and layer stacks: read, checked, and laid over the built-in ones they touch."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

from nodecalc.catalogue import builtin
from nodecalc.catalogue.entries import BUILT_IN
from nodecalc.catalogue.figure import Figure, preferred_figure
from nodecalc.catalogue.litho import FEATURES, WITHOUT, Layer, Litho, Stack, Tool, make_layer, make_tool, split_stack_id
from nodecalc.catalogue.litho_fields import MODEL_FIELDS, TOOL_FIELDS, TOOL_OPTIONAL, LithoChecker
from nodecalc.catalogue.names import shown
from nodecalc.catalogue.schema import BARE_KIND, SCHEMA, USER_SOURCE, hint, shown_path, str_of, type_name
from nodecalc.catalogue.tomlfile import load_toml

_TOP_KEYS: Final = ("schema", "version", "source", "node", "product", "tool", "model", "stack")
_STACK_KEYS: Final = ("schema", "version", "name", "layer")
_LAYER_NEEDS: Final = ("name", "feature", "scheme", "tool")
_LAYER_KEYS: Final = Layer._fields

MOST_LAYERS: Final = 1000
"""Of one layer's `count` and `cuts`: a slip of the keyboard, not a process, is beyond it."""


class UserLitho(NamedTuple):
    """What a user's file adds and changes, tools and model already merged with the built-in ones of the same ids."""

    tools: Mapping[str, Tool]
    model: Mapping[str, tuple[Figure, ...]]
    stacks: Mapping[str, Stack]
    replaced: tuple[str, ...]


def read_user_litho(path: str | os.PathLike[str], base: Litho) -> UserLitho:
    """Return the checked tools, model and stacks of the user's file at `path`; CatalogueError where it is wrong."""
    file = os.fsdecode(path)
    reader = _Reader(file, base)
    return reader.read(load_toml(file, "catalogue"))


def read_stack_file(path: str | os.PathLike[str], litho: Litho) -> Stack:
    """Return the checked stack of the user's file at `path`; CatalogueError where it is wrong."""
    file = os.fsdecode(path)
    check = LithoChecker(file, ())
    data = load_toml(file, "stack")
    if "schema" in data:
        _check_schema(check, data["schema"])
    check.keys("top level", data, _STACK_KEYS)
    stem = os.path.splitext(os.path.basename(file))[0]  # noqa: PTH119, PTH122 - pathlib costs more to import
    name = check.text("name", data["name"]) if "name" in data else shown_path(stem)
    if "layer" not in data:
        raise check.error("", "no layer; write a [[layer]] table for each")
    layers = _layers(check, "[[layer]]", data["layer"], litho.tools)
    return Stack(name, "", (), BARE_KIND, layers, shown_path(os.path.basename(file)))  # noqa: PTH119


def _check_schema(check: LithoChecker, given: object) -> None:
    if given != SCHEMA or isinstance(given, bool):
        plain = isinstance(given, (int, float, str)) and not isinstance(given, bool)
        said = shown(given if isinstance(given, str) else str_of(given)) if plain else type_name(given)  # type: ignore[arg-type]
        raise check.error("", f"unknown schema {said}; known: {SCHEMA}")


def _layers(check: LithoChecker, place: str, raw: object, tools: Collection[str]) -> tuple[Layer, ...]:
    if not isinstance(raw, list):
        raise check.error(place, f"is {type_name(raw)}; must be a list of layers, each under its own {place}")
    if not raw:
        raise check.error(place, "is an empty list; must hold at least one layer")
    return tuple(_layer(check, f"{place} {number}", item, tools) for number, item in enumerate(raw, 1))


def _layer(check: LithoChecker, place: str, raw: object, tools: Collection[str]) -> Layer:
    from nodecalc_kernels.patterning import SCHEMES

    table = check.table(place, raw)
    check.keys(place, table, _LAYER_KEYS)
    missing = [key for key in _LAYER_NEEDS if key not in table]
    if missing:
        raise check.error(place, f"layer without {', '.join(missing)}")
    place = f"{place} ({shown(check.text(f'{place} name', table['name']))})"
    for key, choices in (("feature", FEATURES), ("scheme", SCHEMES), ("tool", tools)):
        _one_of(check, place, key, table[key], choices)
    if "count" in table:
        check.whole(f"{place} count", table["count"], 1, MOST_LAYERS)
    if "pitch_nm" in table:
        check.positive(f"{place} pitch_nm", table["pitch_nm"], "nm")
    cuts = check.whole(f"{place} cuts", table["cuts"], 0, MOST_LAYERS) if "cuts" in table else 0
    # Which tool exposes the cuts decides their cost: neither guessed where it is missing nor dropped where it is idle.
    if cuts and "cut_tool" not in table:
        raise check.error(place, f"cuts without cut_tool; {hint('', tools)}")
    if "cut_tool" in table:
        if not cuts:
            raise check.error(place, "cut_tool without cuts; give the number of cut masks, cuts = 1 say")
        _one_of(check, place, "cut_tool", table["cut_tool"], tools)
    return make_layer(table)


def _one_of(check: LithoChecker, place: str, key: str, raw: object, choices: Collection[str]) -> None:
    word = check.text(f"{place} {key}", raw)
    if word not in choices:
        what = "tool" if key == "cut_tool" else key
        raise check.error(place, f"unknown {what} '{shown(word)}'; {hint(word, choices)}")


class _Reader:
    """Goes through one user's file, table by table."""

    def __init__(self, file: str, base: Litho) -> None:
        self.short = shown_path(os.path.basename(file))  # noqa: PTH119
        self.base = base
        self.check = LithoChecker(file, ())
        self.replaced: list[str] = []

    def read(self, data: Mapping[str, Any]) -> UserLitho:
        check = self.check
        if "schema" not in data:
            raise check.error("", f"no schema; write 'schema = {SCHEMA}' at the top")
        _check_schema(check, data["schema"])
        check.keys("top level", data, _TOP_KEYS)
        tables = {section: check.table(section, data.get(section, {})) for section in _TOP_KEYS[2:]}
        check.source_ids = list(dict.fromkeys((*builtin.source_ids(), *tables["source"], USER_SOURCE)))
        tools = {id_: self._tool(id_, raw) for id_, raw in tables["tool"].items()}
        stated = check.stated("[model]", tables["model"], MODEL_FIELDS)
        for key, figures in stated.items():
            self._note("model", key, self.base.model.get(key), figures)
        known_tools = dict.fromkeys((*self.base.tools, *tools))
        nodes = dict.fromkeys((*(entry.id for entry in builtin.node_names()), *tables["node"]))
        stacks = {id_: self._stack(id_, raw, known_tools, nodes) for id_, raw in tables["stack"].items()}
        return UserLitho(tools, stated, stacks, tuple(self.replaced))

    def _tool(self, id_: str, raw: object) -> Tool:
        check, base = self.check, self.base.tools.get(id_)
        if not (id_.isascii() and id_.isalnum() and id_ == id_.lower()):
            known = hint(id_, self.base.tools)
            raise check.error("[tool]", f"bad id '{shown(id_)}'; ids are lower case letters and digits; {known}")
        place = f"[tool.{id_}]"
        table = check.table(place, raw)
        name = check.text(f"{place} name", table["name"]) if "name" in table else ""
        stated = check.stated(place, table, TOOL_FIELDS, also=("name",))
        if base is None:
            missing = [field for field in TOOL_FIELDS if field not in stated and field not in TOOL_OPTIONAL]
            if missing:
                near = hint(id_, self.base.tools)
                raise check.error(
                    place,
                    f"new tool without {', '.join(missing)}; add them, or, for a tool that exists, use its id ({near})",
                )
            self.replaced.append(f"{id_}: new tool ({self.short})")
            return make_tool(id_, name or id_, stated, self.short)
        if name and name != base.name:
            self.replaced.append(f'{id_}.name: "{shown(base.name)}" -> "{shown(name)}" ({self.short})')
        for field, figures in stated.items():
            self._note(id_, field, base.figures.get(field), figures)
        return make_tool(id_, name or base.name, {**base.figures, **stated}, f"{BUILT_IN}, {self.short}")

    def _note(self, owner: str, field: str, old: tuple[Figure, ...] | None, new: tuple[Figure, ...]) -> None:
        said = str(preferred_figure(new).value)
        change = f"added {said}" if old is None else f"{preferred_figure(old).value} -> {said}"
        self.replaced.append(f"{owner}.{field}: {change} ({self.short})")

    def _stack(self, id_: str, raw: object, tools: Collection[str], nodes: Collection[str]) -> Stack:
        check = self.check
        node, without = split_stack_id(id_)
        if node not in nodes:
            raise check.error("[[stack]]", f"bad id '{shown(id_)}': unknown node '{shown(node)}'; {hint(node, nodes)}")
        if id_ == node + WITHOUT or not set(without) <= set(tools):
            wrong = next((word for word in without if word not in tools), "")
            raise check.error(
                "[[stack]]",
                f"bad id '{shown(id_)}': unknown tool '{shown(wrong)}' after '{WITHOUT}'; {hint(wrong, tools)}",
            )
        layers = _layers(check, f'[[stack."{id_}"]]', raw, tools)
        self.replaced.append(f"stack {id_}: {'replaced' if id_ in self.base.stacks else 'added'} ({self.short})")
        return Stack(id_, node, without, BARE_KIND, layers, self.short)
