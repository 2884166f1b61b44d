"""The report of `nodecalc models`, straight from the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodecalc.errors import UnknownNameError, unknown
from nodecalc.question.choices import TWO_SEEDS
from nodecalc.question.registry import PLACEMENT, RULE, SCHEME, YIELD_MODEL, models
from nodecalc.render.report import Column, Report, Table

HEADS: Final = {YIELD_MODEL: "Yr", PLACEMENT: "dies", SCHEME: "cost", RULE: "formula"}
"""The kinds of models, and what the formula of each gives."""


def models_report(wanted: Sequence[str]) -> Report:
    """Return formula, parameters, use and reference of all models, or of the `wanted` ones."""
    rows: list[dict[str, Any]] = [
        {
            "model": m.key,
            "type": m.kind,
            "formula": m.formula,
            "parameters": list(m.parameters),
            "mixing": m.mixing,
            "when": m.when,
            "reference": m.reference,
        }
        for m in models()
    ]
    known = [row["model"] for row in rows]
    keys = [name.strip().lower().replace("_", "-") for name in wanted]
    for key, name in zip(keys, wanted, strict=True):
        if key == "seeds":
            raise UnknownNameError(TWO_SEEDS)
        if key not in known:
            raise unknown("model", name, known, "'nodecalc models' lists all")
    if keys:
        rows = [row for row in rows if row["model"] in keys]
    tables = [_table(kind, rows) for kind in HEADS if any(r["type"] == kind for r in rows)]
    notes = [
        "x = mean faults a die, A f D0 (bose-einstein: of one critical layer); die yield = systematic_yield times Yr",
        "d = usable diameter, wafer less two edge exclusions; p = die side + street, S = px py",
        "c = one exposure, s = one step without one",
    ]
    return Report("models", rows, tables, notes)


def _table(kind: str, rows: Sequence[dict[str, Any]]) -> Table:
    own = [row for row in rows if row["type"] == kind]
    mixed = kind == YIELD_MODEL
    columns = [
        Column(kind, right=False),
        Column(HEADS[kind], right=False, wrap=True),
        *([Column("mixing of D", right=False, wrap=True, label="mixing of D")] if mixed else []),
        Column("when to use", right=False, wrap=True, label="when"),
        Column("reference", right=False, wrap=True, label="from"),
    ]
    keys = ["model", "formula", *(["mixing"] if mixed else []), "when", "reference"]
    return Table("", columns, [[row[k] or "-" for k in keys] for row in own])
