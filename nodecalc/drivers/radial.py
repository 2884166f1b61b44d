"""Good dies of a wafer whose defect density grows towards its edge."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, isnan
from typing import Any, Final, NamedTuple

from nodecalc.doors import brief, items, real
from nodecalc.errors import InputError
from nodecalc.question import choices
from nodecalc.question.size import check_edge
from nodecalc.question.units import number
from nodecalc_kernels.cost.size import usable_diameter
from nodecalc_kernels.defects.faults import mean_faults, total_yield
from nodecalc_kernels.defects.radial import SAMPLINGS, SHAPES, radial_sum
from nodecalc_kernels.placement.positions import positions
from nodecalc_kernels.registry import D0_MEANINGS, PLACEMENTS, YIELD_MODELS

POSITIVE: Final = {"p"}
"""Parameters of shapes that must be more than 0."""
UP_TO_ONE: Final = {"r0"}
LARGEST: Final = 1e6
"""Of any parameter: at ten times the density of the centre no die is left."""


class RadialYield(NamedTuple):
    """Good dies of one wafer under a defect density that depends on the radius."""

    good_dies: float
    die_yield: float
    """Good dies over all dies."""
    gross_dies: int
    flat_good_dies: float
    """With the same D0 on the whole wafer."""
    die_mean_of_g: float
    """Mean, over the dies, of the density relative to that of the wafer's centre."""
    disc_mean_of_g: float
    """The same over the usable disc."""


def radial_yield(
    die_width_mm: float,
    die_height_mm: float,
    *,
    d0_per_cm2: float,
    shape: str = "flat",
    parameters: Sequence[float] = (),
    d0_is: str = "centre",
    sampling: str = "area",
    placement: str = "best",
    model: str = "murphy",
    alpha: float | None = None,
    critical_layers: float | None = None,
    critical_area_fraction: float = 1.0,
    systematic_yield: float = 1.0,
    wafer_diameter_mm: float = 300.0,
    edge_exclusion_mm: float = 3.0,
    scribe_mm: float = 0.1,
) -> RadialYield:
    """Return the good dies of a wafer with D(r) = D0 g(r/R), R the radius of its usable circle.

    Args:
        die_width_mm, die_height_mm: finished die, without scribe, mm.
        d0_per_cm2: D0, fatal defects per cm2; which density of the wafer that is, `d0_is` says.
        shape: ``flat``; ``step`` (1 up to r0 R, a factor beyond); ``power`` (1 + b (r/R)^p).
        parameters: (r0, factor) of a step, r0 0 to 1; (b, p) of a power.
        d0_is: ``centre`` (the wafer's centre, so that the edge costs dies), ``disc-mean`` (the mean over the usable
            disc) or ``die-mean`` (the mean over the dies). The two means give more good dies than a flat density.
        sampling: ``area`` (each die takes the mean of g over its area, exact for a step) or ``centre`` (g at its
            centre, as other tools do: a step near the edge can miss every die).
        placement: one that counts exactly: ``best``, ``center-die``, ``center-corner`` or ``free-rows``.
        model, alpha, critical_layers: yield model and its own parameter, as for `die_yield`.
        critical_area_fraction, systematic_yield: as for `estimate`.
        wafer_diameter_mm, edge_exclusion_mm, scribe_mm: mm.

    Returns:
        `RadialYield`; ``good_dies`` is summed over the dies of the placement.

    Raises:
        NodecalcError: an unknown name, a number outside its range, a closed formula as the placement, no die that fits.

    >>> found = radial_yield(21.32, 31.22, d0_per_cm2=0.1, shape="step", parameters=(0.8, 2), sampling="centre")
    >>> round(found.good_dies, 1), round(found.flat_good_dies, 1)
    (40.8, 45.3)

    """
    method = choices.placement(placement)
    if not PLACEMENTS[method].exact:
        exact = ", ".join(p.key for p in PLACEMENTS.values() if p.exact)
        raise InputError(f"placement {method}: a closed formula places no dies; give one of {exact}")
    _one_of("shape", shape, SHAPES)
    _one_of("d0_is", d0_is, D0_MEANINGS)
    _one_of("sampling", sampling, SAMPLINGS)
    own = _parameters(shape, parameters)
    key = choices.yield_model(model)
    named = {"alpha": alpha, "critical_layers": critical_layers}
    choices.check_parameters(key, [name for name, value in named.items() if value is not None])
    of_model = [number(choices.own_parameter(key, name, named[name]), name) for name in YIELD_MODELS[key].parameters]
    given = {
        "die_width_mm": die_width_mm,
        "die_height_mm": die_height_mm,
        "wafer_diameter_mm": wafer_diameter_mm,
        "edge_exclusion_mm": edge_exclusion_mm,
        "scribe_mm": scribe_mm,
    }
    width, height, diameter, edge, scribe = (number(value, name) for name, value in given.items())
    check_edge(edge, diameter)
    usable = usable_diameter(diameter, edge)
    centres = positions(method, width, height, scribe, usable)
    if not centres:
        raise InputError(
            f"a die of {width:g} x {height:g} mm fits nowhere on a {diameter:g} mm wafer; give a smaller die"
        )
    faults = mean_faults(
        width * height, number(critical_area_fraction, "critical_area_fraction"), number(d0_per_cm2, "d0_per_cm2")
    )
    losses = number(systematic_yield, "systematic_yield")
    plain = YIELD_MODELS[key].yield_

    def die_yield(x: float) -> float:
        return total_yield(plain(x, *of_model), losses)

    found = radial_sum(centres, width, height, usable, faults, shape, own, d0_is, sampling, die_yield)
    if not isfinite(found.good_dies):
        raise InputError(
            f"shape {shape} {own} with d0_is {d0_is}: a mean density that no number tells; give other parameters"
        )
    dies = len(centres)
    return RadialYield(
        found.good_dies, found.good_dies / dies, dies, found.flat_good_dies, found.die_mean, found.disc_mean
    )


def _one_of(what: str, given: Any, allowed: Any) -> None:
    if not isinstance(given, str) or given not in allowed:
        raise InputError(f"{what} {brief(given)}: allowed: {', '.join(allowed)}")


def _parameters(shape: str, given: Any) -> tuple[float, ...]:
    names = SHAPES[shape]
    form = f"({', '.join(names)})" if names else "none"
    several = items("parameters", given, f"give {form}")
    values = tuple(real(value) for value in several)
    if any(isnan(value) and not isinstance(raw, float) for raw, value in zip(several, values, strict=True)):
        raise InputError(f"parameters {brief(given)} of the shape {shape}: give {form}, numbers")
    if len(values) != len(names):
        raise InputError(f"parameters {brief(given)} of the shape {shape}: it takes {form}")
    for name, value in zip(names, values, strict=True):
        inside = value <= LARGEST and (value > 0.0 if name in POSITIVE else value >= 0.0)
        if not inside or (name in UP_TO_ONE and value > 1.0):
            least = "more than 0" if name in POSITIVE else "0"
            allowed = "0 to 1" if name in UP_TO_ONE else f"{least} to {LARGEST:g}"
            raise InputError(f"{name} {value:g} of the shape {shape}: allowed: {allowed}")
    return values
