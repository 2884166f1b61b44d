"""Fits: from counts, from files, from one reported yield; with intervals."""

import json
from math import exp, inf, log

import mpmath
import numpy as np
import pytest
from scipy import optimize

import nodecalc as nc
from nodecalc.drivers.fit import implied_band
from nodecalc_kernels.defects.fit import _adjusted, _of_count, _rising, by_wafer, climbed, fit, told
from nodecalc_kernels.defects.fit_climb import profile
from nodecalc_kernels.defects.fit_score import fit_score
from nodecalc_kernels.defects.fit_wafer import Count, bend_of_wafer, of_wafer
from nodecalc_kernels.numbers.student import student_quantile, wafers_drop
from nodecalc_kernels.registry import YIELD_MODELS

LOT = [
    {"area_mm2": 50, "dies": 1100, "good": 950},
    {"area_mm2": 100, "dies": 600, "good": 452},
    {"area_mm2": 665.6, "dies": 82, "good": 13},
]


def test_one_area_gives_back_the_inverse_of_its_yield_under_every_model():
    for model, own in (("murphy", {}), ("moore", {}), ("negative-binomial", {"alpha": 3}), ("rectangular", {})):
        found = nc.fit([{"area_mm2": 200, "dies": 100, "good": 60}], model, systematic_yield=0.9, **own)
        want = nc.implied_d0(0.6, 200, model, systematic_yield=0.9, **own)
        assert found.d0_per_cm2 == pytest.approx(want, rel=1e-6)
        assert found.d0_low < want < found.d0_high


def test_what_the_data_do_not_bound_is_no_number():
    all_good = nc.fit([{"area_mm2": 100, "dies": 50, "good": 50}])
    assert (all_good.d0_per_cm2, all_good.d0_low) == (0.0, 0.0)
    # 50 good of 50: ln L falls by 1.3528 at 50 faults in 50 dies over that many.
    poisson = nc.fit([{"area_mm2": 100, "dies": 50, "good": 50}], "poisson")
    assert poisson.d0_high == pytest.approx(1.352771727 / 50, rel=1e-6)
    none_good = nc.fit([{"area_mm2": 100, "dies": 50, "good": 0}])
    assert none_good.d0_per_cm2 == inf
    assert none_good.d0_high is None
    assert none_good.d0_low > 1.0
    assert nc.fit(LOT, "negative-binomial", free=("d0", "alpha")).alpha_high is None


def test_systematic_yield_is_told_from_d0_by_several_areas():
    data = [
        {"area_mm2": a, "dies": 10**6, "good": round(10**6 * 0.9 * nc.die_yield(0.2 * a / 100))} for a in (20, 100, 400)
    ]
    found = nc.fit(data, free=["d0", "systematic_yield"])
    assert found.d0_per_cm2 == pytest.approx(0.2, rel=1e-3)
    assert found.systematic_yield == pytest.approx(0.9, rel=1e-3)
    assert found.systematic_yield_low < 0.9 < found.systematic_yield_high <= 1.0


def test_files_say_what_rows_say(tmp_path):
    table = tmp_path / "lot.csv"
    table.write_text("area;dies;good\n" + "".join(f"{r['area_mm2']};{r['dies']};{r['good']}\n" for r in LOT))
    assert nc.fit(table) == nc.fit(LOT)
    chart = tmp_path / "map.csv"
    tests = ["wafer,x,y,bin", "A,0,0,7", "A,0,0,1", "A,1,0,1", "A,2,0,3", "B,0,0,5", "B,1,0,1"]
    chart.write_text("\n".join(tests) + "\n")
    found = nc.fit(chart, area_mm2=100)
    rows = [{"area_mm2": 100, "dies": n, "good": g, "wafer": w} for w, n, g in (("A", 3, 2), ("B", 2, 1))]
    assert found == nc.fit(rows)
    assert (found.dies, found.good, found.wafers) == (5, 3, 2)
    assert nc.fit(chart, area_mm2=100, pass_bins=("1", "3")).good == 4
    json.dumps(found.to_dict())


def test_the_beta_binomial_is_the_product_that_it_stands_for():
    for p, count, spread in ((0.3, 80, 1e-6), (0.3, 80, 1e-4), (0.3, 80, 0.05), (1.0, 600, 2e-5), (1e-3, 5, 0.5)):
        want = float(np.sum(np.log(p + spread * np.arange(count))))
        assert _rising(p, np.log(p), count, spread) == pytest.approx(want, rel=1e-9, abs=1e-7)


@pytest.mark.parametrize("p", [0.9, 1.0])
def test_the_series_next_to_a_binomial_has_all_its_terms(p):
    count = 1000
    spread = 0.0199 * p / count
    exact = float(mpmath.fsum(mpmath.log(mpmath.mpf(p) + mpmath.mpf(spread) * i) for i in range(count)))
    assert _rising(p, log(p), count, spread) == pytest.approx(exact, rel=1e-10, abs=2e-7)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12])
def test_the_series_next_to_a_binomial_is_that_of_few_dies(count):
    for p in (1.0, 0.4):
        spread = 0.0199 * p / count
        exact = float(mpmath.fsum(mpmath.log(mpmath.mpf(p) + mpmath.mpf(spread) * i) for i in range(count)))
        assert _rising(p, log(p), count, spread) == pytest.approx(exact, rel=0.0, abs=5e-9)


@pytest.mark.parametrize("free", [("d0", "alpha"), ("d0", "alpha", "systematic_yield")])
@pytest.mark.parametrize("clustering", [0.2, 0.6, 1.5])
def test_the_profile_of_alpha_is_less_half_the_logarithm_of_the_others_information(free, clustering):
    good = ((60, 150), (45, 120), (68, 171), (30, 60), (55, 140))
    rows = [Count(a, n, g, i) for i, of in enumerate(good) for a, n, g in zip((3.0, 0.7), (100, 200), of, strict=True)]
    value, best, names, bounds = climbed(rows, "negative-binomial", free, {}, True)
    wafers = by_wafer(rows)
    found = _adjusted(wafers, value, best, names, bounds, {})(clustering)
    place = names.index("alpha")
    point = profile(value, best, bounds, place)(clustering)
    d0, share = point[names.index("d0")], point[names.index("systematic_yield")] if len(free) > 2 else 1.0
    step = 1e-3

    def ln(d, s):
        return sum(of_wafer(of, exp(d0 + d * step), 1.0 / clustering, share + s * step) for of in wafers)

    information = -(ln(1, 0) - 2.0 * ln(0, 0) + ln(-1, 0)) / step**2
    if len(free) > 2:
        of_share = -(ln(0, 1) - 2.0 * ln(0, 0) + ln(0, -1)) / step**2
        both = -(ln(1, 1) - ln(1, -1) - ln(-1, 1) + ln(-1, -1)) / (4.0 * step**2)
        information = information * of_share - both**2
    assert found == pytest.approx(ln(0, 0) - 0.5 * log(information), rel=0.0, abs=1e-3 if len(free) > 2 else 1e-4)


def test_wafers_that_differ_widen_the_interval():
    good = [70, 20, 55, 10, 75, 40, 66, 30]
    rows = [{"area_mm2": 665.6, "dies": 82, "good": g, "wafer": i} for i, g in enumerate(good)]
    apart = nc.fit(rows)
    together = nc.fit([{"area_mm2": 665.6, "dies": 82 * len(good), "good": sum(good)}])
    assert apart.d0_high - apart.d0_low > 2.5 * (together.d0_high - together.d0_low)


def test_a_wafer_that_draws_its_density_has_the_probability_of_its_mean():
    for alpha in (0.1, 2.0, 50.0, 1e6):
        for share in (1.0, 0.9):
            # All of 200 good is the yield of an area 200 times as large; none good, of one die, is its loss.
            all_good = of_wafer([Count(1.5, 120, 120), Count(0.5, 40, 40)], 0.3, alpha, share)
            want = YIELD_MODELS["negative-binomial"].log_yield(0.3 * (1.5 * 120 + 0.5 * 40), alpha) + 160 * log(share)
            assert all_good == pytest.approx(want, rel=1e-9)
            one_bad = of_wafer([Count(1.5, 1, 0)], 0.3, alpha, share)
            assert exp(one_bad) == pytest.approx(
                1.0 - share * nc.die_yield(0.45, model="negative-binomial", alpha=alpha)
            )


def test_the_bend_of_a_wafer_is_that_of_its_likelihood():
    rows = [Count(2.0, 280, 160), Count(0.5, 90, 70)]
    step = 1e-3
    for alpha in (0.7, 2.0, 1e5):

        def ln(d, s, alpha=alpha):
            return of_wafer(rows, 0.3 * exp(d), alpha, 0.9 + s)

        dd, ds, ss = bend_of_wafer(rows, 0.3, alpha, 0.9)
        assert (ln(step, 0) - 2 * ln(0, 0) + ln(-step, 0)) / step**2 == pytest.approx(dd, rel=1e-4)
        assert (ln(0, step) - 2 * ln(0, 0) + ln(0, -step)) / step**2 == pytest.approx(ss, rel=1e-3)
        cross = ln(step, step) - ln(step, -step) - ln(-step, step) + ln(-step, -step)
        assert cross / (4 * step**2) == pytest.approx(ds, rel=1e-3)
    near, without = bend_of_wafer(rows, 0.3, 1e9, 0.9), bend_of_wafer(rows, 0.3, inf, 0.9)
    assert near == pytest.approx(without, rel=1e-5)


def test_students_quantiles_and_the_falls_that_follow_from_them():
    # W. H. Beyer, CRC Standard Mathematical Tables, 1978.
    for share, freedom, t in ((0.95, 1, 6.3138), (0.975, 2, 4.3027), (0.95, 10, 1.8125), (0.995, 120, 2.6174)):
        assert student_quantile(share, freedom) == pytest.approx(t, abs=5e-5)
    assert student_quantile(0.95, 199) > student_quantile(0.95, 200) > student_quantile(0.95, 201)
    assert student_quantile(0.95, 199) == pytest.approx(student_quantile(0.95, 201), rel=2e-4)
    assert wafers_drop(0.9, 10**6, 1) == pytest.approx(1.352771727, rel=1e-5)
    # Of a mean of n normal values the likelihood falls by this much where Student's interval of them ends.
    values = [3.0, 4.5, 5.5, 9.0, 4.0]
    mean, n = sum(values) / 5, 5
    squares = sum((v - mean) ** 2 for v in values)
    end = mean + student_quantile(0.95, 4) * (squares / 4 / 5) ** 0.5
    fall = n / 2 * log(sum((v - end) ** 2 for v in values) / squares)
    assert wafers_drop(0.9, n, 1) == pytest.approx(fall, rel=1e-12)


def test_few_wafers_say_little_of_how_they_differ():
    def width(wafers):
        rows = [{"area_mm2": 665.6, "dies": 82, "good": g, "wafer": i} for i, g in enumerate([50, 30, 42] * wafers)]
        found = nc.fit(rows)
        return log(found.d0_high / found.d0_low)

    assert width(1) > 1.8 * width(2)  # by a root of 2 alone where it were known how much they differ
    rows = [
        {"area_mm2": a, "dies": 100, "good": g, "wafer": w}
        for a, g, w in ((100, 80, 1), (200, 60, 1), (100, 84, 2), (200, 70, 2))
    ]
    with pytest.raises(nc.NodecalcError, match="at least 3, fit less, or leave the column wafer out"):
        nc.fit(rows, free=["d0", "systematic_yield"])
    found = nc.fit(rows)
    assert found.d0_low < found.d0_per_cm2 < found.d0_high
    apart = [{key: v for key, v in row.items() if key != "wafer"} for row in rows]
    assert nc.fit(apart, free=["d0", "systematic_yield"]).d0_low > 0.0
    more = [row | {"wafer": row["wafer"] + 2 * k} for k in range(2) for row in rows]
    assert nc.fit(more, free=["d0", "systematic_yield"]).systematic_yield_low is not None


def test_wafers_that_do_not_differ_have_no_upper_limit_of_alpha():
    rows = [{"area_mm2": 200, "dies": 280, "good": g, "wafer": i} for i, g in enumerate((150, 158, 152, 149, 155))]
    found = nc.fit(rows, "negative-binomial", free=("d0", "alpha"))
    assert found.alpha_high is None
    assert found.alpha_low > 5.0
    for good in (0, 280):
        found = nc.fit([row | {"good": good} for row in rows], "negative-binomial", free=("d0", "alpha"))
        assert found.d0_high is None if good == 0 else found.d0_low == 0.0
        assert (found.alpha, found.alpha_low, found.alpha_high) == (inf, None, None)


def clustered_maps(path, wafers=12):
    rng = np.random.default_rng(3)
    lines = ["wafer,x,y,bin"]
    for wafer in range(wafers):
        density = rng.gamma(1.5, 1 / 1.5, (6, 6))
        for x in range(24):
            for y in range(24):
                if (x - 11.5) ** 2 + (y - 11.5) ** 2 <= 144:
                    good = rng.random() < np.exp(-0.3 * 0.4 * density[x // 4, y // 4])
                    lines.append(f"{wafer},{x},{y},{int(good)}")
    path.write_text("\n".join(lines) + "\n")
    return path


def test_windows_tell_the_clustering_within_wafers(tmp_path):
    chart = clustered_maps(tmp_path / "maps.csv")
    given = {"free": ("d0", "alpha"), "area_mm2": 30}
    found = nc.fit(chart, "negative-binomial", windows=4, interval=0.95, **given)
    assert found.alpha_low < 1.5 < found.alpha_high
    assert found.d0_low < 0.4 < found.d0_high
    assert found.dies == 12 * 448
    assert [round(area) for area, _, _ in found.counts] == [30, 60, 120]
    # Wafers as a whole hardly differ: by their differences there is little clustering.
    assert nc.fit(chart, "negative-binomial", **given).alpha > 5.0
    for windows, data, said in ((4, LOT, "no places"), (0, chart, "1 to 16"), (17, chart, "1 to 16")):
        with pytest.raises(nc.NodecalcError, match=said):
            nc.fit(data, windows=windows, area_mm2=30)
    few = tmp_path / "few.csv"
    few.write_text("x,y,bin\n0,0,1\n1,0,1\n")
    with pytest.raises(nc.NodecalcError, match="at least 8"):
        nc.fit(few, windows=2, area_mm2=30)
    few.write_text("wafer,x,y,bin\nA,a,0,1\n")
    with pytest.raises(nc.NodecalcError, match="whole numbers"):
        nc.fit(few, windows=2, area_mm2=30)


def counts_of_wafers():
    """Counts of three areas on each of eight wafers, whose densities differ."""
    rng = np.random.default_rng(3)
    found = []
    for wafer in range(8):
        density = 0.3 * rng.gamma(2.0, 0.5)
        for area, dies in ((0.5, 400), (1.0, 200), (2.0, 100)):
            found.append(Count(area, dies, int(rng.binomial(dies, 0.95 * exp(-area * density))), wafer))
    return found


def likelihood(rows, ln_d0, clustering, share):
    """ln L of counts under a negative binomial, 1/alpha = `clustering`, plainly."""
    x = rows[:, 0] * np.exp(ln_d0)
    y = share * (np.exp(-x) if clustering == 0.0 else (1.0 + clustering * x) ** (-1.0 / clustering))
    return float(np.sum(rows[:, 2] * np.log(y) + (rows[:, 1] - rows[:, 2]) * np.log1p(-y)))


def wafers_statistic(counts, free, point, place, floor):
    """Boos' statistic of one parameter at a point, from derivatives of the yields by formulas."""
    d, c, share = point
    names = [("d0", "alpha", "systematic_yield").index(name) for name in free]
    place = names.index(place)
    scores, information = [], np.zeros((len(names), len(names)))
    for wafer in sorted({count.wafer for count in counts}):
        score = np.zeros(len(names))
        for area, dies, good, of in counts:
            if of != wafer:
                continue
            x = area * exp(d)
            if c == 0.0:
                y, by_clustering = share * exp(-x), x * x / 2.0
            else:
                y = share * (1.0 + c * x) ** (-1.0 / c)
                by_clustering = log(1.0 + c * x) / c**2 - x / (c * (1.0 + c * x))
            slopes = np.array([-x / (1.0 + c * x), by_clustering, 1.0 / share])[names]
            score += (good - dies * y) / (1.0 - y) * slopes
            information += dies * y / (1.0 - y) * np.outer(slopes, slopes)
        scores.append(score)
    others = [k for k in range(len(names)) if k != place]
    weights = np.linalg.solve(information[np.ix_(others, others)], information[place, others])
    each = np.array([u[place] - weights @ u[others] for u in scores])
    shown = len(each) * each.var(ddof=1)
    least = information[place, place] - weights @ information[place, others]
    return each.sum() / max(shown, least if floor else 0.0) ** 0.5


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize(
    ("free", "fixed"),
    [
        (("d0",), {}),
        (("d0",), {"alpha": 2.0, "systematic_yield": 0.9}),
        (("d0", "systematic_yield"), {}),
        (("d0", "systematic_yield"), {"alpha": 3.0}),
        (("d0", "alpha"), {}),
        (("d0", "alpha"), {"systematic_yield": 0.97}),
    ],
)
def test_an_interval_of_wafers_ends_where_boos_statistic_is_students_quantile(free, fixed, windows):
    counts = counts_of_wafers()
    model = "negative-binomial" if "alpha" in (*free, *fixed) else "poisson"
    found = fit_score(counts, model, free, fixed, 0.9, windows)
    rows = np.array([count[:3] for count in counts], float)

    def point(values):
        at = dict(zip(free, values, strict=True))
        clustering = at.get("alpha", 1.0 / fixed["alpha"] if "alpha" in fixed else 0.0)
        return at["d0"], clustering, at.get("systematic_yield", fixed.get("systematic_yield", 1.0))

    own = {"d0": log, "alpha": lambda alpha: 0.0 if alpha == inf else 1.0 / alpha, "systematic_yield": float}
    best = [own[name](found.found[name].value) for name in free]
    assert found.log_likelihood == pytest.approx(likelihood(rows, *point(best)), rel=1e-10)
    bounds = {"d0": (-9.0, 3.0), "alpha": (0.0, 20.0), "systematic_yield": (1e-6, 1.0)}
    far = student_quantile(0.95, 8 - len(free))
    for name in free:
        others = [other for other in free if other != name]
        for sign, end in ((-1.0, found.found[name].low), (1.0, found.found[name].high)):
            if end in (0.0, inf) or (name, end) == ("systematic_yield", 1.0):
                continue
            at = dict(zip(free, best, strict=True)) | {name: own[name](end)}
            if others:  # at their best for it
                (other,) = others
                peak = optimize.minimize_scalar(
                    lambda x, at=at, other=other: -likelihood(rows, *point([(at | {other: x})[key] for key in free])),
                    bounds=bounds[other], method="bounded", options={"xatol": 1e-9},
                )  # fmt: skip
                at[other] = peak.x
                # What stands at its bound is known there.
                held = min(abs(peak.x - bound) for bound in bounds[other]) < 1e-5
            kept = [name] if others and held else list(free)
            floor = not windows or len(kept) == 1
            statistic = wafers_statistic(
                counts, kept, point([at[key] for key in free]), ("d0", "alpha", "systematic_yield").index(name), floor
            )
            way = -sign if name == "alpha" else sign
            assert statistic == pytest.approx(-way * far, rel=2e-3), (name, end)


@pytest.mark.parametrize("free", [("d0",), ("d0", "systematic_yield")])
def test_the_most_likely_values_of_wafers_are_those_of_their_sums(free):
    counts = counts_of_wafers()
    pooled = [
        Count(
            area, sum(c.dies for c in counts if c.area_cm2 == area), sum(c.good for c in counts if c.area_cm2 == area)
        )
        for area in (0.5, 1.0, 2.0)
    ]
    apart, together = fit_score(counts, "murphy", free, {}, 0.9), fit(pooled, "murphy", free, {}, 0.9)
    assert apart.log_likelihood == pytest.approx(together.log_likelihood, rel=1e-12)
    for name in free:
        assert apart.found[name].value == pytest.approx(together.found[name].value, rel=1e-6)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_windows_all_good_or_all_bad_are_tested_as_if_they_were_independent(share):
    counts = [c._replace(good=round(share * c.dies)) for c in counts_of_wafers()]
    for model, free in (
        ("murphy", ("d0", "systematic_yield")), ("negative-binomial", ("d0", "alpha", "systematic_yield")),
    ):  # fmt: skip
        assert fit_score(counts, model, free, {}, 0.9, True) == fit_score(counts, model, free, {}, 0.9, False)


@pytest.mark.parametrize("model", ["poisson", "murphy", "exponential", "moore"])
def test_wafers_all_of_whose_dies_are_good_bound_the_density_under_every_model(model):
    counts = [c._replace(good=c.dies) for c in counts_of_wafers()]
    alone, both = (fit_score(counts, model, free, {}, 0.9) for free in (("d0",), ("d0", "systematic_yield")))
    for found in (alone, both):
        assert (found.found["d0"].value, found.found["d0"].low) == (0.0, 0.0)
    # Next to none at all T^2 is the faults of all dies: 8 (400/2 + 200 + 2 100) D0, but for Moore's roots.
    for found, parameters in ((alone, 1), (both, 2)):
        t = student_quantile(0.95, 8 - parameters)
        if model != "moore":
            assert found.found["d0"].high == pytest.approx(t * t / (8 * 600.0), rel=2e-3)
        else:
            assert 0.0 < found.found["d0"].high < 1e-5


def test_yields_that_do_not_fall_with_the_area_are_as_clustered_as_a_fit_tells():
    counts = [Count(area, 1000, 600) for area in (0.1, 1.0, 10.0)]
    assert fit(counts, "negative-binomial", ("d0", "alpha"), {}, 0.9).found["alpha"].value == pytest.approx(0.05)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
@pytest.mark.parametrize("good", [None, 0.0, 1.0])
def test_areas_in_another_unit_give_the_density_in_that(scale, good):
    counts = [
        Count(a, n, g if good is None else int(good * n)) for a, n, g in ((0.5, 110, 95), (3.0, 60, 32), (6.6, 82, 13))
    ]
    other = [c._replace(area_cm2=c.area_cm2 * scale) for c in counts]
    for free in (("d0",), ("d0", "alpha")):
        one, two = (fit(rows, "negative-binomial", free, {"alpha": 2.0}, 0.9) for rows in (counts, other))
        assert two.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-9, abs=1e-5)
        for a, b in zip(one.found["d0"], two.found["d0"], strict=True):
            assert b * scale == pytest.approx(a, rel=2e-3)


def test_parameters_are_told_in_their_own_terms_and_ends_at_bounds_are_none():
    bounds = (-5.0, 4.0)
    assert told("d0", log(0.3), log(0.2), log(0.5), bounds) == pytest.approx((0.3, 0.2, 0.5), rel=1e-15)
    assert told("d0", 0.0, None, None, bounds) == (1.0, 0.0, inf)
    assert [told("d0", x, None, None, bounds).value for x in (-5.0, -5.0 + 0.9e-4, 4.0, 4.0 - 0.9e-4)] == [
        0,
        0,
        inf,
        inf,
    ]
    for inside in (-5.0 + 1.1e-4, 4.0 - 1.1e-4):
        assert told("d0", inside, None, None, bounds).value == exp(inside)
    for (value, low, high), want in (
        ((0.5, 0.25, 1.0), (2.0, 1.0, 4.0)), ((0.0, None, 0.5), (inf, 2.0, inf)), ((0.5, 0.0, None), (2.0, 0.0, inf)),
        ((0.0, 0.0, 0.0), (inf, inf, inf)),
    ):  # fmt: skip
        assert told("alpha", value, low, high, (0.0, 20.0)) == want
    assert told("systematic_yield", 0.9, 0.8, 0.95, (1e-6, 1.0)) == (0.9, 0.8, 0.95)
    assert told("systematic_yield", 0.9, None, None, (1e-6, 1.0)) == (0.9, 0.0, 1.0)


def test_what_cannot_be_bad_or_good_has_no_probability_and_nothing_counted_is_certain():
    assert _rising(0.0, -inf, 0, 0.1) == 0.0
    assert _rising(0.0, -inf, 1, 0.1) == -inf
    assert _of_count(Count(1.0, 10, 9), 0.0, 0.0, 1.0, 0.0) == -inf
    assert _of_count(Count(1.0, 10, 9), 0.0, 0.0, 1.0, 0.1) == -inf
    assert _of_count(Count(1.0, 10, 10), 0.0, 0.0, 1.0, 0.0) == 0.0
    assert _of_count(Count(1.0, 10, 0), -inf, 1.0, 1.0, 0.0) == 0.0


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_fit_is_drawn_the_same_each_time(tmp_path, ending):
    pytest.importorskip("matplotlib")
    found = nc.fit(LOT, free=("d0",), systematic_yield=0.95)
    names = [tmp_path / f"{i}.{ending}" for i in range(2)]
    for name in names:
        found.plot(name)
    assert names[0].read_bytes() == names[1].read_bytes()
    nc.fit([{"area_mm2": 100, "dies": 50, "good": 0}]).plot(tmp_path / f"none.{ending}")
    with pytest.raises(nc.NodecalcError, match=r"\.svg or \.png"):
        found.plot(tmp_path / "fit.pdf")


def test_one_yield_is_a_band_of_d0():
    rows = {row.model: row.d0_per_cm2 for row in implied_band("40%", 665.6)}
    assert rows["poisson"] == pytest.approx(0.1377, abs=1e-4)
    assert rows["murphy"] == pytest.approx(0.1501, abs=1e-4)
    assert "bose-einstein" not in rows
    sold = {row.model: row.d0_per_cm2 for row in implied_band(0.4, 665.6, need=20, total=25, core_fraction=0.6)}
    assert sold["murphy"] == pytest.approx(0.3734, abs=1e-4)
    assert "moore" not in sold


@pytest.mark.parametrize(
    ("data", "given", "said"),
    [
        ([], {}, "no rows"),
        ([{"dies": 5, "good": 1}], {}, "no area"),
        ([{"area_mm2": 10, "dies": 5, "good": 6}], {}, "6 good of 5"),
        ([{"area_mm2": 10, "dies": 5, "good": 1.5}], {}, "whole number"),
        ([{"area_mm2": 10, "dies": 5}], {}, "good None"),
        ([{"area_mm2": 10, "dies": 5, "good": 1, "lot": 1}], {}, "unknown 'lot'"),
        ([{"area_mm2": 10, "dies": 5, "good": 1, "wafer": 1}, {"area_mm2": 10, "dies": 5, "good": 1}], {}, "or none"),
        (LOT, {"free": ("alpha",)}, "add d0"),
        (LOT, {"free": ("d0", "alpha")}, "belongs to negative-binomial"),
        (LOT, {"free": ("d0", "beta")}, "allowed: d0, alpha"),
        (LOT[:1], {"free": ("d0", "systematic_yield")}, "an area of its own"),
        (LOT, {"interval": 1.0}, "such as 0.9"),
        (LOT, {"model": "bose-einstein"}, "critical_layers"),
        ("/nowhere/lot.csv", {}, "No such file"),
    ],
)
def test_what_means_nothing_is_one_line(data, given, said):
    with pytest.raises(nc.NodecalcError, match=said) as caught:
        nc.fit(data, **given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (5, {}),
        ([{"area_mm2": 100, "dies": 10**400, "good": 1}], {}),
        ([{"area_mm2": 100, "dies": 10, "good": 1, "wafer": ["a"]}], {}),
        ([{"area_mm2": 100, "dies": 10, "good": 1}], {"interval": None}),
        ([{"area_mm2": 100, "dies": 10, "good": 1}], {"pass_bins": "1"}),
    ],
)
def test_data_of_a_wrong_kind_say_so(data, options):
    with pytest.raises(nc.NodecalcError):
        nc.fit(data, **options)


def test_losses_too_small_for_a_number_end_in_an_answer():
    rows = [{"area_mm2": 100, "dies": 600, "good": good, "wafer": name} for name, good in (("a", 540), ("b", 520))]
    for losses in (5e-324, 1e-310, 1e-200):
        assert nc.fit(rows, systematic_yield=losses).d0_per_cm2 < 1e-6
