"""What is changed, area by area, and which tests are asked whether they notice."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
KERNELS = "kernels/nodecalc_kernels"
AREAS: dict[str, tuple[str, ...]] = {
    "kernels": tuple(
        f"{KERNELS}/{room}/*.py" for room in ("cost", "defects", "numbers", "package", "placement", "wafer")
    ),
    "bands": ("nodecalc/drivers/risk/band.py", "nodecalc/drivers/sweep/bands.py"),
    "units": ("nodecalc/question/units.py",),
    "catalogue": ("nodecalc/catalogue/*.py",),
    "reducers": ("nodecalc/drivers/sweep/reduce/*.py",),
}
"""Area -> patterns of its modules."""

TESTS = (
    "tests/kernels", "tests/catalogue", "tests/question", "tests/wafers", "tests/vocabulary", "tests/golden",
    "tests/sweep/test_sweep_reduce.py", "tests/cli/test_cli_system.py", "tests/cli/test_cli_claims.py",
    *(f"tests/drivers/test_{topic}.py" for topic in (
        "cost_band", "transistor_density", "fit", "harvest_yield", "salvage", "estimate_marks_and_errors",
        "estimate_published", "every_input_counts",
    )),
)  # fmt: skip
"""Tests that may notice a change; which of them run a changed line is found by running them."""
LEFT_OUT = tuple(f"tests/kernels/test_{topic}.py" for topic in (
    "compiled_cache", "compiled_cache_damage", "compiled_user_code", "compiled_evaluate", "compiled_grid",
    "float32_cache", "float32_formulas", "parity_yields", "placement_compiled",
))  # fmt: skip
"""Tests of what is compiled: the changed programs run without numba."""


def modules() -> dict[str, str]:
    """Return the modules of the plan, each with its area."""
    found = {
        path.relative_to(ROOT).as_posix(): area
        for area, patterns in AREAS.items()
        for pattern in patterns
        for path in sorted(ROOT.glob(pattern))
    }
    return {module: area for module, area in found.items() if not module.endswith("__init__.py")}


def python_name(module: str) -> str:
    """Return the name under which a module is imported."""
    return module.removeprefix("kernels/").removesuffix(".py").replace("/", ".")
