"""The report of `nodecalc patterning`: every scheme at each pitch, what it costs, and why it is allowed or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.drivers.patterning import figures_of
from nodecalc.question.caution import Caution
from nodecalc.render.report import EXTRA, Column, Report, Table
from nodecalc.render.sources import ledger_sources, replaced_notes
from nodecalc.vocabulary.digits import shown

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.drivers.patterning import Pitch


def patterning_report(
    pitches: Sequence[Pitch], feature: str, catalogue: Catalogue, given: Mapping[str, object]
) -> Report:
    """Return what `nodecalc patterning` prints for `pitches` of a `feature` under the wafer inputs `given`."""
    tools = list(dict.fromkeys(option.tool for p in pitches for option in p.options))
    euv = any(catalogue.tools[tool].is_euv for tool in tools)
    used = figures_of(tools, catalogue, given, feature)
    rows: list[dict[str, Any]] = []
    for p in pitches:
        for option in p.options:
            own = figures_of((option.tool,), catalogue, given, feature)
            rows.append({"pitch_nm": p.pitch_nm, "feature": feature, **option._asdict(), **own.marks()})
    weak = used.marks()
    counts = ", ".join(f"{len(keys)} {kind}" for kind, keys in weak.items() if keys)
    notes = [
        "* the cheapest that reaches the pitch, several masks on a dry tool only where nothing else does; relative: "
        "one 193i exposure with its step = 1; cuts are in all counts",
        "k1 of each exposure at this pitch, pitch of the exposure = 2 k1 lambda / NA; below 0.25 no optics print lines",
        *([] if euv else [f"only {', '.join(tools)} allowed; --tools arfi,euv allows EUV too"]),
        *([Caution("--euv-power and --dose change nothing here: no EUV tool is allowed")] if given and not euv else []),
        *([Caution(f"of {len(used)} figures behind this answer: {counts}; --sources names them")] if counts else []),
        *replaced_notes(catalogue),
    ]
    tables = [_table(p, feature) for p in pitches]
    return Report("patterning", rows, tables, notes, lambda: ledger_sources(used, catalogue))


def _table(p: Pitch, feature: str) -> Table:
    columns = [
        Column("", right=False),
        Column("scheme", right=False),
        Column("USD/layer"),
        Column("relative", keep=EXTRA),
        Column("exposures"),
        Column("masks", keep=EXTRA + 2),
        Column("cuts", keep=EXTRA + 1),
        Column("floor nm"),
        Column("k1", keep=1),
        Column("allowed", right=False),
        Column("why", right=False, wrap=True),
    ]
    cells = [
        [
            "*" if o.chosen else "",
            o.id,
            shown(o.cost_usd, ",.2f"),
            shown(o.relative_cost, ".2f"),
            f"{o.exposures:d}",
            f"{o.masks:d}",
            f"{o.cuts:d}",
            f"{o.floor_nm:.4g}",
            f"{o.k1:.3f}",
            "yes" if o.allowed else "no",
            o.why,
        ]
        for o in p.options
    ]
    return Table(f"{feature} at {p.pitch_nm:g} nm: {p.chosen.id}", columns, cells)
