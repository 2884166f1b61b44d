"""Cases of formulas that take more than numbers: each a function that yields what the formulas give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise, product
from math import inf, nan
from random import Random

from nodecalc_kernels.defects.binomial import log_between, log_exactly
from nodecalc_kernels.defects.bins import between, bins
from nodecalc_kernels.defects.fit import ALPHA, D0, SPREAD, SYSTEMATIC, Count, fit, of_wafer
from nodecalc_kernels.defects.fixed_rules import ends_of, panel_of, terms_of, width_of
from nodecalc_kernels.defects.harvest import MIXTURES, harvest, harvest_loss, implied_faults
from nodecalc_kernels.defects.radial import at_radius, densities, disc_mean, in_disc, over_area
from nodecalc_kernels.defects.repair import log_at_most, repair
from nodecalc_kernels.defects.salvage import groups_needed, groups_of, with_losses
from nodecalc_kernels.numbers import draws
from nodecalc_kernels.numbers.distributions import two_piece_cdf, two_piece_quantile, two_piece_quantiles
from nodecalc_kernels.numbers.mixtures import Mixture, product_quantiles
from nodecalc_kernels.numbers.roots import find_root
from nodecalc_kernels.numbers.tabled import Sampled, Scaled, Tabled, midpoints, pooled, quantile_of
from nodecalc_kernels.numbers.tabled import product as product_of
from nodecalc_kernels.placement.exact import centred, count_at, search
from nodecalc_kernels.placement.fields import dies_per_field, fewest_over_offsets, pattern_at, phases, size
from nodecalc_kernels.placement.free_rows import free_search
from nodecalc_kernels.placement.ground import keep_out, offset_of, panel_ground, round_ground
from nodecalc_kernels.placement.reticle import stitched_fields
from nodecalc_kernels.placement.shape import KeepOut, Shape, rows_on, span_touched, spans_in_every, spans_in_some
from nodecalc_kernels.placement.shaped import band, grid, most, sliding, stretches
from nodecalc_kernels.placement.sites import centres, count, site_rows
from nodecalc_kernels.registry import SCHEMES
from nodecalc_kernels.wafer.patterning import hole_pitch_nm
from nodecalc_kernels.wafer.stack_rule import DEVICES, Geometry, NoWayError, metals_assumed, metals_nm, stack_of
from nodecalc_kernels.wafer.stack_rule import tight_metals_nm as tight_nm
from nodecalc_kernels.wafer.ways import Reach, cut_masks, hole_ways, line_ways

Numbers = Iterator[float]
SHARES = (0.0, 1e-9, 0.01, 0.1, 0.25, 0.4999, 0.5, 0.77, 0.9, 0.999, 1.0)


def harvests() -> Numbers:
    """Yield shares of dies with enough good cores, their losses, and the faults that a share implies."""
    needs = ((0, 4), (1, 2), (8, 8), (20, 25), (132, 144), (3, 200))
    for model, (need, total), core, rest in product(sorted(MIXTURES), needs, (0.0, 0.004, 0.3, 6.0), (0.0, 0.2)):
        for alpha in (0.3, 2.0, 40.0, inf) if model == "negative-binomial" else (2.0,):
            yield harvest(need, total, core, rest, model, alpha)
            yield harvest_loss(need, total, core, rest, model, alpha)
    for model, share in product(sorted(MIXTURES), (0.0, 0.3, 0.9, 1.0, 1.1)):
        for need, total, part in ((20, 25, 0.6), (1, 2, 1.0), (4, 4, 0.0), (0, 4, 0.5)):
            yield implied_faults(share, need, total, part, model)
    for bad in (
        (-1, 4, 0.1, 0.1),
        (5, 4, 0.1, 0.1),
        (1, 4, -0.1, 0.1),
        (1, 4, 0.1, -0.1),
        (1, 4, nan, 0.1),
        (1, 4, inf, 0),
    ):
        yield harvest(*bad, "murphy")
        yield harvest_loss(*bad, "murphy")


def partial_dies() -> Numbers:
    """Yield shares of bins, of repaired dies, and their binomial and Poisson terms."""
    for model, core, rest in product(sorted(MIXTURES), (0.0, 0.03, 0.8), (0.0, 0.2)):
        for needs, total in (((8, 6, 4), 8), ((25, 20), 25), ((0,), 3), ((144, 132, 1), 144)):
            yield from bins(needs, total, core, rest, model)
            yield between(needs[-1], total - 1, total, core, rest, model)


def repaired() -> Numbers:
    """Yield shares of dies that spares repair."""
    for spares, fixed, faults in product((0, 1, 2, 7, 200, 1_000_000, 1_000_001, -1), (0.0, 0.1), (0.0, 0.3, 9.0)):
        for model in sorted(MIXTURES):
            yield repair(fixed, faults, spares, model)
    for alpha in (-1.0, 0.0, 0.05, 0.5, inf, nan):
        yield from bins((2, 1), 2, 0.1, 0.1, "negative-binomial", alpha)
        yield repair(0.1, 0.4, 2, "negative-binomial", alpha)


def terms() -> Numbers:
    """Yield binomial and Poisson terms, and groups of units."""
    for number, faults in product((0, 1, 5, 40), (0.0, 1e-3, 0.5, 5.0, 60.0)):
        if number and faults:
            yield from log_at_most(number, faults)
        if faults:
            yield log_exactly(number, 41, faults)
            yield log_exactly(41, 41, faults)
            yield log_between(number // 2, number, 41, faults)
            yield log_between(number, 1999, 2000, faults)
    for need, total in ((1, 2), (20, 25), (24, 25), (132, 144), (1, 900), (900, 1024)):
        yield from (*terms_of(need, total)[:6], width_of(need, total), *ends_of(need, total), panel_of(need))
    for units, group, part, faults in product((0.5, 1.0, 8.0, inf), (0.5, 1.0, 2.0, 9.0), (0.0, 0.6, 1.0), (0.0, 0.4)):
        yield from (float(x) for x in groups_of(units, group, part, faults) or (nan,))
    yield from (float(groups_needed(n, g)) for n, g in ((7.0, 2.0), (8.0, 2.0), (0.0, 3.0), (1.0, 1.0)))
    yield from with_losses((0.5, 0.25), 0.9)


def _counts() -> list[list[Count]]:
    source = Random(5)
    pooled_ = [Count(area, 400, good) for area, good in ((0.25, 371), (0.5, 342), (1.0, 300), (2.0, 231), (4.0, 160))]
    apart = [Count(0.8, 60, min(60, max(0, round(source.gauss(44, 6)))), wafer) for wafer in range(12)]
    more = [*apart, *(Count(2.0, 20, source.randint(4, 14), wafer) for wafer in range(12))]
    return [pooled_, apart, more, [Count(1.0, 50, 50)], [Count(1.0, 50, 0)], [Count(1.0, 50, 20)]]


FITS = (
    (0, "murphy", (D0,)), (0, "negative-binomial", (D0, ALPHA)), (0, "poisson", (D0, SYSTEMATIC)),
    (0, "negative-binomial", (D0, ALPHA, SYSTEMATIC)), (1, "murphy", (D0, SPREAD)),
    (2, "poisson", (D0, SYSTEMATIC, SPREAD)), (3, "murphy", (D0,)), (4, "murphy", (D0,)), (5, "exponential", (D0,)),
    (2, "negative-binomial", (D0, ALPHA)), (5, "moore", (D0, SYSTEMATIC)),
)  # fmt: skip
"""Which counts are fitted, by which model, for what."""


def fits(number: int) -> Numbers:
    """Yield what a fit finds: values, ends of intervals, the likelihood."""
    which, model, free = FITS[number]
    found = fit(_counts()[which], model, free, {}, 0.9)
    yield found.log_likelihood
    for one in found.found.values():
        yield from (one.value, nan if one.low is None else one.low, nan if one.high is None else one.high)


def wafers() -> Numbers:
    """Yield likelihoods of wafers whose counts share clusters."""
    for rows, d0, alpha, share in product(_counts()[1:3], (0.01, 0.05, 0.4, 3.0), (0.5, 3.0), (0.9, 1.0)):
        yield of_wafer(rows[:1] + rows[12:13], d0, alpha, share)
    for good in (0, 1, 59, 60):
        yield of_wafer([Count(0.8, 60, good)], 0.3, 2.0, 1.0)


def laws() -> Numbers:
    """Yield quantiles and shares of mixtures, products, tables, pools and draws."""
    first = Mixture([(0.5, 0.09, 0.1, 0.11), (1.0, 0.15, 0.2, 0.3), (0.7, 0.26, 0.4, 0.62)])
    stepped = Mixture([(1.0, 2.0, 2.0, 2.0), (2.0, 1.0, 3.0, 5.0), (0.5, 7.0, 8.0, 9.0)])
    narrow = Mixture([(1.0, 1.0, 1.0 + 1e-9, 1.0 + 2e-9)])
    near = Mixture([(1.0, 1.0, 1.0005, 1.001), (1.0, 1.0, 2.0, 3.0)])
    single = Mixture([(1.0, 3.0, 3.0, 3.0)])
    table = Tabled([1.0, 1.5, 1.7, 2.0, 4.0])
    every = [first, stepped, narrow, near, single, table, Scaled(first, 3.0), Sampled([1.0, 2.0, 2.0, 5.0])]
    every += [
        product_of(first, stepped),
        pooled([(1.0, first), (3.0, stepped), (0.0, near)]),
        pooled([(2.0, table)]),
        product_of(table, table),
    ]
    for law in every:
        yield law.median
        yield from map(law.quantile, SHARES)
        yield from (law.cdf(x) for x in (0.0, 0.1, 0.2, 0.9999, 1.0, 1.0004, 1.7, 2.0, 3.0, 3.1, 4.0, 7.5, 9.0, 50.0))
        yield from midpoints(law, 5)
    for one, other in ((first, stepped), (stepped, near), (first, single), (near, narrow), (stepped, stepped)):
        yield from product_quantiles(one, other, (0.1, 0.5, 0.9))
    yield from (quantile_of([1.0, 3.0, 4.0], share) for share in SHARES)
    yield from (float(x) for x in first.table(9))
    for log in (True, False):
        for low, value, high in ((1.0, 2.0, 5.0), (2.0, 2.0, 5.0), (1.0, 5.0, 5.0), (2.0, 2.0, 2.0)):
            yield from (two_piece_quantile(u, low, value, high, log) for u in SHARES)
            yield from two_piece_quantiles(SHARES, low, value, high, log)
            yield from two_piece_quantiles(SHARES[2:-2], low, value, high, log)
            yield from (two_piece_cdf(x, low, value, high, log) for x in (0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 6.0))
            yield from draws.drawn(draws.two_piece_form(low, value, high, log), list(SHARES))
    forms = (
        draws.tabled_form([first.quantile(i / draws.CELLS) for i in range(draws.CELLS + 1)]),
        draws.triangular_form(1.0, 2.0, 5.0), draws.triangular_form(1.0, 1.0, 5.0), draws.uniform_form(1.0, 4.0),
        draws.normal_form(1.0, 0.5), draws.normal_form(1.0, 0.5, 0.2, 0.9), draws.lognormal_form(2.0, 0.5, 0.1, 1.0),
    )  # fmt: skip
    for form in forms:
        yield from draws.drawn(form, list(SHARES[1:-1]))


def searches() -> Numbers:
    """Yield how many values roots take, and the roots."""
    for function, low, high in (
        (lambda x: x * x - 2.0, 0.0, 2.0), (lambda x: x**9 - 0.1, 0.0, 2.0), (lambda x: x - 1e-9, -1.0, 2.0),
        (lambda x: -1.0 if x < 0.7 else x, 0.0, 2.0), (lambda x: (x - 0.3) ** 3, -1.0, 2.0),
        (lambda x: 1.0 / (x + 0.1) - 3.0, 0.0, 9.0),
        (lambda x: 3.0 ** (x - 5.0) - 2.0, -20.0, 40.0),
    ):  # fmt: skip
        for tolerance in (0.0, 1e-6):
            asked: list[float] = []
            yield find_root(
                lambda x, f=function, seen=asked: (seen.append(x), f(x))[1], low, high, tolerance=tolerance
            ).root  # type: ignore[misc]
            yield float(len(asked))


def _grounds() -> Iterator[tuple[Shape, object]]:
    source = Random(9)
    for _ in range(14):
        w, h, s, d = source.randint(1, 9), source.randint(1, 9), source.randint(0, 3), source.randint(14, 50)
        blocks = tuple(
            KeepOut(source.randint(-d, d), source.randint(-d, d), source.randint(0, 6), source.randint(0, 6), r)
            for r in (0, 5)[: source.randint(0, 2)]
        )
        yield Shape(d, d, d, source.choice((-d, -d // 2)), blocks), grid(w, h, s)
        yield Shape(d, d + 3, 0, -d - 3, blocks), grid(w, h, s)


def grounds() -> Numbers:
    """Yield counts of dies on circles."""
    source = Random(8)
    for _ in range(120):
        w, h, s, d = source.randint(1, 40), source.randint(1, 40), source.randint(0, 4), source.randint(30, 300)
        if w * w + h * h > d * d:
            continue
        yield from map(float, (*search(w, h, s, d), *free_search(w, h, s, d)))
        yield from map(float, (count_at(w, h, s, d, t, v) for t in (0, 1, w + s) for v in (0, h + s)))
        yield from (centred(w / 10, h / 10, s / 10, d / 10, corner) for corner in (True, False))


def spans() -> Numbers:
    """Yield dies, spans, rows and fields on grounds of every kind."""
    for shape, g in _grounds():
        yield from map(float, (*most(shape, g), *most(shape, g, free=True)))
        for y0, y1 in pairwise(range(-shape.half_height - 4, shape.half_height + 8, 7)):
            for spans_of in (spans_in_some, spans_in_every):
                yield from (float(x) for span in spans_of(shape, g.w, g.h, y0, y1) for x in span)
            yield from map(float, span_touched(shape, g.w, g.h, y0) or ())
        yield from map(float, rows_on(shape, g.h, g.q, 0, g.q // 2))
        found = band(shape, g, 0, g.q // 3)
        yield from (float(x) for stretch in stretches(found, g.p) for x in stretch)
        yield float(sliding(found, g.p))
        dies, t, v = most(shape, g)
        for every in (True, False):
            pattern = pattern_at(shape, g, t, t, v, v, every)
            yield float(size(pattern))
            for a, b in ((1, 1), (2, 3), (4, 2)):
                if dies:
                    best, worst = phases(pattern, a, b)
                    yield from map(float, (*best, worst))
        if dies:
            plan = fewest_over_offsets(shape, g, dies, t, v, 2, 2)
            yield from map(float, (*plan.best, *plan[1:]))


def sites() -> Numbers:
    """Yield sites by status, and fields."""
    ground = round_ground(100.0, 92.0, flat_mm=32.5, notch_mm=2.0, keep_outs=(keep_out(10.0, 5.0, 2.0, 1.0, 7.0),))
    for usable, wafer in (ground, round_ground(100.0, 94.0), panel_ground(90.0, 70.0, 3.0)):
        for placement in ("best", "center-die", "center-corner", "free-rows"):
            g = grid(7_000_000, 9_000_000, 100_000)
            t, v = offset_of(placement, usable, g)
            rows = site_rows(usable, wafer, g, t, v, free=placement == "free-rows")
            yield from (t, v, *(float(count(rows, status)) for status in ("good", "partial", "excluded")))
            yield from centres(rows, g.p)[0]
    yield from map(float, (dies_per_field(26, w, s) for w, s in ((26, 1), (13, 0), (13, 1), (30, 0), (1, 1))))
    yield from (
        float(x)
        for sides in ((52.0, 33.0), (60.0, 26.0), (26.1, 33.0), (10.0, 10.0))
        for x in stitched_fields(*sides, 26.0, 33.0)
    )


def discs() -> Numbers:
    """Yield densities over dies of a wafer."""
    places = [(0.0, 0.0), (30.0, 10.0), (-60.0, 70.0), (98.0, -95.0)]
    for shape, parameters in (("flat", ()), ("step", (0.8, 3.0)), ("power", (2.0, 2.0)), ("power", (1.5, 4.5))):
        yield disc_mean(shape, parameters)
        yield from (at_radius(shape, parameters, rho) for rho in (0.0, 0.5, 0.8, 0.9, 1.0, 1.2))
        for x, y in (((0.1, 0.3), (0.2, 0.5)), ((-0.1, 0.1), (-0.2, 0.1)), ((0.5, 0.9), (0.6, 0.7))):
            yield over_area(shape, parameters, x, y)
        for d0_is, sampling in product(("centre", "disc-mean", "die-mean"), ("area", "centre")):
            found = densities(places, 10.0, 12.0, 294.0, shape, parameters, d0_is, sampling)
            yield from (*found.of, found.die_mean, found.disc_mean, *map(float, found.relative.values()))
    for x, y, r in (
        ((-1, 1), (-1, 1), 0.9),
        ((0, 0.5), (0, 0.5), 0.6),
        ((0.4, 0.5), (0.4, 0.5), 0.6),
        ((1, 2), (0, 1), 0.5),
    ):
        yield in_disc(x, y, r)


def _reach(name: str, usd: float, line: float, wave: float, aperture: float, *floors: float) -> Reach:
    euv = wave < 20
    hole = hole_pitch_nm(0.35, wave, aperture)
    return Reach(name, usd, line, hole, *floors, aligned=euv or aperture > 1.0, euv=euv)


DUV = (
    _reach("iline", 3.53, 696, 365, 0.65, 586, 348, 174), _reach("krf", 5.91, 160, 248, 0.93, 135, 80, 40),
    _reach("arf", 9.39, 114, 193, 0.93, 96, 57, 28.5), _reach("arfi", 15.57, 76, 193, 1.35, 64, 38, 19),
)  # fmt: skip
TOOLS = (DUV, (*DUV, _reach("euv", 81.77, 30, 13.5, 0.33, 20, 15, inf)))
PITCHES = (14.0, 19.0, 28.0, 30.0, 38.0, 40.0, 57.0, 59.9, 60.0, 64.0, 76.0, 80.0, 114.0, 160.0, 350.0)


def ways() -> Numbers:
    """Yield what every way to pattern lines and holes takes."""
    for pitch, tools in product(PITCHES, TOOLS):
        every = (
            *line_ways(pitch, tools, 5.2),
            *hole_ways(pitch, tools, 5.2),
            *hole_ways(pitch, tools, 5.2, relaxed=True),
        )
        for way in every:
            yield from (float(SCHEMES[way.scheme].exposures), way.cuts, way.usd, way.floor_nm, bool(way.why), way.last)
        yield from (float(cut_masks(pitch, tool, scheme)) for tool in tools for scheme in ("sadp", "saqp"))


def stacks(number: int) -> Numbers:
    """Yield layers and masks of stacks of so many metals."""
    for pitch, device in product(PITCHES, DEVICES):
        yield from (*tight_nm(pitch, 57.0), float(metals_assumed(device, pitch)))
        metals = metals_nm(tight_nm(pitch, 51.0), number)
        yield from metals
        for tools in TOOLS:
            try:
                layers = stack_of(Geometry(device, 1.3 * pitch, 28.0, metals), tools, 5.2)
            except NoWayError as error:
                yield error.pitch_nm
                continue
            yield float(len(layers))
            yield float(sum(layer.count for layer in layers))
            yield float(sum(layer.count * (SCHEMES[layer.scheme].exposures + layer.cuts) for layer in layers))
            yield float(sum(layer.count for layer in layers if layer.tool == "euv"))


CASES: dict[str, Callable[[], Numbers]] = {
    **{f"cases.{case.__name__}": case for case in (
        harvests, partial_dies, repaired, terms, laws, searches, grounds, spans, sites, discs, ways, wafers,
    )},
    **{f"cases.stacks {number}": partial(stacks, number) for number in (3, 10, 15)},
    **{f"cases.fits {number}": partial(fits, number) for number in range(len(FITS))},
}  # fmt: skip
