"""What is changed, which tests must notice, and which changes nobody could notice."""

from __future__ import annotations

KERNELS = "kernels/nodecalc_kernels"
TARGETS: dict[str, tuple[str, ...]] = {
    f"{KERNELS}/wafer/price.py": (
        "tests/kernels/test_wafer_penalties_and_price.py",
        "tests/wafers/test_price_chain.py",
    ),
    f"{KERNELS}/wafer/patterning.py": ("tests/kernels/test_patterning_kernels.py",),
    f"{KERNELS}/wafer/penalties.py": ("tests/kernels/test_wafer_penalties_and_price.py",),
    f"{KERNELS}/cost/density.py": ("tests/drivers/test_transistor_density.py", "tests/kernels/test_domains.py"),
    f"{KERNELS}/cost/die.py": ("tests/kernels/test_domains.py", "tests/golden/test_golden.py"),
    f"{KERNELS}/defects/yields.py": ("tests/kernels/test_yield_limits.py", "tests/kernels/test_yield_accuracy.py"),
    f"{KERNELS}/numbers/vecmath.py": ("tests/kernels/test_vecmath_total.py",),
    "nodecalc/drivers/risk/band.py": ("tests/drivers/test_cost_band.py",),
    "nodecalc/question/units.py": ("tests/question/test_units_and_spellings.py", "tests/question/test_die_sizes.py"),
    "nodecalc/catalogue/names.py": ("tests/catalogue/test_catalogue_lookup.py",),
    "nodecalc/drivers/sweep/reduce/stats.py": ("tests/sweep/test_sweep_reduce.py",),
    "nodecalc/drivers/sweep/reduce/best.py": ("tests/sweep/test_sweep_reduce.py",),
    "nodecalc/drivers/sweep/reduce/front.py": ("tests/sweep/test_sweep_reduce.py",),
    "nodecalc/drivers/sweep/reduce/quantiles.py": ("tests/sweep/test_sweep_reduce.py",),
}
"""Module -> the test files that know it, the quickest to fail first."""

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
