"""What a catalogue holds of wafers: exposure tools, layer stacks, and published figures to set the model against."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from nodecalc.errors import MissingFigureError

from .entries import BUILT_IN, Entry
from .figure import Figure, Range, figure_range, preferred_figure

EUV_BELOW_NM: Final = 20.0
"""Wavelengths under it are EUV: 13.5 nm is, and the shortest of the others in use is 193 nm."""

FEATURES: Final = ("line", "via", "cut", "implant", "other")
"""What a layer holds: lines, contacts or vias, cuts of other lines, implant windows, or anything with ample pitch."""

WITHOUT: Final = "-without-"
"""In the id of an alternative stack, between the node and the tools that it does without, joined by hyphens."""


class _Tool(NamedTuple):
    id: str
    name: str
    wavelength_nm: float
    numerical_aperture: float
    figures: Mapping[str, tuple[Figure, ...]]
    """By field name, see `fields.fields_of`; wavelength and aperture are among them."""
    origin: str = BUILT_IN


class Tool(Entry, _Tool):
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
    """What of the model: wafer_cost_usd, masks, euv_exposures, exposures_share, masks_ratio, masks_replaced,
    exposure_ratio or throughput."""
    node: str
    """Id of the node whose stack it is of, "" where it is of tools alone."""
    without: tuple[str, ...]
    """Tools that the stack does without; of a ratio, the other stack."""
    over: str
    """Id of the node of the other stack of a ratio."""
    tools: tuple[str, ...]
    """The two tools of an exposure_ratio, the one of a throughput."""
    dose: float | None
    """Dose of these, mJ/cm2, None where it is each tool's own."""
    standing: str
    """"set" where the model was set by the figure, "" for a test."""
    words: str
    """What is compared, in words, where node and quantity do not say it."""
