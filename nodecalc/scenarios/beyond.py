"""Questions beyond the die as data: capacity, memory, carbon, splits and systems, each asked as its command asks it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.errors import InputError
from nodecalc.question.bits import CAPACITY as BITS
from nodecalc.question.grids import GRID
from nodecalc.question.scenario import apart
from nodecalc.vocabulary import QUANTITIES

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

Own = Mapping[str, Any]
Asked = Mapping[str, Any]

OF_CAPACITY: Final = {
    "yield": "die_yield", "gross_dies": "gross_dies", "dies_per_unit": "dies_per_unit",
    "package_yield": "package_yield", "wafers_per_month": "wafers_per_month", "units": "units",
}  # fmt: skip
"""Words of capacity that may be several, and what its function calls them."""
OF_MEMORY: Final = {
    **{q.option.replace("-", "_"): q.key for q in QUANTITIES.values() if q.group == "memory" and q.option},
    **{"yield": "die_yield", "base": "base_usd", "bond": "bond_usd", "bond_yield": "bond_yield"},
    **{"test_between": "test_between", "area": "die_area_mm2"},
}
"""Words of memory: the options of its rows, and those of a die and of a stack."""
OF_SPLIT: Final = {
    "chiplets": "chiplets", "overhead": "overhead", "package_yield": "package_yields", "single_yield": "single_yield",
    "bond_yield": "bond_yield", "carrier": "carrier_usd",
}  # fmt: skip


class Several(NamedTuple):
    """The answers of one line of such a command, and what is to be said of how it was asked."""

    answers: tuple[Any, ...]
    notes: tuple[str, ...] = ()


def words(own: Own, known: Catalogue) -> dict[str, Any]:
    """Return a command's own words in the form in which they are kept: lists as lists of texts."""
    return {key: list(map(_text, value)) if isinstance(value, list) else value for key, value in own.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else f"{value!r}"


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, str):
        return [part.strip() for part in given.split(",") if part.strip()]
    return list(given) if isinstance(given, list | tuple) else [given]


def _nodes(node: Any) -> list[Any]:
    return list(node) if isinstance(node, list | tuple) else [] if node is None else [node]


def _some_nodes(node: Any) -> list[Any]:
    nodes = _nodes(node)
    if not nodes:
        raise InputError("no node; name one with -n, such as -n smic-n+2,tsmc-n5 ('nodecalc nodes' lists them)")
    return nodes


def _one(node: Any, what: str) -> Any:
    several = _nodes(node)
    if len(several) > 1:
        raise InputError(f"{what} of several nodes: ask of one at a time")
    return several[0] if several else None


def ask_capacity(question: Asked, own: Own, strict: bool, known: Catalogue) -> Several:
    """Return wafers for units, or units of wafers: a row for each product of the words that are several."""
    from nodecalc.systems.capacity import capacity

    size, node, chip, given = apart(question)
    rows = {meant: _listed(own[word]) for word, meant in OF_CAPACITY.items() if word in own}
    empty = next((word for word, meant in OF_CAPACITY.items() if rows.get(meant) == []), None)
    if empty is not None:
        raise InputError(f"{empty}: empty; give a number, or leave it out")
    fixed = {key: own[key] for key in ("stacks_per_unit", "stack_supply", "package_capacity") if key in own}
    return Several(
        tuple(
            capacity(
                size, node=_one(node, "capacity"), chip=chip, strict=strict, catalogue=known, **fixed,
                **dict(zip(rows, values, strict=True)), **given,
            )
            for values in product(*rows.values())
        )
    )  # fmt: skip


def ask_memory(question: Asked, own: Own, strict: bool, known: Catalogue) -> Several:
    """Return what bits cost, an answer for each capacity."""
    from nodecalc.catalogue.lookup import find_node
    from nodecalc.question.at import apart as plain_node
    from nodecalc.systems.memory import memory

    size, node, chip, given = apart(question)
    _refuse("memory", size=size, chip=chip)
    where = _one(node, "memory")
    if where is None:
        raise InputError("no node; name one of DRAM or NAND, such as cxmt-g4")
    capacities = _listed(own.get("capacity", given.pop(BITS, None)))
    if not capacities:
        find_node(plain_node(where)[0], known)  # an unknown node is told first
        raise InputError("no capacity; give --capacity 16Gb, or several with commas")
    more = {meant: own[word] for word, meant in OF_MEMORY.items() if word in own and word != "capacity"}
    return Several(tuple(memory(where, each, strict=strict, catalogue=known, **more, **given) for each in capacities))


def ask_carbon(question: Asked, own: Own, strict: bool, known: Catalogue) -> Several:
    """Return electricity and emissions, an answer for each node."""
    from nodecalc.systems.carbon import carbon

    size, node, chip, given = apart(question)
    _refuse("carbon", chip=chip, strict=strict or None)
    nodes = _some_nodes(node)
    grid = own.get("grid", given.pop(GRID, None))
    kwh, direct = (own.get(key, given.pop(key, None)) for key in ("wafer_kwh", "direct_emissions"))
    more = {"grid": grid, "wafer_kwh": kwh, "direct_emissions": direct, "catalogue": known}
    return Several(tuple(carbon(at, size, **more, **given) for at in nodes))


def ask_split(question: Asked, own: Own, strict: bool, known: Catalogue) -> Several:
    """Return what a unit costs as one die and as several, a row for each number of them."""
    from nodecalc.question.units import number
    from nodecalc.systems.rates import named
    from nodecalc.systems.split import d0_of_ratio, split, usual_bond_yield

    area, node, chip, given = apart(question)
    _refuse("split", chip=chip, strict=strict or None)
    nodes = _some_nodes(node)
    if area is None:
        raise InputError("no area; give that of the unit as one die, such as 800 (mm2)")
    more = {meant: own[word] for word, meant in OF_SPLIT.items() if word in own}
    shares = more.get("package_yields")
    if shares is not None:
        more["package_yields"] = shares if isinstance(shares, str) and ":" in shares else _listed(shares)
    rows = [row for at in nodes for row in split(area, node=at, catalogue=known, **more, **given)]
    notes: list[str] = []
    most = max(row.chiplets for row in rows)
    overhead = own.get("overhead", "0.1")
    for at in nodes if own.get("ratio") is not None else ():
        d0 = d0_of_ratio(own["ratio"], area, node=at, chiplets=most, overhead=overhead, catalogue=known, **given)
        said = "at no D0" if d0 is None else f"at D0 {d0:.4g} /cm2"
        notes.insert(
            0, f"{at}: the silicon of {most} dies costs {own['ratio']} x that of one die {said}, packages apart"
        )
    if "bond_yield" not in own:
        figure = usual_bond_yield(known)
        notes.append(
            f"bonds hold with {figure.number:g} a die, {figure.kind} ({figure.source}); --bond-yield sets another"
        )
    if own.get("carrier", "0") in ("0", 0):
        notes.append("interposer and assembly are not counted; --carrier gives their USD a package of several dies")
    percent = 100.0 * named(number, overhead, "price_share_paid", "--overhead")
    notes.append(f"several dies take {percent:.4g}% more area in all; --overhead sets another")
    return Several(tuple(rows), tuple(notes))


def ask_map(question: Asked, own: Own, strict: bool, known: Catalogue) -> Any:
    """Return the wafer of an answer, site by site."""
    from nodecalc.drivers.map import wafer_map

    size, node, chip, given = apart(question)
    several: dict[str, Any] = {"keep_outs": _set(own.get("keep_out")), "drop_ins": _set(own.get("drop_in"))}
    plain: dict[str, Any] = {
        key: own.get(key) for key in ("secondary_flat", "panel", "offset", "flat", "notch", "stitched")
    }
    return wafer_map(
        size, node=_one(node, "a map"), chip=chip, strict=strict, catalogue=known, field=own.get("reticle"), **plain,
        **several, **given,
    )  # fmt: skip


def ask_system(question: Asked, own: Own, strict: bool, known: Catalogue) -> Several:
    """Return what a packaged system costs."""
    from nodecalc.systems.system import system

    size, node, chip, given = apart(question)
    _refuse("system", size=size, node=node, chip=chip, **given)
    if not own.get("system"):
        raise InputError("no system; name one, such as h100, or in a scenario system in [system]")
    sale = {key: own.get(key) for key in ("volume", "margin", "price", "levy", "convention")}
    return Several((system(own["system"], values=_set(own.get("set")), strict=strict, catalogue=known, **sale),))


def _set(given: Any) -> Any:
    return () if given is None else (given,) if isinstance(given, str) else given


def _refuse(what: str, **others: Any) -> None:
    for name, value in others.items():
        if value is not None:
            raise InputError(f"{name}: nothing that {what} is asked with; leave it out")
