"""How a layer can be patterned at its pitch, with which tool, and what each way costs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.doors import a_name, brief, names, real
from nodecalc.errors import InputError, unknown
from nodecalc_kernels.wafer import patterning as kernel
from nodecalc_kernels.wafer.patterning import SCHEMES
from nodecalc_kernels.wafer.ways import hole_ways, line_ways

from .exposure import read_inputs
from .prices import STEP, exposure_key, priced_exposures
from .reach import reaches

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc_kernels.wafer.ways import Way

SMALLEST_NM: Final = 0.1
"""Pitch that is asked about at least: a fifth of silicon's lattice."""

UNIT_TOOL: Final = "arfi"
DUV: Final = "duv"
"""What may be named beside single tools: every tool that does not expose with EUV."""
"""One exposure with it, and its step, is what costs are told in: 193i, single exposure = 1."""

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


def euv_throughput_wph(
    source_power_w: float | None = None, dose_mj_per_cm2: float | None = None, tool: str = "euv"
) -> float:
    """Return the wafer passes an hour of an EUV scanner while it exposes.

    Args:
        source_power_w: power at intermediate focus, W; that of the tool's published throughput where not given.
        dose_mj_per_cm2: exposure dose, mJ/cm2; that of the tool's published throughput where not given.
        tool: id of an EUV tool: euv (NXE:3600D), euv3400, euv3800, hna.

    The tool's overhead is solved from its published throughput; exposed area and efficiency are a fit to two published
    points of one tool.

    >>> [round(euv_throughput_wph(tool=tool)) for tool in ("euv", "euv3800", "hna")]
    [160, 220, 185]
    >>> [round(euv_throughput_wph(250, dose, tool="euv3400")) for dose in (20, 30)]
    [170, 136]

    """
    from nodecalc.catalogue import open_catalogue
    from nodecalc.question.units import number

    catalogue = open_catalogue(None)
    (id_,) = check_tools([tool], catalogue)
    if not catalogue.tools[id_].is_euv:
        known = ", ".join(name for name, each in catalogue.tools.items() if each.is_euv)
        raise InputError(f"tool '{id_}': not an EUV tool; allowed: {known}")
    given = {"euv_source_power_w": source_power_w, "euv_dose_mj_per_cm2": dose_mj_per_cm2}
    inputs = {key: number(value, key) for key, value in given.items() if value is not None}
    return exposing_wph(id_, catalogue, inputs)


def exposing_wph(tool: str, catalogue: Catalogue, inputs: Mapping[str, float]) -> float:
    """Return the wafers an hour that `tool` exposes under wafer inputs, which may hold a source's power and dose."""
    values = priced_exposures((tool,), catalogue, inputs).values
    return values.get(f"{tool}_exposing_wph", values[f"{tool}_throughput_wph"])


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
    options = patterning_options(pitch_nm, tools, feature, catalogue)
    return choose(options, float(pitch_nm), feature).id


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
        pitch_nm: pitch, nm, 0.1 or more.
        tools: ids of the tools that may be used.
        feature: ``line``, ``via`` or ``cut``.
        catalogue: tools and model to price with; a catalogue, or a file that merges over the built-in one.
        inputs: wafer inputs of the vocabulary that change the price of an exposure.

    """
    from nodecalc.catalogue import open_catalogue

    if a_name("feature", feature, f"allowed: {', '.join(FEATURES)}") not in FEATURES:
        raise unknown("feature", feature, FEATURES)
    pitch = real(pitch_nm)
    if not SMALLEST_NM <= pitch < 1e5:
        raise InputError(f"pitch {brief(pitch_nm)}: not a pitch; allowed: {SMALLEST_NM:g} to 100000 nm, such as 36")
    known = open_catalogue(catalogue)
    allowed = check_tools(tools, known)
    usd = priced_exposures((*allowed, UNIT_TOOL), known, read_inputs(inputs or {}, known)).values
    several = reaches(allowed, known, usd)
    step = usd[STEP]
    # Cuts are drawn at their smallest distance; holes are taken to be over lines where a tool prints lines that tight.
    ways = line_ways(pitch, several, step) if feature == "line" else hole_ways(pitch, several, step)
    reference = usd[exposure_key(UNIT_TOOL)] + step
    found = [_option(way, pitch, feature == "line", known, reference) for way in ways]
    return [o._replace(chosen=i == 0 and o.allowed) for i, o in enumerate(found)]


def _option(way: Way, pitch: float, line: bool, catalogue: Catalogue, reference: float) -> Option:
    scheme, tool = SCHEMES[way.scheme], catalogue.tools[way.tool]
    # Each exposure, or the mandrel, prints only every second, third ... line, whatever overlay lets a scheme reach.
    sparse = pitch * (scheme.pitch_division if line else scheme.exposures)
    k1 = kernel.rayleigh_k1(sparse, tool.wavelength_nm, tool.numerical_aperture)
    return Option(
        f"{way.tool}-{way.scheme}",
        way.scheme,
        way.tool,
        way.masks,
        way.masks,
        way.cuts,
        way.floor_nm,
        k1,
        way.usd,
        way.usd / reference,
        not way.why,
        way.why or f"floor {way.floor_nm:.3g} nm",
        False,
    )


def several(text: str) -> list[str]:
    """Return the tools in a text that joins them by + or by commas."""
    return [name.strip() for name in text.replace("+", ",").split(",") if name.strip()]


def check_tools(tools: Iterable[str] | str, catalogue: Catalogue) -> list[str]:
    """Return the ids of `tools`, each once; an unknown one is an error with the nearest."""
    given = several(tools) if isinstance(tools, str) else tools
    wanted = [t.strip().lower() for t in names("tools", given, f"name some of {', '.join(catalogue.tools)}")]
    if DUV in wanted and DUV not in catalogue.tools:
        every = [tool.id for tool in catalogue.tools.values() if not tool.is_euv]
        wanted = [each for tool in wanted for each in (every if tool == DUV else [tool])]
    for tool in wanted:
        if tool not in catalogue.tools:
            raise unknown("tool", tool, (*catalogue.tools, DUV))
    if not wanted:
        raise InputError(f"no tools; name some of {', '.join(catalogue.tools)}")
    return list(dict.fromkeys(wanted))


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


RIVALS: Final = (("saqp", 5), ("le4", 0), ("le3", 0))
"""193i schemes that one EUV exposure stands for, and their cut masks: SAQP with those of lines at 36 nm."""


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
    powered = priced_exposures(("euv", UNIT_TOOL), known, {"euv_source_power_w": 1.0, **given})
    single = SCHEMES["se"]

    def layer(power: float) -> tuple[float, float]:
        usd = powered.again({"euv_source_power_w": power})
        exposure, step = usd[exposure_key("euv")], usd[STEP]
        cost = kernel.scheme_cost_usd(single.exposures, single.aux_steps, 0, exposure, 0.0, step)
        return usd.get("euv_exposing_wph", usd["euv_throughput_wph"]), cost

    points = [PowerPoint(float(p), *layer(number(p, "euv_source_power_w"))) for p in powers_w]
    arfi, step = (powered.values[key] for key in (exposure_key(UNIT_TOOL), STEP))
    found = []
    for key, cuts in RIVALS:
        scheme = SCHEMES[key]
        cost = kernel.scheme_cost_usd(scheme.exposures, scheme.aux_steps, cuts, arfi, arfi, step)
        found.append(EvenPower(f"arfi-{key}", cost, _break_even(lambda power: layer(power)[1], cost)))
    return points, found


def _break_even(cost: Callable[[float], float], target: float) -> float | None:
    """Power at which the falling `cost` meets `target`, W; None beyond 1 to 10000 W."""
    low, high = 1.0, 10000.0
    if not cost(high) < target < cost(low):
        return None
    from nodecalc_kernels.numbers.roots import find_root

    return find_root(lambda power: cost(power) - target, low, high).root
