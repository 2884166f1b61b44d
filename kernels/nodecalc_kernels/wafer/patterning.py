"""From pitches and tools to what a processed wafer costs: plain scalar arithmetic, total over all floats.

A tool that exposes no wafers makes an exposure infinitely dear, not an error: a sweep may pass through such points.
Whatever a layer has none of (cut masks, say) is left unused, so that its cost may be infinite or unknown.
"""

from __future__ import annotations

from math import ceil, inf, nan
from typing import Final

from nodecalc_kernels.registry import SCHEMES, scheme

__all__ = [
    "SCHEMES",
    "cost_of_some",
    "exposed_area_cm2",
    "exposure_cost_usd",
    "fitted_layer_usd",
    "hole_exposures",
    "hole_pitch_nm",
    "layer_equivalents",
    "overhead_of_throughput_s",
    "price_from_cost_usd",
    "process_cost_usd",
    "rayleigh_k1",
    "scheme_cost_usd",
    "sum_usd",
    "throughput_of_fields_wph",
    "throughput_of_source_wph",
    "wafer_cost_usd",
    "weighted_layers",
]

SECONDS_PER_HOUR: Final = 3600.0
HOURS_PER_YEAR: Final = 8760.0
"""24 x 365: tools of a fab run round the clock; what they stand still for is in availability and utilisation."""

JOULES_PER_MILLIJOULE: Final = 1e-3

LARGEST_EXACT: Final = 2.0**53
"""Doubles from here on are whole numbers."""

TIE: Final = 0.01
"""Of an exposure: a pitch that asks for less than this share of one more does without it. The pitch of one exposure is
known no better, and 100.07 nm at half of 50 would otherwise be three exposures, not two, by rounding alone."""

TEL: Final = "A. Raley et al. (TEL), Proc. SPIE 9782, 2016"

scheme(
    "se",
    exposures=1,
    aux_steps=1,
    pitch_division=1,
    line_cuts=0,
    formula="c + s",
    when="one exposure and one etch; the pitch is within the tool's reach",
    reference="unit of " + TEL,
)
scheme(
    "le2",
    exposures=2,
    aux_steps=4,
    pitch_division=2,
    line_cuts=0,
    formula="2c + 4s",
    when="litho-etch twice: contacts, vias and relaxed lines; overlay between the masks limits it",
    reference=TEL + ": 2.5 x se",
)
scheme(
    "le3",
    exposures=3,
    aux_steps=5,
    pitch_division=3,
    line_cuts=0,
    formula="3c + 5s",
    when="litho-etch three times: contacts and vias",
    reference=TEL + ": 3.5 x se",
)
scheme(
    "le4",
    exposures=4,
    aux_steps=6,
    pitch_division=4,
    line_cuts=0,
    formula="4c + 6s",
    when="litho-etch four times: contacts and vias without EUV",
    reference="continues le2 and le3; no published row",
)
scheme(
    "le5",
    exposures=5,
    aux_steps=7,
    pitch_division=5,
    line_cuts=0,
    formula="5c + 7s",
    when="litho-etch five times: vias of 3 nm without EUV, which nobody makes",
    reference="continues le2 and le3; no published row",
)
scheme(
    "le6",
    exposures=6,
    aux_steps=8,
    pitch_division=6,
    line_cuts=0,
    formula="6c + 8s",
    when="litho-etch six times: the end of what is reckoned with",
    reference="continues le2 and le3; no published row",
)
scheme(
    "sadp",
    exposures=1,
    aux_steps=5,
    pitch_division=2,
    line_cuts=0,
    formula="c + 5s, cut masks extra",
    when="self-aligned double patterning: lines at half the pitch of one exposure",
    reference=TEL + ": 2 x se; cuts as holes of the layer's own pitch",
)
scheme(
    "saqp",
    exposures=1,
    aux_steps=9,
    pitch_division=4,
    line_cuts=2,
    formula="c + 9s, cut masks extra",
    when="self-aligned quadruple patterning: lines at a quarter of the pitch of one exposure",
    reference=TEL + ": 3 x se; one deposition and three etches more than sadp (IC Knowledge on Intel, IEDM 2017); cuts "
    "as holes of the layer's own pitch, and two for the loops and for blocks that two kinds of lines do not share",
)


def rayleigh_k1(pitch_nm: float, wavelength_nm: float, numerical_aperture: float) -> float:
    r"""Return how hard a pitch is for a tool, k1 of Rayleigh's pitch = 2 k1 lambda / NA.

    .. math:: k_1 = \frac{p\,\mathrm{NA}}{2\lambda}

    Args:
        pitch_nm: p, pitch of the exposed pattern, nm, > 0.
        wavelength_nm: lambda, vacuum wavelength, nm, > 0.
        numerical_aperture: NA, > 0; above 1 with immersion.

    Returns:
        k1, dimensionless; nan outside the domain. One exposure cannot print lines below 0.25.

    Reference:
        Lord Rayleigh, Phil. Mag. 8:261, 1879, in the form used in lithography.

    >>> round(rayleigh_k1(76.0, 193.0, 1.35), 3)  # the tightest lines of one 193i exposure in production
    0.266

    """
    inside = pitch_nm > 0.0 and wavelength_nm > 0.0 and numerical_aperture > 0.0
    twice = 2.0 * wavelength_nm
    return pitch_nm * (numerical_aperture / twice) if inside else nan


def throughput_of_source_wph(
    source_power_w: float, dose_mj_per_cm2: float, overhead_s: float, exposed_area_cm2: float, efficiency: float
) -> float:
    r"""Return the wafers an hour that an EUV scanner exposes with a source of a given power.

    .. math:: \mathrm{wph} = \frac{3600}{t_{oh} + \frac{A\,d}{\eta\,P}}

    Args:
        source_power_w: P, power at intermediate focus, W, >= 0; 0 gives 0.
        dose_mj_per_cm2: d, dose at the wafer, mJ/cm2, > 0.
        overhead_s: t_oh, time a wafer without exposing: exchange, alignment, stage moves, s, >= 0.
        exposed_area_cm2: A, area exposed on a wafer, cm2, > 0.
        efficiency: eta, share of P that ends as dose: mirrors, slit and overscan, in (0, 1].

    Returns:
        Wafers per hour of uninterrupted exposing; nan outside the domain.

    Validity: the efficiency is fitted to one tool at 250 W and two doses; the overhead is each tool's own, see
    `overhead_of_throughput_s`.

    >>> [round(throughput_of_source_wph(power, 30.0, 11.1, 823.7, 0.0062)) for power in (50.0, 100.0, 250.0, 350.0)]
    [40, 71, 133, 160]

    """
    inside = (
        source_power_w >= 0.0
        and dose_mj_per_cm2 > 0.0
        and overhead_s >= 0.0
        and exposed_area_cm2 > 0.0
        and 0.0 < efficiency <= 1.0
    )
    useful_w = efficiency * source_power_w
    energy_j = exposed_area_cm2 * (dose_mj_per_cm2 * JOULES_PER_MILLIJOULE)
    wafer_s = overhead_s + (energy_j / useful_w if useful_w > 0.0 else inf)
    return (SECONDS_PER_HOUR / wafer_s if wafer_s != 0.0 else inf) if inside else nan


def overhead_of_throughput_s(
    throughput_wph: float, source_power_w: float, dose_mj_per_cm2: float, exposed_area_cm2: float, efficiency: float
) -> float:
    r"""Return the time without exposing that gives an EUV scanner its published throughput.

    .. math:: t_{oh} = \frac{3600}{\mathrm{wph}} - \frac{A\,d}{\eta\,P}

    Args:
        throughput_wph: published wafers an hour, > 0.
        source_power_w: P, power at intermediate focus of that figure, W, > 0.
        dose_mj_per_cm2: d, dose of that figure, mJ/cm2, > 0.
        exposed_area_cm2: A, area exposed on a wafer, cm2, > 0.
        efficiency: eta, share of P that ends as dose, in (0, 1].

    Returns:
        Seconds a wafer, 0 where exposing alone takes longer than the figure allows; nan outside the domain.

    >>> tools = ((160, 350, 30), (220, 600, 30), (185, 600, 20))
    >>> [round(overhead_of_throughput_s(*tool, 823.7, 0.0062), 1) for tool in tools]
    [11.1, 9.7, 15.0]

    """
    inside = (
        throughput_wph > 0.0
        and source_power_w > 0.0
        and dose_mj_per_cm2 > 0.0
        and exposed_area_cm2 > 0.0
        and 0.0 < efficiency <= 1.0
    )
    useful_w = efficiency * source_power_w
    exposing_s = exposed_area_cm2 * (dose_mj_per_cm2 * JOULES_PER_MILLIJOULE) / (useful_w if useful_w > 0.0 else inf)
    rest = (SECONDS_PER_HOUR / throughput_wph if throughput_wph > 0.0 else inf) - exposing_s
    return (rest if rest > 0.0 else 0.0) if inside else nan


FULL_FIELDS: Final = 96.0
"""Fields of 26 x 33 mm on a 300 mm wafer at which makers state what their scanners expose."""


def exposed_area_cm2(fields_per_wafer: float, euv_exposed_area_cm2: float) -> float:
    """Return the area that so many full fields expose, cm2, from that of the fields that throughputs are stated at.

    >>> round(exposed_area_cm2(48.0, 823.7), 2)
    411.85

    """
    inside = fields_per_wafer >= 0.0 and euv_exposed_area_cm2 > 0.0
    return fields_per_wafer / FULL_FIELDS * euv_exposed_area_cm2 if inside else nan


def throughput_of_fields_wph(throughput_wph: float, fields_per_wafer: float, exposing_share: float) -> float:
    r"""Return the wafers an hour that a scanner exposes with another number of fields than its figure is stated at.

    .. math:: w' = \frac{w}{1 + s (n/96 - 1)}

    Args:
        throughput_wph: w, stated at 96 full fields, >= 0.
        fields_per_wafer: n, exposures, each as its scan is to that of a full field, >= 0.
        exposing_share: s, share of a wafer's time at 96 that goes with their number; exchange and alignment do not.

    >>> round(throughput_of_fields_wph(275.0, 112.0, 0.8), 1)
    242.6

    """
    inside = throughput_wph >= 0.0 and fields_per_wafer >= 0.0 and 0.0 <= exposing_share <= 1.0
    time = 1.0 + exposing_share * (fields_per_wafer / FULL_FIELDS - 1.0)
    return (throughput_wph / time if time > 0.0 else inf) if inside else nan


def exposure_cost_usd(
    scanner_price_usd: float,
    track_price_usd: float,
    depreciation_years: float,
    service_fraction: float,
    fixed_usd_per_year: float,
    throughput_wph: float,
    field: float,
    availability: float,
    tool_utilisation: float,
    consumables_usd: float,
) -> float:
    r"""Return what one exposure of one wafer costs on a tool.

    .. math:: c = \frac{(P_s + P_t)/L + v P_s + F}{8760\,w f\,A\,U} + m

    Args:
        scanner_price_usd: P_s, price of the scanner, USD, >= 0.
        track_price_usd: P_t, price of the track that coats and develops for it, USD, >= 0.
        depreciation_years: L, years over which both are written off, > 0.
        service_fraction: v, service a year as a share of the scanner's price, >= 0.
        fixed_usd_per_year: F, other cost of the tool (space, power, people), USD a year, >= 0.
        throughput_wph: w, wafers an hour while exposing, as published, >= 0; 0 gives inf.
        field: f, share of that throughput that product wafers see over weeks (rework, monitor wafers, higher doses),
            0..1; 0 gives inf.
        availability: A, share of the hours in which the tool is fit to expose, 0..1; 0 gives inf.
        tool_utilisation: U, share of those hours in which it does, 0..1; 0 gives inf.
        consumables_usd: m, resist and other material of one exposure, USD, >= 0.

    Returns:
        USD per exposure of one wafer; nan outside the domain.

    Reference:
        The cost-of-ownership form of SEMI E35 without scrap, which is left to the yield.

    >>> round(exposure_cost_usd(63e6, 8e6, 5.0, 0.06, 1.5e6, 275.0, 1.0, 0.90, 0.85, 5.0), 2)  # 193i
    15.57

    """
    inside = (
        scanner_price_usd >= 0.0
        and track_price_usd >= 0.0
        and depreciation_years > 0.0
        and service_fraction >= 0.0
        and fixed_usd_per_year >= 0.0
        and throughput_wph >= 0.0
        and 0.0 <= field <= 1.0
        and 0.0 <= availability <= 1.0
        and 0.0 <= tool_utilisation <= 1.0
        and consumables_usd >= 0.0
    )
    capital = (scanner_price_usd + track_price_usd) / depreciation_years if depreciation_years > 0.0 else nan
    yearly = capital + service_fraction * scanner_price_usd + fixed_usd_per_year
    exposures = throughput_wph * field * HOURS_PER_YEAR * (availability * tool_utilisation)
    return (yearly / exposures if exposures > 0.0 else inf) + consumables_usd if inside else nan


def cost_of_some(count: float, each_usd: float) -> float:
    """Return count x each, and 0 where there are none, whatever one would cost; nan for a cost or count below 0."""
    some = count > 0.0 and each_usd >= 0.0
    return count * each_usd if some else (0.0 if count == 0.0 else nan)


def scheme_cost_usd(
    exposures: float,
    aux_steps: float,
    cuts: float,
    exposure_usd: float,
    cut_exposure_usd: float,
    step_usd: float,
) -> float:
    r"""Return what patterning one layer of one wafer costs by a scheme.

    .. math:: C = n_e c + n_a s + n_c (c_c + s)

    Args:
        exposures: n_e, exposures of the pattern, >= 0.
        aux_steps: n_a, auxiliary steps, >= 0.
        cuts: n_c, cut or block masks, each with one step of its own, >= 0.
        exposure_usd: c, one exposure on the pattern's tool, USD, >= 0.
        cut_exposure_usd: c_c, one exposure on the tool of the cuts, USD, >= 0.
        step_usd: s, one auxiliary step, USD, >= 0.

    Returns:
        USD per layer; nan outside the domain. What there is none of is left unused, whatever its cost.

    >>> se = scheme_cost_usd(1.0, 1.0, 0.0, 15.0, 0.0, 5.0)
    >>> [scheme_cost_usd(e, a, 0.0, 15.0, 0.0, 5.0) / se for e, a in ((2.0, 4.0), (3.0, 5.0), (1.0, 5.0), (1.0, 9.0))]
    [2.5, 3.5, 2.0, 3.0]

    """
    pattern = cost_of_some(exposures, exposure_usd)
    steps = cost_of_some(aux_steps, step_usd)
    # Not one sum for a cut: a cut tool that costs less than nothing must not hide behind the step.
    cut = cost_of_some(cuts, cut_exposure_usd) + cost_of_some(cuts, step_usd)
    return pattern + steps + cut


def weighted_layers(
    implant: float,
    via: float,
    line: float,
    other: float,
    implant_weight: float,
    via_weight: float,
    line_weight: float,
    other_weight: float,
) -> float:
    r"""Return layers, or extra masks of layers, counted by what processing them takes beside patterning.

    .. math:: W = \sum_k w_k n_k

    Args:
        implant, via, line, other: n_k, how many of each class, >= 0.
        implant_weight, via_weight, line_weight, other_weight: w_k, share of a full layer that one of the class takes,
            >= 0.

    >>> round(weighted_layers(10.0, 12.0, 14.0, 5.0, 0.35, 0.8, 1.2, 1.0), 2)
    34.9

    """
    inside = (
        implant >= 0.0
        and via >= 0.0
        and line >= 0.0
        and other >= 0.0
        and implant_weight >= 0.0
        and via_weight >= 0.0
        and line_weight >= 0.0
        and other_weight >= 0.0
    )
    total = implant * implant_weight + via * via_weight + line * line_weight + other * other_weight
    return total if inside else nan


def layer_equivalents(layers: float, extra_masks: float, extra_mask_carry: float) -> float:
    r"""Return the layers that a wafer's other processing counts for, W + phi X.

    Args:
        layers: W, layers of the design, however each is patterned, weighted by class, >= 0.
        extra_masks: X, masks beyond the first of each layer, weighted by the class of their layer, >= 0.
        extra_mask_carry: phi, share of a layer's other processing that an extra mask of the same layer brings, 0..1.

    >>> layer_equivalents(50.0, 40.0, 0.25)
    60.0

    """
    inside = layers >= 0.0 and extra_masks >= 0.0 and 0.0 <= extra_mask_carry <= 1.0
    return layers + extra_mask_carry * extra_masks if inside else nan


def wafer_cost_usd(
    substrate_usd: float,
    patterning_usd: float,
    layer_usd: float,
    layers: float,
    extra_masks: float,
    extra_mask_carry: float,
) -> float:
    r"""Return what one processed wafer costs to make.

    .. math:: C = C_0 + \sum_i n_i C_i + c_L (W + \varphi X)

    Args:
        substrate_usd: C_0, the bare wafer, USD, >= 0.
        patterning_usd: sum of what patterning each layer costs, USD, >= 0; see `scheme_cost_usd`.
        layer_usd: c_L, all other processing of one layer (films, implants, etches, polishing, metrology, overhead),
            USD, >= 0; see `fitted_layer_usd`.
        layers: W, layers of the design weighted by class, >= 0; see `weighted_layers`.
        extra_masks: X, masks beyond the first of each layer, weighted likewise, >= 0.
        extra_mask_carry: phi, share of c_L that an extra mask of the same layer brings, 0..1.

    Returns:
        USD per wafer; nan outside the domain. A cost, not a price: see `price_from_cost_usd`.

    >>> wafer_cost_usd(120.0, 2000.0, 50.0, 50.0, 40.0, 0.25)
    5120.0

    """
    inside = substrate_usd >= 0.0 and patterning_usd >= 0.0 and layer_usd >= 0.0
    equivalents = layer_equivalents(layers, extra_masks, extra_mask_carry)
    return substrate_usd + patterning_usd + cost_of_some(equivalents, layer_usd) if inside else nan


def fitted_layer_usd(
    reference_wafer_usd: float,
    substrate_usd: float,
    patterning_usd: float,
    layers: float,
    extra_masks: float,
    extra_mask_carry: float,
) -> float:
    r"""Return the cost of a layer's other processing that gives a wafer of known cost, `wafer_cost_usd` solved for c_L.

    .. math:: c_L = \frac{C - C_0 - \sum_i n_i C_i}{W + \varphi X}

    Args:
        reference_wafer_usd: C, what the reference wafer costs to make, USD, >= 0.
        substrate_usd: C_0, its bare wafer, USD, >= 0.
        patterning_usd: what patterning its layers costs, USD, >= 0.
        layers: W, its layers weighted by class, >= 0.
        extra_masks: X, its extra masks weighted likewise, >= 0.
        extra_mask_carry: phi, 0..1. It must be the phi that the fitted cost is then used with.

    Returns:
        c_L in USD per layer; nan outside the domain, and where substrate and patterning alone cost more than C.

    >>> fitted_layer_usd(5120.0, 120.0, 2000.0, 50.0, 40.0, 0.25)
    50.0

    """
    inside = substrate_usd >= 0.0 and patterning_usd >= 0.0
    equivalents = layer_equivalents(layers, extra_masks, extra_mask_carry)
    rest = reference_wafer_usd - substrate_usd - patterning_usd
    return rest / equivalents if inside and equivalents > 0.0 and rest >= 0.0 else nan


def process_cost_usd(wafer_cost_usd: float, substrate_usd: float, patterning_usd: float) -> float:
    """Return what of a wafer's cost is neither substrate nor patterning, USD; all >= 0."""
    inside = wafer_cost_usd >= 0.0 and substrate_usd >= 0.0 and patterning_usd >= 0.0
    return wafer_cost_usd - substrate_usd - patterning_usd if inside else nan


def sum_usd(one_usd: float, other_usd: float) -> float:
    """Return the sum of two costs, USD; nan where either is below 0."""
    return one_usd + other_usd if one_usd >= 0.0 and other_usd >= 0.0 else nan


def price_from_cost_usd(wafer_cost_usd: float, vintage_factor: float, fab_factor: float, gross_margin: float) -> float:
    r"""Return the price at which a wafer of known cost is sold.

    .. math:: P = \frac{C\,v\,k}{1 - g}

    Args:
        wafer_cost_usd: C, cost of making one wafer in a new fab run at the assumed utilisation, USD, >= 0.
        vintage_factor: v, cost at the fab's age over that of a new one: falls as its tools are written off, >= 0.
        fab_factor: k, what this fab costs over an equal one, for reasons that the layers do not explain, >= 0.
        gross_margin: g, share of the price that is gross profit, below 1; below 0 the wafer is sold under its cost.

    Returns:
        USD per wafer; nan outside the domain.

    >>> price_from_cost_usd(5000.0, 1.0, 1.0, 0.5)
    10000.0

    """
    inside = wafer_cost_usd >= 0.0 and vintage_factor >= 0.0 and fab_factor >= 0.0 and gross_margin < 1.0
    kept = 1.0 - gross_margin
    return wafer_cost_usd * vintage_factor * fab_factor / kept if inside and kept > 0.0 else nan


def hole_pitch_nm(k1: float, wavelength_nm: float, numerical_aperture: float) -> float:
    r"""Return the smallest distance of holes, centre to centre, that one exposure prints, 2 k1 lambda / NA.

    Args:
        k1: Rayleigh factor of holes, > 0; larger than that of lines, as a hole ends in both directions.
        wavelength_nm: lambda, vacuum wavelength, nm, > 0.
        numerical_aperture: NA, > 0.

    >>> [round(hole_pitch_nm(0.35, *tool), 1) for tool in ((193.0, 1.35), (193.0, 0.93), (13.5, 0.33))]
    [100.1, 145.3, 28.6]

    """
    inside = k1 > 0.0 and wavelength_nm > 0.0 and numerical_aperture > 0.0
    return 2.0 * k1 * wavelength_nm / numerical_aperture if inside else nan


def hole_exposures(pitch_nm: float, single_pitch_nm: float) -> float:
    """Return the exposures of a contact, via or cut layer, the least n with n x pitch >= the pitch of one exposure.

    Args:
        pitch_nm: smallest centre-to-centre distance of the layer, nm, > 0.
        single_pitch_nm: smallest that one exposure prints, nm, > 0; see `hole_pitch_nm`.

    Returns:
        A whole number, from 1 to `LARGEST_EXACT`: each exposure prints every n-th hole. What is missing by less than
        `TIE` of an exposure takes no further one. nan outside the domain.

    >>> [hole_exposures(pitch, 100.07) for pitch in (120.0, 100.0, 99.0, 50.0, 30.0)]
    [1.0, 1.0, 2.0, 2.0, 4.0]

    """
    inside = 0.0 < pitch_nm < inf and 0.0 < single_pitch_nm < inf
    least = (single_pitch_nm / pitch_nm if inside else 1.0) - TIE
    n = float(ceil(least)) if least < LARGEST_EXACT else LARGEST_EXACT
    return (n if n > 1.0 else 1.0) if inside else nan
