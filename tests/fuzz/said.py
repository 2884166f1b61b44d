"""What people say behind the options of each command, by the option's name; and files that they name."""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from nodecalc.catalogue.conventions import conventions
from nodecalc.catalogue.systems import system_names
from nodecalc.cli.program import run
from nodecalc.vocabulary import QUANTITIES

from . import words

Say = Callable[[random.Random], str]
SYSTEMS = tuple(name.id for name in system_names())
RESULTS = (
    "good_die_cost_usd", "die_yield", "gross_dies", "usd_per_billion_transistors", "sellable_yield", "cost",
    "wafer_cost_usd",
)  # fmt: skip
VARIED = ("d0", "wafer-price", "line-yield", "n5:d0", "edge", "scribe", "critical-area", "area", "utilisation")
TOOLS = ("arfi", "euv", "euv3800", "hna", "krf", "duv", "all", "none", "arf", "iline")
MEMORY_NODES = ("cxmt-g4", "cxmt-g3", "ymtc-270l", "samsung-v9", "micron-232l", "samsung-d1z")
PARTS = (
    "die.gpu.count=2", "die.gpu.d0=0.2", "assembly.package_yield=0.9", "memory.hbm.usd_per_gbyte=15",
    "die.core.node=n7", "die.compute.size=600", "test.seconds=10", "memory.hbm.stacks=4", "die.gpu.size=20x20",
    "nre.core.mask_usd=1e6",
)  # fmt: skip
LOTS = "area_mm2,dies,good,wafer\n100,600,540,a\n100,600,520,b\n665.6,70,28,a\n200,300,240,b\n"
MAP = "x,y,bin,wafer\n" + "".join(f"{x},{y},{1 if (x * 7 + y * 3) % 5 else 2},w\n" for x in range(9) for y in range(9))


def one(*choices: str) -> Say:
    """Return what says one of some words."""
    return lambda rng: rng.choice(choices)


def listed(choices: Sequence[str], most: int = 3) -> Say:
    """Return what says some words with commas."""
    return lambda rng: ",".join(rng.choice(choices) for _ in range(rng.randint(1, most)))


def number(*choices: float) -> Say:
    """Return what says a number near some usual ones."""
    return lambda rng: f"{rng.choice(choices) * rng.choice((1, 1, 0.5, 1.3, rng.uniform(0.01, 3))):.4g}"


def share(rng: random.Random) -> str:
    """Return a share, mostly one."""
    return rng.choice((f"{rng.uniform(0, 1):.3g}", f"{rng.uniform(1, 100):.3g}%", "0", "1", "100%", "1.01"))


def whole(low: int, high: int) -> Say:
    """Return what says a whole number."""
    return lambda rng: str(rng.randint(low, high))


def pair(rng: random.Random) -> str:
    """Return two sides."""
    return f"{rng.uniform(1, 60):.4g}x{rng.uniform(1, 60):.3g}"


def law(rng: random.Random) -> str:
    """Return a distribution of an input."""
    key = rng.choice((*VARIED, *words.KEYS))
    low, mode, high = sorted(rng.choice((rng.uniform(0.01, 1), rng.uniform(10, 2e4))) for _ in range(3))
    bell = f"~normal({mode:.3g},{low / 9:.2g})", f"~lognormal({mode:.3g},{rng.uniform(0.01, 1):.2g})"
    flat = f"={low:.3g}:{mode:.3g}:{high:.3g}", f"={low:.3g}:{high:.3g}", f"={high:.3g}:{low:.3g}", "=1:2:3:4"
    return key + rng.choice((*bell, *flat))


def statement(rng: random.Random) -> str:
    """Return a statement about a result."""
    left = rng.choice((*RESULTS, "n5", "n7", "n5:cost", "tsmc-n5"))
    right = rng.choice((f"{rng.uniform(0, 100):.3g}", "60%", "n7", "2 x n7", "2 * n5", "tsmc-n7"))
    return f"{left} {rng.choice('<>')} {right}"


def target(rng: random.Random) -> str:
    """Return a result and what it has to be."""
    key = rng.choice((*RESULTS, *QUANTITIES))
    return f"{key}={rng.choice((f'{rng.uniform(0, 1):.3g}', f'{rng.uniform(1, 300):.3g}', '80%'))}"


def sought(rng: random.Random) -> str:
    """Return the name of an input."""
    return rng.choice((*VARIED, *VARIED, *words.KEYS, *(q.option or q.key for q in QUANTITIES.values())))


def span(rng: random.Random) -> str:
    """Return a range of an input."""
    low, high = sorted(rng.choice((rng.uniform(0.001, 2), rng.uniform(1, 2000))) for _ in range(2))
    return f"{low:.3g}:{high:.3g}"


def bin_of(rng: random.Random) -> str:
    """Return a bin that dies are sold in."""
    return f"{rng.choice(('full', 'cut', 'a', ''))}={rng.randint(0, 150)}" + rng.choice(
        ("", f":{rng.randint(1, 9**5)}")
    )


def harvest(rng: random.Random) -> str:
    """Return units needed of units there."""
    total = rng.choice((2, 8, 25, 144, 10**4))
    return f"{rng.randint(0, total + 1)}/{total}"


SAID: dict[str, Say] = {
    "vary": law, "prob": statement, "target": target, "range": span, "bin": bin_of, "harvest": harvest,
    "samples": one("256", "1000", "4096", "16384", "1k", "0"), "seed": whole(0, 9),
    "order": listed(("year", "price", "yield", "dies", "patterning"), 4), "of": one(*RESULTS),
    "reduce": listed(("min", "max", "mean", "std", "p50", "p10", "argmin", "argmax", "count")), "best": one(*RESULTS),
    "top": whole(0, 5), "pareto": listed(RESULTS), "keys": listed(RESULTS),
    "tools": lambda rng: "+".join(rng.sample(TOOLS, rng.randint(1, 3))),
    "without": lambda rng: "+".join(rng.sample(TOOLS, rng.randint(1, 2))), "euv-by": one("masks", "cost"),
    "rate": one("CNY=7.2", "EUR=1.08", "USDEUR=0.93", "CNY=0", "X=1"), "set": one(*PARTS), "volume": number(1e6, 1e4),
    "margin": share, "price": number(3e4, 100), "levy": share, "convention": one(*conventions()),
    "units": one("1M", "1.6M", "12000/month", "1e6", "0", "1e12"), "wafers-per-month": number(13000, 500),
    "dies-per-unit": listed(("1", "2", "8", "0.5", "0"), 2),
    "package-yield": listed(("0.9", "75%", "1", "0.99", "0"), 2),
    "yield": listed(("20%", "0.4", "40%", "0.99", "1", "0", "20-50%"), 2),
    "gross-dies": listed(("78", "85", "600", "0", "1e6"), 2), "stacks-per-unit": whole(0, 8),
    "stack-supply": one("2M", "200k/month", "0"), "package-capacity": one("1M/year", "1000", "0"),
    "chiplets": listed(("1", "2", "4", "8", "20", "0"), 4), "overhead": share, "single-yield": share,
    "bond-yield": share, "carrier": number(10, 100), "ratio": number(0.59, 1.0),
    "capacity": one("16Gb", "1Tb", "2GB", "24", "8Gb", "0"), "bit-density": number(0.3, 20), "spares": whole(0, 40),
    "repairable": share, "second-wafer": number(1500), "wafer-bond": number(50), "dies-per-package": whole(0, 16),
    "base": number(10), "bond": number(1), "area": number(100, 665.6),
    "grid": one("china", "taiwan", "500", "world", "usa", "0"), "wafer-kwh": number(1400),
    "status": one("reproduced", "contradicted", "open", "consistency"), "reticle": pair, "panel": pair,
    "offset": lambda rng: f"{rng.uniform(-9, 9):.3g},{rng.uniform(-9, 9):.3g}",
    "keep-out": one("0,0,30", "10,10,5x5", "0,0,0", "1,2"),
    "drop-in": lambda rng: f"{rng.randint(-5, 9)},{rng.randint(-5, 9)}", "flat": one("semi", "57.5", "0", "400"),
    "notch": number(2), "by": one("status", "yield", "expected"), "free": listed(("d0", "alpha", "systematic_yield")),
    "interval": share, "pass": listed(("1", "2", "x")), "windows": whole(1, 16),
    "class": one("any", "phone", "gpu", "cpu", "logic", "dram", "nand"), "foundry": one("tsmc", "smic", "intel", "x"),
    "vendor": one("nvidia", "huawei", "apple"), "year": whole(1985, 2036), "product-wafers": number(1e5),
    "feature": one("line", "hole", "cut"), "power-curve": one("100,250,500", "100:500:5", "0"),
    "d0-is": one("centre", "mean"), "radial": one("flat", "step", "power"),
}  # fmt: skip
"""By the option's name without its dashes; what is not here is an input of the vocabulary, a name or a file."""

CALLED: dict[str, tuple[object, ...]] = {
    "strict": (True, False), "port": (True, False), "independent": (True, False), "drivers": (True, False),
    "test_between": (True, False), "outputs": (RESULTS[:2], ["die_yield"], "gross_dies", ("unit_cost_usd",)),
    "output": RESULTS, "vary": ("d0", ["d0", "wafer_price"], {"d0": (0.1, 0.2, 0.3)}, {"n5:d0": "0.1:0.2"}),
    "target": ("cost=30", {"die_yield": 0.8}, "gross_dies=100"), "equal": ("tsmc-n7", "h100"), "to": ("n7", "h100"),
    "range": ((0.01, 1.0), "0.01:1", (1, 0)), "key": ("d0", "wafer_price", "die_area_mm2", "n5:d0"),
    "prob": ("cost < 40", ["n5 > n7"], "die_yield > 60%"), "samples": (256, "1k", 1000), "seed": (0, 7, 2**70),
    "order": (("price", "yield"), "year", ["dies"]), "units": (1e6, "1.6M", "12000/month"),
    "wafers_per_month": (13000, "13k"), "die_yield": (0.4, "40%", 1.0), "gross_dies": (78, 600.0),
    "values": (["die.gpu.count=2"], {"die.gpu.d0": 0.2}, ()), "varied": ({"die.gpu.d0": [0.1, 0.2]}, {}),
    "capacity": ("16Gb", 24, "2GB"), "chiplets": ((1, 2, 4), "1,8"), "package_yields": ((0.9,), ["75%", 1.0]),
    "reduce": ("min", ["mean", "p50"], "argmin"), "best": RESULTS[:2], "top": (1, 5), "pareto": (RESULTS[:2],),
    "tools": ("arfi", ["euv", "arfi"], "duv"), "without": ("euv", ["hna"], ()), "euv_by": ("masks", "cost"),
    "keep_outs": (("0,0,30",), ["10,10,5x5"]), "drop_ins": (("0,0",), ["1,2"]), "flat": ("semi", 57.5, 0),
    "field": ("26x16.5", "26x33"), "panel": ("510x515",), "offset": ("0,0", "1.5,2"), "stitched": (0.95, 1.0),
    "convention": ("catch", "actuary"), "against": ("n7", ["tsmc-n7"]), "free": ("d0", ("d0", "alpha")),
}  # fmt: skip
"""What programs hand over for the keywords of functions."""

ARGUMENTS: dict[tuple[str, str], Say] = {
    ("solve", "key"): sought, ("system", "name"): one(*SYSTEMS, "own-system.toml"),
    ("memory", "node"): one(*MEMORY_NODES, "n5"), ("split", "area"): number(800, 200),
    ("chips", "chip"): one(*words.CHIPS), ("keys", "key"): one(*QUANTITIES), ("models", "model"): one(*words.MODELS),
    ("examples", "name"): one("own-node", "own-stack", "scenario", "notebook"),
    ("patterning", "pitch"): number(36, 80, 200), ("sources", "source"): one("cset_2020", "wikichip_7", "assumed"),
    ("claims", "claim"): one("ascend-volume", "x"),
}  # fmt: skip

FILES: dict[str, tuple[str, ...]] = {
    "catalog": ("own-node.toml", "own-tool.toml", "own-evidence.toml"), "stack": ("own-stack.toml",),
    "scenario": ("scenario.toml", "more.toml"),
    "again": ("one.json", "one.parquet", "sweep.npz", "sweep.csv", "sweep/"), "file": ("lots.csv", "map.csv"),
    "base": ("one.json", "two.json", "wafer.json"), "new": ("one.json", "two.json", "wafer.json"),
}  # fmt: skip
ODD_FILES = ("absent.toml", ".", "/dev/null", "out.npz", "out.csv", "cut.json", "x" * 300)


def file(rng: random.Random, name: str) -> str:
    """Return a file for an option, mostly one that means something."""
    if rng.random() < 0.75:
        return rng.choice(FILES[name])
    return rng.choice((*ODD_FILES, *rng.choice(list(FILES.values()))))


def written(*line: str) -> str:
    """Return what a command prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        run(list(line))
    return out.getvalue()


def write_files(folder: Path) -> None:
    """Write the files that the words name."""
    examples = ("own-node", "own-tool", "own-evidence", "own-stack", "own-system", "scenario")
    texts = {f"{name}.toml": written("examples", name) for name in examples}
    texts["more.toml"] = 'schema = 1\nextends = "scenario.toml"\n[die]\nyear = 2025\n[points]\nfile = "points.csv"\n'
    texts["points.csv"] = "name,size,systematic-yield\na,100,0.9\nb,10x12,\n"
    texts |= {"lots.csv": LOTS, "map.csv": MAP, "cut.json": "{"}
    for name, text in texts.items():
        (folder / name).write_text(text)
    for name, line in {
    "a.json": ("die", "100", "-n", "n5"),
        "b.json": ("die", "100", "-n", "n5", "--line-yield", "95%"),
        "one.json": ("die", "100", "-n", "n5"), "two.json": ("die", "120", "-n", "n5,n7", "--d0", "0.2"),
    "wafer.json": ("wafer", "n5"), "one.parquet": ("die", "100", "-n", "n5"),
    **{f"sweep{end}": ("sweep", "100", "-n", "n5", "--over", "d0=0.1:0.5:5") for end in (".npz", ".csv", "/")},
    }.items():  # fmt: skip
        written(*line, "-o", f"{folder}/{name}")
