"""Worlds: what a wafer of the N5 stack costs with every figure drawn, and a die, against NumPy's Philox generator.

Run it alone: ``python benchmarks/bench_risk.py``. Both draw from the same distributions and agree within their errors.
The last column is the ratio at an equal error of P50: pseudo-random worlds need as many times more as their error is
larger, squared.
"""

import numpy as np
from bench_evaluate import interleaved

import nodecalc as nc
from nodecalc.drivers.risk.sampling import run_worlds
from nodecalc.wafers.rule import node_stack
from nodecalc.wafers.starts import wafer_start

WORLDS = 1 << 20
ERRORS_AT = 1 << 14
ROUNDS = 9
SEEDS = 40


def two_piece(u: np.ndarray, low: float, value: float, high: float) -> np.ndarray:
    """Quantiles of the two-piece triangular distribution, on ln x where that is above 0."""
    below = u <= 0.5
    side = 1.0 - np.sqrt(2.0 * np.where(below, u, 1.0 - u))
    if not low > 0.0:
        return value + side * (np.where(below, low, high) - value)
    return value * np.exp(side * np.where(below, np.log(low / value), np.log(high / value)))


def triangular(u: np.ndarray, low: float, mode: float, high: float) -> np.ndarray:
    """Quantiles of the triangular distribution."""
    rising = u <= (mode - low) / (high - low)
    return np.where(
        rising, low + np.sqrt(u * (high - low) * (mode - low)), high - np.sqrt((1.0 - u) * (high - low) * (high - mode))
    )


def wafers_by_numpy(count: int, seed: int) -> np.ndarray:
    """What wafers of the N5 stack cost, each figure of the catalogue drawn from its distribution."""
    catalogue = nc.load_catalogue()
    start = wafer_start(node_stack("tsmc-n5", catalogue), catalogue, {})
    generator = np.random.Generator(np.random.Philox(seed))
    x: dict[str, np.ndarray | float] = dict(start.numbers)
    for key, figure in start.ledger.uncertain.items():
        if not key.endswith("mask_usd"):
            x[key] = two_piece(generator.random(count), figure.low, figure.value, figure.high)

    def exposure(tool: str) -> np.ndarray:
        scanner = x[f"{tool}_scanner_price_usd"]
        yearly = (scanner + x[f"{tool}_track_price_usd"]) / x["depreciation_years"] + x["service_fraction"] * scanner
        hours = 8760.0 * x[f"{tool}_throughput_wph"] * x[f"{tool}_field"] * x[f"{tool}_availability"]
        yearly = yearly + x[f"{tool}_fixed_usd_per_year"]
        return yearly / (hours * x[f"{tool}_tool_utilisation"]) + x[f"{tool}_consumables_usd"]

    each = {key.removesuffix("_passes"): 0.0 for key in x if key.endswith("_passes") and "reference" not in key}
    each = {tool: exposure(tool) for tool in each}

    def patterning(side: str) -> np.ndarray:
        passes = sum(x.get(f"{side}{tool}_passes", 0.0) * usd for tool, usd in each.items())
        return passes + x[f"{side}steps"] * x["step_usd"]

    def weighted(what: str) -> np.ndarray:
        return sum(x[f"{what.format(name)}"] * x[f"{name}_weight"] for name in ("implant", "via", "line", "other"))

    phi, substrate = x["extra_mask_carry"], x["substrate_usd"]
    reference = weighted("reference_{}_layers") + phi * weighted("reference_{}_extra_masks")
    layer = (x["reference_wafer_usd"] - substrate - patterning("reference_")) / reference
    return substrate + patterning("") + layer * (weighted("{}_layers") + phi * weighted("{}_extra_masks"))


PRICE, D0, DIE_CM2, GROSS = (13080.0, 13550.0, 15000.0), (0.098, 0.14, 0.65), 1.07, 572


def dies_by_numpy(count: int, seed: int) -> np.ndarray:
    """What good dies cost at a price and a D0, each triangular."""
    generator = np.random.Generator(np.random.Philox(seed))
    price, d0 = triangular(generator.random(count), *PRICE), triangular(generator.random(count), *D0)
    x = DIE_CM2 * d0
    return price / (GROSS * (-np.expm1(-x) / x) ** 2)


def wafer_question(seed: int, worlds: int = WORLDS) -> nc.Risk:
    """The same wafers by `nc.risk`."""
    words = {"wafer_basis": "cost", "outputs": "wafer_cost_usd", "drivers": False}
    return nc.risk(100, node="tsmc-n5", samples=worlds, seed=seed, **words)


def die_question(seed: int, worlds: int = WORLDS) -> nc.Risk:
    """The same dies by `nc.risk`."""
    vary = {"wafer_price_usd": PRICE, "d0_per_cm2": D0}
    return nc.risk(100.0 * DIE_CM2, vary=vary, samples=worlds, seed=seed, drivers=False)


def errors(ours, theirs, worlds: int, seeds: int) -> tuple[float, float]:
    """Return the spread of P50 over seeds, ours and that of pseudo-random worlds."""
    return tuple(
        float(np.std([median(seed) for seed in range(seeds)], ddof=1))
        for median in (
            lambda seed: ours(seed, worlds).quantile(0.5).value,
            lambda seed: np.quantile(theirs(worlds, seed), 0.5, method="hazen"),
        )
    )


def run(rounds: int = ROUNDS, seeds: int = SEEDS) -> list[dict[str, float | str]]:
    """Return one row a question: milliseconds of both, and by how much ours is faster at an equal error of P50."""
    rows = []
    for name, ours, theirs, worlds in (
        ("wafer of the N5 stack, 45 figures", wafer_question, wafers_by_numpy, WORLDS),
        ("die, two figures", die_question, dies_by_numpy, WORLDS),
    ):
        plan = ours(0, worlds).plan
        low, high = ours(0, worlds).quantile(0.5), np.quantile(theirs(worlds, 1), 0.5)
        assert abs(low.value / high - 1.0) < 0.01
        taken = interleaved({"ours": lambda p=plan: run_worlds(p), "NumPy": lambda t=theirs, w=worlds: t(w, 2)}, rounds)
        mine, other = (min(taken[key]) for key in ("ours", "NumPy"))
        even, random = errors(ours, theirs, ERRORS_AT, seeds)
        rows.append(
            {
                "name": name,
                "ours_ms": 1e3 * mine,
                "philox_ms": 1e3 * other,
                "ratio": other / mine,
                "error_ratio": random / even,
                "ratio_at_equal_error": other / mine * (random / even) ** 2,
            }
        )
    return rows


if __name__ == "__main__":
    for row in run():
        print("; ".join(f"{key} {value:.3g}" if isinstance(value, float) else value for key, value in row.items()))
