"""Dies that sell with some units bad: what is asked of their units, what a chip's own are, what is refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from nodecalc.catalogue.evidence import CORE_FRACTION
from nodecalc.catalogue.figure import Figure
from nodecalc.doors import brief, items, plain
from nodecalc.errors import InputError, MissingFigureError
from nodecalc.vocabulary import OUTPUT_KEYS, QUANTITIES

from . import choices
from .ledger import UsedFigure
from .units import label, number

if TYPE_CHECKING:
    from nodecalc.catalogue import Product
    from nodecalc_kernels.defects.salvage import Bin

HARVEST: Final = "harvest"
NEEDED: Final = "units_needed"
UNITS: Final = "units_total"
GROUP: Final = "unit_group"
CORES: Final = "core_fraction"
BINS: Final = "bins"

WHOLE: Final = (NEEDED, UNITS, GROUP)
"""Counts of units."""
NUMBERS: Final = (*WHOLE, CORES)
"""What salvage starts from."""
TEXTS: Final = (HARVEST, BINS)
"""Inputs that are several numbers in one text; no axis can have them."""
RESULTS: Final = tuple(key for key in OUTPUT_KEYS if QUANTITIES[key].group == "salvage")
"""What an answer has beside that of whole dies."""
SOLD: Final = "sellable_yield"
SOLD_COST: Final = "sellable_die_cost_usd"
"""What a die costs that sells, with some units bad."""
REVENUE: Final = "revenue_per_wafer_usd"

SCRAP: Final = "scrap"
"""What is left of the dies beside those of all bins."""

_PAIR: Final = r"\s*(\d+)\s*(?:/|of)\s*(\d+)\s*"
_BIN: Final = r"([^=:+,]*)=\s*(\d+)\s*(?::([^:]+))?"
BETWEEN: Final = r",|(?<![\d.][eE])\+"
"""What stands between bins in one text; the plus sign of 1e+16 does not."""
_HARVEST_FORM: Final = "write NEED/TOTAL, such as 132/144"
_BIN_FORM: Final = "write NAME=NEED or NAME=NEED:USD, such as full=144:40000"


def is_harvested(given: Collection[str]) -> bool:
    """Whether dies with some units bad are asked about."""
    return UNITS in given


def spelled(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return `given` with harvest as two numbers, and bins as one text in the order of their needs."""
    found = dict(given)
    harvest, bins = (found.pop(key, None) for key in TEXTS)
    if harvest is not None:
        pair = _pair(harvest)
        for key in (NEEDED, UNITS):
            if found.get(key) is not None:
                from .axis import Axis

                other = "as an axis" if isinstance(found[key], Axis) else brief(found[key])
                raise InputError(f"{key} {other} with --harvest {_told(harvest)}: give one of them")
        found |= zip((NEEDED, UNITS), pair, strict=True)
    if bins is not None:
        from nodecalc_kernels.defects.salvage import write_bins

        rows = bins_given(bins)
        least = found.pop(NEEDED, None)
        if least is not None and (hasattr(least, "__len__") or number(least, NEEDED) != rows[-1].need):
            total = found.get(UNITS)
            whole = "TOTAL"
            if isinstance(total, int | float | str):
                # A die has at least the units that its highest bin asks for.
                whole = f"{max(number(total, UNITS), rows[0].need):.10g}"
            asked = f"--units-needed {_plain(least, NEEDED)}" if harvest is None else f"--harvest {_told(harvest)}"
            raise InputError(
                f"{asked} with bins whose least is {rows[-1].need}: what fits no bin does not sell; "
                f"give --harvest {rows[-1].need}/{whole}, or leave out the bins"
            )
        found[BINS] = write_bins(rows)
    return found


def _plain(value: Any, key: str) -> str:
    """Return a number of units as people write it."""
    return f"{number(value, key):.10g}" if isinstance(value, int | float | str) else brief(value)


def completed(
    given: Mapping[str, Any], product: Product | None = None, strict: bool = False
) -> tuple[dict[str, Any], dict[str, UsedFigure]]:
    """Return what is given of a die's units with what its chip has, and the chip's figures among it.

    A chip that sells with units switched off is asked about by itself, unless `why_left_out`. Without a chip the bin
    that asks for the most units asks for all of them.
    """
    found = {key: value for key, value in given.items() if value is not None}
    own = {} if product is None else units_of(product)
    supplied: dict[str, UsedFigure] = {}
    if UNITS not in found and UNITS in own and _is_wanted(found, own, strict):
        keys = (UNITS, GROUP) if BINS in found or NEEDED in found else (NEEDED, UNITS, GROUP)
        supplied = {key: own[key] for key in keys if key in own and key not in found}
    elif BINS in found and UNITS not in found:
        from nodecalc_kernels.defects.salvage import read_bins

        found[UNITS] = float(read_bins(found[BINS])[0].need)
    found |= {key: figure.value for key, figure in supplied.items()}
    if is_harvested(found):
        if BINS not in found and NEEDED not in found:
            raise MissingFigureError(f"{UNITS} {brief(found[UNITS])} without {NEEDED}: give --harvest NEED/TOTAL")
        return found, supplied
    alone = next((key for key in NUMBERS if key in found), None)
    if alone is not None:
        told = f"{label(QUANTITIES[alone])} {brief(found[alone])}"
        raise InputError(f"{told}: no units of the die are known; give --harvest NEED/TOTAL, such as 132/144")
    return found, supplied


def _is_wanted(given: Mapping[str, Any], own: Mapping[str, UsedFigure], strict: bool) -> bool:
    """Whether a chip's own units are asked for: by the user, or because it sells with some of them off."""
    return any(key in given for key in (*NUMBERS, BINS)) or (_is_sold(own) and not why_left_out(given, strict))


def _is_sold(own: Mapping[str, UsedFigure]) -> bool:
    """Whether a chip's units are known, and some of them are off where it is sold."""
    return NEEDED in own and UNITS in own and own[NEEDED].value < own[UNITS].value


def why_left_out(given: Mapping[str, Any], strict: bool) -> str:
    """Return why a chip's own units do not count by themselves, "" where they do."""
    from nodecalc_kernels.defects.harvest import UNMIXED

    model = choices.yield_model(given.get("yield_model", QUANTITIES["yield_model"].default))
    if model in UNMIXED:
        return f"the yield model {model} says nothing of that: {UNMIXED[model]}"
    if strict:
        return "that needs the share of the die that they cover, which is an estimate; --core-fraction gives it"
    return ""


def left_out_note(product: Product, given: Mapping[str, Any], strict: bool) -> str:
    """Return what is said of a chip that sells with units off where that does not count, "" where there is nothing."""
    own = units_of(product)
    if is_harvested(given) or not _is_sold(own):
        return ""
    why = why_left_out(given, strict)
    return f"{product.id} sells with {own[NEEDED].value:g} of {own[UNITS].basis} good; {why}" if why else ""


def resized_note(product: Product, given: Mapping[str, Any], whose: str) -> str:
    """Return what of a chip's salvage goes with its size where the part `whose` of a system has another."""
    own = units_of(product)
    if is_harvested(given) or HARVEST in given or BINS in given or not _is_sold(own):
        return ""
    least, total = own[NEEDED].value, own[UNITS].value
    said = f"; that it sells with {least:g} of {own[UNITS].basis} good no longer counts"
    if why_left_out(given, strict=False):
        return said  # nor would it with the model that is given
    groups = f" --set {whose}.{GROUP}={own[GROUP].value:g}" if GROUP in own else ""
    return f"{said}; --set {whose}.{HARVEST}={least:g}/{total:g}{groups} sets it"


def bins_of(names: Mapping[str, str]) -> tuple[Bin, ...]:
    """Return the bins that dies are sold in, the highest first; none where there are none."""
    from nodecalc_kernels.defects.salvage import read_bins

    return read_bins(names.get(BINS, ""))


def sold_with(numbers: Mapping[str, float], figures: Mapping[str, UsedFigure]) -> str:
    """Return which units a die sells with, and in which groups they are lost: "132 of 144 SM, lost in 2s: 66 of 72"."""
    from nodecalc_kernels.defects.salvage import groups_needed

    total, group = numbers[UNITS], numbers.get(GROUP, 1.0)
    unit = figures[UNITS].figures[0].unit if UNITS in figures else "units"
    if NEEDED not in numbers:
        said, groups = f"bins of {total:g} {unit}", f"{total / group:g} groups"
    else:
        said = f"{numbers[NEEDED]:g} of {total:g} {unit} good"
        groups = f"{groups_needed(numbers[NEEDED], group)} of {total / group:g} groups"
        of = figures[NEEDED].figures[0].of if NEEDED in figures else ""
        said += f" ({of})" if of else ""
    return said if group == 1.0 else f"{said}, switched off {group:g} at a time: {groups}"


def units_of(product: Product) -> dict[str, UsedFigure]:
    """Return the figures of the units of one die of `product`: those it has, those that work, those lost together."""
    fields = {NEEDED: "units_enabled", UNITS: "units_total", GROUP: "unit_group"}
    found = {key: product.preferred(field) for key, field in fields.items()}
    return {
        key: UsedFigure(key, f.number, f.number, f.number, f.kind, f.year, f.verified, f"{f.number:g} {f.unit}", (f,))
        for key, f in found.items()
        if f is not None
    }


def core_figure() -> UsedFigure:
    """Return the share of a die that its units are taken to cover, which is an estimate."""
    low, value, high = CORE_FRACTION
    note = f"units cover {low:g} to {high:g} of large chips' dies"
    figure = Figure(CORES, value, "", low, high, "estimated", "assumed", None, note)
    return UsedFigure(CORES, value, low, high, "estimated", None, True, note, (figure,))


def core_supply(key: str) -> UsedFigure | None:
    """Return what stands for an input of salvage that nobody gives."""
    return core_figure() if key == CORES else None


def mixed_model(model: Any, asked: str) -> str:
    """Return the key of a yield model that knows harvest; others are refused with the reason."""
    from nodecalc_kernels.defects.harvest import MIXTURES, UNMIXED

    key = choices.yield_model(model)
    if key in MIXTURES:
        return key
    why = UNMIXED.get(key, "it has no mixing variable for the whole die")
    raise InputError(f"yield model {key} with {asked}: {why}; allowed: {', '.join(MIXTURES)}")


def check_units(numbers: Mapping[str, float], bins: str = "") -> None:
    """Refuse units that no die has."""
    total, group = numbers[UNITS], numbers.get(GROUP, 1.0)
    from nodecalc_kernels.defects.salvage import read_bins

    rows = read_bins(bins)
    most = max((float(row.need) for row in rows), default=numbers.get(NEEDED, 0.0))
    for key, value in ((UNITS, total), (NEEDED, most), (GROUP, group)):
        if value != int(value):
            raise InputError(f"{key} {value:g}: no whole number of units")
    if most > total:
        who = f"bin {rows[0].name}: {most:g} units" if rows else f"--harvest {most:g}/{total:g}: {most:g} units"
        raise InputError(f"{who} of {total:g}; allowed: 0 to {total:g}")
    if total % group:
        raise InputError(f"--unit-group {group:g}: {total:g} units are no whole number of groups of {group:g}")


def check_results(outputs: Iterable[str], known: Collection[str], bins: str | None) -> None:
    """Refuse results of salvage where nothing says which dies sell, or for how much."""
    for key in outputs:
        if key in RESULTS and not is_harvested(known):
            raise MissingFigureError(
                f"{key}: nothing says which dies sell with some units bad; give --harvest NEED/TOTAL"
            )
        if key == REVENUE and ":" not in (bins or ""):
            raise MissingFigureError(f"{key}: no bin has a price; give --bin NAME=NEED:USD for each")


def _sells(given: Mapping[str, Any] | Collection[str]) -> str | None:
    """Return the first key that says which dies sell with some units bad; None where none is given."""
    value = given.get if isinstance(given, Mapping) else lambda key: key in given or None
    return next((key for key in (*TEXTS, *NUMBERS) if value(key) is not None), None)


def cost_asked(given: Mapping[str, Any], usual: str) -> str:
    """Return the result that a driver works out where none is named: what a die costs that sells, where that is given.

    >>> cost_asked({"harvest": "132/144"}, "good_die_cost_usd"), cost_asked({}, "good_die_cost_usd")
    ('sellable_die_cost_usd', 'good_die_cost_usd')
    """
    return usual if _sells(given) is None else SOLD_COST


def refuse_unsold(given: Mapping[str, Any] | Collection[str], outputs: Collection[str], what: str) -> None:
    """Refuse what says which dies sell with some units bad, where no result asks for them; `what` ignores it."""
    key = _sells(given)
    if key is not None and not any(output in RESULTS for output in outputs):
        ask = "ask for sellable_die_cost_usd:" if outputs else "ask 'nodecalc die'"
        raise InputError(
            f"{label(QUANTITIES[key])}: {what} counts dies that are all good; leave it out, or {ask} what dies cost "
            "that sell with some units bad"
        )


def _pair(given: Any) -> tuple[float, float]:
    if isinstance(given, str):
        match = re.fullmatch(_PAIR, given)
        if match is None:
            raise InputError(f"--harvest '{given}': not two whole numbers; {_HARVEST_FORM}")
        need, total = match.groups()
    else:
        try:
            need, total = given
        except (TypeError, ValueError):
            raise InputError(f"--harvest {brief(given)}: not two numbers; {_HARVEST_FORM}") from None
    return number(need, NEEDED), number(total, UNITS)


def _told(harvest: Any) -> str:
    return harvest if isinstance(harvest, str) else brief(harvest)


def bins_given(given: Any) -> tuple[Bin, ...]:
    """Return the bins of a text, of a list of texts, or of a mapping name -> need or (need, USD); the highest first."""
    from nodecalc_kernels.defects.salvage import Bin

    if hasattr(given, "items") and not isinstance(given, type):
        rows = [_row(plain(name), value) for name, value in given.items()]
    else:
        texts = re.split(BETWEEN, given) if isinstance(given, str) else items("--bin", given, _BIN_FORM)
        rows = [_read_bin(text) for text in texts]
    if not rows:
        raise InputError(f"no bins; {_BIN_FORM}")
    for row, other in ((a, b) for i, a in enumerate(rows) for b in rows[:i]):
        if row.name == other.name:
            raise InputError(f"--bin {row.name}: given twice; give each bin once")
        if row.need == other.need:
            raise InputError(
                f"--bin {row.name} and {other.name}: both ask for {row.need} units; give each another need"
            )
    rows.sort(key=itemgetter(1), reverse=True)
    if any(row.usd is None for row in rows) and any(row.usd is not None for row in rows):
        bare = next(row.name for row in rows if row.usd is None)
        raise InputError(f"--bin {bare}: no price, and others have one; give all of them a price, or none")
    for above, row in pairwise(rows):
        if row.usd is not None and above.usd is not None and row.usd > above.usd:
            raise InputError(
                f"--bin {row.name}={row.need}:{row.usd:g} is dearer than {above.name} with more units: no die would be "
                f"sold as {above.name}; leave that out"
            )
    return tuple(Bin(*row) for row in rows)


def _read_bin(text: Any) -> Bin:
    match = re.fullmatch(_BIN, text) if isinstance(text, str) else None
    if match is None:
        raise InputError(f"--bin {brief(text)}: no bin; {_BIN_FORM}")
    name, need, usd = match.groups()
    return _row(name.strip(), need if usd is None else (need, usd.strip()))


def _row(name: str, value: Any) -> Bin:
    from nodecalc_kernels.defects.salvage import Bin

    need, usd = value if isinstance(value, tuple | list) and len(value) == 2 else (value, None)
    if not name or name == SCRAP or re.search(r"[=:+,\s]", name):
        raise InputError(f"--bin {brief(name)}: no name for a bin; allowed: one word without = : + and not {SCRAP}")
    count = number(need, NEEDED)
    if count != int(count):
        raise InputError(f"--bin {name}={need}: no whole number of units")
    return Bin(name, int(count), None if usd is None else number(usd, "sellable_die_cost_usd"))
