"""How a layer can be patterned at its pitch, with which tool, and what each way costs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.doors import a_name, brief, names
from nodecalc.errors import InputError, unknown
from nodecalc_kernels.wafer import patterning as kernel
from nodecalc_kernels.wafer.patterning import SCHEMES
from nodecalc_kernels.wafer_graph import STEP_TOOL

from .exposure import read_inputs
from .starts import exposure_key, priced_exposures

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Tool
    from nodecalc_kernels.registry import Scheme

LINE_SCHEMES: Final = ("se", "le2", "le3", "sadp", "saqp")
"""Schemes for lines. Repeated litho and etch beyond three exposures is for vias: lines go to spacers."""

VIA_SCHEMES: Final = ("se", "le2", "le3", "le4")
"""Schemes for vias, contacts and cuts: n exposures bring the pitch down n times."""

FEATURES: Final = ("line", "via", "cut")


class Option(NamedTuple):
    """One way to pattern a layer."""

    id: str
    """Tool and scheme, such as arfi-saqp."""
    scheme: str
    tool: str
    exposures: int
    """Exposures of the layer, cuts included."""
    masks: int
    cuts: int
    floor_nm: float
    """Smallest pitch that it reaches."""
    k1: float
    """Rayleigh factor of each exposure at this pitch."""
    cost_usd: float
    relative_cost: float
    """Cost over that of a single 193i exposure with its step."""
    allowed: bool
    why: str
    chosen: bool


def euv_throughput_wph(source_power_w: float, dose_mj_per_cm2: float = 30.0) -> float:
    """Return the wafer passes an hour of an EUV scanner of the NXE:3400C class.

    Args:
        source_power_w: power at intermediate focus, W.
        dose_mj_per_cm2: exposure dose, mJ/cm2.

    The overhead, the exposed area and the efficiency are a fit to two published points of one tool.

    >>> [round(euv_throughput_wph(p)) for p in (50, 100, 250, 500)]
    [40, 71, 136, 194]

    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.question.units import number

    catalogue = open_catalogue(None)
    return kernel.euv_throughput_wph(
        number(source_power_w, "euv_source_power_w"),
        number(dose_mj_per_cm2, "euv_dose_mj_per_cm2"),
        catalogue.parameter("euv_overhead_s"),
        catalogue.parameter("euv_exposed_area_cm2"),
        catalogue.parameter("euv_efficiency"),
    )


def patterning_scheme(
    pitch_nm: float,
    tools: Iterable[str] = ("arfi",),
    feature: str = "line",
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> str:
    """Return the cheapest scheme that reaches `pitch_nm` with `tools`, such as ``arfi-saqp``.

    Args:
        pitch_nm: pitch of the layer, nm.
        tools: ids of the tools that may be used: arf, arfi, euv, hna ...
        feature: ``line``, ``via`` or ``cut``.
        catalogue: whose tools and model; a catalogue, or a file that merges over the built-in one.

    Raises:
        NodecalcError: an unknown tool or feature, or a pitch that none of them reaches.

    >>> [patterning_scheme(p) for p in (80, 52, 40, 36, 32.5)]
    ['arfi-se', 'arfi-sadp', 'arfi-sadp', 'arfi-saqp', 'arfi-saqp']
    >>> patterning_scheme(36, tools=("arfi", "euv"))
    'euv-se'

    """
    return choose(patterning_options(pitch_nm, tools, feature, catalogue), pitch_nm, feature).id


def choose(options: list[Option], pitch_nm: float, feature: str) -> Option:
    """Return the chosen one of `options`; an error that names the limit where none is allowed."""
    for option in options:
        if option.chosen:
            return option
    best = min(options, key=lambda o: o.floor_nm)
    tools = ", ".join(dict.fromkeys(o.tool for o in options))
    raise InputError(
        f"pitch {pitch_nm:g} nm of a {feature}: no allowed scheme reaches it; with {tools} the limit is "
        f"{best.floor_nm:.3g} nm ({best.id}); allow another tool (--tools) or give the scheme in a stack file"
    )


def patterning_options(
    pitch_nm: float,
    tools: Iterable[str] = ("arfi",),
    feature: str = "line",
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    inputs: Mapping[str, object] | None = None,
) -> list[Option]:
    """Return every scheme of every tool at `pitch_nm`, cheapest first, the chosen one marked.

    Args:
        pitch_nm: pitch, nm, more than 0.
        tools: ids of the tools that may be used.
        feature: ``line``, ``via`` or ``cut``.
        catalogue: tools and model to price with; a catalogue, or a file that merges over the built-in one.
        inputs: wafer inputs of the vocabulary that change the price of an exposure.

    """
    from nodecalc.catalogue import open_catalogue

    if a_name("feature", feature, f"allowed: {', '.join(FEATURES)}") not in FEATURES:
        raise unknown("feature", feature, FEATURES)
    try:
        pitch = float(pitch_nm)
    except (TypeError, ValueError, OverflowError):
        pitch = float("nan")
    if not 0.0 < pitch < 1e5:
        raise InputError(f"pitch {brief(pitch_nm)}: not a pitch; allowed: more than 0 to 100000 nm, such as 36")
    known = open_catalogue(catalogue)
    allowed = check_tools(tools, known)
    usd = priced_exposures(allowed, known, read_inputs(inputs or {}, known)).values
    found = [o for tool in allowed for o in _of_tool(known, known.tools[tool], pitch, feature, usd)]
    found.sort(key=lambda o: (not o.allowed, o.cost_usd))
    return [o._replace(chosen=i == 0 and o.allowed) for i, o in enumerate(found)]


def check_tools(tools: Iterable[str], catalogue: Catalogue) -> list[str]:
    """Return the ids of `tools`, each once; an unknown one is an error with the nearest."""
    wanted = [t.strip().lower() for t in names("tools", tools, f"name some of {', '.join(catalogue.tools)}")]
    for tool in wanted:
        if tool not in catalogue.tools:
            raise unknown("tool", tool, catalogue.tools)
    if not wanted:
        raise InputError(f"no tools; name some of {', '.join(catalogue.tools)}")
    return list(dict.fromkeys(wanted))


def via_pitch(tool: Tool) -> float:
    """Return the smallest via pitch of a single exposure, nm: as published, else that of lines."""
    return tool.value("via_pitch_nm") if "via_pitch_nm" in tool.figures else tool.value("single_pitch_nm")


def _line_division(catalogue: Catalogue, scheme: Scheme) -> float:
    """How many times tighter than a single exposure a scheme makes lines.

    Spacers divide by 2 and 4. Repeated litho and etch reaches no such fraction, as each exposure is aligned to the
    last: what immersion practises stands for every tool.
    """
    arfi, practised = catalogue.tools["arfi"], f"{scheme.key}_pitch_nm"
    if practised in arfi.figures:
        return arfi.value("single_pitch_nm") / arfi.value(practised)
    return float(scheme.pitch_division)


def _of_tool(catalogue: Catalogue, tool: Tool, pitch: float, feature: str, usd: Mapping[str, float]) -> list[Option]:
    line = feature == "line"
    single = tool.value("single_pitch_nm") if line else via_pitch(tool)
    step = usd["step_usd"]
    reference = usd[exposure_key(STEP_TOOL)] + step
    options = []
    for key in LINE_SCHEMES if line else VIA_SCHEMES:
        scheme = SCHEMES[key]
        division = _line_division(catalogue, scheme) if line else float(scheme.exposures)
        floor = single / division
        cuts = scheme.line_cuts if line else 0
        exposure = usd[exposure_key(tool.id)]  # cut masks are printed with the tool of their lines
        cost = kernel.scheme_cost_usd(scheme.exposures, scheme.aux_steps, cuts, exposure, exposure, step)
        # Each exposure, or the mandrel, prints only every second, third ... line, whatever overlay lets a scheme reach.
        sparse = pitch * (scheme.pitch_division if line else scheme.exposures)
        k1 = kernel.rayleigh_k1(sparse, tool.wavelength_nm, tool.numerical_aperture)
        allowed = pitch >= floor
        why = f"floor {floor:.3g} nm" if allowed else f"below its floor of {floor:.3g} nm"
        masks = scheme.exposures + cuts
        options.append(
            Option(
                f"{tool.id}-{key}",
                key,
                tool.id,
                masks,
                masks,
                cuts,
                floor,
                k1,
                cost,
                cost / reference,
                allowed,
                why,
                False,
            )
        )
    return options


class PowerPoint(NamedTuple):
    """One point of the cost of an EUV layer against source power."""

    source_power_w: float
    throughput_wph: float
    usd_per_layer: float


class EvenPower(NamedTuple):
    """Source power from which a single EUV exposure costs less than a 193i scheme."""

    scheme: str
    usd_per_layer: float
    source_power_w: float | None
    """None where no power is enough."""


RIVALS: Final = ("saqp", "le4", "le3")
"""193i schemes that one EUV exposure stands for; SAQP with its usual cut masks."""


def power_curve(
    powers_w: Iterable[float] = (25, 50, 75, 100, 150, 200, 250, 350, 500, 750, 1000),
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    inputs: Mapping[str, object] | None = None,
) -> tuple[list[PowerPoint], list[EvenPower]]:
    """Return what one EUV single-exposure layer costs at each source power, and where it meets 193i schemes.

    Args:
        powers_w: source powers at intermediate focus, W.
        catalogue: tools and model; a catalogue, or a file that merges over the built-in one.
        inputs: wafer inputs of the vocabulary, such as the dose.

    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.question.units import number

    known = open_catalogue(catalogue)
    given = read_inputs(inputs or {}, known)
    # Without a power the throughput is the tool's own; with any, it follows from the power.
    powered = priced_exposures(("euv",), known, {"euv_source_power_w": 1.0, **given})
    single = SCHEMES["se"]

    def layer(power: float) -> tuple[float, float]:
        usd = powered.again({"euv_source_power_w": power})
        exposure, step = usd[exposure_key("euv")], usd["step_usd"]
        cost = kernel.scheme_cost_usd(single.exposures, single.aux_steps, 0, exposure, 0.0, step)
        return usd["euv_throughput_wph"], cost

    points = [PowerPoint(float(p), *layer(number(p, "euv_source_power_w"))) for p in powers_w]
    arfi, step = (powered.values[key] for key in (exposure_key(STEP_TOOL), "step_usd"))
    found = []
    for key in RIVALS:
        scheme = SCHEMES[key]
        cost = kernel.scheme_cost_usd(scheme.exposures, scheme.aux_steps, scheme.line_cuts, arfi, arfi, step)
        found.append(EvenPower(f"arfi-{key}", cost, _break_even(lambda power: layer(power)[1], cost)))
    return points, found


def _break_even(cost: Callable[[float], float], target: float) -> float | None:
    """Power at which the falling `cost` meets `target`, W, by bisection to a thousandth; None beyond 1 to 10000 W."""
    low, high = 1.0, 10000.0
    if not cost(high) < target < cost(low):
        return None
    while high - low > 1e-3:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if cost(middle) > target else (low, middle)
    return 0.5 * (low + high)
