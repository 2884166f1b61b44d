"""One million wafers: EUV source power times phi on the N5 stack, against the vectorised NumPy expression of the same.

Run it alone: ``python benchmarks/bench_wafer.py``. Results are checked equal.
"""

import numpy as np
from bench_evaluate import compared, interleaved, table

import nodecalc as nc
from nodecalc.catalogue import load_catalogue
from nodecalc.wafers.counts import totals
from nodecalc.wafers.starts import priced

SIDE = 1000
ROUNDS = 15


def by_numpy(power: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """The same formula as one would write it in NumPy, everything that does not vary worked out before."""
    catalogue = load_catalogue()
    stack, reference = catalogue.stack("tsmc-n5"), catalogue.stack(catalogue.reference_node)
    prices, euv = priced(stack, catalogue, {}).values, catalogue.tools["euv"]
    sums, base = totals(stack, catalogue), totals(reference, catalogue)
    without = prices["patterning_usd"] - prices["euv_passes_usd"]
    yearly = (
        (euv.value("scanner_price_usd") + euv.value("track_price_usd")) / catalogue.parameter("depreciation_years")
        + catalogue.parameter("service_fraction") * euv.value("scanner_price_usd")
        + euv.value("fixed_usd_per_year")
    )
    hours = 8760.0 * euv.value("availability") * euv.value("tool_utilisation")
    seconds = catalogue.parameter("euv_exposed_area_cm2") * catalogue.parameter("euv_dose_mj_per_cm2") * 1e-3
    wph = 3600.0 / (catalogue.parameter("euv_overhead_s") + seconds / (catalogue.parameter("euv_efficiency") * power))
    patterning = without + sums.euv_exposures * (yearly / (wph * hours) + euv.value("consumables_usd"))
    substrate = catalogue.parameter("substrate_usd")
    known = (
        catalogue.parameter("reference_wafer_usd")
        - substrate
        - priced(reference, catalogue, {}).values["patterning_usd"]
    )
    layer = known / (base.design_layers + phi * (base.masks - base.design_layers))
    process = layer * (sums.design_layers + phi * (sums.masks - sums.design_layers))
    return substrate + patterning + process


def run(side: int = SIDE, rounds: int = ROUNDS) -> list[dict[str, float | str]]:
    """Return one row a contender: name, nanoseconds a point, ratio to ours."""
    power = np.repeat(np.linspace(25.0, 1000.0, side), side)
    phi = np.tile(np.linspace(0.0, 1.0, side), side)
    out = np.empty(power.size)
    inputs = {"euv_source_power_w": power, "extra_mask_carry": phi}
    ours = "nodecalc, evaluate_wafer"
    contenders = {
        ours: lambda: nc.evaluate_wafer(inputs, node="tsmc-n5", out=out),
        "NumPy, vectorised": lambda: by_numpy(power, phi),
    }
    np.testing.assert_allclose(contenders[ours](), by_numpy(power, phi), rtol=1e-12)
    taken = interleaved(contenders, rounds)
    return compared(taken, dict.fromkeys(contenders, ours), power.size)


if __name__ == "__main__":
    print(table(f"wafer cost, {SIDE} EUV powers x {SIDE} phi on the tsmc-n5 stack", run()))
