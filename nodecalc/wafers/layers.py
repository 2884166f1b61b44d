"""What patterning one layer costs: by its scheme, from the prices of an exposure with its tools and of a step."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from nodecalc_kernels.stages import Stage
from nodecalc_kernels.wafer.patterning import SCHEMES, scheme_cost_usd

from .prices import exposure_key

if TYPE_CHECKING:
    from nodecalc.catalogue import Layer


class Patterned(Protocol):
    """A layer of a stack, or a row of its cost."""

    @property
    def scheme(self) -> str:
        """Key of the scheme."""

    @property
    def tool(self) -> str:
        """Id of the tool of the pattern."""

    @property
    def cuts(self) -> int:
        """How many cut masks."""

    @property
    def cut_tool(self) -> str:
        """Id of their tool."""


def scheme_text(layer: Patterned) -> str:
    """Return how `layer` is patterned, such as ``arfi-saqp + 3 euv cuts``."""
    if not layer.cuts:
        return f"{layer.tool}-{layer.scheme}"
    other = "" if layer.cut_tool == layer.tool else f"{layer.cut_tool} "
    return f"{layer.tool}-{layer.scheme} + {layer.cuts} {other}cut{'s' if layer.cuts > 1 else ''}"


def layer_stage(layer: Layer) -> Stage:
    """Return the stage of what patterning `layer` costs; its result goes by the text of its scheme."""
    return _stage(scheme_text(layer), layer.scheme, layer.tool, layer.cuts, layer.cut_tool if layer.cuts else "")


@lru_cache(maxsize=1024)
def _stage(text: str, scheme: str, tool: str, cuts: int, cut_tool: str) -> Stage:
    row = SCHEMES[scheme]

    def cost_usd(exposure_usd: float, cut_exposure_usd: float, step_usd: float) -> float:
        return scheme_cost_usd(row.exposures, row.aux_steps, cuts, exposure_usd, cut_exposure_usd, step_usd)

    own, cut = exposure_key(tool), exposure_key(cut_tool or tool)
    formula, put_in = "C = n_e c + n_a s", f"{row.exposures} x {{{own}}} + {row.aux_steps} x {{step_usd}}"
    if cuts:
        formula += " + n_c (c_c + s)"
        put_in += f" + {cuts} x ({{{cut}}} + {{step_usd}})"
    return Stage((text,), cost_usd, (own, cut, "step_usd"), formula, f"{put_in} USD")
