"""Every quantity, once: key, unit, meaning, default, valid range, format, spelling on the command line.

Command-line options, library keywords, columns, ``--explain`` and the documentation read this table. A key carries its
unit as a suffix; a key without one is dimensionless.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

Role = Literal["input", "output"]


class Quantity(NamedTuple):
    """One quantity of the calculation."""

    key: str
    unit: str
    meaning: str
    role: Role
    format: str = ".4g"
    """Format specification in tables; machine-readable output is never rounded."""
    default: float | str | None = None
    """Value where nothing is given; None where it comes from the node, from the size, or must be given."""
    low: float = 0.0
    high: float = inf
    low_open: bool = False
    """True where the lower bound itself is not allowed."""
    option: str = ""
    """Long option of the command line, without dashes; empty where there is none."""
    column: str = ""
    """Head of its column in tables."""
    field: str = ""
    """Field of a node's catalogue entry that supplies it, where one does."""
    better: Literal["lower", "higher", ""] = ""
    """Which way a result is better; empty where neither is."""

    @property
    def allowed(self) -> str:
        """The valid range in words, such as ``more than 0 to 1``."""
        unit = f" {self.unit}" if self.unit else ""
        low = f"more than {self.low:g}" if self.low_open else f"{self.low:g}"
        return f"{low} or more{unit}" if self.high == inf else f"{low} to {self.high:g}{unit}"

    def holds(self, value: float) -> bool:
        """Whether `value` lies in the valid range; nan never does."""
        return (self.low < value if self.low_open else self.low <= value) and value <= self.high

    def text(self, value: float) -> str:
        """Return `value` as tables print it, without its unit."""
        return format(value, self.format)


D0_TYPICAL: Final = (1e-4, 10.0)
"""Where a D0 without a unit must lie, 1/cm2. Outside it a unit slip (per mm2, per in2) is likelier than the value."""

_INPUTS: Final = (
    Quantity("die_width_mm", "mm", "finished die, without scribe", "input", ".4g", None, 0.05, 450.0, column="width"),
    Quantity("die_height_mm", "mm", "finished die, without scribe", "input", ".4g", None, 0.05, 450.0, column="height"),
    Quantity(
        "die_area_mm2",
        "mm2",
        "area that defects can kill; never includes scribe",
        "input",
        ".4g",
        None,
        0.0025,
        160000.0,
        column="die mm2",
    ),
    Quantity(
        "aspect_ratio",
        "",
        "width / height where only an area is given",
        "input",
        ".4g",
        1.0,
        0.01,
        100.0,
        option="aspect",
    ),
    Quantity(
        "scribe_mm",
        "mm",
        "street between two dies, both directions",
        "input",
        ".4g",
        0.1,
        0.0,
        5.0,
        option="scribe",
    ),
    Quantity(
        "edge_exclusion_mm",
        "mm",
        "ring at the wafer edge that holds no good die",
        "input",
        ".4g",
        3.0,
        0.0,
        50.0,
        option="edge",
    ),
    Quantity(
        "wafer_diameter_mm",
        "mm",
        "wafer diameter",
        "input",
        "g",
        300.0,
        25.0,
        450.0,
        option="wafer",
        column="wafer mm",
        field="wafer_diameter",
    ),
    Quantity("placement", "", "method that counts dies per wafer", "input", "", "best", option="placement"),
    Quantity(
        "edge_rule",
        "",
        "what must lie inside the usable circle: finished-die or whole-cell (die and street)",
        "input",
        "",
        "finished-die",
        option="edge-rule",
    ),
    Quantity("yield_model", "", "defect yield model", "input", "", "murphy", option="model", column="model"),
    Quantity(
        "d0_per_cm2",
        "1/cm2",
        "fatal defects per area, of the whole process; of one layer for bose-einstein",
        "input",
        ".4g",
        None,
        0.0,
        1000.0,
        option="d0",
        column="D0 /cm2",
        field="d0",
    ),
    Quantity(
        "alpha",
        "",
        "clustering of defects, negative-binomial only; inf is no clustering",
        "input",
        ".4g",
        2.0,
        0.05,
        inf,
        option="alpha",
    ),
    Quantity(
        "critical_layers",
        "",
        "critical layers n, bose-einstein only; D0 is then per layer",
        "input",
        ".4g",
        None,
        0.0,
        1000.0,
        low_open=True,
        option="layers",
    ),
    Quantity(
        "critical_area_fraction",
        "",
        "share of the die that a defect can kill",
        "input",
        ".4g",
        1.0,
        0.0,
        1.0,
        low_open=True,
        option="critical-area",
    ),
    Quantity(
        "systematic_yield",
        "",
        "gross and parametric losses, multiplies the random yield",
        "input",
        ".4g",
        1.0,
        0.0,
        1.0,
        low_open=True,
        option="systematic-yield",
    ),
    Quantity(
        "line_yield",
        "",
        "wafers out / wafers in",
        "input",
        ".4g",
        1.0,
        0.0,
        1.0,
        low_open=True,
        option="line-yield",
    ),
    Quantity(
        "wafer_price_usd",
        "USD",
        "what the buyer pays for one processed wafer",
        "input",
        ",.0f",
        None,
        1.0,
        1e7,
        option="wafer-price",
        column="wafer USD",
        field="wafer_price",
    ),
    Quantity(
        "wafer_basis",
        "",
        "what a wafer counts: price (what the buyer pays) or cost (what its layers cost, by the node's stack)",
        "input",
        "",
        "price",
        option="wafer-basis",
    ),
    Quantity(
        "transistors",
        "",
        "transistors the die must hold, instead of a size",
        "input",
        ".4g",
        None,
        1e3,
        1e14,
        option="transistors",
    ),
    Quantity(
        "density_utilisation",
        "",
        "share of the peak logic density that the chip reaches; sizes a die from transistors",
        "input",
        ".4g",
        1.0,
        0.0,
        1.0,
        low_open=True,
        option="utilisation",
    ),
)

_OUTPUTS: Final = (
    Quantity("gross_dies", "", "whole dies on one wafer", "output", ".10g", column="dies", better="higher"),
    Quantity("mean_faults", "", "mean fatal defects on a die", "output", ".4g", column="faults", better="lower"),
    Quantity(
        "die_yield",
        "",
        "share of gross dies that are good (random x systematic)",
        "output",
        ".1%",
        high=1.0,
        column="yield",
        better="higher",
    ),
    Quantity("good_dies", "", "gross dies x yield", "output", ".1f", column="good", better="higher"),
    Quantity(
        "die_cost_usd",
        "USD",
        "wafer price / (line yield x gross dies)",
        "output",
        ",.2f",
        column="USD/die",
        better="lower",
    ),
    Quantity(
        "good_die_cost_usd",
        "USD",
        "wafer price / (line yield x good dies)",
        "output",
        ",.2f",
        column="USD/good die",
        better="lower",
    ),
    Quantity(
        "good_die_cost_usd_p10",
        "USD",
        "one in ten answers within the figures' ranges is cheaper",
        "output",
        ",.2f",
        column="P10",
        better="lower",
    ),
    Quantity(
        "good_die_cost_usd_p50",
        "USD",
        "half the answers within the figures' ranges are cheaper",
        "output",
        ",.2f",
        column="P50",
        better="lower",
    ),
    Quantity(
        "good_die_cost_usd_p90",
        "USD",
        "nine in ten answers within the figures' ranges are cheaper",
        "output",
        ",.2f",
        column="P90",
        better="lower",
    ),
    Quantity(
        "good_die_cost_ratio",
        "",
        "good die cost / that of the first node",
        "output",
        ".2f",
        column="x first",
        better="lower",
    ),
    Quantity(
        "logic_density_mtr_per_mm2",
        "MTr/mm2",
        "node's high-density logic on the Bohr yardstick",
        "output",
        ".1f",
        low_open=True,
        high=1e5,
        option="density",
        column="MTr/mm2",
        field="density",
        better="higher",
    ),
    Quantity("peak_transistors", "", "density x die area", "output", ".3g", column="transistors", better="higher"),
    Quantity(
        "usd_per_billion_transistors",
        "USD",
        "good die cost over peak transistors, per 10^9",
        "output",
        ",.2f",
        column="USD/10^9 tr",
        better="lower",
    ),
)

TOOLS: Final = ("iline", "krf", "arf", "arfi", "euv", "euv3800", "hna")
"""Exposure tools, from i-line steppers to High-NA EUV; their figures stand in the seeds."""

_WAFER_INPUTS: Final = (
    Quantity(
        "euv_source_power_w",
        "W",
        "EUV source power at intermediate focus; sets the throughput of EUV tools",
        "input",
        ".4g",
        None,
        1.0,
        10000.0,
        option="euv-power",
    ),
    Quantity("euv_dose_mj_per_cm2", "mJ/cm2", "EUV exposure dose", "input", ".4g", None, 1.0, 1000.0, option="dose"),
    Quantity(
        "extra_mask_carry",
        "",
        "phi: share of a layer's process cost that each mask beyond its first carries",
        "input",
        ".4g",
        None,
        0.0,
        1.0,
        option="phi",
    ),
    Quantity(
        "layer_usd",
        "USD",
        "process cost of a design layer beside its patterning; fitted to N7 where not given",
        "input",
        ",.2f",
        None,
        0.0,
        1e5,
        option="layer-usd",
    ),
    Quantity("substrate_usd", "USD", "blank wafer", "input", ",.0f", None, 0.0, 1e5, option="substrate"),
    Quantity(
        "depreciation_years",
        "years",
        "years over which tools are written off",
        "input",
        ".4g",
        None,
        0.5,
        50.0,
        option="depreciation",
    ),
    Quantity(
        "service_fraction",
        "",
        "yearly service as a share of the scanner's price",
        "input",
        ".4g",
        None,
        0.0,
        1.0,
        option="service",
    ),
    Quantity(
        "gross_margin",
        "",
        "share of the wafer price that is not its cost",
        "input",
        ".4g",
        0.0,
        0.0,
        0.95,
        option="margin",
    ),
    Quantity(
        "vintage_factor",
        "",
        "price of this year over that of the node's first years",
        "input",
        ".4g",
        1.0,
        0.01,
        10.0,
        option="vintage",
    ),
    Quantity(
        "fab_factor",
        "",
        "k_fab: what a fab costs beyond what its layers explain",
        "input",
        ".4g",
        1.0,
        0.1,
        10.0,
        option="k-fab",
    ),
)

_WAFER_NAMES: Final = (
    Quantity(
        "tools",
        "",
        "exposure tools that may be used, joined by +; all of them where not given",
        "input",
        "",
        "all",
        option="tools",
    ),
    Quantity(
        "without",
        "",
        "exposure tools that may not be used, joined by +; euv is every EUV tool",
        "input",
        "",
        "none",
        option="without",
    ),
)

_TOOL_FIELDS: Final = (
    ("scanner_price_usd", "USD", "price of a scanner", 1e4, 1e10),
    ("track_price_usd", "USD", "price of its track", 0.0, 1e10),
    ("throughput_wph", "1/h", "wafer passes an hour", 0.1, 1e4),
    ("availability", "", "share of the year that the tool is up", 0.01, 1.0),
    ("tool_utilisation", "", "share of its up time that the tool runs wafers", 0.01, 1.0),
    ("consumables_usd", "USD", "resist and other consumables a pass", 0.0, 1e5),
    ("fixed_usd_per_year", "USD/year", "yearly cost beside depreciation and service", 0.0, 1e10),
)
_TOOL_INPUTS: Final = tuple(
    Quantity(f"{tool}_{field}", unit, f"{meaning}, {tool}", "input", ".6g", None, low, high)
    for tool in TOOLS
    for field, unit, meaning, low, high in _TOOL_FIELDS
)

_WAFER_OUTPUTS: Final = (
    Quantity(
        "wafer_cost_usd",
        "USD",
        "substrate + patterning + process of the layers",
        "output",
        ",.0f",
        column="wafer USD",
        better="lower",
    ),
    Quantity(
        "wafer_cost_usd_p10",
        "USD",
        "one in ten answers within the ranges is cheaper",
        "output",
        ",.0f",
        column="P10",
        better="lower",
    ),
    Quantity(
        "wafer_cost_usd_p50",
        "USD",
        "half the answers within the ranges are cheaper",
        "output",
        ",.0f",
        column="P50",
        better="lower",
    ),
    Quantity(
        "wafer_cost_usd_p90",
        "USD",
        "nine in ten answers within the ranges are cheaper",
        "output",
        ",.0f",
        column="P90",
        better="lower",
    ),
    Quantity(
        "patterning_usd",
        "USD",
        "exposures and the steps that belong to them",
        "output",
        ",.0f",
        column="patterning USD",
        better="lower",
    ),
    Quantity(
        "process_usd",
        "USD",
        "what the layers cost beside patterning",
        "output",
        ",.0f",
        column="process USD",
        better="lower",
    ),
    Quantity("design_layers", "", "patterned layers of the stack", "output", ".10g", column="layers", better="lower"),
    Quantity("masks", "", "masks of the stack", "output", ".10g", column="masks", better="lower"),
    Quantity("exposures", "", "exposures a wafer sees", "output", ".10g", column="exposures", better="lower"),
    Quantity("euv_exposures", "", "exposures with EUV", "output", ".10g", column="EUV", better="lower"),
)

_ALL: Final = (*_INPUTS, *_OUTPUTS, *_WAFER_INPUTS, *_TOOL_INPUTS, *_WAFER_NAMES, *_WAFER_OUTPUTS)
QUANTITIES: Final[Mapping[str, Quantity]] = MappingProxyType({q.key: q for q in _ALL})
INPUT_KEYS: Final = tuple(q.key for q in _INPUTS)
OUTPUT_KEYS: Final = tuple(q.key for q in _OUTPUTS)
WAFER_INPUT_KEYS: Final = tuple(q.key for q in (*_WAFER_INPUTS, *_TOOL_INPUTS))
"""Inputs of a wafer's cost from its layers; the cost of a die takes none of them."""
WAFER_NAME_KEYS: Final = tuple(q.key for q in _WAFER_NAMES)
"""Inputs of a wafer's cost that are names."""
WAFER_OUTPUT_KEYS: Final = tuple(q.key for q in _WAFER_OUTPUTS)


def quantity(key: str) -> Quantity:
    """Return the quantity called `key`; an unknown one is an error that names the nearest."""
    try:
        return QUANTITIES[key]
    except KeyError:
        from .errors import unknown

        raise unknown("quantity", key, QUANTITIES) from None
