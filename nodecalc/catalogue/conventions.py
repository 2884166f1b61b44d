"""Conventions of other calculators and textbooks, as inputs of ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

import nodecalc_seeds
from nodecalc.doors import a_name
from nodecalc.errors import unknown

from .builtin import parse

FILE: Final = "conventions.toml"
PARAMETERS: Final = ("alpha", "critical_layers")
"""Of a yield model: with another one they go as well."""


class Convention(NamedTuple):
    """What another calculator takes for granted."""

    name: str
    of: str
    """Whose it is, in words."""
    source: str
    inputs: Mapping[str, Any]
    """Inputs by vocabulary key."""
    differs: str
    """What of theirs has no counterpart here."""
    systems: str = ""
    """The same of packages, "" where nothing is."""

    def under(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is given over these inputs; with another yield model its parameter goes as well."""
        model = given.get("yield_model")
        own = model is None or model == self.inputs.get("yield_model")
        return {**{key: value for key, value in self.inputs.items() if own or key not in PARAMETERS}, **given}

    @property
    def note(self) -> str:
        """What is said of an answer that follows it."""
        listed = ", ".join(f"{key} {value}" for key, value in self.inputs.items())
        return f"as {self.of} counts: {listed}; {self.differs}"

    @property
    def system_note(self) -> str:
        """What is said of a system that follows it."""
        return f"{self.note}; of systems: {self.systems}" if self.systems else self.note


@lru_cache(maxsize=1)
def conventions() -> Mapping[str, Convention]:
    """Return all conventions, by name.

    >>> list(conventions())
    ['actuary', 'catch', 'google', 'hennessy-patterson', 'siliconedge']
    """
    tables = parse(nodecalc_seeds.read(FILE))["convention"]
    return {
        name: Convention(
            name, table["of"], table["source"], table["inputs"], table["differs"], table.get("systems", "")
        )
        for name, table in tables.items()
    }


def find_convention(name: str) -> Convention:
    """Return the convention called `name`; an unknown one is an error with the nearest."""
    wanted = a_name("convention", name, "give one name, such as actuary").strip().casefold()
    found = conventions().get(wanted)
    if found is None:
        raise unknown("convention", name, conventions())
    return found


def convention(name: str) -> dict[str, Any]:
    """Return the inputs of a convention, for ``**`` in any function that takes a die's.

    Args:
        name: ``actuary``, ``catch``, ``google``, ``hennessy-patterson`` or ``siliconedge``.

    Raises:
        NodecalcError: an unknown name.

    >>> import nodecalc as nc
    >>> e = nc.estimate(100, d0=0.11, wafer_price=16988, **nc.convention("actuary"))
    >>> round(e.good_die_cost_usd, 4)  # its own: 33.1494
    33.1494

    """
    return dict(find_convention(name).inputs)
