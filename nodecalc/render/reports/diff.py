"""The report of `nodecalc diff`: what is another in the new answer, its cause before its effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.render.report import Column, Report, Table
from nodecalc.vocabulary import find_quantity
from nodecalc.vocabulary.digits import shown, significant

if TYPE_CHECKING:
    from nodecalc.drivers.diff import Change

SAID: Final = {
    "program": "program and data",
    "input": "input",
    "data": "figure",
    "result": "result",
    "row": "row",
    "note": "note",
}


def diff_report(changes: Sequence[Change], base: str, new: str) -> Report:
    """Return what is said of the changes from the file `base` to the file `new`."""
    counts = Counter(change.part for change in changes)
    listed = ", ".join(f"{n} {SAID[part]}{'s' if n > 1 and part != 'program' else ''}" for part, n in counts.items())
    title = f"{base} to {new}: {listed or 'nothing'} changed"
    columns = [
        Column("what", right=False),
        Column("of", right=False),
        Column("key", right=False),
        Column("before"),
        Column("now"),
        Column("change"),
    ]
    shown_here = [change for change in changes if change.part != "note"]
    cells = [
        [SAID[c.part], c.row, c.key, _text(c.key, c.base), _text(c.key, c.new), _ratio(c.ratio)] for c in shown_here
    ]
    tables = [Table(title, columns, cells)]
    notes = [f"note {c.key}: {c.base or c.new}" for c in changes if c.part == "note"]
    return Report("diff", [change.to_dict() for change in changes], tables, notes)


def _text(key: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ", ".join(map(str, value)) or "-" if isinstance(value, list) else str(value)
    q = find_quantity(key)
    return significant(value) if q is None or q.is_name else q.text(value)


def _ratio(ratio: float | None) -> str:
    return "" if ratio is None else shown(ratio, "+.1%")
