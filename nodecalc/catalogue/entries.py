"""What a catalogue holds: process nodes, products, exposure tools, layer stacks, and the sources of their figures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from nodecalc.errors import MissingFigureError

from .figure import Figure, Range, figure_range, preferred_figure

BUILT_IN = "built-in"

EUV_BELOW_NM: Final = 20.0
"""Wavelengths under it are EUV: 13.5 nm is, and the shortest of the others in use is 193 nm."""

FEATURES: Final = ("line", "via", "cut", "implant", "other")
"""What a layer holds: lines, contacts or vias, cuts of other lines, implant windows, or anything with ample pitch."""

WITHOUT: Final = "-without-"
"""In the id of an alternative stack, between the node and the tools that it does without, joined by hyphens."""


def _rebuild(entry: Any, fields: dict[str, Any]) -> Any:
    return entry(**{**fields, "figures": MappingProxyType(fields["figures"])})


class _Entry:
    """What everything with figures can be asked."""

    __slots__ = ()

    figures: Mapping[str, tuple[Figure, ...]]

    def preferred(self, field: str) -> Figure | None:
        """Return the figure of `field` to use, None where there is none."""
        figures = self.figures.get(field)
        return preferred_figure(figures) if figures else None

    def range(self, field: str) -> Range | None:
        """Return value and range of `field` in its unit, None where there is no figure; see `figure_range`."""
        figures = self.figures.get(field)
        return figure_range(figures) if figures else None

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the entry be copied and sent to other processes, which its read-only mapping alone cannot."""
        fields: dict[str, Any] = self._asdict()  # type: ignore[attr-defined]  # of the tuple that it is mixed into
        return _rebuild, (type(self), {**fields, "figures": dict(self.figures)})


class _Node(NamedTuple):
    id: str
    foundry: str
    name: str
    aliases: tuple[str, ...]
    node_class: str
    """logic, dram or nand."""
    figures: Mapping[str, tuple[Figure, ...]]
    """By field name; several where sources disagree. Stand-ins of kind "assumed" fill fields nobody publishes."""
    origin: str = BUILT_IN
    """Where the node comes from: built-in, a user's file, or both."""
    peer: str = ""
    """Id of another foundry's node of the same class that it is measured against, "" where it is against none."""
    wafer_note: str = ""
    """What has to be said wherever a wafer of the node is priced from its layers."""


class Node(_Entry, _Node):
    """A process node of one foundry with every figure known of it."""

    __slots__ = ()


class _Product(NamedTuple):
    id: str
    name: str
    vendor: str
    node: str
    """Id of the node it is made on; "" = not known."""
    kind: str
    """What sort of chip it is, in words."""
    figures: Mapping[str, tuple[Figure, ...]]
    origin: str = BUILT_IN


class Product(_Entry, _Product):
    """A real chip with every figure known of it."""

    __slots__ = ()


class _Tool(NamedTuple):
    id: str
    name: str
    wavelength_nm: float
    numerical_aperture: float
    figures: Mapping[str, tuple[Figure, ...]]
    """By field name, see `fields.fields_of`; wavelength and aperture are among them."""
    origin: str = BUILT_IN


class Tool(_Entry, _Tool):
    """An exposure tool with every figure that its cost and reach take."""

    __slots__ = ()

    @property
    def is_euv(self) -> bool:
        """Tell whether the tool exposes with EUV."""
        return self.wavelength_nm < EUV_BELOW_NM

    def value(self, field: str) -> float:
        """Return the preferred value of `field` in its unit; MissingFigureError where there is none."""
        return preferred_figure(self.stated(field)).number

    def range(self, field: str) -> Range:
        """Return value and range of `field` in its unit; MissingFigureError where there is no figure."""
        return figure_range(self.stated(field))

    def stated(self, field: str) -> tuple[Figure, ...]:
        """Return all figures of `field`; MissingFigureError where there is none."""
        figures = self.figures.get(field)
        if not figures:
            raise MissingFigureError(
                f"tool {self.id} has no {field}; give it in a catalogue file: [tool.{self.id}] {field} = ..."
            )
        return figures


def make_tool(id_: str, name: str, figures: Mapping[str, tuple[Figure, ...]], origin: str = BUILT_IN) -> Tool:
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


def split_stack_id(stack_id: str) -> tuple[str, tuple[str, ...]]:
    """Return the node of a stack and what it does without.

    >>> split_stack_id("tsmc-n5-without-euv"), split_stack_id("smic-n+2")
    (('tsmc-n5', ('euv',)), ('smic-n+2', ()))
    """
    node, _, without = stack_id.partition(WITHOUT)
    return node, tuple(without.split("-")) if without else ()


class Published(NamedTuple):
    """A published figure of `Catalogue.model` that the wafer's model is set against, and what answers to it."""

    field: str
    quantity: str
    """What of the model: wafer_cost_usd, masks, euv_exposures, exposures_share or exposure_ratio."""
    stack: str
    """Id of the stack that it is of, "" where it is of tools alone."""
    tools: tuple[str, ...]
    """The two tools of an exposure_ratio."""
    standing: str
    """"set" where the model was set by the figure, "built" where the stack was built to meet it, "" for a test."""
    words: str
    """What is compared, in words, where stack and quantity do not say it."""


class Source(NamedTuple):
    """Where figures come from, and how far its own text was seen."""

    id: str
    title: str
    publisher: str
    year: int | None
    address: str = ""
    read: str = ""
    """How the source was read when its figures were taken, in words."""
    verified: bool = False
    """True where the source's own text, or an excerpt of it, was read; False where only others' reports of it were."""
    origin: str = BUILT_IN
