"""One rule makes every layer stack: from the geometry of a process and the tools allowed to its list of layers.

No foundry publishes a stack. What geometry does not give, implants, other front-end and relaxed layers, is a count by
class of device, and with two numbers more (masks that EUV must save) set to published totals: masks of TSMC's N28, N16,
N7, N5 and N5 without EUV, and EUV exposures of N5, Intel 4, N3E, N6 and N7+. What comes out for other nodes is a
prediction, and below 5 nm an extrapolation.
"""

from math import ceil
from typing import Final, NamedTuple

from .patterning import hole_exposures
from .ways import CUTS_BELOW_NM, SPACERS, Reach, Way, hole_ways, line_ways, taken

PLANAR, FINFET, GAA = "planar", "finfet", "gaa"
DEVICES: Final = (PLANAR, FINFET, GAA)

ACTIVE_NM: Final = 76.0
"""Planar active areas are one exposure: no tighter than this."""

UNCUT_GATE_NM: Final = 160.0
"""Gates this wide are drawn with their ends, without a cut mask."""

TIGHT_GATE_NM: Final = 52.0
"""FinFETs with gates no wider have the masks of the 5 nm class: more threshold voltages, each an implant or two."""

BACK_NM: Final = (160.0, 400.0)
"""Pitch of the first backside metal, and of the others, nm."""

TOP_NM, WIDE_NM, MIDDLE_NM = 720.0, 128.0, 80.0
"""Pitches of metals above the tight ones: the top two, half of the rest (rounded down), the other half."""

FIRST_ZERO_NM: Final = 46.0
"""Metals tighter than this begin below M1, at M0."""

SAVES: Final = 2
"""Masks that EUV has to save where it takes a layer; 3 in the first EUV generation on a 7 nm node."""


class Counts(NamedTuple):
    """Layers that geometry does not give."""

    implants: int
    """On KrF tools."""
    front_end: int
    """Other front-end layers, on 193i tools."""
    relaxed: int
    """Pad, passivation and the like, on i-line tools."""


OF_CLASS: Final = {PLANAR: Counts(10, 4, 7), FINFET: Counts(10, 4, 7), "tight": Counts(24, 4, 7), GAA: Counts(26, 4, 7)}
"""Planar and FinFET: 21 in all, set to the masks of N28, N16 and N7 together, their split an estimate. "tight": FinFETs
of the 5 nm class, set to N5's 81 masks. Gate all around: 2 more, an estimate that is set to nothing."""


class Geometry(NamedTuple):
    """Everything that the rule takes of a process; lengths in nm."""

    device: str
    """One of DEVICES."""
    cpp_nm: float
    """Contacted gate pitch."""
    fin_nm: float
    """Pitch of fins, or of the sheets of gate all around: half a cell height. 0 for planar devices."""
    metals_nm: tuple[float, ...]
    """Pitches of all metals, from the lowest up."""
    backside: int = 0
    """Backside metals."""
    power_via_nm: float = 0.0
    """Distance of backside power vias: the cell's height beside the cell, the gate pitch under a contact."""
    saves: int = SAVES
    """Masks that EUV has to save where it takes a layer."""


class RuleLayer(NamedTuple):
    """One layer, or `count` layers alike; what stands for what as in `Geometry` and `Way`."""

    name: str
    feature: str
    """line, via, cut, implant or other."""
    count: int  # type: ignore[assignment]
    scheme: str
    tool: str
    pitch_nm: float | None
    cuts: int
    cut_tool: str


class Carry(NamedTuple):
    """How layers are chosen where EUV is taken by cost: a mask beyond the first costs this much beside its exposure."""

    mask_usd: float


class NoWayError(ValueError):
    """No allowed tool makes a layer."""

    def __init__(self, layer: str, feature: str, pitch_nm: float) -> None:
        """Say which layer at which pitch."""
        super().__init__(layer, feature, pitch_nm)
        self.layer, self.feature, self.pitch_nm = layer, feature, pitch_nm


def tight_metals_nm(mmp_nm: float, cpp_nm: float) -> tuple[float, ...]:
    """Return the pitches assumed of the lowest metals where only the smallest is known, nm.

    >>> tight_metals_nm(28.0, 51.0), tight_metals_nm(64.0, 90.0)
    ((28.0, 34.0, 35.0, 42.0, 43.96), (64.0, 64.0, 64.0))
    >>> tight_metals_nm(40.0, 57.0)
    (40.0, 57.0, 40.0, 40.0, 44.0)

    """
    gate = cpp_nm * 2.0 / 3.0
    if mmp_nm >= ACTIVE_NM:
        found = [mmp_nm] * 5
    elif mmp_nm >= FIRST_ZERO_NM:
        found = [mmp_nm] * 3
    elif mmp_nm < 38.0 and gate >= mmp_nm:
        found = [mmp_nm, gate, 1.25 * mmp_nm, 1.5 * mmp_nm, 1.57 * mmp_nm]
    else:
        found = [mmp_nm, cpp_nm, mmp_nm, mmp_nm, 1.1 * mmp_nm]
    return tuple(round(pitch, 6) for pitch in found)


def metals_assumed(device: str, mmp_nm: float) -> int:
    """Return the number of metals assumed where it is not public: by the class that the smallest pitch stands for.

    >>> [metals_assumed("finfet", mmp) for mmp in (64.0, 44.0, 40.0, 28.0, 23.0)], metals_assumed("planar", 90.0)
    ([11, 12, 13, 15, 17], 10)

    """
    if device == PLANAR:
        return 10
    steps = ((60.0, 11), (44.0, 12), (36.0, 13), (28.0, 15))
    return next((count for pitch, count in steps if mmp_nm >= pitch), 17)


def metals_nm(tight_nm: tuple[float, ...], number: int) -> tuple[float, ...]:
    """Return the pitches of all metals where only the tight ones are known: never tighter than the metal below, nm.

    >>> metals_nm((64.0, 64.0, 64.0), 11)
    (64.0, 64.0, 64.0, 80.0, 80.0, 80.0, 128.0, 128.0, 128.0, 720.0, 720.0)

    """
    last = tight_nm[-1]
    rest = max(number - len(tight_nm) - 2, 0)
    middle = ceil(rest / 2)
    above = (*(max(MIDDLE_NM, last),) * middle, *(max(WIDE_NM, last),) * (rest - middle), *(max(TOP_NM, last),) * 2)
    return (*tight_nm, *above[: max(number - len(tight_nm), 0)])


def counts_of(geometry: Geometry) -> Counts:
    """Return the layers that geometry does not give."""
    tight = geometry.device == FINFET and geometry.cpp_nm <= TIGHT_GATE_NM
    return OF_CLASS["tight" if tight else geometry.device]


def stack_of(
    geometry: Geometry, tools: tuple[Reach, ...], step_usd: float, carry: Carry | None = None
) -> tuple[RuleLayer, ...]:
    """Return the layers of a process, from the transistor up.

    Args:
        geometry: of the process.
        tools: those that may be used, each as the catalogue has it.
        step_usd: one auxiliary step, USD.
        carry: take EUV where it is cheaper, with what an extra mask carries counted, and not by the masks it saves.

    Raises:
        NoWayError: a layer that no allowed tool makes.

    """
    return _Rule(geometry, tools, step_usd, carry).layers()


class _Rule:
    def __init__(self, geometry: Geometry, tools: tuple[Reach, ...], step_usd: float, carry: Carry | None) -> None:
        self.g, self.step, self.carry = geometry, step_usd, carry
        self.duv = tuple(tool for tool in tools if not tool.euv)
        self.euv = tuple(tool for tool in tools if tool.euv)
        self.found: list[RuleLayer] = []

    def layers(self) -> tuple[RuleLayer, ...]:
        g = self.g
        if g.device == PLANAR:
            self.add("active", "line", g.cpp_nm, self.duv_way(line_ways(max(g.cpp_nm, ACTIVE_NM), self.duv, self.step)))
        else:
            self.kept("fin" if g.device == FINFET else "sheet", g.fin_nm)
        self.kept("gate", g.cpp_nm)
        self.hole("source/drain contact", g.cpp_nm)
        if g.device != PLANAR:
            self.hole("gate contact", g.cpp_nm)
            self.hole("via to contact", g.cpp_nm)
        self.metals()
        for level in range(g.backside):
            pitch = BACK_NM[min(level, 1)]
            self.line(f"BM{level}", pitch)
            self.hole(f"BV{level}", pitch, relaxed=True)
        if g.backside:
            self.hole("backside power via", g.power_via_nm)
        counts = counts_of(g)
        self.relaxed("implant", "implant", counts.implants, "krf")
        self.relaxed("other front-end", "other", counts.front_end, "arfi")
        self.relaxed("pad, passivation, relaxed", "other", counts.relaxed, "iline")
        return tuple(self.found)

    def metals(self) -> None:
        """Add the metals and the holes over each, runs of equal ones as one row."""
        pitches = self.g.metals_nm
        zero = 0 if pitches[0] < FIRST_ZERO_NM else 1
        start = 0
        while start < len(pitches):
            pitch, end = pitches[start], start + 1
            over = min(pitch, pitches[end]) if end < len(pitches) else pitch
            while end < len(pitches) and pitches[end] == pitch:
                after = min(pitch, pitches[end + 1]) if end + 1 < len(pitches) else pitch
                if after != over:
                    break
                end += 1
            name = f"{start + zero}" + (f"-{end - 1 + zero}" if end - start > 1 else "")
            self.line(f"M{name}", pitch, end - start)
            self.hole(f"V{name}", over, end - start, relaxed=True)
            start = end

    def add(self, name: str, feature: str, pitch_nm: float, way: Way | None, count: int = 1) -> None:
        if way is None:
            raise NoWayError(name, feature, pitch_nm)
        self.found.append(RuleLayer(name, feature, count, way.scheme, way.tool, pitch_nm, way.cuts, way.cut_tool))

    def line(self, name: str, pitch_nm: float, count: int = 1) -> None:
        ways = (line_ways(pitch_nm, tools, self.step) for tools in (self.duv, self.euv))
        self.add(name, "line", pitch_nm, self.chosen(*ways), count)

    def hole(self, name: str, pitch_nm: float, count: int = 1, relaxed: bool = False) -> None:
        duv, euv = hole_ways(pitch_nm, self.duv, self.step, relaxed), hole_ways(pitch_nm, self.euv, self.step)
        self.add(name, "via", pitch_nm, self.chosen(duv, euv), count)

    def chosen(self, duv: list[Way], euv: list[Way]) -> Way | None:
        """Return the cheapest way without EUV, unless EUV saves masks enough, or is alone."""
        one, other = taken(duv), taken(euv)
        if one is None or other is None:
            return one or other
        return other if self.prefers(one.masks, one.usd, other.masks, other.usd) else one

    def prefers(self, masks: int, usd: float, euv_masks: int, euv_usd: float) -> bool:
        """Whether EUV takes a layer of so many masks and so much, USD, either way."""
        if self.carry is not None:
            return euv_usd + self.carry.mask_usd * euv_masks < usd + self.carry.mask_usd * masks
        return masks - euv_masks >= self.g.saves

    def duv_way(self, ways: list[Way]) -> Way | None:
        return taken(ways)

    def kept(self, name: str, pitch_nm: float) -> None:
        """Add lines that EUV never prints itself, fins, sheets and gates: one exposure or spacers, and cuts."""
        ways = [way for way in line_ways(pitch_nm, self.duv, self.step) if way.scheme in ("se", *SPACERS)]
        way = self.duv_way(ways)
        if way is None:
            raise NoWayError(name, "line", pitch_nm)
        aligned = [tool for tool in self.duv if tool.aligned]
        own = next(tool for tool in self.duv if tool.tool == way.tool)
        cutter = min(aligned, key=lambda tool: tool.usd) if aligned else own
        cuts = int(hole_exposures(pitch_nm, cutter.hole_nm)) if pitch_nm < UNCUT_GATE_NM else 0
        if cuts and not cutter.aligned and pitch_nm < CUTS_BELOW_NM:
            raise NoWayError(name, "line", pitch_nm)
        trims = way.cuts - int(hole_exposures(pitch_nm, own.hole_nm)) if way.scheme in SPACERS else 0
        eye = min(self.euv, key=lambda tool: tool.usd * hole_exposures(pitch_nm, tool.hole_nm)) if self.euv else None
        if eye is not None and cuts:
            n = int(hole_exposures(pitch_nm, eye.hole_nm))
            if self.prefers(cuts, cuts * (cutter.usd + self.step), n, n * (eye.usd + self.step)):
                self.add(name, "line", pitch_nm, way._replace(cuts=trims, cut_tool=cutter.tool if trims else ""))
                self.found.append(RuleLayer(f"{name} cut", "cut", n, "se", eye.tool, pitch_nm, 0, ""))
                return
        self.add(name, "line", pitch_nm, way._replace(cuts=cuts + trims, cut_tool=cutter.tool if cuts + trims else ""))

    def relaxed(self, name: str, feature: str, count: int, tool: str) -> None:
        """Add layers of ample pitch on their usual tool; without it on the cheapest that prints no coarser."""
        tools = [one for one in self.duv if one.tool == tool] or sorted(
            (one for one in (*self.duv, *self.euv) if one.line_nm <= USUAL_NM[tool]), key=lambda one: one.usd
        )
        if not tools:
            raise NoWayError(name, "line", USUAL_NM[tool])
        self.found.append(RuleLayer(name, feature, count, "se", tools[0].tool, None, 0, ""))


USUAL_NM: Final = {"krf": 160.0, "arfi": 76.0, "iline": 696.0}
"""What layers without a pitch of their own ask of a tool that takes the place of the usual one, nm."""
