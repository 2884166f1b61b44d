"""Defect density, clustering and systematic yield from counted dies, with intervals; and from one reported yield."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from math import inf, isfinite
from typing import Any, Final, NamedTuple, TypeGuard

from nodecalc.doors import brief, items, names, real
from nodecalc.errors import InputError, MissingFigureError
from nodecalc.files.lots import read_lots
from nodecalc.question import choices
from nodecalc.question.graph import is_per_layer
from nodecalc.question.units import number
from nodecalc_kernels.defects.faults import MM2_PER_CM2
from nodecalc_kernels.defects.fit import ALPHA, D0, SYSTEMATIC, Count
from nodecalc_kernels.defects.fit import fit as fit_counts
from nodecalc_kernels.defects.harvest import MIXTURES
from nodecalc_kernels.registry import YIELD_MODELS

from .harvest import implied_d0

FREE: Final = {D0: "d0", "d0_per_cm2": "d0", ALPHA: ALPHA, SYSTEMATIC: SYSTEMATIC}
"""What may be fitted, by its spellings."""
FIELDS: Final = ("area_mm2", "dies", "good", "wafer")
BINOMIAL: Final = "intervals count dies as independent of each other; where wafers differ, tell them apart by wafer"
BETA_BINOMIAL: Final = "intervals let wafers differ by more than chance (beta-binomial)"


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

    def to_dict(self) -> dict[str, Any]:
        """Return it as a flat object, without the notes."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in self._asdict().items() if key != "notes"}


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
) -> Fit:
    """Return the D0, and clustering and systematic yield where asked, that make the counted dies most likely.

    Args:
        data: rows with ``area_mm2`` (of the die), ``dies``, ``good`` and, where wafers are told apart, ``wafer``; or
            a CSV file with such columns, or with a wafer map: ``x``, ``y``, ``bin`` and, for several, ``wafer``. A die
            that was tested again counts as tested last.
        model: a yield model of ``nodecalc models``.
        free: what is fitted: ``d0``, and ``alpha`` (``negative-binomial`` alone) and ``systematic_yield``. Both of
            these need dies of several areas.
        interval: confidence of the intervals, more than 0 and less than 1, or a text such as ``90%``.
        alpha, critical_layers: the model's own parameter where it is not fitted.
        systematic_yield: where it is not fitted.
        area_mm2: area of the die where the data do not say, as in most wafer maps.
        pass_bins: bins of a wafer map that are good; ``1`` where nothing is said.

    Returns:
        `Fit`: binomial likelihood, profile intervals; with several wafers their counts are beta-binomial, so that
        intervals hold where dies of one wafer are good or bad together.

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
    rows: Any = read_lots(data, area_mm2, passing) if _is_file(data) else data
    counts, wafers = _counts(rows, area_mm2)
    areas = {c.area_cm2 for c in counts}
    if len(areas) < len(wanted):
        raise InputError(
            f"free {', '.join(wanted)} with dies of {len(areas)} area{'s' if len(areas) > 1 else ''}: each takes an "
            "area of its own to tell; give counts of more areas, or fit less"
        )
    fixed = {
        name: number(choices.own_parameter(key, name, own[name]), name)
        for name in YIELD_MODELS[key].parameters
        if name not in wanted
    }
    fixed[SYSTEMATIC] = number(systematic_yield, SYSTEMATIC)
    from statistics import NormalDist

    drop = 0.5 * NormalDist().inv_cdf(0.5 + 0.5 * confidence) ** 2
    clustered = wafers is not None and wafers > 1
    found = fit_counts(counts, key, wanted, fixed, drop, clustered)
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
        sum(c.dies for c in counts),
        sum(c.good for c in counts),
        wafers,
        (BETA_BINOMIAL if clustered else BINOMIAL,),
    )


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


def _confidence(given: Any) -> float:
    percent = isinstance(given, str) and given.strip().endswith("%")
    value = real(given.strip()[:-1]) / 100.0 if percent else real(given)
    if not 0.0 < value < 1.0:
        raise InputError(f"interval {brief(given)}: allowed: more than 0, less than 1, such as 0.9 or 90%")
    return value


def _is_file(data: Any) -> TypeGuard[str | os.PathLike[str]]:
    return isinstance(data, str | os.PathLike)


def _bound(end: float) -> float | None:
    return None if end == inf else end


def _free(model: str, free: Any, alpha: float | None, systematic: Any) -> tuple[str, ...]:
    wanted: list[str] = []
    for name in names("free", free, "give some of d0, alpha, systematic_yield"):
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
            raise InputError(f"row {place}: unknown '{unknown[0]}'; allowed: {', '.join(FIELDS)}")
        lacking = lacking or "area_mm2" not in row or row["area_mm2"] is area_mm2
        area = row.get("area_mm2", area_mm2)
        if area is None:
            raise MissingFigureError(f"row {place}: no area of the die; give area_mm2")
        dies, good = (_count(row.get(key), key, place) for key in ("dies", "good"))
        if not 0 <= good <= dies or dies == 0:
            raise InputError(
                f"row {place}: {good} good of {dies} dies; allowed: 1 or more dies, no more good than that"
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
    counts = [Count(area, dies, good) for (area, _), (dies, good) in found.items()]
    return counts, len(wafers) if told else None


def _count(value: Any, key: str, place: int) -> int:
    count = real(value)
    if not isfinite(count) or count != int(count):
        raise InputError(f"row {place}: {key} {brief(value)}; allowed: a whole number")
    return int(count)
