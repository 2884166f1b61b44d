"""Every way to pattern a layer of one pitch with one exposure tool, and which of several is taken: one rule for all.

A way is a scheme on a tool with its cut masks. Which tool may do what follows from five facts of a tool (`Reach`).
"""

from math import inf
from typing import Final, NamedTuple

from nodecalc_kernels.registry import SCHEMES

from .patterning import hole_exposures, scheme_cost_usd

MOST_EXPOSURES: Final = 6
"""Of one hole layer."""

CUTS_BELOW_NM: Final = 60.0
"""Cuts of tighter lines are aligned better than dry tools can."""

SPACERS: Final = ("sadp", "saqp")


class Reach(NamedTuple):
    """What the rule has to know of an exposure tool."""

    tool: str
    """Its id."""
    usd: float
    """One exposure of one wafer, USD."""
    line_nm: float
    """Tightest pitch of lines in one exposure, nm."""
    hole_nm: float
    """Tightest distance of holes, centre to centre, in one exposure, nm."""
    le2_nm: float
    """Tightest pitch of lines that two exposures make, nm: overlay keeps it from half of `line_nm`."""
    sadp_nm: float
    """Tightest pitch of lines that spacers on one exposure make, nm."""
    saqp_nm: float
    """The same of spacers on spacers, nm; infinite where nobody does that on the tool."""
    aligned: bool
    """Whether its overlay is good enough to expose one layer several times: immersion and EUV."""
    euv: bool


class Way(NamedTuple):
    """One way to pattern a layer."""

    scheme: str
    tool: str
    cuts: int
    """Cut masks, each an exposure with a step of its own."""
    cut_tool: str
    """Id of their tool, "" where there are none."""
    usd: float
    floor_nm: float
    """Smallest pitch that the scheme reaches on this tool."""
    why: str
    """Why it is not allowed, "" where it is."""
    last: bool = False
    """Taken only where nothing else reaches the pitch: several exposures on a tool that aligns them badly."""

    @property
    def masks(self) -> int:
        """Masks of the layer, cuts among them: as many as exposures."""
        return SCHEMES[self.scheme].exposures + self.cuts


def cut_masks(pitch_nm: float, tool: Reach, scheme: str) -> int:
    """Return the cut masks of lines by spacers: as many as holes of the layer's own pitch, and 2 more at saqp.

    >>> arfi = Reach("arfi", 15.6, 76.0, 100.07, 64.0, 38.0, 19.0, True, False)
    >>> [cut_masks(pitch, arfi, "sadp") for pitch in (57.0, 40.0)], cut_masks(30.0, arfi, "saqp")
    ([2, 3], 6)

    """
    return int(hole_exposures(pitch_nm, tool.hole_nm)) + SCHEMES[scheme].line_cuts


def line_ways(pitch_nm: float, tools: tuple[Reach, ...], step_usd: float) -> list[Way]:
    """Return every way to print lines of `pitch_nm` with `tools`, the way to take first, the others by cost.

    Args:
        pitch_nm: pitch of the lines, nm.
        tools: those that may be used.
        step_usd: one auxiliary step, USD.

    Spacers cut with their own tool. Ways that do not reach the pitch are among them, behind, and say why.
    """
    found = []
    for tool in tools:
        floors = (tool.line_nm, tool.le2_nm, tool.sadp_nm, tool.saqp_nm)
        for scheme, floor in zip(("se", "le2", *SPACERS), floors, strict=True):
            if floor == inf:
                continue
            cuts = cut_masks(pitch_nm, tool, scheme) if scheme in SPACERS else 0
            why = ""
            if pitch_nm < floor:
                why = f"below its floor of {floor:.3g} nm"
            elif scheme != "se" and not tool.aligned and pitch_nm < CUTS_BELOW_NM:
                why = f"overlay of a dry tool: no second mask under {CUTS_BELOW_NM:g} nm"
            found.append(_way(scheme, tool, cuts, step_usd, floor, why))
    return sorted(found, key=_order)


def hole_ways(pitch_nm: float, tools: tuple[Reach, ...], step_usd: float, relaxed: bool = False) -> list[Way]:
    """Return every way to print holes at `pitch_nm`, centre to centre, with `tools`, ordered as `line_ways` does.

    Args:
        pitch_nm: smallest distance of the holes, nm.
        tools: those that may be used.
        step_usd: one auxiliary step, USD.
        relaxed: holes over metal lines are not drawn at their smallest distance where a tool prints lines of that pitch
            in one exposure: there one exposure does.

    """
    found = []
    for tool in tools:
        needed = 1 if relaxed and pitch_nm >= tool.line_nm else int(hole_exposures(pitch_nm, tool.hole_nm))
        for n in range(1, MOST_EXPOSURES + 1):
            scheme = "se" if n == 1 else f"le{n}"
            floor = tool.hole_nm / n
            if relaxed and n == 1:
                floor = min(floor, tool.line_nm)
            why = ""
            if n < needed:
                why = f"below its floor of {floor:.3g} nm"
            elif n > 1 and not tool.aligned and pitch_nm < CUTS_BELOW_NM:
                why = f"overlay of a dry tool: one exposure alone under {CUTS_BELOW_NM:g} nm"
            found.append(_way(scheme, tool, 0, step_usd, floor, why))
    return sorted(found, key=_order)


def _way(scheme: str, tool: Reach, cuts: int, step_usd: float, floor_nm: float, why: str) -> Way:
    row = SCHEMES[scheme]
    usd = scheme_cost_usd(row.exposures, row.aux_steps, cuts, tool.usd, tool.usd, step_usd)
    last = scheme != "se" and not tool.aligned
    return Way(scheme, tool.tool, cuts, tool.tool if cuts else "", usd, floor_nm, why, last)


def _order(way: Way) -> tuple[bool, bool, float]:
    return bool(way.why), way.last, way.usd


def taken(ways: list[Way]) -> Way | None:
    """Return the first of `ways` if it is allowed, None where none is."""
    return ways[0] if ways and not ways[0].why else None
