"""Changes that no test could tell from the program, each with the reason."""

from __future__ import annotations

KERNELS = "kernels/nodecalc_kernels"
EQUIVALENT: dict[tuple[str, str, str, str], str] = {
    (f"{KERNELS}/defects/yields.py", "murphy", "-expm1(-x)", "+expm1(-x)"): "Murphy's mean is squared",
    (
        f"{KERNELS}/wafer/price.py",
        "vintage_factor",
        "age_years >= 0.0",
        "age_years > 0.0",
    ): "at age 0 the exponent is 0 either way",
}
"""(module, function, before, after) -> why no test could tell it from the program."""
