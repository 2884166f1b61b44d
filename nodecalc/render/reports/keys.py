"""The report of `nodecalc keys`: every input, axis and output, straight from the vocabulary's table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from math import isinf
from typing import TYPE_CHECKING, Any, Final

from nodecalc.catalogue.systems import STEPS
from nodecalc.drivers.sweep.request import RESULTS
from nodecalc.errors import UnknownNameError
from nodecalc.question import choices
from nodecalc.question.graph import KEYWORDS
from nodecalc.question.grids import GRID, grids
from nodecalc.question.ranges import AXIS_KEYS
from nodecalc.question.units import units_of
from nodecalc.render.report import Column, Report, Table
from nodecalc.vocabulary import QUANTITIES, TOOL_ROWS, Quantity, find_quantity, tool_key, tool_keys
from nodecalc.vocabulary.package import PART_KEYS
from nodecalc.vocabulary.spelling import key_of, keywords
from nodecalc.wafers.stacks import EUV_BY

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

NODE: Final = Quantity(
    "node", "", "process node; its figures fill what is not given", group="size", format="", option="node",
    metavar="NODE",
)  # fmt: skip
"""The one axis that is no quantity: what an answer is asked for."""

KINDS: Final = ("die", "wafer", "tool", "beyond", "result")
"""The tables, in their order."""
_TITLES: Final = {
    "die": "inputs of a die",
    "wafer": "inputs of a wafer by its layers (--wafer-basis cost, and 'nodecalc wafer')",
    "tool": "figures of an exposure tool",
    "beyond": "inputs of units, packages, memory and carbon, and keys of the parts of a system ('nodecalc system')",
    "result": "results",
}
ANY_TOOL: Final = "TOOL"
"""What stands for any tool's id where a figure is the same of all."""


BEYOND: Final = ("capacity", "package", "memory", "carbon")
"""Groups of what stands beyond the die."""
TAKEN: Final = ("package_yield", "fault_coverage", "carrier_usd", "bond_usd", "bond_yield")
"""Keys of parts that are keywords besides: of `capacity`, `defect_level`, `split`, `memory`, `stack_cost`."""

FEW_NAMES: Final = 4
"""Names that a row of the table lists; the card of a key lists all."""


def keys_report(wanted: Sequence[str], catalogue: Catalogue) -> Report:
    """Return unit, range, default, meaning and spellings of all keys, or of the `wanted` ones in any spelling."""
    rows = list(key_rows(catalogue))
    if not wanted:
        tables = [_table(kind, [row for row in rows if row["of"] == kind]) for kind in KINDS]
        return Report("keys", rows, [table for table in tables if table.cells], _notes(catalogue))
    known = {row["key"]: row for row in rows}
    chosen = dict.fromkeys(key for name in wanted for key in _meant(name, known))
    rows = [known[key] for key in chosen]
    return Report("keys", rows, [_card(row) for row in rows])


def _meant(name: str, known: Collection[str]) -> list[str]:
    """Return the key that a name means, or each that it means in a part of a system."""
    try:
        return [key_of(name, known, "key", "'nodecalc keys' lists all")]
    except UnknownNameError:
        spelled = name.strip().rpartition(".")[2].replace("-", "_")
        found = dict.fromkeys(keys[spelled] for keys in PART_KEYS.values() if spelled in keys)
        if not found:
            raise
        return list(found)


def key_rows(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """Yield one flat object for each key: nodes, inputs of a die, of a wafer, of each of the tools, results."""
    yield _row(NODE, catalogue)
    for kind in KINDS:
        if kind == "tool":
            yield from (_row(q, catalogue) for q in map(find_quantity, tool_keys(catalogue.tools)) if q)
        yield from (_row(q, catalogue) for q in QUANTITIES.values() if _kind(q) == kind)


def _kind(q: Quantity) -> str:
    if q.role == "output" and q.group != "stack":
        return "result"
    if tool_key(q.key):
        return "tool"
    if q.group in BEYOND:
        return "beyond"
    return "die" if q.group in ("size", "die", "money") else "wafer"


def part_keys(key: str) -> list[str]:
    """Return how the parts of a system call a quantity: ``die.NAME.sort_usd``, ``assembly.usd``.

    >>> part_keys("assembly_usd"), part_keys("part_count")[:2]
    (['assembly.usd'], ['die.NAME.count', 'bonded.NAME.count'])
    """
    return [
        f"{kind}.{short}" if kind in STEPS else f"{kind}.NAME.{short}"
        for kind, keys in PART_KEYS.items()
        for short, meant in keys.items()
        if meant == key
    ]


def _row(q: Quantity, catalogue: Catalogue) -> dict[str, Any]:
    is_axis = q.key in AXIS_KEYS or tool_key(q.key) is not None
    # An output that may be given, such as a density, is an input as well.
    takes = q.role == "input" or is_axis
    numeric = not q.is_name
    parts = part_keys(q.key)
    # What parts alone have is no keyword of any function.
    is_keyword = takes and (not parts or q.key in KEYWORDS or q.key in TAKEN)
    return {
        "key": q.key,
        "of": _kind(q),
        "input": takes,
        "axis": is_axis,
        "result": q.key in RESULTS or q.role == "output",
        "unit": q.unit,
        "low": q.low if numeric else None,
        "high": None if isinf(q.high) or not numeric else q.high,
        "low_open": q.low_open if numeric else None,
        "values": list(_values(q.key, catalogue)),
        "default": q.default if takes else None,
        "default_from": _origin(q) if takes else None,
        "meaning": q.meaning,
        "option": f"--{q.option}" if q.option else None,
        "keywords": keywords(q) if is_keyword else [],
        "part_keys": parts,
        "axis_names": [name for name in (q.option, q.key) if name] if is_axis else [],
        "also": list(q.also),
        "units": list(filter(None, units_of(q))) if numeric and takes else [],
        "better": q.better or None,
    }


def _values(key: str, catalogue: Catalogue) -> Sequence[str]:
    """Return the names that an input can be, where they are few."""
    if key in ("tools", "without"):
        return tuple(catalogue.tools)
    if key == GRID:
        return tuple(grids())
    return EUV_BY if key == "euv_by" else choices.VALUES.get(key, ())


def _origin(q: Quantity) -> str | None:
    """Return where the value comes from where nothing is given."""
    if q.field:
        return "node"
    if q.default is not None:
        return "fixed"
    if tool_key(q.key) or q.group in ("wafer", "euv"):
        return "catalogue"
    return "size" if q.group == "size" and q.unit else None


def _range_text(row: dict[str, Any]) -> str:
    if row["low"] is None:
        return "|".join(row["values"]) or "a name"
    q = find_quantity(row["key"])
    return "" if q is None else q._replace(unit="").allowed


def _short_range(row: dict[str, Any]) -> str:
    several = len(row["values"])
    return f"one of {several} names" if several > FEW_NAMES and row["low"] is None else _range_text(row)


def _default_text(row: dict[str, Any]) -> str:
    value, origin = row["default"], row["default_from"]
    fixed = "" if value is None else value if isinstance(value, str) else format(value, "g")
    if origin == "node":
        return f"the node's, else {fixed}" if fixed else "the node's"
    return fixed or {"catalogue": "the catalogue's", "size": "from SIZE"}.get(origin or "", "-")


_RESULT_HEADS: Final = (Column("key", right=False), Column("unit", right=False, keep=1))
_MEANING: Final = Column("meaning", right=False, wrap=True)


def _table(kind: str, rows: Sequence[dict[str, Any]]) -> Table:
    """Return the keys of one kind as people read them: a figure of tools stands once, for any tool."""
    if kind == "result":
        columns = [*_RESULT_HEADS, Column("better", right=False, keep=2), _MEANING]
        cells = [[row["key"], row["unit"], row["better"] or "-", row["meaning"]] for row in rows]
        return Table(_TITLES[kind], columns, cells)
    columns = [
        Column("key", right=False),
        Column("option", right=False),
        Column("unit", right=False, keep=1),
        Column("range", right=False, keep=2, wrap=True),
        Column("default", right=False, keep=3, wrap=True),
        _MEANING,
    ]
    named = [(row["key"], row) for row in rows]
    if kind == "tool":
        own = {tool_key(row["key"]): row for row in rows}
        first = {pair[1]: row for pair, row in reversed(own.items()) if pair}
        named = [(f"{ANY_TOOL}_{q.key}", {**first[q.key], "meaning": q.meaning}) for q in TOOL_ROWS if q.key in first]
    cells = [
        [name, row["option"] or "-", row["unit"], _short_range(row), _default_text(row), row["meaning"]]
        for name, row in named
    ]
    return Table(_TITLES[kind], columns, cells)


def _card(row: dict[str, Any]) -> Table:
    """Return all that is said of one key, a line each."""
    is_input = row["input"]
    lines = {
        "meaning": row["meaning"],
        "unit": row["unit"] or "none",
        "range": _range_text(row),
        "names": ", ".join(row["values"]) if row["low"] is not None else "",
        "default": _default_text(row) if is_input else "",
        "option": row["option"] or "",
        "axis": " or ".join(f"--over {name}=RANGE" for name in row["axis_names"]),
        "in Python": " or ".join(f"{name}=" for name in row["keywords"]),
        "a part's key": _of_parts(row["part_keys"]),
        "also": ", ".join(row["also"]),
        "units": ", ".join(row["units"]),
        "result": f"--keys {row['key']}" if row["key"] in RESULTS else "",
        "better": row["better"] or "",
    }
    cells = [[head, text] for head, text in lines.items() if text]
    return Table(row["key"], [Column("", right=False), Column("", right=False, wrap=True)], cells)


def _of_parts(paths: Sequence[str]) -> str:
    return f"{', '.join(paths)}: in a system's file, or --set of 'nodecalc system'" if paths else ""


def _notes(catalogue: Catalogue) -> list[str]:
    return [
        f"{ANY_TOOL} is an exposure tool: {', '.join(catalogue.tools)}",
        "an input is an option (--d0 0.1), an axis (--over d0=0.05:0.5:10), a keyword in Python (d0=0.1), by its "
        "option's name or its key",
        "'nodecalc keys KEY' says all of one",
    ]
