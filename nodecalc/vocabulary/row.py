"""What a row of the vocabulary says: one quantity, from its key to its spelling on the command line.

Its annotations are types and not texts on purpose: a named tuple compiles every text, which takes most of the time
that importing the vocabulary takes.
"""

from math import inf
from typing import Literal, NamedTuple

from .digits import shown

_HEADINGS = {
    "wafer": "Layers",
    "euv": "Layers",
    "stack": "Layers",
    "product": "Layers",
    "ground": "Wafer",
    "port": "Compare",
    "carbon": "Carbon",
}
"""What options stand under in the help of commands, by group, where it is not the die."""


class Quantity(NamedTuple):
    """One quantity of the calculation."""

    key: str
    unit: str
    meaning: str
    low: float = 0.0
    high: float = inf
    low_open: bool = False
    """True where the lower bound itself is not allowed."""
    default: float | str | None = None
    """Value where nothing is given; None where it comes from the node, from the size, or must be given."""
    role: Literal["input", "output"] = "input"
    group: Literal[
        "size", "die", "salvage", "comparison", "wafer", "euv", "stack", "tool", "product", "ground", "money", "port",
        "capacity", "package", "memory", "carbon",
    ] = "die"  # fmt: skip
    """What it belongs to. Of a die: "size" for what makes its size, "salvage" for results of dies that sell with some
    units bad, else "die". Of a wafer's cost by its layers: "euv"
    for what sets the throughput of EUV tools, "stack" for what chooses the stack, else "wafer". Of one exposure tool:
    "tool". "product": of one product that wafers are made for. Of a wafer map: "ground". "money": of any amount. Of a
    design that moves: "port". "capacity": of units and their wafers. "package": of what is put together of dies.
    "memory": of memory. "carbon": of energy and emissions."""
    format: str = ".4g"
    """Format specification in tables; machine-readable output is never rounded. Empty for a name."""
    option: str = ""
    """Long option of the command line, without dashes; empty where there is none."""
    metavar: str = "X"
    """What stands for the value in the help of its option."""
    column: str = ""
    """Head of its column in tables."""
    field: str = ""
    """Field of a node's catalogue entry that supplies it, where one does."""
    better: Literal["lower", "higher", ""] = ""
    """Which way a result is better; empty where neither is."""
    also: tuple[str, ...] = ()
    """Other names that people use for it, with underscores."""
    bare: tuple[float, float] | None = None
    """Where a text without a unit must lie, where a slip of the unit is likelier than a value outside."""
    counted: bool = False
    """True where k, M and B may stand behind the number."""
    misnamed: tuple[tuple[str, float], ...] = ()
    """Names that look like a value with a unit and are none, and what they mean."""
    several: bool = False
    """Whether its option may be given more than once."""
    heading: str = ""
    """What its option stands under in the help of commands; empty for that of its group."""
    searched: tuple[float, float] | None = None
    """Where it is looked for when it is what a question is about and no range is given; None is its valid range."""
    table: tuple[int, int] | None = None
    """Where its column stands in the table of answers, and when a narrow terminal loses it: 0 never, the largest first.
    None where the table does not show it."""

    @property
    def helped(self) -> str:
        """The heading that its option stands under in the help of commands."""
        return self.heading or _HEADINGS.get(self.group, "Die")

    @property
    def allowed(self) -> str:
        """The valid range in words, such as ``more than 0 to 1``."""
        unit = f" {self.unit}" if self.unit else ""
        low = f"more than {self.low:g}" if self.low_open else f"{self.low:g}"
        return f"{low} or more{unit}" if self.high == inf else f"{low} to {self.high:g}{unit}"

    @property
    def is_name(self) -> bool:
        """Whether its values are names, not numbers."""
        return not self.format

    @property
    def is_share(self) -> bool:
        """Whether it is a part of a whole, which may be written in per cent."""
        return not self.unit and self.high <= 1.0

    def holds(self, value: float) -> bool:
        """Whether `value` lies in the valid range; nan never does."""
        return (self.low < value if self.low_open else self.low <= value) and value <= self.high

    def text(self, value: float) -> str:
        """Return `value` as tables print it, without its unit."""
        return shown(value, self.format)
