"""Defect density, clustering and systematic yield from counted dies, with intervals; and from one reported yield."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from math import inf, isfinite
from operator import index
from typing import Any, Final, NamedTuple, TypeGuard

from nodecalc.doors import brief, items, names, plain, real
from nodecalc.errors import InputError, MissingFigureError
from nodecalc.files.lots import read_lots
from nodecalc.question import choices
from nodecalc.question.graph import is_per_layer
from nodecalc.question.units import number
from nodecalc.vocabulary.digits import shown
from nodecalc_kernels.defects.faults import MM2_PER_CM2
from nodecalc_kernels.defects.fit import ALPHA, D0, SYSTEMATIC
from nodecalc_kernels.defects.fit import fit as fit_counts
from nodecalc_kernels.defects.fit_score import fit_score
from nodecalc_kernels.defects.fit_wafer import Count
from nodecalc_kernels.defects.harvest import MIXTURES
from nodecalc_kernels.registry import YIELD_MODELS

from .harvest import implied_d0

FREE: Final = {D0: "d0", "d0_per_cm2": "d0", ALPHA: ALPHA, SYSTEMATIC: SYSTEMATIC}
"""What may be fitted, by its spellings."""
FIELDS: Final = ("area_mm2", "dies", "good", "wafer")
CURVE: Final = 200
"""Points of a drawn curve."""
BINOMIAL: Final = "intervals count dies as independent of each other; where wafers differ, tell them apart by wafer"
DRAWN: Final = (
    "alpha is how much wafers differ: each draws its own defect density; clusters smaller than a wafer are not in it"
)
WINDOWS: Final = "windows are made of the same dies: the intervals are of how wafers differ (their scores, Student's t)"
NESTED: Final = "intervals are of how wafers with dies of several areas differ (their scores, Student's t)"
LEAST_WAFERS: Final = 8
"""From here on the scores of wafers say of windows what their intervals are."""
MOST_IN_WINDOW: Final = 16
MOST_DIES: Final = 1_000_000_000
BETA_BINOMIAL: Final = "intervals let wafers differ by more than chance (beta-binomial, Student's t)"


NO_END: Final = "no upper limit"


class Parameter(NamedTuple):
    """One parameter of a fit, in words and numbers."""

    name: str
    value: float
    low: float
    high: float | None
    """None where the counts do not bound it."""
    fitted: bool
    """False where it was given: then it has no interval."""

    @property
    def texts(self) -> tuple[str, str, str, str]:
        """Name, value and interval as people read them."""
        if not self.fitted:
            return self.name, _text(self.value), "given", "given"
        return self.name, _text(self.value), _text(self.low), NO_END if self.high is None else _text(self.high)


def _text(value: float) -> str:
    return "inf" if value == inf else shown(value, ".4g")


class Fit(NamedTuple):
    """What the counted dies say. An end of an interval that they do not bound is None."""

    model: str
    interval: float
    """Share of confidence of the intervals."""
    d0_per_cm2: float
    """inf where no die is good."""
    d0_low: float
    d0_high: float | None
    alpha: float | None
    """None for models without it; inf is no clustering. Fitted or as given."""
    alpha_low: float | None
    alpha_high: float | None
    systematic_yield: float
    systematic_yield_low: float | None
    systematic_yield_high: float | None
    log_likelihood: float
    """Without binomial coefficients."""
    free: tuple[str, ...]
    dies: int
    good: int
    wafers: int | None
    """How many wafers were told apart, None where none were."""
    notes: tuple[str, ...]
    counts: tuple[tuple[float, int, int], ...] = ()
    """(area of the die in mm2, dies, good), of all wafers together."""
    layers: float | None = None
    """Critical layers that were given, for models that take them."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as a flat object, without the counts and the notes."""
        own = {key: v for key, v in self._asdict().items() if key not in ("notes", "counts", "layers")}
        return {key: list(v) if isinstance(v, tuple) else v for key, v in own.items()}

    def yield_at(self, area_mm2: float, d0_per_cm2: float | None = None) -> float:
        """Return the yield of a die of another area by what was fitted, or by another D0 with the rest as fitted."""
        own = {ALPHA: self.alpha, "critical_layers": self.layers}
        row = YIELD_MODELS[self.model]
        x = _amount("area_mm2", area_mm2) / MM2_PER_CM2
        x *= self.d0_per_cm2 if d0_per_cm2 is None else _amount("d0_per_cm2", d0_per_cm2)
        return self.systematic_yield * row.yield_(x, *(own[key] for key in row.parameters))

    def plot(self, path: str | os.PathLike[str]) -> None:
        """Draw counted yields by die area, and the fitted curve within the interval of D0, into an SVG or PNG file."""
        from nodecalc.charts.plot_fit import FitPicture, save_fit

        most = 1.25 * max(area for area, _, _ in self.counts)
        areas = [most * (i + 1) / CURVE for i in range(CURVE)]
        low, high = (
            None if d0 is None else [self.yield_at(a, d0) for a in areas] for d0 in (self.d0_high, self.d0_low)
        )
        words = f"{self.model}: D0 {self.d0_per_cm2:.4g} /cm2"
        words += "" if self.alpha is None else f", alpha {self.alpha:.3g}"
        words += "" if self.systematic_yield == 1.0 else f", systematic yield {self.systematic_yield:.3g}"
        top = "no upper limit" if self.d0_high is None else f"{self.d0_high:.4g}"
        save_fit(
            FitPicture(
                f"{self.good:,} of {self.dies:,} dies good",
                [(area, good / dies, dies) for area, dies, good in self.counts],
                areas,
                [self.yield_at(a) for a in areas],
                low or [0.0] * CURVE,
                high or [1.0] * CURVE,
                words,
                f"{100.0 * self.interval:g} % of D0: {self.d0_low:.4g} to {top}",
            ),
            path,
        )

    @property
    def parameters(self) -> list[Parameter]:
        """D0, and those others that were fitted or that matter."""
        rows = [Parameter("D0, /cm2", self.d0_per_cm2, self.d0_low, self.d0_high, D0 in self.free)]
        if self.alpha is not None:
            rows.append(Parameter("alpha", self.alpha, self.alpha_low or 0.0, self.alpha_high, ALPHA in self.free))
        share = SYSTEMATIC in self.free
        if share or self.systematic_yield != 1.0:
            low, high = self.systematic_yield_low, self.systematic_yield_high
            rows.append(Parameter("systematic yield", self.systematic_yield, low or 0.0, high, share))
        return rows

    def _repr_html_(self) -> str:
        from .notebook.fit import page

        return page(self)


def fit(
    data: Iterable[Mapping[str, Any]] | str | os.PathLike[str],
    model: str = "murphy",
    *,
    free: Sequence[str] | str = ("d0",),
    interval: float | str = 0.9,
    alpha: float | None = None,
    critical_layers: float | None = None,
    systematic_yield: float = 1.0,
    area_mm2: float | str | None = None,
    pass_bins: Sequence[str] | str | None = None,
    windows: int = 1,
) -> Fit:
    """Return the D0, and clustering and systematic yield where asked, that make the counted dies most likely.

    Args:
        data: rows with ``area_mm2`` (of the die), ``dies``, ``good`` and, where wafers are told apart, ``wafer``; or
            a CSV file with such columns, or with a wafer map: ``x``, ``y``, ``bin`` and, for several, ``wafer``. A die
            that was tested again counts as tested last.
        model: a yield model of ``nodecalc models``.
        free: what is fitted: ``d0``, and ``alpha`` (``negative-binomial`` alone) and ``systematic_yield``. Both of
            these need dies of several areas; alpha does not where several wafers are told apart, each of which then
            draws its own defect density.
        interval: confidence of the intervals, more than 0 and less than 1, or a text such as ``90%``.
        alpha, critical_layers: the model's own parameter where it is not fitted.
        systematic_yield: where it is not fitted.
        area_mm2: area of the die where the data do not say, as in most wafer maps.
        pass_bins: bins of a wafer map that are good; ``1`` where nothing is said.
        windows: neighbouring dies of a wafer map that are taken together as larger dies, up to so many: their yields
            tell alpha where there is one area alone. It takes eight wafers: intervals are of how these differ.

    Returns:
        `Fit`: binomial likelihood, profile intervals; with several wafers their counts are beta-binomial, so that
        intervals hold where dies of one wafer are good or bad together, and as wide as few wafers ask (Student's t).
        Alpha of wafers is where its adjusted profile is highest (Cox and Reid): the most likely one is too large
        where wafers are few.

    Raises:
        NodecalcError: rows that lack a number, more good dies than dies, a parameter that one area cannot tell.

    >>> found = fit([{"area_mm2": 665.6, "dies": 85, "good": 34}], model="poisson")
    >>> round(found.d0_per_cm2, 4), round(found.d0_low, 4), round(found.d0_high, 4)
    (0.1377, 0.1075, 0.1734)

    """
    key = choices.yield_model(model)
    own = {"alpha": alpha, "critical_layers": critical_layers}
    choices.check_parameters(key, [name for name, value in own.items() if value is not None])
    wanted = _free(key, free, alpha, systematic_yield)
    confidence = _confidence(interval)
    passing = None if pass_bins is None else names("pass_bins", pass_bins, "give bins, such as 1")
    if passing is not None and not _is_file(data):
        raise InputError("pass_bins with rows of counts: they have no bins; leave it out")
    most = _windows(windows)
    if most > 1 and not _is_file(data):
        raise InputError(f"windows {most} with rows of counts: they have no places; give a file with x, y and bin")
    rows: Any = read_lots(data, area_mm2, passing, most) if _is_file(data) else data
    counts, wafers = _counts(rows, None if most > 1 else area_mm2)
    areas = {c.area_cm2 for c in counts}
    clustered = wafers is not None and wafers > 1
    if most > 1 and (wafers or 0) < LEAST_WAFERS:
        raise InputError(
            f"windows {most} of {wafers or 1} wafer{'s' if wafers and wafers > 1 else ''}: intervals come from how "
            f"wafers differ; give at least {LEAST_WAFERS}, told apart by a column wafer"
        )
    drawn = clustered and ALPHA in wanted and most == 1  # wafers tell the clustering by their differences
    if len(areas) < len(wanted) - drawn:
        raise InputError(
            f"free {', '.join(wanted)} with dies of {len(areas)} area{'s' if len(areas) > 1 else ''}: each takes an "
            "area of its own to tell; give counts of more areas, or fit less"
        )
    told_means = len(wanted) - (ALPHA in wanted)
    if clustered and wafers is not None and wafers <= told_means:
        raise InputError(
            f"free {', '.join(wanted)} of {wafers} wafers: how much wafers differ takes more of them; give at "
            f"least {told_means + 1}, fit less, or leave the column wafer out"
        )
    fixed = {
        name: number(choices.own_parameter(key, name, own[name]), name)
        for name in YIELD_MODELS[key].parameters
        if name not in wanted
    }
    fixed[SYSTEMATIC] = number(systematic_yield, SYSTEMATIC)
    nested = clustered and not drawn and len(counts) > (wafers or 0)
    if nested:
        found = fit_score(counts, key, wanted, fixed, confidence, most > 1)
    else:
        found = fit_counts(counts, key, wanted, fixed, confidence, clustered)
    d0, shape, share = (found.found.get(name) for name in (D0, ALPHA, SYSTEMATIC))
    assert d0 is not None
    return Fit(
        key,
        confidence,
        d0.value,
        d0.low,
        _bound(d0.high),
        fixed.get(ALPHA) if shape is None else shape.value,
        None if shape is None or shape.low == 0.0 else shape.low,
        None if shape is None else _bound(shape.high),
        fixed[SYSTEMATIC] if share is None else share.value,
        None if share is None else share.low,
        None if share is None else share.high,
        found.log_likelihood,
        wanted,
        sum(c.dies for c in counts if most == 1 or c.area_cm2 == min(areas)),
        sum(c.good for c in counts if most == 1 or c.area_cm2 == min(areas)),
        wafers,
        (WINDOWS if most > 1 else DRAWN if drawn else NESTED if nested else BETA_BINOMIAL if clustered else BINOMIAL,),
        _by_area(counts),
        fixed.get("critical_layers"),
    )


def _by_area(counts: Iterable[Count]) -> tuple[tuple[float, int, int], ...]:
    found: dict[float, tuple[int, int]] = {}
    for c in counts:
        dies, good = found.get(c.area_cm2, (0, 0))
        found[c.area_cm2] = dies + c.dies, good + c.good
    return tuple((area * MM2_PER_CM2, *both) for area, both in sorted(found.items()))


class Implied(NamedTuple):
    """The D0 that one reported yield means, by one model."""

    model: str
    d0_per_cm2: float


def implied_band(
    die_yield: float | str,
    area_mm2: float | str,
    *,
    need: int | None = None,
    total: int | None = None,
    core_fraction: float | None = None,
    systematic_yield: float | str = 1.0,
) -> list[Implied]:
    """Return the D0 of a reported yield under every yield model that takes D0 of the whole process.

    Args:
        die_yield: share of dies that are good, or sold where `need` is given.
        area_mm2: area of the die that defects can kill.
        need, total, core_fraction: as for `implied_d0`; then only models that know harvest.
        systematic_yield: losses that area does not explain.

    >>> [f"{row.model} {row.d0_per_cm2:.3f}" for row in implied_band(0.4, 665.6)][:2]
    ['poisson 0.138', 'murphy 0.150']

    """
    models = [key for key in YIELD_MODELS if not is_per_layer(key) and (need is None or key in MIXTURES)]
    return [
        Implied(
            key,
            implied_d0(
                die_yield,  # type: ignore[arg-type]  # a text with a unit is read there as well
                area_mm2,
                key,
                need=need,
                total=total,
                core_fraction=core_fraction,
                systematic_yield=systematic_yield,
            ),
        )
        for key in models
    ]


def _amount(name: str, given: object) -> float:
    """Return an area or a D0, as `yield_at` takes them."""
    found = real(given)
    if not 0.0 <= found < inf:
        raise InputError(f"{name} {brief(given)}: allowed: a number, 0 or more")
    return found


def _confidence(given: Any) -> float:
    percent = isinstance(given, str) and given.strip().endswith("%")
    value = real(given.strip()[:-1]) / 100.0 if percent else real(given)
    if not 0.0 < value < 1.0:
        raise InputError(f"interval {brief(given)}: allowed: more than 0, less than 1, such as 0.9 or 90%")
    return value


def _windows(given: Any) -> int:
    try:
        most = index(given)
    except TypeError:
        most = 0
    if isinstance(given, bool) or not 1 <= most <= MOST_IN_WINDOW:
        raise InputError(
            f"windows {brief(given)}: allowed: whole numbers 1 to {MOST_IN_WINDOW}, such as 4 for 2 x 2 dies"
        )
    return most


def _is_file(data: Any) -> TypeGuard[str | os.PathLike[str]]:
    return isinstance(data, str | os.PathLike)


def _bound(end: float) -> float | None:
    return None if end == inf else end


def _free(model: str, free: Any, alpha: float | None, systematic: Any) -> tuple[str, ...]:
    wanted: list[str] = []
    given = names("free", free, "give some of d0, alpha, systematic_yield")
    if not given or given == ("",):
        raise InputError("free: nothing to fit; give some of d0, alpha, systematic_yield, or leave it out")
    for name in given:
        key = FREE.get(str(name).strip().lower().replace("-", "_"))
        if key is None:
            raise InputError(f"free {brief(name)}: allowed: d0, alpha, systematic_yield")
        wanted.append(key)
    if D0 not in wanted:
        raise InputError(f"free {', '.join(wanted)}: D0 is always fitted; add d0")
    if ALPHA in wanted:
        choices.check_parameters(model, [ALPHA])
        if alpha is not None:
            raise InputError(f"alpha {alpha:g} and free alpha: give one of them")
    if SYSTEMATIC in wanted and systematic != 1.0:
        raise InputError(f"systematic_yield {systematic} and free systematic_yield: give one of them")
    return tuple(key for key in (D0, ALPHA, SYSTEMATIC) if key in wanted)


def _counts(rows: Any, area_mm2: Any) -> tuple[list[Count], int | None]:
    """Return the counts, those of one area and wafer together, and how many wafers are told apart."""
    found: dict[tuple[float, Any], list[int]] = {}
    wafers: set[Any] = set()
    told = 0
    if not hasattr(rows, "__iter__"):
        raise InputError(
            f"data {brief(rows)}: give rows such as {{'area_mm2': 665.6, 'dies': 85, 'good': 34}}, or a file"
        )
    lacking = False
    for place, row in enumerate(items("data", rows, "give rows of counts, or a file"), 1):
        if not hasattr(row, "get"):
            raise InputError(
                f"row {place} of the data: {brief(row)}; give {{'area_mm2': 665.6, 'dies': 85, 'good': 34}}"
            )
        unknown = [key for key in row if key not in FIELDS]
        if unknown:
            raise InputError(f"row {place}: unknown '{plain(unknown[0])}'; allowed: {', '.join(FIELDS)}")
        lacking = lacking or "area_mm2" not in row or row["area_mm2"] is area_mm2
        area = row.get("area_mm2", area_mm2)
        if area is None:
            raise MissingFigureError(f"row {place}: no area of the die; give area_mm2")
        dies, good = (_count(row.get(key), key, place) for key in ("dies", "good"))
        if not 0 <= good <= dies or dies == 0:
            raise InputError(
                f"row {place}: {good} good of {dies} dies; allowed: 1 or more dies, no more good than that"
            )
        if dies > MOST_DIES:
            raise InputError(
                f"row {place}: {dies:,} dies; allowed: up to {MOST_DIES:,}, of more the likelihood's own rounding shows"
            )
        wafer = row.get("wafer")
        if not hasattr(wafer, "__hash__") or wafer.__hash__ is None:
            raise InputError(f"row {place}: wafer {brief(wafer)}; give a name or a number")
        told += wafer is not None
        wafers.add(wafer)
        both = found.setdefault((number(area, "die_area_mm2") / MM2_PER_CM2, wafer), [0, 0])
        both[0] += dies
        both[1] += good
    if not found:
        raise InputError("no rows of data; give area_mm2, dies and good for at least one area")
    if area_mm2 is not None and not lacking:
        raise InputError(f"area_mm2 {brief(area_mm2)}: every row says its own; leave it (--area) out")
    if told and None in wafers:
        raise InputError("some rows name their wafer and some do not; give all of them a wafer, or none")
    counts = [Count(area, dies, good, wafer) for (area, wafer), (dies, good) in found.items()]
    return counts, len(wafers) if told else None


def _count(value: Any, key: str, place: int) -> int:
    count = real(value)
    if not isfinite(count) or count != int(count):
        raise InputError(f"row {place}: {key} {brief(value)}; allowed: a whole number")
    return int(count)
