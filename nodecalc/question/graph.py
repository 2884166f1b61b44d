"""Which stages a question means: how its die is given, what its price was quoted for, whether transistors are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from nodecalc.errors import InputError, MissingFigureError
from nodecalc.vocabulary import BESIDE_KEYS, INPUT_KEYS, OUTPUT_KEYS, QUANTITIES
from nodecalc_kernels.cost.die import QUOTED_PRICE
from nodecalc_kernels.cost.memory import BITS
from nodecalc_kernels.cost.size import SIZES
from nodecalc_kernels.graphs import die_graph
from nodecalc_kernels.registry import D0_MEANINGS, RADIAL_SHAPES, YIELD_MODELS
from nodecalc_kernels.stages import Stage, keys_of, needed, starts_of
from nodecalc_kernels.wafer.carbon import CARBON, OF_DIE

from .bits import BIT_DENSITY, CAPACITY, sized_by_bits
from .radial import NUMBERS as RADIAL_NUMBERS
from .radial import SHAPE, radial_of
from .salvage import NUMBERS, RESULTS, is_harvested
from .units import label

SIDES: Final = "sides"
"""A die whose sides are known; also one that was sized before."""

ANSWER: Final = "good_die_cost_usd"
"""What every answer has; whatever else it says may be missing."""

OUTPUTS: Final = tuple(key for key in keys_of(die_graph("murphy", "best")) if key in OUTPUT_KEYS)
"""What a die's stages give that has a name."""

BEYOND: Final = tuple(key for key in keys_of((*BITS, *CARBON, *OF_DIE)) if key in QUANTITIES and key not in OUTPUT_KEYS)
"""What they give besides where a die's bits, or its wafer's electricity and grid, are given."""

ALL_OUTPUTS: Final = (*OUTPUTS, *RESULTS, *BEYOND)
"""With what they give besides where dies sell with some units bad."""

STARTS: Final = (
    tuple(
        dict.fromkeys(
            key
            for model, size in (*((model, "sides") for model in YIELD_MODELS), *(("murphy", size) for size in SIZES))
            for key in (*starts_of(die_graph(model, "best", size=size)), *keys_of(SIZES[size]))
            if key in QUANTITIES
        )
    )
    + NUMBERS
    + RADIAL_NUMBERS
)
"""What they start from, in whatever way a die is given and for whatever yield model."""

SIZE_KEYS: Final = tuple(key for key in STARTS if QUANTITIES[key].group == "size")
"""What says how large a die is and of what shape."""

KEYWORDS: Final = frozenset((*INPUT_KEYS, *STARTS))
"""Everything that may be given for a die."""

COUNT: Final = "transistors"
D0: Final = "d0_per_cm2"
DENSITY: Final = "logic_density_mtr_per_mm2"
DIAMETER: Final = "wafer_diameter_mm"
PRICE: Final = "wafer_price_usd"
RATE: Final = "rate"


def band_of(key: str) -> tuple[str, str, str]:
    """Return the keys of P10, P50 and P90 of the result `key`."""
    return f"{key}_p10", f"{key}_p50", f"{key}_p90"


def way_of(given: Collection[str], sides: bool = False) -> str:
    """Return how a die is given, a key of `SIZES`; an error where it is given in two ways.

    Args:
        given: keys that are given.
        sides: whether a text gives both sides besides.

    """
    width, height = "die_width_mm" in given, "die_height_mm" in given
    aspect = "aspect_ratio"
    if width != height:
        raise InputError("one side of the die alone; give both die_width_mm and die_height_mm, or die_area_mm2")
    if (width or sides) and aspect in given:
        raise InputError(f"{label(QUANTITIES[aspect])} with both sides given; give an area instead")
    shaped = " and aspect" if aspect in given else ""
    if COUNT in given:
        if width or sides or "die_area_mm2" in given:
            raise InputError(f"{label(QUANTITIES[COUNT])} and a size: two sizes; give one of them")
        return f"count{shaped}"
    if sized_by_bits(given, sides):
        return f"bits{shaped}"
    return SIDES if width or sides else f"area{shaped}"


def is_quoted(given: Collection[str]) -> bool:
    """Whether a price that the catalogue supplies may be for a wafer of another diameter than the one in question."""
    return DIAMETER in given and PRICE not in given


def way_of_varied(axes: Collection[str], fixed: Collection[str], sides: bool, has_size: bool = False) -> str | None:
    """Return how a die is given whose size some of the keys `axes` change; None where it is one die.

    With a size, `has_size`, bits are what it holds.
    """
    keys = {*axes, *fixed} - ({CAPACITY, BIT_DENSITY} if has_size else set())
    sized = (COUNT in keys and DENSITY in axes) or (
        sized_by_bits(keys, sides) and not {CAPACITY, BIT_DENSITY}.isdisjoint(axes)
    )
    return way_of(keys, sides) if sized or not set(SIZE_KEYS).isdisjoint(axes) else None


def is_counted(known: Collection[str]) -> bool:
    """Whether the die's transistors are known, so that its cost is set against those."""
    return COUNT in known


def stages_of(
    names: Mapping[str, str], way: str, *, counted: bool = False, quoted: bool = False, harvested: bool = False
) -> tuple[Stage, ...]:
    """Return the stages of a question.

    Args:
        names: yield model, placement and edge rule, the bins that dies are sold in, where they are, and the shape of
            a defect density that is not the same all over the wafer.
        way: how the die is given, a key of `SIZES`.
        counted: whether its transistors are known.
        quoted: whether the price was stated for a wafer of some diameter.
        harvested: whether dies sell with some units bad.

    """
    salvage = names.get("bins", "") if harvested else None
    return die_graph(
        names["yield_model"],
        names["placement"],
        names["edge_rule"],
        way,
        counted=counted,
        quoted=quoted,
        salvage=salvage,
        radial=radial_of(names),
    )


def quoting() -> tuple[Stage, ...]:
    """Return the stages that bring a price to a wafer of another diameter."""
    return (QUOTED_PRICE,)


def quoted_price(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """Return `stages` that end in a wafer's price as those of a price that is quoted for a wafer of some diameter."""
    return tuple(s._replace(outputs=("quoted_price_usd",)) if s.outputs == (PRICE,) else s for s in stages)


def is_per_layer(yield_model: str) -> bool:
    """Whether a yield model takes D0 per critical layer, which catalogue figures are not."""
    return "critical_layers" in YIELD_MODELS[yield_model].parameters


def keys_behind(outputs: Collection[str], known: Collection[str]) -> set[str]:
    """Return the keys that any of `outputs` may depend on where `known` are given, and those that no stage gives."""
    sold = (None, "", "all=1:1") if is_harvested(known) or any(key in RESULTS for key in outputs) else (None,)
    runs = (None, *((shape, D0_MEANINGS[0]) for shape in RADIAL_SHAPES)) if SHAPE in known else (None,)
    graphs = (
        die_graph("negative-binomial", "best", counted=counted, salvage=salvage, radial=radial)
        for counted in (False, True)
        for salvage in sold
        for radial in runs
    )
    behind: set[str] = set().union(*(needed(graph, outputs) for graph in graphs))
    behind |= {DENSITY, "density_utilisation"} if is_counted(known) else set()
    return behind | ({BIT_DENSITY} if sized_by_bits(known) else set())


def check_beyond(outputs: Iterable[str], known: Collection[str]) -> None:
    """Refuse results that rest on a die's bits, or on its wafer's electricity and grid, where those are not given."""
    stages = die_graph("murphy", "best")
    for key in outputs:
        lacking = [
            each for each in BESIDE_KEYS if key in BEYOND and each in needed(stages, (key,)) and each not in known
        ]
        if lacking:
            listed = ", ".join(f"{label(QUANTITIES[each])} ({QUANTITIES[each].meaning})" for each in lacking)
            raise MissingFigureError(f"{key}: give {listed}")


def check_idle(outputs: Iterable[str], given: Collection[str], has_size: bool = True) -> None:
    """Refuse a die's bits, or its wafer's electricity and grid, where none of the results follows them."""
    sized = sized_by_bits(given, has_size)
    idle = [key for key in BESIDE_KEYS if key in given and not (sized and key == CAPACITY)]
    if not idle:
        return
    behind_them = needed((*BITS, *CARBON, *OF_DIE), outputs)
    for key in idle:
        if key not in behind_them:
            group = QUANTITIES[key].group
            others = [each for each in BESIDE_KEYS if each not in given and QUANTITIES[each].group == group]
            named = " and ".join(label(QUANTITIES[each]) for each in others)
            also = f" without {named}" if others else f"; ask for {', '.join(_following(key))}"
            raise InputError(f"{label(QUANTITIES[key])}: it changes nothing here{also}, or leave it out")


def _following(key: str) -> tuple[str, ...]:
    return tuple(each for each in BEYOND if key in needed((*BITS, *CARBON, *OF_DIE), (each,)))
