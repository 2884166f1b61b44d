"""What the rows of a table have in common beside the die: edge, scribe, placement, yield model, shares."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from ..vocabulary import QUANTITIES

if TYPE_CHECKING:
    from ..inputs import Inputs


def conditions(inputs: Inputs, varied: Container[str] = ()) -> list[str]:
    """Return the parts of a title, without the keys that the rows themselves vary."""
    n, names = inputs.numbers, inputs.names
    model = f"yield {names['yield_model']}" if "yield_model" not in varied else ""
    for key in ("alpha", "critical_layers"):
        if key in n and key not in varied:
            model += f" {QUANTITIES[key].option} {n[key]:g}"
    lengths = ", ".join(
        f"{QUANTITIES[key].option} {n[key]:g} mm" for key in ("edge_exclusion_mm", "scribe_mm") if key not in varied
    )
    rule = "" if names["edge_rule"] == QUANTITIES["edge_rule"].default else f" ({names['edge_rule']})"
    parts = [
        lengths,
        f"placement {names['placement']}{rule}" if "placement" not in varied else "",
        model.strip(),
        "wafer at the cost of its layers, not a price" if names["wafer_basis"] == "cost" else "",
        *(
            f"{QUANTITIES[k].option.replace('-', ' ')} {n[k]:g}"
            for k in ("critical_area_fraction", "systematic_yield", "line_yield")
            if n[k] != QUANTITIES[k].default and k not in varied
        ),
    ]
    return [part for part in parts if part]
