"""One million wafers: EUV source power times phi on the N5 stack, against the vectorised NumPy expression of the same.

Run it alone: ``python benchmarks/bench_wafer.py``. Results are checked equal.
"""

import numpy as np
from bench_evaluate import compared, interleaved, table

import nodecalc as nc
from nodecalc.catalogue import load_catalogue
from nodecalc.wafers.rule import node_stack
from nodecalc.wafers.starts import priced

SIDE = 1000
ROUNDS = 15


def by_numpy(power: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """The same formula as one would write it in NumPy, everything that does not vary worked out before."""
    catalogue = load_catalogue()
    stack = node_stack("tsmc-n5", catalogue)
    prices, euv = priced(stack, catalogue, {}).values, catalogue.tools["euv"]
    without = prices["patterning_usd"] - prices["euv_passes_usd"]
    yearly = (
        (euv.value("scanner_price_usd") + euv.value("track_price_usd")) / catalogue.parameter("depreciation_years")
        + catalogue.parameter("service_fraction") * euv.value("scanner_price_usd")
        + euv.value("fixed_usd_per_year")
    )
    hours = 8760.0 * euv.value("field") * euv.value("availability") * euv.value("tool_utilisation")
    joules = catalogue.parameter("euv_exposed_area_cm2") * euv.value("stated_dose_mj_per_cm2") * 1e-3
    efficiency = catalogue.parameter("euv_efficiency")
    overhead = 3600.0 / euv.value("throughput_wph") - joules / (efficiency * euv.value("stated_power_w"))
    wph = 3600.0 / (overhead + joules / (efficiency * power))
    patterning = without + prices["euv_passes"] * (yearly / (wph * hours) + euv.value("consumables_usd"))
    substrate = catalogue.parameter("substrate_usd")
    known = catalogue.parameter("reference_wafer_usd") - substrate - prices["reference_patterning_usd"]
    layer = known / (prices["reference_weighted_layers"] + phi * prices["reference_weighted_extra_masks"])
    process = layer * (prices["weighted_layers"] + phi * prices["weighted_extra_masks"])
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
