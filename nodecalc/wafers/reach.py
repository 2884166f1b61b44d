"""What the exposure tools of a catalogue reach, and at which price: what the rule for patterning takes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf
from typing import TYPE_CHECKING, Final

from nodecalc_kernels.wafer.patterning import hole_pitch_nm
from nodecalc_kernels.wafer.ways import Reach

from .prices import IMMERSION_ABOVE, exposure_key

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Tool

PRACTISED: Final = {False: "arfi", True: "euv"}
"""Whose limits of several exposures are practised, and stand for tools that state none: of DUV, and of EUV."""


def reaches(tools: Iterable[str], catalogue: Catalogue, prices: Mapping[str, float]) -> tuple[Reach, ...]:
    """Return what `tools` reach, in the catalogue's order; `prices` holds an exposure with each."""
    wanted = set(tools)
    return tuple(
        reach(tool, catalogue, prices[exposure_key(id_)]) for id_, tool in catalogue.tools.items() if id_ in wanted
    )


def reach(tool: Tool, catalogue: Catalogue, exposure_usd: float) -> Reach:
    """Return what `tool` reaches where an exposure with it costs `exposure_usd`."""
    line = tool.value("single_pitch_nm")
    return Reach(
        tool.id,
        exposure_usd,
        line,
        hole_pitch(tool, catalogue),
        _practised(tool, "le2_pitch_nm", line, catalogue, 2.0),
        _practised(tool, "sadp_pitch_nm", line, catalogue, 2.0),
        inf if tool.is_euv else line / 4.0,
        # Dry scanners align no better than their own relaxed layers need.
        tool.is_euv or tool.numerical_aperture > IMMERSION_ABOVE,
        tool.is_euv,
    )


def hole_pitch(tool: Tool, catalogue: Catalogue) -> float:
    """Return the smallest distance of holes in one exposure, nm: the tool's own, else by Rayleigh with k1 of holes."""
    if "via_pitch_nm" in tool.figures:
        return tool.value("via_pitch_nm")
    k1 = catalogue.parameter("hole_k1")
    return hole_pitch_nm(k1, tool.wavelength_nm, tool.numerical_aperture)


def _practised(tool: Tool, field: str, line: float, catalogue: Catalogue, ideal: float) -> float:
    """Return the tightest lines of a scheme, nm: as practised, in the ratio to one exposure of the usual tool."""
    if field in tool.figures:
        return tool.value(field)
    usual = catalogue.tools[PRACTISED[tool.is_euv]]
    if field in usual.figures:
        return line * usual.value(field) / usual.value("single_pitch_nm")
    return line / ideal
