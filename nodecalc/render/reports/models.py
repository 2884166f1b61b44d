"""The report of `nodecalc models`, straight from the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from nodecalc.errors import UnknownNameError, unknown
from nodecalc.question.choices import TWO_SEEDS
from nodecalc.render.report import Column, Report, Table
from nodecalc_kernels.registry import PLACEMENTS, YIELD_MODELS
from nodecalc_kernels.wafer.patterning import SCHEMES

HEADS: Final = {"yield model": "Yr", "placement": "dies", "patterning scheme": "cost"}
"""The kinds of models, and what the formula of each gives."""


def models_report(wanted: Sequence[str]) -> Report:
    """Return formula, parameters, use and reference of all models, or of the `wanted` ones."""
    rows: list[dict[str, Any]] = []
    for m in YIELD_MODELS.values():
        rows.append(
            {
                "model": m.key,
                "type": "yield model",
                "formula": m.formula,
                "parameters": list(m.parameters),
                "mixing": m.mixing,
                "when": m.when,
                "reference": m.reference,
            }
        )
    for p in PLACEMENTS.values():
        rows.append(
            {
                "model": p.key,
                "type": "placement",
                "formula": p.formula,
                "parameters": [],
                "mixing": None,
                "when": p.when,
                "reference": p.reference,
            }
        )
    for s in SCHEMES.values():
        rows.append(
            {
                "model": s.key,
                "type": "patterning scheme",
                "formula": s.formula,
                "parameters": [],
                "mixing": None,
                "when": s.when,
                "reference": s.reference,
            }
        )
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
        "c = one exposure, s = one step without one, a third of a 193i exposure",
    ]
    return Report("models", rows, tables, notes)


def _table(kind: str, rows: Sequence[dict[str, Any]]) -> Table:
    own = [row for row in rows if row["type"] == kind]
    mixed = kind == "yield model"
    columns = [
        Column(kind, right=False),
        Column(HEADS[kind], right=False, wrap=True),
        *([Column("mixing of D", right=False, wrap=True, keep=2)] if mixed else []),
        Column("when to use", right=False, wrap=True),
        Column("reference", right=False, wrap=True, keep=1),
    ]
    keys = ["model", "formula", *(["mixing"] if mixed else []), "when", "reference"]
    return Table("", columns, [[row[k] or "-" for k in keys] for row in own])
