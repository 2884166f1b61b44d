"""What the rule for layer stacks takes of a node: what is public of it, what its parent has, and what is assumed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.catalogue.figure import preferred_figure
from nodecalc.errors import InputError, MissingFigureError
from nodecalc_kernels.wafer import stack_rule as rule

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Figure

DUV_TOOLS: Final = ("iline", "krf", "arf", "arfi")
"""Tools of a process of which nothing else is known; with EUV where the catalogue counts EUV layers."""

FIN_OF_GATE: Final = 0.6
"""Fin pitch over gate pitch where the fins' is not public; public ones are 0.53 to 0.63."""

DEVICES: Final = (("planar", rule.PLANAR), ("gaa", rule.GAA), ("finfet", rule.FINFET))
"""What the catalogue's words for a transistor begin with, or hold."""

BELOW_5_NM: Final = 28.0
"""Smallest metal pitch, nm, under which the model is extrapolated: it was set to nodes from 28 to 5 nm."""


class Assumed(NamedTuple):
    """Something of a geometry that is not public of the node itself."""

    field: str
    text: str
    """Its value."""
    low: float
    high: float
    """Where it may lie, equal where no range is known."""
    why: str


class NodeGeometry(NamedTuple):
    """The geometry of a node, ready for the rule, and how far it is known."""

    geometry: rule.Geometry
    tools: tuple[str, ...]
    """Exposure tools that the process uses."""
    assumed: tuple[Assumed, ...]
    figures: Mapping[str, tuple[Figure, ...]]
    """Every figure that it rests on, by field."""

    @property
    def is_extrapolated(self) -> bool:
        """Whether the process is below 5 nm, beyond what the model was set to."""
        return self.geometry.device == rule.GAA or min(self.geometry.metals_nm) < BELOW_5_NM


def geometry_of(node_id: str, catalogue: Catalogue) -> NodeGeometry:
    """Return the geometry of a node; MissingFigureError where too little is public for the rule."""
    return _Reader(node_id, catalogue).read()


class _Reader:
    def __init__(self, node_id: str, catalogue: Catalogue) -> None:
        self.id, self.catalogue = node_id, catalogue
        self.assumed: list[Assumed] = []
        self.used: dict[str, tuple[Figure, ...]] = {}

    def read(self) -> NodeGeometry:
        device = self.device()
        cpp = self.number("cpp")
        fin = 0.0 if device == rule.PLANAR else self.fin(device, cpp)
        metals = self.metals(device, cpp)
        back = int(self.number("backside_metals", 0.0))
        via = self.number("power_via_pitch", cpp) if back else 0.0
        # A generation's own, which a parent's is not.
        saves = int(self.number("euv_saves")) if self.has_own("euv_saves") else rule.SAVES
        geometry = rule.Geometry(device, cpp, fin, metals, back, via, saves)
        return NodeGeometry(geometry, self.tools(), tuple(self.assumed), self.used)

    def of(self, node_id: str, field: str) -> tuple[Figure, ...] | None:
        """Return a figure of a node itself: in its own file, or among those of stacks."""
        return self.catalogue.node(node_id).figures.get(field) or self.catalogue.geometry(node_id).get(field)

    def figure(self, field: str) -> tuple[Figure, ...] | None:
        """Return a figure of the node, or of the nearest parent that has it; and keep in mind what is assumed."""
        node, seen = self.id, {self.id}
        while True:
            found = self.of(node, field)
            if found:
                break
            parent = self.of(node, "parent")
            node = str(preferred_figure(parent).value) if parent else self.catalogue.node(node).variant_of
            if not node or node in seen:
                return None
            seen.add(node)
        self.used[field] = found
        chosen = preferred_figure(found)
        if node != self.id or chosen.kind == "assumed":
            why = chosen.note if node == self.id else f"as {node}"
            low, high = (chosen.low, chosen.high) if node == self.id else (None, None)
            text = str(chosen.value) if isinstance(chosen.value, str) else f"{chosen.number:g}"
            ends = (0.0, 0.0) if low is None or high is None else (float(low), float(high))
            self.assumed.append(Assumed(field, text, *ends, why))
        return found

    def has_own(self, field: str) -> bool:
        """Whether a figure is of the node itself, or of the node that it is a variant of."""
        variant_of = self.catalogue.node(self.id).variant_of
        return bool(self.of(self.id, field) or (variant_of and self.of(variant_of, field)))

    def number(self, field: str, default: float | None = None) -> float:
        found = self.figure(field)
        if found is not None:
            return preferred_figure(found).number
        if default is None:
            raise self.missing(field)
        return default

    def missing(self, field: str) -> MissingFigureError:
        return MissingFigureError(
            f"no layer stack of {self.id}: its {field} is not public; borrow another node's with --like NODE, give "
            f'your own with --stack FILE, or {field} in a catalogue file: [node."{self.id}"]; beside other nodes, '
            f"for it alone: {self.id}:like=NODE or {self.id}:stack=FILE"
        )

    def device(self) -> str:
        found = self.figure("transistor")
        if found is None:
            raise self.missing("transistor")
        words = str(preferred_figure(found).value).lower()
        for sign, device in DEVICES:
            if sign in words:
                return device
        raise InputError(
            f"no layer stack of {self.id}: transistor '{words}' is no device that the rule knows; allowed: planar, "
            "FinFET or GAA; give a stack of your own with --stack FILE"
        )

    def fin(self, device: str, cpp: float) -> float:
        """Pitch of the fins, or of the sheets: half a cell."""
        if device == rule.GAA:
            return (
                self.number("fin_pitch", None) if self.of(self.id, "fin_pitch") else self.number("cell_height_hd") / 2
            )
        if self.figure("fin_pitch") is not None:
            return preferred_figure(self.used["fin_pitch"]).number
        return self.taken("fin_pitch", FIN_OF_GATE * cpp, f"{FIN_OF_GATE:g} of the gate pitch")

    def metals(self, device: str, cpp: float) -> tuple[float, ...]:
        """Pitches of all metals."""
        own = self.own("tight_metals")
        if own is not None:
            tight = own
        else:
            mmp = self.number("mmp")
            tight = rule.tight_metals_nm(mmp, cpp)
            self.said("tight_metals", " ".join(f"{pitch:g}" for pitch in tight), "from the smallest metal pitch")
        count = self.figure("metals")
        relaxed = self.own("relaxed_metals")
        if relaxed is not None:
            return (*tight, *relaxed)
        if count is not None:
            number = int(preferred_figure(count).number)
        else:
            number = rule.metals_assumed(device, min(tight))
            self.taken("metals", float(number), "of processes of its class")
        if number < len(tight):
            raise InputError(
                f"no layer stack of {self.id}: {number} metals, of which {len(tight)} tight; give more metals"
            )
        return rule.metals_nm(tight, number)

    def own(self, field: str) -> tuple[float, ...] | None:
        """Return pitches from a text such as "28 34 35"; of a parent only where its smallest pitch is taken too."""
        if self.of(self.id, field) is None and self.of(self.id, "mmp") is not None:
            return None
        found = self.figure(field)
        if found is None:
            return None
        words = str(preferred_figure(found).value).replace("/", " ").replace(",", " ").split()
        try:
            pitches = tuple(float(word) for word in words)
        except ValueError:
            pitches = ()
        if not pitches or not all(1.0 <= pitch <= 1e5 for pitch in pitches):
            given = " ".join(words)
            raise InputError(f"{self.id} {field} '{given}': not pitches; write them in nm, lowest first: 28 34 35 42")
        return pitches

    def tools(self) -> tuple[str, ...]:
        found = self.figure("stack_tools") if self.has_own("stack_tools") else None
        if found is not None:
            tools = tuple(str(preferred_figure(found).value).replace(",", " ").lower().split())
            strange = [tool for tool in tools if tool not in self.catalogue.tools]
            if strange or not tools:
                known = ", ".join(self.catalogue.tools)
                raise InputError(f"{self.id} stack_tools '{' '.join(tools)}': unknown tool; allowed: {known}")
            return tools
        layers = self.of(self.id, "euv_layers")
        return (*DUV_TOOLS, "euv") if layers and preferred_figure(layers).number > 0 else DUV_TOOLS

    def taken(self, field: str, value: float, why: str) -> float:
        self.said(field, f"{value:g}", why)
        return value

    def said(self, field: str, text: str, why: str) -> None:
        self.assumed.append(Assumed(field, text, 0.0, 0.0, why))


def with_figure(geometry: rule.Geometry, field: str, value: float) -> rule.Geometry:
    """Return `geometry` with one ranged figure of it elsewhere in its range; the same where it has no such part."""
    return geometry._replace(fin_nm=value) if field == "fin_pitch" else geometry
