"""Lots whose densities are known, drawn all at once: yields by die area, wafers that each draw a density, and maps."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

import nodecalc as nc

D0: Final = 0.3
ALPHA: Final = 2.0
Random = np.random.Generator
Lot = list[dict[str, Any]]


class Design(NamedTuple):
    """How lots are drawn, and how each is fitted."""

    what: str
    draw: Callable[[Random, int], Iterator[Any]]
    """Lots one after the other: arguments of `nodecalc.fit`."""
    free: tuple[str, ...]
    model: str = "negative-binomial"
    given: tuple[tuple[str, Any], ...] = ()
    d0: float = D0
    alpha: float = ALPHA


def by_area(
    places: Sequence[tuple[float, int]], d0: float = D0, alpha: float = ALPHA
) -> Callable[[Random, int], Iterator[Lot]]:
    """Return lots of dies that are independent of each other; `places` are (area in cm2, dies)."""

    def draw(rng: Random, lots: int) -> Iterator[Lot]:
        good = [rng.binomial(dies, (1.0 + area * d0 / alpha) ** -alpha, lots) for area, dies in places]
        for lot in range(lots):
            yield [
                {"area_mm2": 100.0 * area, "dies": dies, "good": int(g[lot])}
                for (area, dies), g in zip(places, good, strict=True)
            ]

    return draw


def by_wafer(
    wafers: int, places: Sequence[tuple[float, int]], d0: float = D0, alpha: float = ALPHA
) -> Callable[[Random, int], Iterator[Lot]]:
    """Return lots of wafers that each draw one density; on each wafer stand dies of `places`, (area in cm2, dies)."""

    def draw(rng: Random, lots: int) -> Iterator[Lot]:
        density = d0 * rng.gamma(alpha, 1.0 / alpha, (lots, wafers))
        good = [rng.binomial(dies, np.exp(-area * density)) for area, dies in places]
        for lot in range(lots):
            yield [
                {"area_mm2": 100.0 * area, "dies": dies, "good": int(g[lot, wafer]), "wafer": wafer}
                for (area, dies), g in zip(places, good, strict=True)
                for wafer in range(wafers)
            ]

    return draw


def maps(
    wafers: int, block: int = 4, area: float = 0.3, d0: float = D0, alpha: float = ALPHA
) -> Callable[[Random, int], Iterator[Path]]:
    """Return files of wafer maps, 24 dies across, on which each block of `block` x `block` dies draws a density."""

    def draw(rng: Random, lots: int) -> Iterator[Path]:
        x, y = np.meshgrid(np.arange(24), np.arange(24), indexing="ij")
        on = (x - 11.5) ** 2 + (y - 11.5) ** 2 <= 144.0
        each = 24 // block
        with tempfile.TemporaryDirectory() as folder:
            for lot in range(lots):
                density = d0 * rng.gamma(alpha, 1.0 / alpha, (wafers, each, each))
                good = rng.random((wafers, 24, 24)) < np.exp(-area * density[:, x // block, y // block])
                lines = [
                    f"{wafer},{i},{j},{int(good[wafer, i, j])}" for wafer in range(wafers) for i, j in np.argwhere(on)
                ]
                path = Path(folder) / f"{lot}.csv"
                path.write_text("\n".join(("wafer,x,y,bin", *lines)) + "\n", encoding="utf-8")
                yield path
                path.unlink()

    return draw


BOTH: Final = ("d0", "alpha")
LARGE: Final = ((0.25, 20000), (0.5, 10000), (1.0, 5000), (2.0, 2500), (4.0, 1250), (8.0, 625))
SMALL: Final = ((0.5, 1100), (1.0, 600), (6.656, 82))
DESIGNS: Final = {
    "areas": Design("six areas, 40,000 dies, independent of each other", by_area(LARGE), BOTH),
    "few-areas": Design("three areas, 1,800 dies, independent of each other", by_area(SMALL), BOTH),
    "one-area": Design(
        "600 dies of one area, independent of each other", by_area(((1.0, 600),)), ("d0",), given=(("alpha", ALPHA),)
    ),
    "wafers": Design("25 wafers of 280 dies", by_wafer(25, ((2.0, 280),)), BOTH),
    "few-wafers": Design("12 wafers of 280 dies", by_wafer(12, ((2.0, 280),)), BOTH),
    "large-dies": Design("25 wafers of 82 dies of 665.6 mm2", by_wafer(25, ((6.656, 82),), 0.1), BOTH, d0=0.1),
    "little-clustering": Design(
        "25 wafers of 280 dies, alpha 8", by_wafer(25, ((2.0, 280),), alpha=8.0), BOTH, alpha=8.0
    ),
    "wafers-of-areas": Design(
        "20 wafers with dies of three areas on each", by_wafer(20, ((1.0, 120), (2.0, 60), (4.0, 30))), BOTH
    ),
    "alpha-given": Design(
        "12 wafers of 280 dies, alpha given", by_wafer(12, ((2.0, 280),)), ("d0",), given=(("alpha", ALPHA),)
    ),
    "areas-alpha-given": Design(
        "20 wafers with dies of three areas on each, alpha given",
        by_wafer(20, ((1.0, 120), (2.0, 60), (4.0, 30))),
        ("d0",),
        given=(("alpha", ALPHA),),
    ),
    "maps": Design(
        "maps of 12 wafers, blocks of 4 x 4 dies draw a density",
        maps(12),
        BOTH,
        given=(("windows", 4), ("area_mm2", 30)),
    ),
    "many-maps": Design(
        "maps of 25 wafers, blocks of 4 x 4 dies draw a density",
        maps(25),
        BOTH,
        given=(("windows", 4), ("area_mm2", 30)),
    ),
}


class Held(NamedTuple):
    """How often intervals of a design held what was drawn."""

    lots: int
    below: dict[str, int]
    """Intervals that lie below what was drawn, by parameter."""
    above: dict[str, int]
    unbounded: dict[str, int]
    """Intervals without an upper limit."""

    def share(self, name: str) -> float:
        """Return the share of lots whose interval held the parameter."""
        return 1.0 - (self.below[name] + self.above[name]) / self.lots


def held(name: str, lots: int, seed: int, interval: float = 0.9) -> Held:
    """Draw lots of a design, fit each, and count what their intervals held."""
    design = DESIGNS[name]
    below, above, unbounded = (dict.fromkeys(design.free, 0) for _ in range(3))
    for data in design.draw(np.random.default_rng(seed), lots):
        found = nc.fit(data, design.model, free=design.free, interval=interval, **dict(design.given))
        for key in design.free:
            drawn = design.d0 if key == "d0" else design.alpha
            low, high = (found.d0_low, found.d0_high) if key == "d0" else (found.alpha_low, found.alpha_high)
            above[key] += low is not None and low > drawn
            below[key] += high is not None and high < drawn
            unbounded[key] += high is None
    return Held(lots, below, above, unbounded)
