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
    Quantity("gross_dies", "", "whole dies on one wafer", "output", ".10g", column="dies"),
    Quantity("mean_faults", "", "mean fatal defects on a die", "output", ".4g", column="faults"),
    Quantity(
        "die_yield",
        "",
        "share of gross dies that are good (random x systematic)",
        "output",
        ".1%",
        high=1.0,
        column="yield",
    ),
    Quantity("good_dies", "", "gross dies x yield", "output", ".1f", column="good"),
    Quantity("die_cost_usd", "USD", "wafer price / (line yield x gross dies)", "output", ",.2f", column="USD/die"),
    Quantity(
        "good_die_cost_usd",
        "USD",
        "wafer price / (line yield x good dies)",
        "output",
        ",.2f",
        column="USD/good die",
    ),
    Quantity(
        "good_die_cost_usd_p10",
        "USD",
        "one in ten answers within the figures' ranges is cheaper",
        "output",
        ",.2f",
        column="P10",
    ),
    Quantity(
        "good_die_cost_usd_p50",
        "USD",
        "half the answers within the figures' ranges are cheaper",
        "output",
        ",.2f",
        column="P50",
    ),
    Quantity(
        "good_die_cost_usd_p90",
        "USD",
        "nine in ten answers within the figures' ranges are cheaper",
        "output",
        ",.2f",
        column="P90",
    ),
    Quantity(
        "good_die_cost_ratio",
        "",
        "good die cost / that of the first node",
        "output",
        ".2f",
        column="x first",
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
    ),
    Quantity("peak_transistors", "", "density x die area", "output", ".3g", column="transistors"),
    Quantity(
        "usd_per_billion_transistors",
        "USD",
        "good die cost over peak transistors, per 10^9",
        "output",
        ",.2f",
        column="USD/10^9 tr",
    ),
)

QUANTITIES: Final[Mapping[str, Quantity]] = MappingProxyType({q.key: q for q in (*_INPUTS, *_OUTPUTS)})
INPUT_KEYS: Final = tuple(q.key for q in _INPUTS)
OUTPUT_KEYS: Final = tuple(q.key for q in _OUTPUTS)


def quantity(key: str) -> Quantity:
    """Return the quantity called `key`; an unknown one is an error that names the nearest."""
    try:
        return QUANTITIES[key]
    except KeyError:
        from .errors import unknown

        raise unknown("quantity", key, QUANTITIES) from None
