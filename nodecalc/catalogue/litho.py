"""Exposure tools, the other parameters of a wafer's cost, and layer stacks, each with range, kind and source.

Built-in files are trusted: the tests put them through the same checks as a user's file, so that a run need not.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import nodecalc_seeds
from nodecalc.catalogue.builtin import figures_of
from nodecalc.catalogue.entries import BUILT_IN
from nodecalc.catalogue.figure import Figure, Range, preferred_figure
from nodecalc.catalogue.litho_fields import MODEL_FIELDS, litho_range
from nodecalc.catalogue.names import shown
from nodecalc.catalogue.schema import ASSUMED
from nodecalc.doors import a_path
from nodecalc.errors import MissingFigureError, unknown

if TYPE_CHECKING:
    from nodecalc.catalogue.litho_userfile import UserLitho

EUV_BELOW_NM: Final = 20.0
"""Wavelengths under it are EUV: 13.5 nm is, and the shortest of the others in use is 193 nm."""

FEATURES: Final = ("line", "via", "cut", "implant", "other")
"""What a layer holds: lines, contacts or vias, cuts of other lines, implant windows, or anything with ample pitch."""

WITHOUT: Final = "-without-"
"""In the id of an alternative stack, between the node and the tools that it does without, joined by hyphens."""

REFERENCE_NODE: Final = "tsmc-n7"
"""The node whose wafer costs `reference_wafer_usd`; the cost of a layer beside patterning is fitted to it."""

_TOOL_KEYS: Final = frozenset({"name"})


class Tool(NamedTuple):
    """An exposure tool with every figure that its cost and reach take."""

    id: str
    name: str
    wavelength_nm: float
    numerical_aperture: float
    figures: Mapping[str, tuple[Figure, ...]]
    """By field name, see `litho_fields.TOOL_FIELDS`; wavelength and aperture are among them."""
    origin: str = BUILT_IN

    @property
    def is_euv(self) -> bool:
        """Tell whether the tool exposes with EUV."""
        return self.wavelength_nm < EUV_BELOW_NM

    def preferred(self, field: str) -> Figure | None:
        """Return the figure of `field` to use, None where there is none."""
        figures = self.figures.get(field)
        return preferred_figure(figures) if figures else None

    def value(self, field: str) -> float:
        """Return the preferred value of `field` in its unit; MissingFigureError where there is none."""
        return preferred_figure(self._stated(field)).number

    def range(self, field: str) -> Range:
        """Return value and range of `field` in its unit; MissingFigureError where there is no figure."""
        return litho_range(self._stated(field))

    def _stated(self, field: str) -> tuple[Figure, ...]:
        figures = self.figures.get(field)
        if not figures:
            raise MissingFigureError(
                f"tool {self.id} has no {field}; give it in a catalogue file: [tool.{self.id}] {field} = ..."
            )
        return figures

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the entry be copied and sent to other processes, which its read-only mapping alone cannot."""
        return make_tool, (self.id, self.name, dict(self.figures), self.origin)


def make_tool(id_: str, name: str, figures: Mapping[str, tuple[Figure, ...]], origin: str) -> Tool:
    """Return the tool of `figures`, which hold a wavelength and an aperture."""
    wavelength, aperture = (preferred_figure(figures[f]).number for f in ("wavelength_nm", "numerical_aperture"))
    return Tool(id_, name, wavelength, aperture, MappingProxyType(dict(figures)), origin)


class Layer(NamedTuple):
    """One layer of a stack, or `count` layers alike."""

    name: str
    feature: str
    """One of FEATURES."""
    count: int  # type: ignore[assignment]
    scheme: str
    """Key of a patterning scheme."""
    tool: str
    """Id of the tool that exposes the pattern."""
    pitch_nm: float | None
    """Tightest pitch, None where no public source gives one."""
    cuts: int
    """Cut or block masks of each layer."""
    cut_tool: str
    """Id of the tool that exposes the cuts, "" where there are none."""


class Stack(NamedTuple):
    """The patterned layers of a process, from the transistor up."""

    id: str
    node: str
    """Id of the node it is of, "" for a user's stack of none."""
    without: tuple[str, ...]
    """Tools that this alternative does without."""
    kind: str
    """As of a figure: "assumed" for every built-in stack."""
    layers: tuple[Layer, ...]
    origin: str
    """built-in, or the name of the user's file."""


class Litho:
    """Tools, model parameters and layer stacks; a stack is read when it is asked for."""

    reference_node: Final = REFERENCE_NODE

    def __init__(
        self,
        tools: Mapping[str, Tool],
        model: Mapping[str, tuple[Figure, ...]],
        relative_cost: Mapping[str, tuple[Figure, ...]],
        user: UserLitho | None = None,
    ) -> None:
        """Lay `user`, a file read by `load_litho`, over `tools` and `model`."""
        stacks: dict[str, Stack | None] = dict.fromkeys(built_in_stack_ids())
        self.replaced: list[str] = []
        """What the user's file replaced or added, a line each: "arfi.throughput_wph: 275 -> 300 (my.toml)"."""
        if user is not None:
            tools, model = {**tools, **user.tools}, {**model, **user.model}
            stacks.update(user.stacks)
            self.replaced.extend(user.replaced)
        self.tools: Mapping[str, Tool] = MappingProxyType(dict(tools))
        self.model: Mapping[str, tuple[Figure, ...]] = MappingProxyType(dict(model))
        """Figures by key, see `litho_fields.MODEL_FIELDS`: inputs, and published figures to set the answer against."""
        self.relative_cost: Mapping[str, tuple[Figure, ...]] = MappingProxyType(dict(relative_cost))
        """Published cost of a patterned layer by tool and scheme ("arfi-saqp"), one 193i exposure = 1."""
        self._stacks = stacks

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it be copied and sent to other processes, which its read-only mappings alone cannot."""
        own = {id_: stack for id_, stack in self._stacks.items() if stack is not None}
        return _restore, (dict(self.tools), dict(self.model), dict(self.relative_cost), own, list(self.replaced))

    def tool(self, name: str) -> Tool:
        """Return the tool with the id `name`, in any case; UnknownNameError with the nearest where there is none."""
        found = self.tools.get(name.strip().lower())
        if found is None:
            raise unknown("tool", shown(name), self.tools)
        return found

    def value(self, key: str) -> float:
        """Return the preferred value of the model parameter or published figure `key`, in its unit.

        >>> load_litho().value("extra_mask_carry")
        0.25
        """
        return preferred_figure(self._figures(key)).number

    def range(self, key: str) -> Range:
        """Return value and range of the model parameter or published figure `key`, in its unit."""
        return litho_range(self._figures(key))

    def _figures(self, key: str) -> tuple[Figure, ...]:
        figures = self.model.get(key)
        if figures is None:
            raise unknown("parameter", shown(key), self.model)
        return figures

    @property
    def stacks(self) -> tuple[str, ...]:
        """The ids of all stacks: the built-in ones, then the user's own."""
        return tuple(self._stacks)

    def is_main(self, stack_id: str) -> bool:
        """Tell whether a stack is its node's own, and not an alternative without some tool."""
        return not split_stack_id(stack_id)[1]

    def stack(self, node_id: str, without: Iterable[str] = ()) -> Stack | None:
        """Return the stack of exactly the node `node_id` that does without exactly `without`, None where none is.

        >>> stack = load_litho().stack("tsmc-n5", ["euv"])
        >>> stack.id, stack.layers[0].name, stack.layers[0].cuts
        ('tsmc-n5-without-euv', 'fin', 6)
        """
        wanted = (node_id.strip().lower(), frozenset(without))
        for stack_id in self._stacks:
            node, without_ = split_stack_id(stack_id)
            if (node, frozenset(without_)) == wanted:
                return self.stack_by_id(stack_id)
        return None

    def stack_by_id(self, stack_id: str) -> Stack:
        """Return the stack with the id `stack_id`; UnknownNameError with the nearest where there is none."""
        if stack_id not in self._stacks:
            raise unknown("stack", shown(stack_id), self._stacks)
        found = self._stacks[stack_id]
        if found is None:
            found = self._stacks[stack_id] = _built_in_stack(stack_id)
        return found


def split_stack_id(stack_id: str) -> tuple[str, tuple[str, ...]]:
    """Return the node of a stack and what it does without.

    >>> split_stack_id("tsmc-n5-without-euv"), split_stack_id("smic-n+2")
    (('tsmc-n5', ('euv',)), ('smic-n+2', ()))
    """
    node, _, without = stack_id.partition(WITHOUT)
    return node, tuple(without.split("-")) if without else ()


def make_layer(table: Mapping[str, Any]) -> Layer:
    """Return the layer that a table of a stack, already known to be sound, describes."""
    get = table.get
    pitch = get("pitch_nm")
    return Layer(
        table["name"],
        table["feature"],
        get("count", 1),
        table["scheme"],
        table["tool"],
        None if pitch is None else float(pitch),
        get("cuts", 0),
        get("cut_tool", ""),
    )


def _parse(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)


def built_in_stack_ids() -> list[str]:
    """Return the ids of the built-in stacks, each at the start of a line of our own file."""
    lines = nodecalc_seeds.read("stacks.toml").splitlines()
    return [line[1:-5] for line in lines if line.startswith('"') and line.endswith('" = [')]


def _built_in_stack(stack_id: str) -> Stack:
    """Parse only the lines of one stack: all together take as long as the whole rest of a wafer's cost."""
    text = nodecalc_seeds.read("stacks.toml")
    begin = text.index(f'\n"{stack_id}" = [\n') + 1
    table = _parse(text[begin : text.index("\n]\n", begin) + 3])
    node, without = split_stack_id(stack_id)
    return Stack(stack_id, node, without, ASSUMED, tuple(map(make_layer, table[stack_id])), BUILT_IN)


def _built_in() -> Litho:
    data = _parse(nodecalc_seeds.read("litho.toml"))
    tools = {
        id_: make_tool(id_, table["name"], figures_of(table, _TOOL_KEYS), BUILT_IN)
        for id_, table in data["tool"].items()
    }
    return Litho(tools, figures_of(data["model"]), figures_of(data["relative_cost"]))


def _restore(
    tools: Mapping[str, Tool],
    model: Mapping[str, tuple[Figure, ...]],
    relative_cost: Mapping[str, tuple[Figure, ...]],
    stacks: Mapping[str, Stack],
    replaced: list[str],
) -> Litho:
    litho = Litho(tools, model, relative_cost)
    litho._stacks.update(stacks)
    litho.replaced = replaced
    return litho


def published_keys() -> tuple[str, ...]:
    """Return the keys of `Litho.model` that the cost is set against and not worked out from."""
    return tuple(key for key, field in MODEL_FIELDS.items() if field.of == "published")


_loaded: Litho | None = None


def load_litho(path: str | os.PathLike[str] | None = None) -> Litho:
    """Return the built-in tools, parameters and stacks, with the user's file at `path` laid over where one is given.

    The file may be the one given to `load_catalogue`: TOML with `schema = 1` and, beside tables of nodes, products and
    sources, the tables [tool.ID], [model] and [[stack."ID"]] of the built-in data. A figure is an inline table or, in
    the usual unit of its field, a bare number, which then is of kind "reported" and of source "user"; it replaces all
    alternatives of that field. A stack replaces the whole stack of the same id. A new tool needs every field but
    `litho_fields.TOOL_OPTIONAL`.

    Raises CatalogueError, one line naming file, table, field and problem, where the file cannot be used.

    >>> load_litho().tools["arfi"].value("single_pitch_nm")
    76.0
    """
    global _loaded  # noqa: PLW0603 - the built-in data never change, so that all callers share what was read
    if _loaded is None:
        _loaded = _built_in()
    if path is None:
        return _loaded
    from nodecalc.catalogue.litho_userfile import read_user_litho

    path = a_path("litho", path, "give the path of a TOML file, or what load_litho gives")

    return Litho(_loaded.tools, _loaded.model, _loaded.relative_cost, read_user_litho(path, _loaded))


def load_stack(path: str | os.PathLike[str], litho: Litho | None = None) -> Stack:
    """Return the stack in the user's file at `path`: TOML with a [[layer]] table a layer, and a `name` if one likes.

    The tables are those of the built-in stacks: name, feature, scheme and tool; where wanted count, pitch_nm, and
    cuts with their cut_tool. The stack is of kind "reported": its user vouches for it.

    Args:
        path: the file.
        litho: whose tools the layers may name; the built-in ones where not given.

    Raises CatalogueError, one line naming file, table, field and problem, where the file cannot be used.

    """
    from nodecalc.catalogue.litho_userfile import read_stack_file

    path = a_path("stack", path, "give the path of a TOML file, or what load_stack gives")

    return read_stack_file(path, load_litho() if litho is None else litho)
